"""A visitor who asks, counts, and compares what is hidden with what was never there."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polib
from django.conf import settings
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client

from access.models import User
from tests.demo.world import Secrets, words

NOTHING = 10**9
TAILS = frozenset({"feed", "amp"})
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Fingerprint = tuple[Any, ...]
TEXTS = ("text/", "application/json", "application/xml", "application/atom+xml", "application/javascript")


@dataclass
class Probe:
    """A visitor: ``user`` or a stranger. ``leaks`` are sentences; ``asked`` counts requests."""

    user: User | None = None
    secrets: Secrets = field(default_factory=lambda: Secrets(frozenset(), frozenset()))
    asked: int = 0
    leaks: list[str] = field(default_factory=list)
    nothings: dict[tuple[Any, ...], Fingerprint] = field(default_factory=dict)
    harmless: set[str] = field(default_factory=set)
    """Answers that told nothing. Most are the same page: that there is nothing."""

    def __post_init__(self) -> None:
        self.client = Client()
        if self.user is not None:
            self.client.force_login(self.user)

    def ask(self, path: str, method: str = "GET", **headers: str) -> HttpResponseBase:
        """One request, not followed."""
        self.asked += 1
        data = {} if method == "POST" else None
        return self.client.generic(method, path, headers=headers) if data is None else self.client.post(path, data)

    def look(self, path: str, method: str = "GET", **headers: str) -> HttpResponseBase:
        """Asks, and notes each secret in the answer; the address itself, which an answer may repeat, is none."""
        response = self.ask(path, method, **headers)
        text = said(response, path)
        if text not in self.harmless:
            if told := self.secrets.found_in(text):
                self.leaks.append(f"{method} {path} ({response.status_code}) tells {sorted(told)[:5]}")
            else:
                self.harmless.add(text)
        return response

    def compare(self, path: str, twin: str, method: str = "GET", **headers: str) -> None:
        """Asks for something hidden and for its ``twin`` that was never there, and notes every difference.

        The number of queries counts too: who measures time must not learn more than who reads. A pair that differs
        is asked once more, since a process reads some things only once in its life, whoever asks first.
        """
        hidden, nothing = self._measured(path, method, headers), self._nothing(twin, method, headers)
        if hidden != nothing:
            hidden, nothing = self._measured(path, method, headers), self._measured(twin, method, headers)
        (queries, status, *_rest) = hidden
        asked = f"{method} {path} {headers or ''}"
        if hidden != nothing:
            self.leaks.append(f"{asked} ({status}, {queries} queries) is not answered like {twin}")
        elif status < 300 and method in ("GET", "HEAD"):
            self.leaks.append(f"{asked} answers {status}")

    def _measured(self, path: str, method: str, headers: dict[str, str]) -> Fingerprint:
        """How many queries an answer took, its status, and all else that it says."""
        statements: list[str] = []

        def count(execute: Any, sql: str, *arguments: Any) -> Any:
            statements.append(sql)
            return execute(sql, *arguments)

        with connection.execute_wrapper(count):
            response = self.look(path, method, **headers)
        return (len(statements), *fingerprint(response, path))

    def _nothing(self, twin: str, method: str, headers: dict[str, str]) -> Fingerprint:
        """The answer at an address where nothing is; asked once for each form and length of address."""
        form = (UUID.sub("<uuid>", twin), method, *sorted(headers.items()))
        if form not in self.nothings:
            self.nothings[form] = self._measured(twin, method, headers)
        return self.nothings[form]

    def interface(self, *addresses: str) -> set[str]:
        """The words of answers that tell nothing, of missing pages, for instance, and those of our own catalogues."""
        asked = {word for address in addresses for word in words(said(self.ask(address), address))}
        return asked | _catalogues()


@cache
def _catalogues() -> set[str]:
    """Every word of the interface, in every language."""
    found: set[str] = set()
    for path in settings.BASE_DIR.glob("locale/*/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            texts = [entry.msgid, entry.msgid_plural, entry.msgstr, *entry.msgstr_plural.values()]
            found |= words(" ".join(texts))
    return found


def body(response: HttpResponseBase) -> bytes:
    """The bytes of an answer, streamed or not."""
    streamed: Any = getattr(response, "streaming_content", None)
    return b"".join(streamed) if streamed is not None else response.content  # type: ignore[attr-defined]


def said(response: HttpResponseBase, path: str) -> str:
    """Headers and text of an answer, without its address, and without the length of that very text.

    A page may be as long as some hidden file by chance.
    """
    content = body(response)
    text = content.decode() if response.headers.get("Content-Type", "").startswith(TEXTS) else ""
    own = {"Content-Length": str(len(content))} if text else {}
    said = (header for header in response.headers.items() if header not in own.items())
    headers = "\n".join(f"{name}: {value}" for name, value in said)
    return f"{headers}\n{text}".replace(path.partition("?")[0], "<address>")


def fingerprint(response: HttpResponseBase, path: str) -> Fingerprint:
    """All of an answer but its address: status, headers, cookies, body."""
    address = path.partition("?")[0].encode()
    headers = {name: value.replace(path, "<address>") for name, value in response.headers.items()}
    cookies = sorted(response.cookies)
    return response.status_code, headers, cookies, body(response).replace(address, b"<address>")


def twin_of(path: str) -> str:
    """An address of the same form and length at which there never was anything."""
    address, mark, query = path.partition("?")
    if UUID.search(address):
        return UUID.sub(str(uuid.uuid4()), address, count=1) + mark + query
    parts = address.split("/")
    place = max(number for number, part in enumerate(parts) if part and part not in TAILS)
    parts[place] = "q" * len(parts[place])
    return "/".join(parts) + mark + query
