"""A word that stands only in hidden things is answered as one that stands nowhere: in every byte, and with the same work.

What is compared is the work and no time: the statements that the database gets and the calls that the engine gets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext

from search import bridge, words
from tests.security.search.shelf import NAMES, NOWHERE, PUBLIC, UNPUBLISHED, mark

pytestmark = [pytest.mark.django_db, pytest.mark.shared_search, pytest.mark.timeout(900)]

SECRETS = {name: mark(name) for name in NAMES if name not in PUBLIC} | {"a change that waits": UNPUBLISHED}

API = "/api/v1/search?lang=en&q="
FOR_ALL = (f"{API}{{}}", "/en/search/?q={}")
BY_ENGINE = (f"{API}quokka+{{}}", "/api/v1/suggest?lang=en&q={}", f"{API}title:{{}}+OR+numbat")
BY_DATABASE = (
    "/en/search/?q=quokka+{}",
    "/api/v1/export?lang=en&q={}",
    "/api/v1/export?lang=en&format=csv&q={}",
    "/feeds/en/search.atom?q={}",
    "/api/v1/suggest?lang=en&q=writer+{}",
    f"{API}%22{{}}%22",
    f"{API}quokka+-{{}}",
    f"{API}author:{{}}",
    f"{API}topic:%22topic+{{0}}%22+OR+topic:%22theme+{{0}}%22",
    f"{API}place:%22place+{{}}%22",
    f"{API}ibex+{{}}",
    f"{API}gnu+{{}}+wombat",
)
"""``{}`` is the word. ``kind:`` is not among them: what kinds of publication there are is no secret."""
FOR_FEW = frozenset({"inside-a", "draft", "withdrawn"})
"""Whose words are asked for everywhere: what some may read, what nobody may, and what everybody could."""


@dataclass(frozen=True)
class Said:
    """An answer without the word that was asked for, and what it took."""

    status: int
    headers: tuple[tuple[str, str], ...]
    text: str
    statements: tuple[str, ...]
    calls: tuple[str, ...]


class Stranger:
    """Somebody without an account who watches closely."""

    def __init__(self, engine, monkeypatch):
        self.client, self.calls = Client(), []
        for name in ("search", "autocomplete"):
            monkeypatch.setattr(engine, name, self._counted(name, getattr(engine, name)))
        # What processes remember of the vocabulary stays, or the first to ask after a pause does more.
        for memory in (bridge._memory, words._memory):
            monkeypatch.setattr(memory, "_seconds", 1e9)

    def _counted(self, name, method):
        def called(*args, **options):
            self.calls.append(name)
            return method(*args, **options)

        return called

    def ask(self, address: str, word: str) -> Said:
        self.calls.clear()
        reset_queries()
        with CaptureQueriesContext(connection) as captured:
            response = self.client.get(address.format(word))
        own = {"ETag", "Content-Length"}  # of the whole answer, with the word and how long it took
        text = response.content.decode().replace(word, "<word>")
        return Said(
            response.status_code,
            tuple(sorted((name, value) for name, value in response.headers.items() if name not in own)),
            re.sub(r'"took_ms": \d+|<updated>[^<]+</updated>', "", text),
            tuple(re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in captured),
            tuple(self.calls),
        )


def test_a_hidden_word_leaves_no_trace(engine, monkeypatch):
    stranger, traces = Stranger(engine, monkeypatch), []
    for address in (*FOR_ALL, *BY_ENGINE, *BY_DATABASE) if engine.name == "fts5" else (*FOR_ALL[:1], *BY_ENGINE):
        nothing = stranger.ask(address, NOWHERE)
        for name in SECRETS if address in FOR_ALL else sorted(FOR_FEW):
            said = stranger.ask(address, SECRETS[name])
            if said != nothing:  # once more: the first to ask may do more than others
                nothing, said = stranger.ask(address, NOWHERE), stranger.ask(address, SECRETS[name])
            different = [what for what in said.__dict__ if getattr(said, what) != getattr(nothing, what)]
            traces += [f"{address} {name}: {what}" for what in different]
    assert traces == []
    answers = [stranger.ask(FOR_ALL[0], word).text for word in (NOWHERE, mark("public"))]
    assert answers[0] != answers[1], "or they could not differ"


def test_a_word_written_much_like_a_hidden_one_is_not_set_right(engine, monkeypatch):
    """Nor was it public until today: it has gone from the table of words, so it costs no look-up more."""
    stranger = Stranger(engine, monkeypatch)
    _first, nothing = (stranger.ask(FOR_ALL[0], f"{NOWHERE[:-1]}a") for _time in range(2))
    told = {name for name, word in SECRETS.items() if stranger.ask(FOR_ALL[0], f"{word[:-1]}a") != nothing}
    assert told == set()
    assert f'"suggestion": "{mark("public")}"' in stranger.ask(FOR_ALL[0], f"{mark('public')[:-1]}a").text
