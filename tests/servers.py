"""The real servers that tests use, named by environment variables (``docs/reference/commands.md``)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import boto3
import pytest
from botocore.config import Config
from elasticsearch import Elasticsearch

from documents.extraction.jobs import can_convert
from documents.extraction.recognition import PACKS, installed
from search.engines.elasticsearch_server import CompatibleNode

MISSING = "missing server: "


def missing(name: str) -> NoReturn:
    """Skips the test with the server's name; fails it where ``REQUIRE_SERVICES=1``."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{MISSING}{name}, and REQUIRE_SERVICES=1 wants it", pytrace=False)
    pytest.skip(f"{MISSING}{name}")


def require(name: str, found: object) -> None:
    """Skips (or fails, see ``missing``) unless ``found``."""
    if not found:
        missing(name)


def url(variable: str, name: str) -> str:
    """The address in ``variable``; skips or fails without one."""
    return os.environ.get(variable) or missing(name)


def chromium() -> str:
    """The path of Chromium; skips or fails without one."""
    path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    require("Chromium", Path(path).exists())
    return path


def libreoffice() -> None:
    """Skips or fails where office files can't be converted."""
    require("LibreOffice", can_convert())


def tesseract() -> None:
    """Skips or fails where scans can't be recognised in the site's languages."""
    require("Tesseract", len(installed()) == len(PACKS))


def worker() -> str:
    """A short name that no other pytest process shares: for buckets, prefixes and folders."""
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"


def s3_client(endpoint: str, key: str, secret: str) -> Any:
    """A boto3 client as the storage makes it: path addresses, checksums only where required."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name="us-east-1",
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def bucket(endpoint: str, key: str, secret: str) -> Iterator[str]:
    """A new private bucket; emptied and removed afterwards."""
    client = s3_client(endpoint, key, secret)
    name = f"test-{worker()}-{uuid.uuid4().hex[:8]}"
    client.create_bucket(Bucket=name)
    try:
        yield name
    finally:
        empty(endpoint, key, secret, name)
        client.delete_bucket(Bucket=name)


def empty(endpoint: str, key: str, secret: str, name: str) -> None:
    """Deletes every object of the bucket ``name``."""
    client = s3_client(endpoint, key, secret)
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=name):
        for item in page.get("Contents", []):
            client.delete_object(Bucket=name, Key=item["Key"])


def elasticsearch(address: str) -> Elasticsearch:
    """A client that a server of version 8 understands too."""
    return Elasticsearch(address, request_timeout=30, node_class=CompatibleNode)


@contextmanager
def index_prefix(address: str) -> Iterator[str]:
    """A prefix of our own for indexes in Elasticsearch; what bears it is deleted afterwards."""
    prefix = f"test-{worker()}-{uuid.uuid4().hex[:8]}"
    try:
        yield prefix
    finally:
        with elasticsearch(address) as client:
            for index in client.indices.get(index=f"{prefix}*", expand_wildcards="all"):
                client.indices.delete(index=index)


EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS" + b"-TEST-FILE!$H+H*"
"""What every virus scanner takes for a virus by agreement. In two halves: a scanner may watch this folder too."""
CLAMD_MEGABYTES = 4
"""The largest stream that the tests' scanner takes."""


@contextmanager
def clamd(folder: Path) -> Iterator[tuple[str, str]]:
    """A real clamd that knows one signature (EICAR); its addresses by Unix socket and by TCP. ``folder`` is empty."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    require("ClamAV", program)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "signatures").mkdir()
    (folder / "signatures" / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"Foreground yes\nDatabaseDirectory {folder}/signatures\nLocalSocket {folder}/clamd.ctl\nTCPSocket {port}\n"
        f"TCPAddr 127.0.0.1\nStreamMaxLength {CLAMD_MEGABYTES}M\nMaxFileSize 1M\nAlertExceedsMax yes\n"
    )
    with (folder / "clamd.log").open("wb") as log:
        process = subprocess.Popen([str(program), "-c", str(folder / "clamd.conf")], stdout=log, stderr=log)
    try:
        _wait_for(folder / "clamd.ctl", process)
        yield f"unix://{folder}/clamd.ctl", f"tcp://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Until something listens at the Unix socket ``path``."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
            probe.connect(str(path))
            return
        time.sleep(0.05)
    pytest.fail(f"clamd doesn't answer: {path.with_name('clamd.log').read_text()[-2000:]}")
