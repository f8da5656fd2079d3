"""Every visitor, through every channel of the search, with both engines: exactly what they may find.

``test_matrix`` asks who sees what through which channel of the whole site. This asks one thing of search alone: that
nothing which it counts, completes, corrects, adds or hands on comes from more, or from less, than what may be found.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection

import pytest
from django.conf import settings

from search import exports, results
from tests.security.search.shelf import NAMES, NOWHERE, PUBLIC, SEES, WITH_PAGES, YEARS, Shelf, mark, marked, named

pytestmark = [pytest.mark.django_db, pytest.mark.shared_search, pytest.mark.timeout(900)]


class Asker:
    """A visitor at the search; what was asked once is remembered."""

    def __init__(self, shelf: Shelf, visitor: str) -> None:
        self.shelf, self.visitor, self.client = shelf, visitor, shelf.client(visitor)
        self._said: dict[str, str] = {}

    def text(self, address: str) -> str:
        """The answer at ``address``."""
        if address not in self._said:
            response = self.client.get(address)
            assert response.status_code == 200, (address, response.status_code)
            self._said[address] = response.content.decode()
        return self._said[address]

    def api(self, query: str, name: str = "search") -> dict:
        """The answer of the API."""
        return json.loads(self.text(f"/api/v1/{name}?lang=en&q={query}"))


def titles(answer: dict) -> set[str]:
    """The publications among the results, where they are as many as the total says."""
    found = [result["title"] for result in answer["results"]]
    return named(str(found)) if answer["total"] == len(found) == len(set(found)) else {f"{answer['total']}: {found}"}


# Channels: each says of which publications it tells.
def facet(name: str):
    """The values of a facet, by whose they are; each must be counted once."""

    def shown(asker):
        entries = asker.api("quokka")["facets"][name]
        own = {str(year): of for of, year in YEARS.items()} if name == "year" else asker.shelf.facets[name]
        wrong = {str(each) for each in entries if each["count"] != 1 and each["label"] != "Shared topic"}
        return {own[each["value"]] for each in entries if each["value"] in own} | marked(json.dumps(entries)) | wrong

    return shown


def common_counts(asker):
    """What is counted of all of them together."""
    answer = asker.api("quokka")
    counts = {sum(each["count"] for each in answer["facets"][name]) for name in ("kind", "language")}
    counts |= {each["count"] for each in answer["facets"]["topic"] if each["label"] == "Shared topic"}
    return titles(answer) if counts == {answer["total"]} else {str(counts)}


def pages_of_files(asker):
    return marked(json.dumps([result["snippets"] for result in asker.api("wombat")["results"]]))


def people(asker):
    found = asker.api("writ", "suggest")["suggestions"]
    return marked(json.dumps([each for each in found if each["kind"] == "person"]))


def similar_words(asker):
    answer = asker.api("quokkb")
    is_right = (answer["suggestion"], answer["instead"]["how"]) == ("quokka", "similar_words")
    return titles(answer["instead"]) if is_right else {str(answer)}


def other_spellings(asker):
    """The own word of a publication with a wrong letter. What is open no more was known; its word has gone, for all."""
    return marked("".join(str(asker.api(f"{mark(name)[:-1]}a")["suggestion"]) for name in sorted(MISSPELT)))


MISSPELT = frozenset({"public", "nested", "draft"})


def other_names(asker):
    """Terms by their names, to which the other names are added."""
    added = asker.api("+".join(f"ibex+{mark(name)}" for name in sorted(WITH_PAGES)))["expanded"]
    return marked(str(added))


def result_pages(asker):
    """Four on a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "PAGE_SIZE", 4)
        found, number, last = [], 0, 1
        while number < last:
            number += 1
            answer = asker.api(f"author:writer&page={number}&sort=oldest")
            found, last = found + answer["results"], answer["pages"]
    return titles({"total": answer["total"], "results": found})


def export(asker):
    """Four at a time, behind one cursor after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exports, "EXPORT_SIZE", 4)
        address, found = f"/api/v1/export?q=quokka&lang=en&within={asker.shelf.cases['open']}", []
        while address:
            answer = json.loads(asker.text(address))
            found, address = found + answer["results"], (answer["next"] or "").removeprefix(settings.SITE_URL)
    return titles({"total": answer["total"], "results": found})


def table(asker):
    rows = list(csv.DictReader(io.StringIO(asker.text("/api/v1/export?q=quokka&lang=en&format=csv"))))
    return titles({"total": len(rows), "results": rows})


def within(case: str):
    return lambda asker: titles(asker.api(f"quokka&within={asker.shelf.cases[case]}"))


def related(asker):
    text = asker.text(asker.shelf.pages["public"].get_url())
    return named(text.partition('aria-labelledby="also"')[2].partition("</aside>")[0])


def in_files(asker):
    """Files that can be searched by themselves, of those that ``test_matrix`` has not."""
    files = {name: asker.shelf.files[name] for name in SEARCHED_IN}
    form = "/d/{0.series}/v{0.number}/search/?q=wombat"
    return {name for name, file in files.items() if asker.client.head(form.format(file)).status_code == 200}


SEARCHED_IN = frozenset({"nested", "password", "below-draft"})


def same(visitor):
    return SEES[visitor]


def only(names: Collection[str]):
    return lambda visitor: SEES[visitor] & names


def always(names: Collection[str]):
    return lambda _visitor: names


OWN_RULE = ("stranger", "reader", "reader of A", "reader of A and B", "other author, of B", "superuser")
"""Of whom no two may find the same; the other visitors are like one of them."""
FEW = ("stranger", "reader of A and B", "superuser")
"""Who sees least, who sees what the index can only say by a pair of groups, and who sees all."""
CHANNELS = {
    "hits and total": (lambda asker: titles(asker.api("quokka")), same, tuple(SEES)),
    "years": (facet("year"), same, tuple(SEES)),
    "places": (facet("place"), same, tuple(SEES)),
    "kinds of publication": (facet("publication_kind"), same, tuple(SEES)),
    "topics": (facet("topic"), only(WITH_PAGES), tuple(SEES)),
    "counts of all": (common_counts, same, tuple(SEES)),
    "suggestions": (lambda asker: named(str(asker.api("quok", "suggest"))), same, tuple(SEES)),
    "similar words": (similar_words, same, OWN_RULE),
    "pages of results, by author": (result_pages, same, OWN_RULE),
    "some of the words": (lambda asker: titles(asker.api(f"quokka+{NOWHERE}")["instead"]), same, OWN_RULE),
    "export, within a case": (export, same, OWN_RULE),
}
BY_DATABASE = {
    "result page": (lambda asker: named(asker.text("/en/search/?q=quokka")), same, FEW),
    "pages of files": (pages_of_files, same, FEW),
    "table": (table, same, FEW),
    "feed": (lambda asker: named(asker.text("/feeds/en/search.atom?q=quokka")), always(PUBLIC), FEW),
    "within a case of A": (within("closed"), lambda who: set() if who == "stranger" else SEES[who], FEW),
    "other spellings": (other_spellings, always({"public"}), FEW),
    "people": (people, same, FEW),
    "other names": (other_names, always({"public"}), FEW),
    "related pages": (related, always({"second"}), FEW),
    "search in files": (in_files, lambda who: SEARCHED_IN if who == "superuser" else SEARCHED_IN & SEES[who], FEW),
}
"""What no engine has a part in beyond its hits."""


def differences(shelf: Shelf, channels, visitors=tuple(SEES)) -> list[str]:
    """A sentence for each of the ``visitors`` and channel that tells too much or too little."""
    wrong = []
    for visitor in visitors:
        asker = Asker(shelf, visitor)
        for channel, (told, due, asked_by) in channels.items():
            if visitor in asked_by:
                found, right = set(told(asker)), set(due(visitor))
                wrong += [f"{channel}: {visitor} is told of {name}" for name in sorted(found - right)]
                wrong += [f"{channel}: {visitor} is not told of {name}" for name in sorted(right - found)]
    return wrong


def test_every_channel_tells_every_visitor_of_exactly_their_own(shelf, engine, monkeypatch):
    """The embedded engine is asked by all; the server by all whom it can tell apart, for it knows visitors by groups only."""
    monkeypatch.setattr(results, "PEOPLE_SUGGESTED", len(NAMES))
    monkeypatch.setattr(results, "SUGGESTIONS", 2 * len(NAMES))
    is_embedded = engine.name == "fts5"
    wrong = differences(*(shelf, CHANNELS | BY_DATABASE) if is_embedded else (shelf, CHANNELS, OWN_RULE))
    assert not wrong, "\n".join(wrong)


def test_who_edits_or_uploaded_reads_the_files_and_finds_no_more(shelf, settings):
    settings.SEARCH_URL = ""
    for visitor in ("author", "editor"):
        asker = Asker(shelf, visitor)
        assert in_files(asker) == SEARCHED_IN and pages_of_files(asker) == SEES[visitor]
