"""gunicorn's configuration, for ``make run`` and for production. Nothing about a reader reaches a log.

gunicorn reads this file by itself when it is started with ``--config deploy/gunicorn.conf.py``; the bind address, the
number of processes and of threads come from the command line (``--workers``, ``--threads``).
"""

from typing import Any

from gunicorn.glogging import Logger

SAYS_WHO_ASKED_WHAT = ("Invalid request from ip", "Error handling request")
# Django leaves the body of an answer to HEAD to the server; that is no news.
NO_NEWS = "WSGI app sent body bytes on a no-body response"


class SilentAboutReaders(Logger):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's log without addresses and queries: two of its messages carry them."""

    def _without_reader(self, message: str, arguments: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
        for start in SAYS_WHO_ASKED_WHAT:
            if str(message).startswith(start):
                return f"{start.removesuffix(' from ip')}.", ()
        return message, arguments

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """A warning, without the asker's address."""
        if str(msg).startswith(NO_NEWS):
            return
        msg, args = self._without_reader(msg, args)
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """An error with its traceback, without the asker's address or query."""
        msg, args = self._without_reader(msg, args)
        super().exception(msg, *args, **kwargs)


logger_class = SilentAboutReaders
accesslog = None
errorlog = "-"
loglevel = "warning"
worker_class = "gthread"
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
