"""A big file goes up, is published and comes down again: what that costs web processes and worker in memory.

The floor of the time is the same bytes sent to and fetched from a bare server in this process; the
floor of the memory is ``ALLOWED``. Memory is the highest resident size that the kernel saw in any
of the product's processes, less what they had after a small file had gone the same way. With ``S3_…`` in the environment
the files lie in that server's bucket, else on disk. ``BENCH_FILE_MB`` sets the size (default 2048).
"""

from __future__ import annotations

import http.client
import os
import re
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from bench.measure import Result
from tests.e2e.product import PASSWORD, Product, running

MEGABYTE = 1024 * 1024
SIZE = int(os.environ.get("BENCH_FILE_MB", "2048")) * MEGABYTE
ALLOWED = 50.0
"""Megabytes that the processes may grow by."""
START = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00\x00\x00\x08moov"
"""The first bytes of an MP4 whose picture follows: intake looks at content, and the clean copy at its boxes."""
PUBLISH = """
from documents.models import Document
from tests.factories import PublicationPageFactory
document = Document.objects.get(title={title!r})
PublicationPageFactory(published=True, files=[document])
print(document.series)
"""


def chunks(size: int) -> Iterator[bytes]:
    """``size`` bytes that are a film with nothing but its picture, a megabyte at a time."""
    picture = b"\x00\x00\x00\x01mdat" + (size - len(START)).to_bytes(8, "big")
    yield START + picture
    left = size - len(START) - len(picture)
    block = bytes(range(256)) * (MEGABYTE // 256)
    while left > 0:
        yield block[: min(left, MEGABYTE)]
        left -= MEGABYTE


def form(fields: dict[str, str], size: int, boundary: str) -> tuple[Iterator[bytes], int]:
    """A multipart form with ``fields`` and a film of ``size`` bytes: its body as a stream, and its length."""
    start = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    start += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n'
    end = f"\r\n--{boundary}--\r\n"

    def body() -> Iterator[bytes]:
        yield start.encode()
        yield from chunks(size)
        yield end.encode()

    return body(), len(start.encode()) + size + len(end.encode())


def send(port: int, path: str, fields: dict[str, str], size: int, cookie: str = "") -> tuple[int, float]:
    """Posts the form. Returns the status and the seconds that it took."""
    boundary = uuid.uuid4().hex
    body, length = form(fields, size, boundary)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(length),
        "Cookie": cookie,
    }
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("POST", path, body=body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, time.perf_counter() - began


def fetch(address: str) -> tuple[int, float]:
    """Reads the body of ``address`` in pieces. Returns its length and the seconds that it took."""
    began, length = time.perf_counter(), 0
    with requests.get(address, stream=True, timeout=600) as answer:
        answer.raise_for_status()
        for piece in answer.iter_content(MEGABYTE):
            length += len(piece)
    return length, time.perf_counter() - began


class Bare(BaseHTTPRequestHandler):
    """The floor: takes everything, keeps nothing; gives the film."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, MEGABYTE)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(SIZE))
        self.end_headers()
        for block in chunks(SIZE):
            self.wfile.write(block)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


def processes(product: Product) -> list[Path]:
    """The ``/proc`` folders of the product's processes, children of its two process groups included."""
    groups = {process.pid for process in product.processes.values()}
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) in groups:
                found.append(folder)
        except ProcessLookupError:
            continue
    return found


def figures(folders: list[Path], key: str) -> dict[str, float]:
    """``VmRSS`` or ``VmHWM`` of each process that is still there, in megabytes."""
    found = {}
    for folder in folders:
        if match := (folder / "status").exists() and re.search(rf"{key}:\s+(\d+) kB", (folder / "status").read_text()):
            found[folder.name] = int(match[1]) / 1024
    return found


def signed_in(product: Product, name: str) -> requests.Session:
    """A session in the admin."""
    session = requests.Session()
    login = f"{product.url}/admin/login/"
    session.get(login, timeout=60)
    data = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    session.post(login, data=data, headers={"Referer": login}, timeout=60).raise_for_status()
    return session


def upload(product: Product, session: requests.Session, title: str, size: int) -> float:
    """A person files a film through the form of the admin; seconds."""
    page = session.get(f"{product.url}/admin/documents/add/", timeout=60).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None, "the form has no token"
    fields = {"csrfmiddlewaretoken": token[1], "title": title, "language": "en"}
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
    status, seconds = send(product.port, "/admin/documents/add/", fields, size, cookie)
    assert status == 302, f"the upload was answered with {status}"
    return seconds


def publish(product: Product, title: str) -> str:
    """Waits until the worker has read the film, and publishes it; its address."""
    state = f"from documents.models import Document; print(Document.objects.get(title={title!r}).state)"
    end = time.monotonic() + 600
    while (now := product.manage("shell", "-v", "0", "-c", state).strip().splitlines()[-1]) != "ready":
        assert now != "failed" and time.monotonic() < end, f"the worker didn't read the file: it is {now}"
        time.sleep(2)
    series = product.manage("shell", "-v", "0", "-c", PUBLISH.format(title=title)).strip().splitlines()[-1]
    return f"{product.url}/d/{series}/"


def round_trip(product: Product, session: requests.Session, title: str, size: int) -> tuple[float, float]:
    """Up, published, down: the seconds of both ways."""
    up = upload(product, session, title, size)
    length, down = fetch(publish(product, title))
    assert length == size, f"{length} bytes came back, not {size}"
    return up, down


def run() -> list[Result]:
    """Seconds of both ways against a bare server, and the growth of the processes against what is allowed."""
    os.environ["DOCUMENT_MAX_SIZE"] = str(SIZE + MEGABYTE)
    where = "S3" if os.environ.get("S3_BUCKET") else "disk"
    bare = ThreadingHTTPServer(("127.0.0.1", 0), Bare)
    threading.Thread(target=bare.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="dossier-big-") as folder, running(Path(folder)) as product:
        session = signed_in(product, "author")
        round_trip(product, session, "Small", 2 * MEGABYTE)
        there = processes(product)
        before = figures(there, "VmRSS")
        for process in there:
            (process / "clear_refs").write_text("5")  # forget the highest size so far
        up, down = round_trip(product, session, "Big", SIZE)
        peak = figures(there, "VmHWM")
    grown = max(peak[name] - before[name] for name in peak)
    floor_up = send(bare.server_port, "/", {}, SIZE)[1]
    floor_down = fetch(f"http://127.0.0.1:{bare.server_port}/")[1]
    bare.shutdown()
    size = f"{SIZE // MEGABYTE} MB, {where}"
    return [
        Result(f"memory of the largest process, {size}", grown, "allowed growth", ALLOWED, "MB", 1.0),
        Result(f"upload, {size}", up, "bare server", floor_up, "s"),
        Result(f"download, {size}", down, "bare server", floor_down, "s"),
    ]
