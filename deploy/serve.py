"""``make run``: prepares what is missing, then runs the web server and the worker in the foreground.

Migrates the database, collects static files when they changed, loads the demo content into an empty database, starts
gunicorn and ``manage.py run_worker``, prints the address and the demo logins once the site answers, and ends both on
Ctrl-C. A worker that ends is started again; when the web server ends, all ends. Existing content is never touched.
"""

from __future__ import annotations

import argparse
import hashlib
import ipaddress
import logging
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from types import FrameType

DEMO_PASSWORD = "dossier-demo"
DEMO_LOGINS = (
    "admin, author, author2, editor, editor2, legal, translator-de, translator-ar, "
    "reviewer-de, reviewer-de2, reviewer-ar, reviewer-ar2, member"
)


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(text, flush=True)


def _static_stamp() -> str:
    """Changes with any static file of ours and with the installed packages."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(ROOT.glob("*/static/**/*")) + sorted(ROOT.glob("*/*/static/**/*")):
        if path.is_file() and ".venv" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)} {path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()


def prepare() -> None:
    """Database, static files and, in an empty database, the demo content."""
    import django
    from django.conf import settings
    from django.core.management import call_command, get_commands

    django.setup()
    # What the preparation does is no deed of anybody's: the audit trail on the terminal would bury the address.
    logging.getLogger("workflows.audit").setLevel(logging.WARNING)
    say("Database …")
    call_command("migrate", interactive=False, verbosity=0)
    stamp = Path(settings.VAR_DIR) / "static.stamp"
    current = _static_stamp()
    if not stamp.exists() or stamp.read_text() != current:
        say("Static files …")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(current)
    if getattr(settings, "DEMO_LOGINS", False) and "load_demo" in get_commands():
        call_command("load_demo", if_empty=True)


def has_demo_logins() -> bool:
    """Whether this database knows the demo password."""
    from django.contrib.auth import get_user_model
    from django.db import connections

    user = get_user_model().objects.filter(username="author", is_active=True).first()
    known = user is not None and user.check_password(DEMO_PASSWORD)
    connections.close_all()
    return known


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Supervisor:
    """The two processes and their end. Each runs in a session of its own, so that Ctrl-C reaches only us."""

    def __init__(self, host: str, port: int) -> None:
        self.address = f"{'[' + host + ']' if ':' in host else host}:{port}"
        self.stopping = False
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.commands = {
            "web": [
                *(sys.executable, "-m", "gunicorn", "settings.wsgi", "--config", str(ROOT / "deploy/gunicorn.conf.py")),
                *("--bind", self.address, "--workers", "2", "--threads", "4"),
            ],
            "worker": [sys.executable, "manage.py", "run_worker"],
        }

    def start(self, name: str) -> None:
        """Starts (again) the process ``name``."""
        self.processes[name] = subprocess.Popen(self.commands[name], cwd=ROOT, start_new_session=True)

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Asks for the end; the loop in ``run`` does the rest."""
        self.stopping = True

    def answers(self) -> bool:
        """Whether the web server answers, whatever it says."""
        try:
            urllib.request.urlopen(f"http://{self.address}/healthz", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def run(self, on_ready: list[str]) -> int:
        """Runs until asked to end or until the web server ends. Returns its exit code, 0 when asked to end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        for name in self.commands:
            self.start(name)
        pause, next_start = 1.0, 0.0
        try:
            while not self.stopping:
                time.sleep(0.2)
                if (code := self.processes["web"].poll()) is not None:
                    say(f"The web server ended with {code}.")
                    return code or 1
                if on_ready and self.answers():
                    say("\n".join(on_ready))
                    on_ready = []
                if self.processes["worker"].poll() is None:
                    continue
                if not next_start:
                    say(f"The worker ended with {self.processes['worker'].returncode}; again in {pause:.0f} s.")
                    next_start = time.monotonic() + pause
                    pause = min(pause * 2, 60)
                elif time.monotonic() >= next_start:
                    self.start("worker")
                    next_start = 0.0
        finally:
            self.end()
        return 0

    def end(self) -> None:
        """Ends both processes: a request, ten seconds, then by force."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + 10
        for process in self.processes.values():
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--public-demo", action="store_true", help="serve demo logins beyond this machine")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.dev")
    shown = "localhost" if is_loopback(arguments.host) else arguments.host
    os.environ.setdefault("SITE_URL", f"http://{shown}:{arguments.port}")
    prepare()
    demo = has_demo_logins()
    if demo and not is_loopback(arguments.host) and not arguments.public_demo:
        say("This database has demo logins, whose password anyone can read. They are served on 127.0.0.1 only.")
        say("To serve them to others all the same: make run HOST=… PUBLIC_DEMO=1")
        return 2
    ready = [
        "",
        f"Dossier is at http://{shown}:{arguments.port}/ , its admin at http://{shown}:{arguments.port}/admin/",
    ]
    if demo:
        ready += [f"Demo logins, password {DEMO_PASSWORD}:", f"  {DEMO_LOGINS}"]
    ready.append("Ctrl-C ends it.")
    return Supervisor(arguments.host, arguments.port).run(ready)


if __name__ == "__main__":
    sys.exit(main())
