"""Content that lives in memory, so that search is tested without any page type."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from search import facet_values, registry
from search.pages import pack
from search.registry import FileText, Found, FoundFile, IndexDocument

LABELS = {"publication": "Publications", "case": "Cases", "topic": "Topics", "term": "Glossary"}


@dataclass
class FakeFile:
    pages: list[tuple[str, str]]
    title: str = "Report"
    language: str = "en"
    series: str = field(default_factory=lambda: str(uuid.uuid4()))
    version: int = 1
    reads: int = 0

    def __post_init__(self):
        self.blob = pack(self.pages)

    def page_texts(self, numbers):
        self.reads += 1
        return {number: self.pages[number - 1] for number in numbers}


@dataclass
class Thing:
    title: str
    summary: str = ""
    body: str = ""
    locale: str = "en"
    kind: str = "publication"
    acl: frozenset = frozenset({"public"})
    live_to: datetime | None = None
    published: datetime = datetime(2024, 6, 1, tzinfo=UTC)
    topics: tuple = ()
    places: tuple = ()
    doctype: str = ""
    languages: tuple = ()
    authors: tuple = ()
    files: tuple = ()
    passages: tuple = ()
    translation_key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def key(self):
        return f"{self.translation_key}/{self.locale}"


class FakeSource:
    """Things of one kind. ``broken`` keys raise when they are read."""

    def __init__(self, kind):
        self.kind = kind
        self.label = LABELS[kind]
        self.things = {}
        self.broken = set()

    def document(self, key):
        if key in self.broken:
            raise RuntimeError("This thing can't be read.")
        thing = self.things.get(key)
        if thing is None:
            return None
        return IndexDocument(
            key=key,
            kind=self.kind,
            locale=thing.locale,
            translation_key=thing.translation_key,
            acl=thing.acl,
            live_to=thing.live_to,
            published=thing.published,
            updated=thing.published,
            title=thing.title,
            summary=thing.summary,
            body=thing.body,
            topics=thing.topics,
            places=thing.places,
            doctype=thing.doctype,
            year=thing.published.year,
            languages=thing.languages or (thing.locale,),
            authors=thing.authors,
            files=tuple(FileText(f.series, f.version, f.language, f.title, f.blob) for f in thing.files),
            passages=thing.passages,
        )

    def keys(self):
        yield from sorted(self.things)

    def found(self, keys, visitor, language):
        return {
            key: self._found(self.things[key])
            for key in keys
            if key in self.things and (visitor.tokens is None or self.things[key].acl & visitor.tokens)
        }

    def _found(self, thing):
        return Found(
            key=thing.key,
            kind=self.kind,
            kind_label=self.label[:-1],
            language=thing.locale,
            title=thing.title,
            url=f"/{thing.locale}/things/{thing.translation_key}/",
            summary=thing.summary,
            body=thing.body,
            date=thing.published.date(),
            files=tuple(
                FoundFile(
                    f.series,
                    f.version,
                    f.language,
                    f.title,
                    f"PDF, {len(f.pages)} pages",
                    f.blob,
                    f.page_texts,
                    lambda n, q, f=f: f"/d/{f.series}/v{f.version}/p/{n}/?q={q}",
                )
                for f in thing.files
            ),
        )


class FakeContent:
    """All four kinds, registered in place of the real ones."""

    def __init__(self):
        self.sources = {kind: FakeSource(kind) for kind in LABELS}

    def add(self, title, **fields):
        thing = Thing(title, **fields)
        self.sources[thing.kind].things[thing.key] = thing
        return thing

    def visible(self, keys, visitor, with_files=True):
        """What the apps above answer for all kinds at once."""
        return {key for source in self.sources.values() for key in source.found(keys, visitor, "en")}

    def remove(self, thing):
        del self.sources[thing.kind].things[thing.key]


def install(monkeypatch):
    """Registers fake content for one test; what the apps registered comes back afterwards."""
    content = FakeContent()
    monkeypatch.setattr(registry._registry, "sources", dict(content.sources))
    monkeypatch.setattr(facet_values._registry, "labels", {})
    monkeypatch.setattr(facet_values._registry, "names", {})
    monkeypatch.setattr(facet_values._registry, "successors", {})
    monkeypatch.setattr(registry._registry, "terms", {})
    monkeypatch.setattr(registry._registry, "scopes", [])
    monkeypatch.setattr(registry._registry, "people", None)
    monkeypatch.setattr(registry._registry, "page_reader", None)
    monkeypatch.setattr(registry._registry, "reduced_finder", None)
    monkeypatch.setattr(registry._registry, "vocabulary", {})
    monkeypatch.setattr(registry._registry, "renewals", {})
    monkeypatch.setattr(registry._registry, "visible", content.visible)
    return content
