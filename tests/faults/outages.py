"""Servers that can be switched off for one product: a proxy before a real one, or a folder that is taken away."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit


class Outage(Protocol):
    """Something that the product needs and that a test can take away for the length of a block."""

    def down(self) -> contextlib.AbstractContextManager[None]:
        """It refuses everything."""

    def hanging(self) -> contextlib.AbstractContextManager[None]:
        """It takes what it is sent and doesn't answer; what it was sent is answered afterwards."""


class Proxy:
    """Passes bytes to the server of ``url``; the product is given ``self.url``. The real server is shared: it never stops."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "localhost", parts.port or 80)
        self._going = threading.Event()
        self._going.set()
        self._sockets: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._address = self._listener.getsockname()
        login = parts.netloc.rpartition("@")[0]
        self.url = urlunsplit(parts._replace(netloc=f"{login + '@' if login else ''}127.0.0.1:{self._address[1]}"))
        self._listen()

    @contextmanager
    def down(self) -> Iterator[None]:
        self.close()
        try:
            yield
        finally:
            self._listener = socket.create_server(self._address)
            self._listen()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        self._going.clear()
        try:
            yield
        finally:
            self._going.set()

    def close(self) -> None:
        """No new connection; those that are open break off."""
        for each in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._sockets.clear()

    def _listen(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _address = listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            self._sockets |= {near, far}
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._going.wait()
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class Folder:
    """A folder of the embedded search or of files on disk. Down: another thing lies in its place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def down(self) -> Iterator[None]:
        aside = self.path.with_name(self.path.name + ".aside")
        self.path.rename(aside)
        self.path.touch()
        try:
            yield
        finally:
            self.path.unlink()
            aside.rename(self.path)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Another process holds the write lock of the search file."""
        current = self.path / (self.path / "current").read_text().strip()
        connection = sqlite3.connect(current, isolation_level=None, check_same_thread=False)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.rollback()
            connection.close()
