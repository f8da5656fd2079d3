"""Databases with all tables and an empty site, of which test databases are copies.

Migrations take half a minute of a processor, and ``make test`` needs a dozen databases. It makes one of each kind and
names it in ``TEST_MIGRATED``; pytest by itself migrates as Django does.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def databases(environment: Mapping[str, str], server: str, name: str) -> Iterator[dict[bool, str]]:
    """One on SQLite, and with ``server`` (an address of a PostgreSQL database) one there, called ``name``.

    Gives {whether on PostgreSQL: what ``TEST_MIGRATED`` names}. Raises CalledProcessError where a migration fails.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="dossier-migrated-"))
        file = f"{folder}/dossier.sqlite3"
        urls = [f"sqlite:///{file}"]
        if server:
            urls.append(stack.enter_context(_database(server, name)))
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        own = {"DJANGO_SETTINGS_MODULE": "settings.test", "LOG_LEVEL": "WARNING"}
        running = []
        for number, url in enumerate(urls):
            surroundings = {**environment, **own, "DATABASE_URL": url, "VAR_DIR": f"{folder}/{number}"}
            running.append(stack.enter_context(subprocess.Popen(command, cwd=ROOT, env=surroundings)))
            stack.callback(running[-1].kill)  # where the other one failed
        for process in running:
            if process.wait():
                raise subprocess.CalledProcessError(process.returncode, command)
        yield {False: file, True: name}


@contextmanager
def _database(server: str, name: str) -> Iterator[str]:
    """Its address. One that an interrupted run left is replaced."""
    parts = urlsplit(server)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))

    def ask(*statements: sql.Composed) -> None:
        with psycopg.connect(urlunsplit(parts._replace(scheme="postgresql")), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    ask(drop, create)
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        ask(drop)


def of_this_run() -> str:
    """The file of the SQLite database, or the name of the one on PostgreSQL; empty where there is none to copy."""
    return os.environ.get("TEST_MIGRATED", "")


def fill(connection: Any) -> None:
    """Copies it into a new SQLite database of tests, before Django looks which migrations are due."""
    of_tests = connection.settings_dict["NAME"] == connection.creation._get_test_db_name()
    if of_tests and not connection.introspection.table_names():
        with closing(sqlite3.connect(of_this_run())) as source:
            source.backup(connection.connection)


def restore(connection: Any) -> None:
    """Makes a test database the copy again that it was. Emptying all tables and making the site anew takes seconds.

    Who else is connected to one on PostgreSQL is thrown out: it is replaced.
    """
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(of_this_run())) as source:
            source.backup(connection.connection)
        return
    name, copied = sql.Identifier(connection.settings_dict["NAME"]), sql.Identifier(of_this_run())
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, copied))
