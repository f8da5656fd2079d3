"""The product as its users meet it: real processes with a database, storage and search of their own.

The web server and the worker run as ``make run`` starts them. Where the environment names
PostgreSQL, S3, Elasticsearch and Redis they are used, each with a name of this run's own; else
SQLite, disk and the embedded search.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests import migrated, servers

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"
PEOPLE = {
    "admin": [],
    "author": ["Authors"],
    "author2": ["Authors"],
    "editor": ["Editors"],
    "legal": ["Legal review"],
    "translator-de": ["Translators (de)"],
    "translator-ar": ["Translators (ar)"],
    "reviewer-de": ["Translation review (de)"],
    "member": ["Readers"],
}
SET_UP = f"""
from django.contrib.auth.models import Group
from access.models import User
for name, groups in {PEOPLE!r}.items():
    user = User.objects.create_user(name, email=name + "@example.org", password={PASSWORD!r}, is_superuser=name == "admin")
    user.groups.set(Group.objects.filter(name__in=groups))
"""


@dataclass
class Product:
    """A running product. ``url`` has no slash at its end; the processes can be killed and started by name."""

    folder: Path
    environment: dict[str, str]
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Runs a management command and returns what it printed; raises where it failed."""
        return manage(self.environment, *arguments)

    def start(self, name: str) -> None:
        """Starts the process ``web`` or ``worker``."""
        command = {
            "web": [
                *("-m", "gunicorn", "settings.wsgi", "--config", "deploy/gunicorn.conf.py"),
                *("--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--threads", "4"),
            ],
            "worker": ["manage.py", "run_worker"],
        }[name]
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )

    def kill(self, name: str) -> None:
        """kill -9, with all its children."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait_until_it_answers(self) -> None:
        """Until the home page is there. Raises TimeoutError with the end of the log."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                return urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            time.sleep(0.2)
        raise TimeoutError((self.folder / "web.log").read_text()[-3000:])

    def status(self, path: str) -> int:
        """The status that an anonymous stranger gets for ``path``."""
        try:
            return urllib.request.urlopen(self.url + path, timeout=20).status
        except urllib.error.HTTPError as error:
            return error.code

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the product's database answers to ``statement``."""
        with self._database() as connection:
            rows: list[tuple[Any, ...]] = connection.execute(statement).fetchall()
            return rows

    def take_address(self) -> None:
        """Tells Wagtail the port: links start with it."""
        with self._database() as connection, connection:
            connection.execute(f"UPDATE wagtailcore_site SET port = {self.port}")

    def _database(self) -> contextlib.AbstractContextManager[Any]:
        """A connection to the product's database, past the product."""
        if url := self.environment.get("DATABASE_URL"):
            import psycopg

            return psycopg.connect(urlunsplit(urlsplit(url)._replace(scheme="postgresql")))
        return contextlib.closing(sqlite3.connect(self.folder / "var" / "dossier.sqlite3", timeout=30))

    def end(self) -> None:
        """Ends what runs; a failed test shows the ends of the logs."""
        for log in self.folder.glob("*.log"):
            sys.stdout.write(f"== {log.name}\n{log.read_text()[-4000:]}\n")
        for name in list(self.processes):
            self.processes[name].terminate()
        for name in list(self.processes):
            try:
                self.processes[name].wait(15)
            except subprocess.TimeoutExpired:
                self.kill(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Runs a management command and returns what it printed; raises AssertionError where it failed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{arguments[0]}: {done.stdout}\n{done.stderr}"
    return done.stdout


@contextlib.contextmanager
def own_database(url: str, template: str = "") -> Iterator[str]:
    """A PostgreSQL database of this run's own beside the one that ``url`` names; a copy of that called ``template``, or empty."""
    import psycopg

    name = f"dossier_e2e_{uuid.uuid4().hex[:10]}"
    parts = urlsplit(url)
    admin = urlunsplit(parts._replace(scheme="postgresql", path="/postgres"))
    copied = f' TEMPLATE "{template}"' if template else ""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"{copied}')
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass(frozen=True)
class Mould:
    """An empty site with its people, of which every product is a copy.

    ``folder`` is its ``VAR_DIR``, ``database`` the address of its PostgreSQL database, empty for SQLite.
    """

    folder: Path
    database: str


@cache
def mould() -> Mould:
    """Makes the mould, once in this process; it goes when the process ends."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dossier-mould-"))) / "var"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings.dev", "VAR_DIR": str(folder)}
    database = ""
    if os.environ.get("DATABASE_URL"):
        environment["DATABASE_URL"] = database = stack.enter_context(
            own_database(os.environ["DATABASE_URL"], template=migrated.of_this_run())
        )
    elif migrated.of_this_run():
        folder.mkdir()
        shutil.copy(migrated.of_this_run(), folder / "dossier.sqlite3")
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    manage(environment, "shell", "-c", SET_UP)
    return Mould(folder, database)


@contextlib.contextmanager
def running(folder: Path, *, servers_at: Mapping[str, str] | None = None) -> Iterator[Product]:
    """The product with an empty site and its people, both processes running.

    ``servers_at`` are other addresses (SEARCH_URL, S3_ENDPOINT_URL) for the servers that the environment names.
    """
    port, made = free_port(), mould()
    (folder / "tmp").mkdir()
    shutil.copytree(made.folder, folder / "var")
    with contextlib.ExitStack() as stack:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "settings.dev",
            "VAR_DIR": str(folder / "var"),
            "TMPDIR": str(folder / "tmp"),
            "SITE_URL": f"http://localhost:{port}",
            "LOG_FORMAT": "json",
            "EMAIL_URL": "dummymail://",
        }
        if made.database:
            environment["DATABASE_URL"] = stack.enter_context(
                own_database(made.database, template=urlsplit(made.database).path[1:])
            )
        if os.environ.get("SEARCH_URL"):
            environment["SEARCH_INDEX_PREFIX"] = stack.enter_context(servers.index_prefix(os.environ["SEARCH_URL"]))
        if os.environ.get("S3_BUCKET"):
            environment["S3_BUCKET"] = stack.enter_context(
                servers.bucket(
                    os.environ["S3_ENDPOINT_URL"], os.environ["S3_ACCESS_KEY_ID"], os.environ["S3_SECRET_ACCESS_KEY"]
                )
            )
        product = Product(folder, environment | dict(servers_at or {}), port)
        product.take_address()
        stack.callback(product.end)
        product.start("web")
        product.start("worker")
        product.wait_until_it_answers()
        yield product
