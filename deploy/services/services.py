#!/usr/bin/env python3
"""The real servers for development and tests: PostgreSQL, Elasticsearch, S3 (Ceph's radosgw), Redis.

``start`` starts what doesn't answer yet and waits for it; ``stop`` stops what ``start`` started; ``env`` prints the
variables of those that answer, as ``export`` lines for a shell. All listen on 127.0.0.1 only and hold throw-away data.
Needs nothing but Python's standard library, so that it runs before there is an environment.

    eval "$(python3 deploy/services/services.py env)"
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
S3_KEY, S3_SECRET = "testkey0", "testsecret0"


def searchable_by_all(folder: Path) -> bool:
    """Whether every user may pass through ``folder`` and all folders above it, as far as they exist."""
    return all(one.stat().st_mode & stat.S_IXOTH for one in (folder, *folder.parents) if one.exists())


def state_dir() -> Path:
    """Where the servers keep their state: ``var/services``, or a folder of ours in /tmp.

    PostgreSQL and Elasticsearch refuse to run as root and run as other users then; these must be able to search
    every parent folder.
    """
    wanted = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve() / "services"
    if os.getuid() == 0 and not searchable_by_all(wanted):
        wanted = Path("/tmp/dossier-services")
    wanted.mkdir(parents=True, exist_ok=True)
    if wanted.stat().st_uid != os.getuid():
        raise SystemExit(f"{wanted} belongs to another user. Set VAR_DIR to a folder of your own.")
    return wanted


def _tcp(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _http(port: int, path: str = "/") -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _redis(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@dataclass(frozen=True)
class Server:
    """One server: its script, port, probe, the Debian packages it needs and what it exports."""

    name: str
    script: str
    port: int
    answers: Callable[[int], bool]
    programs: tuple[str, ...]
    packages: tuple[str, ...]
    seconds: int
    variables: dict[str, str]


SERVERS = (
    Server(
        "PostgreSQL",
        "postgresql.sh",
        55432,
        _tcp,
        ("/usr/lib/postgresql/*/bin/initdb",),
        ("postgresql", "postgresql-contrib"),
        30,
        {
            "DATABASE_URL": "postgres://postgres@127.0.0.1:{port}/dossier",
            "TEST_POSTGRES_URL": "postgres://postgres@127.0.0.1:{port}/dossier",
        },
    ),
    Server(
        "Elasticsearch",
        "elasticsearch.sh",
        9250,
        lambda port: _http(port, "/_cluster/health?wait_for_status=yellow&timeout=1s"),
        ("mvn", "unzip", "java"),
        ("maven", "unzip"),
        150,
        {"SEARCH_URL": "http://127.0.0.1:{port}", "TEST_SEARCH_URL": "http://127.0.0.1:{port}"},
    ),
    Server(
        "S3",
        "s3.sh",
        17000,
        _http,
        ("radosgw", "ceph-mon", "ceph-osd", "ceph", "curl"),
        ("radosgw", "ceph-mon", "ceph-osd", "ceph-common", "curl"),
        60,
        {
            "S3_BUCKET": "dossier",
            "S3_ENDPOINT_URL": "http://127.0.0.1:{port}",
            "S3_ACCESS_KEY_ID": S3_KEY,
            "S3_SECRET_ACCESS_KEY": S3_SECRET,
            "TEST_S3_ENDPOINT_URL": "http://127.0.0.1:{port}",
            "TEST_S3_ACCESS_KEY_ID": S3_KEY,
            "TEST_S3_SECRET_ACCESS_KEY": S3_SECRET,
        },
    ),
    Server(
        "Redis",
        "redis.sh",
        56379,
        _redis,
        ("redis-server",),
        ("redis-server",),
        10,
        {"CACHE_URL": "redis://127.0.0.1:{port}/0", "TEST_REDIS_URL": "redis://127.0.0.1:{port}/0"},
    ),
)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _found(program: str) -> bool:
    return any(Path("/").glob(program.lstrip("/"))) if program.startswith("/") else shutil.which(program) is not None


def _install(servers: Sequence[Server]) -> None:
    """Installs what Debian offers for ``servers``, where we may. Failure is not fatal: the start says what is missing."""
    packages = sorted(
        {package for server in servers if not all(map(_found, server.programs)) for package in server.packages}
    )
    if not packages:
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        _say(f"Not installed: {' '.join(packages)}")
        return
    _say(f"Installing {' '.join(packages)} …")
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    quick = ["-qq", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"]
    for command in (
        ["apt-get", *quick, "update"],
        ["apt-get", *quick, "install", "-y", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(
            command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            _say(done.stderr.strip()[-500:])
            return


def _start(server: Server, folder: Path) -> str:
    """Starts ``server`` and waits until it answers. Returns why not, or an empty text."""
    log = folder / f"{server.script}.log"
    with log.open("w") as out:
        script = subprocess.run(
            [str(HERE / server.script), "start", str(folder / server.name.lower()), str(server.port)],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=600,
            check=False,
        )
    if script.returncode:
        lines = log.read_text().strip().splitlines()
        return lines[-1] if lines else f"{server.script} ended with {script.returncode}"
    end = time.monotonic() + server.seconds
    while time.monotonic() < end:
        if server.answers(server.port):
            return ""
        time.sleep(0.3)
    return f"no answer within {server.seconds} s, see {folder / server.name.lower()}"


@contextmanager
def _started(folder: Path) -> Iterator[set[str]]:
    """The names of the servers that we started, kept in a file from one call to the next."""
    path = folder / "started.json"
    names = set(json.loads(path.read_text())) if path.exists() else set()
    yield names
    path.write_text(json.dumps(sorted(names)))


def _create_database(server: Server) -> None:
    """The development database; tests make their own. Asked of psql, because there may be no Python driver yet."""
    psql = ["psql", "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres", "-qAt", "-c"]
    exists = subprocess.run(
        [*psql, "SELECT 1 FROM pg_database WHERE datname = 'dossier'"], capture_output=True, text=True, check=False
    )
    if exists.returncode == 0 and not exists.stdout.strip():
        subprocess.run([*psql, "CREATE DATABASE dossier"], capture_output=True, check=False)


def start(install: bool) -> list[str]:
    """Starts what doesn't answer. Returns a sentence for each server that could not be started."""
    folder = state_dir()
    missing = [server for server in SERVERS if not server.answers(server.port)]
    if install:
        _install(missing)
    failed = []
    with _started(folder) as names:
        with ThreadPoolExecutor() as pool:
            reasons = list(pool.map(lambda server: _start(server, folder), missing))
        for server, reason in zip(missing, reasons, strict=True):
            if reason:
                failed.append(f"{server.name}: {reason}")
            else:
                names.add(server.name)
    for server in SERVERS:
        if server.answers(server.port):
            _say(f"{server.name} answers at 127.0.0.1:{server.port}")
            if server.name == "PostgreSQL":
                _create_database(server)
    for line in failed:
        _say(f"Could not start {line}")
    return failed


def stop() -> None:
    """Stops the servers that ``start`` started; others that were there before stay."""
    folder = state_dir()
    with _started(folder) as names:
        for server in SERVERS:
            if server.name in names:
                subprocess.run(
                    [str(HERE / server.script), "stop", str(folder / server.name.lower()), str(server.port)],
                    check=False,
                )
                _say(f"{server.name} stopped")
        names.clear()


def variables() -> dict[str, str]:
    """The variables of the servers that answer now."""
    return {
        name: value.format(port=server.port)
        for server in SERVERS
        if server.answers(server.port)
        for name, value in server.variables.items()
    }


def main() -> int:
    """The command line. Returns 1 where a server could not be started."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["start", "stop", "env"])
    parser.add_argument("--no-install", action="store_true", help="never call apt-get for what is missing")
    arguments = parser.parse_args()
    if arguments.command == "stop":
        stop()
        return 0
    failed = start(install=not arguments.no_install) if arguments.command == "start" else []
    for name, value in variables().items():
        print(f"export {name}={value}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
