"""Whatever is asked of search, in whatever shape: an answer or a plain refusal, and soon.

A hundred requests in each run, twenty thousand in a deep one (FUZZ_REQUESTS). FUZZ_SEED makes others;
``--junitxml`` keeps the slowest.
"""

from __future__ import annotations

import json
import time
from random import Random
from urllib.parse import quote_from_bytes
from xml.etree import ElementTree

import pytest

from search import ranking
from search.engines.base import FACETS
from tests import depth
from tests.security.search.shelf import mark

REQUESTS = depth.number("FUZZ_REQUESTS", usual=100, deep=20_000)
SEED = depth.number("FUZZ_SEED", usual=1, deep=1)
SECONDS = 2.0
"""Of the processor: what else this machine does is not the answer's fault."""
pytestmark = [pytest.mark.django_db, pytest.mark.shared_search, pytest.mark.timeout(max(900, REQUESTS // 4))]

RANGES = ((0, 0x20), (0x20, 0x7F), (0x7F, 0x250), (0x300, 0x370), (0x590, 0x700), (0x900, 0xE00), (0x1100, 0x1200))
MORE = ((0x2000, 0x2070), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0x10000), (0x10000, 0x110000))
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
SIGNS = (
    "(",
    ")",
    '"',
    "“",
    "„",
    "«",
    "-",
    "--",
    "OR",
    "AND",
    "NOT",
    "NEAR(",
    "*",
    "^",
    ":",
    "%",
    "_",
    "\\",
    "'",
    ";",
    "\x00",
)
WORDS = (
    "quokka",
    "wombat",
    "die",
    "the",
    "Menschenrechtsverletzung",
    "والاحتجاز",
    "12.03.2011",
    "10.000",
    "U.N.",
    "OR",
    mark("login"),
)
NAMES = ("title", "author", "topic", "place", "kind", "lang", "year", "q", "t", "body")
BYTES = (b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xed\xb0\x80\xed\xa0\x80", b"\xe2\x28\xa1")
"""Lone surrogates and other bytes that are no UTF-8."""


def text(rng: Random) -> bytes:
    """Something to look for."""
    kind = rng.randrange(9)
    if kind == 0:
        return b"".join(_character(rng) for _ in range(rng.choice((1, 3, 20, 300, 3000))))
    if kind == 1:
        depth = rng.choice((1, 5, 100, 2000))
        return ("(" * depth + rng.choice(WORDS) + ")" * rng.choice((0, depth))).encode()
    if kind == 2:
        return rng.choice(
            (b"9" * 400, b"-1", b"1e999", b"0x7fffffff", b"2" * 19, b"\xd9\xa1" * 50, b"NaN", b"Infinity")
        )
    if kind == 3:
        return (rng.choice((*WORDS, *SIGNS)) + " ").encode() * rng.choice((1, 40, 3000))
    if kind == 4:
        return ("a" + chr(rng.choice((0x301, 0x64B, 0x200D, 0xAD, 0x327))) * rng.choice((5, 300, 5000))).encode()
    pieces = [_piece(rng) for _ in range(rng.randint(0, 12))]
    return rng.choice((b" ", b" ", b"")).join(pieces)


def _piece(rng: Random) -> bytes:
    kind = rng.randrange(6)
    if kind == 0:
        return (
            f"{rng.choice(NAMES)}:{rng.choice(('', *WORDS, *SIGNS, '2019..', '2021..2019', '..', '(a OR b)'))}".encode()
        )
    if kind == 1:
        return f'{rng.choice(SIGNS)}"{" ".join(rng.choices(WORDS, k=rng.randint(0, 4)))}{rng.choice(SIGNS)}'.encode()
    if kind == 2:
        return rng.choice(BYTES)
    if kind == 3:
        return (rng.choice(BIDI) + rng.choice(WORDS) + rng.choice(BIDI)).encode()
    return rng.choice((*SIGNS, *WORDS)).encode()


def _character(rng: Random) -> bytes:
    if rng.random() < 0.03:
        return rng.choice(BYTES)
    return chr(rng.randrange(*rng.choice(RANGES + MORE))).encode("utf-8", "replace")


def value(rng: Random, name: str, shelf) -> bytes:
    """A value of a parameter: mostly one that means something to it."""
    if rng.random() < 0.3:
        return text(rng)[:300]
    topic, year = next(iter(shelf.facets["topic"])), str(rng.randint(999, 3000))
    usual = {
        "lang": ["en", "ar", "de", "xx", "EN"],
        "page": ["1", "2", "100", "101", "0", "-1", "1.5", "٣", "99999999999999999999"],
        "sort": ["relevance", "newest", "oldest", "NEWEST", "id"],
        "kind": ["publication", "case", "term", "nothing"],
        "year": [year, f"{year}..{year}", "1000..2999", "2020..1999", "..", "0000", "20٢0"],
        "from": [year, " 2001 ", "MMXX"],
        "to": [year, "", "99999"],
        "language": ["en", "ar", "pt-br", "xx-", "e"],
        "expand": ["0", "1", "true"],
        "within": [*shelf.cases.values(), topic, "{" + topic + "}", "urn:uuid:" + topic],
        "cursor": [
            "e30",
            "WzEsICJ4Il0",
            "WzFlOTk5LCAieCJd",
            "W1tbW1tb" * 99,
            "WyIxIiwgMV0",
            "====",
            "WzEuNSwgInhcdTAwMDAiXQ",
            "WzEw" + "MDAw" * 106 + "MCwiYSJd",  # a number that no float can hold
        ],
        "format": ["csv", "json", "xml", "CSV"],
    }
    return rng.choice(usual.get(name, [topic, topic.upper(), topic.replace("-", ""), "0" * 32])).encode()


PARAMETERS = ("lang", "page", "sort", "from", "to", "expand", "within", "cursor", "format", *FACETS)


def request(rng: Random, shelf) -> tuple[str, str]:
    """Path and query string."""
    file = shelf.files["public"]
    path = rng.choice(
        (
            *("/en/search/", "/ar/search/", "/api/v1/search", "/api/v1/search", "/api/v1/export", "/api/v1/suggest"),
            *("/feeds/en/search.atom", f"/d/{file.series}/search/", f"/d/{file.series}/p/1/"),
        )
    )
    pairs = [("q", text(rng))]
    if "suggest" not in path or rng.random() < 0.1:
        for name in rng.choices(PARAMETERS, k=rng.choice((0, 0, 1, 1, 2, 5))):
            many = 60 if rng.random() < 0.03 else rng.choice((1, 1, 1, 2))
            shaped = rng.choice((name,) * 12 + (f"{name}[]", f"{name}[0]", name.upper(), ""))
            pairs += [(shaped, value(rng, name, shelf)) for _ in range(many)]
    rng.shuffle(pairs)
    join = rng.choice(("&",) * 9 + ("&&", ";"))
    return path, join.join(f"{name}={quote_from_bytes(each)}" for name, each in pairs)


@pytest.fixture
def hurried_server(monkeypatch):
    """The server's work isn't among this process's seconds: its own limit counts. The embedded engine's would go by the clock."""
    for name in ("SEARCH_TIMEOUT_SECONDS", "SUGGEST_TIMEOUT_SECONDS"):
        monkeypatch.setattr(f"search.engines.elasticsearch.{name}", getattr(ranking, name))


def test_every_question_is_answered(engine, shelf, hurried_server, record_property):
    rng, wrong, slowest = Random(f"{SEED} {engine.name}"), [], (0.0, "")
    clients = [shelf.client(name) for name in ("stranger", "reader of A")]
    for client in clients:
        client.raise_request_exception = False
    for number in range(REQUESTS // 2):
        path, query = request(rng, shelf)
        started = time.process_time()
        response = clients[number % 2].generic("GET", path, QUERY_STRING=query)
        content = response.content
        took = time.process_time() - started
        slowest = max(slowest, (took, f"{path}?{query}"))
        if complaint := _complaint(path, response, content, took):
            wrong.append(f"{complaint} {path}?{query[:600]}")
    record_property("slowest", f"{slowest[0]:.3f} s: {slowest[1][:300]}")
    assert wrong[:10] == [], f"{len(wrong)} are answered wrongly; the slowest took {slowest[0]:.2f} s"


def _complaint(path: str, response, content: bytes, took: float) -> str:
    if response.status_code not in (200, 400):
        return f"answers {response.status_code}"
    if took > SECONDS:
        return f"takes {took:.2f} s"
    if path.endswith(".atom"):
        ElementTree.fromstring(content)
    if "api" not in path or response.headers["Content-Type"].startswith("text/csv"):
        return "" if response.status_code == 200 else "answers 400"
    data = json.loads(content)
    if response.status_code == 400:
        return "" if data["error"]["message"] and data["error"]["parameter"] != "q" else f"says {data}"
    return "is answered without the engine" if data.get("reduced") else ""
