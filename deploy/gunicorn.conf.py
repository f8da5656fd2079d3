"""gunicorn's configuration, for ``make run`` and for production. Nothing about a reader reaches a log.

gunicorn reads this file by itself when it is started with ``--config deploy/gunicorn.conf.py``; the bind address, the
number of processes and of threads come from the command line (``--workers``, ``--threads``).
"""

import os
import subprocess
import sys
from pathlib import Path
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


def on_starting(server: Any) -> None:
    """Looks at the bucket before anybody is let in: one that strangers can read, or that stores in clear, ends the start.

    Says too what search misses.

    In a process of its own, because what it opens must not be shared by the processes that are forked later.
    """
    if os.environ.get("DJANGO_SETTINGS_MODULE", "settings.production") != "settings.production":
        return
    command = [sys.executable, "manage.py", "check", "--deploy", "--tag", "documents", "--tag", "search"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "settings.production"}
    done = subprocess.run(command, cwd=Path(__file__).resolve().parent.parent, env=environment, check=False)
    if done.returncode:
        sys.exit("The file storage isn't safe to use; see above.")
