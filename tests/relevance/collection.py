"""What is judged: 300 texts in five languages, queries with graded answers, names of things, and files of pages.

The data lie beside this file and were judged by reading, before anything was searched.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from search.registry import IndexDocument, Name

LANGUAGES = ("en", "de", "fr", "es", "ar")
WRITTEN = 2026
"""The year from which the age of the texts is counted: they don't grow older, whenever they are searched."""
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Query:
    """What somebody types, and the grade of each text that has to do with it, by its key; all others have 0."""

    text: str
    language: str
    grades: dict[str, int] = field(hash=False)
    tuning: bool
    """Every other query may be looked at to make ranking better; the rest proves that it is."""


@dataclass(frozen=True)
class File:
    """A file as its pages are, and which page answers what: {query: number from 1}."""

    title: str
    language: str
    pages: tuple[str, ...]
    queries: dict[str, int] = field(hash=False)


def read(name: str) -> dict:
    """The table in ``name``."""
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))


@cache
def documents() -> tuple[IndexDocument, ...]:
    """The texts; the key of each is its subject and its language (``torture/de``)."""
    concepts = read("concepts.toml")
    return tuple(
        _document(key, language, concepts[key], text)
        for language in LANGUAGES
        for key, text in read(f"texts/{language}.toml").items()
    )


def _document(key: str, language: str, concept: dict, text: dict) -> IndexDocument:
    published = datetime.now(UTC) - timedelta(days=365 * (WRITTEN - concept["year"]))
    return IndexDocument(
        key=f"{key}/{language}",
        kind=concept["kind"],
        locale=language,
        translation_key=key,
        acl=frozenset({"public"}),
        live_to=None,
        published=published,
        updated=published,
        topics=tuple(concept["topics"]),
        places=tuple(filter(None, [concept.get("place")])),
        year=concept["year"],
        languages=(language,),
        **text,
    )


@cache
def queries() -> tuple[Query, ...]:
    """Everything that is asked. The odd ones of each language are for tuning."""
    return tuple(
        Query(text, language, {f"{key}/{language}": grade for key, grade in grades.items()}, bool(at % 2))
        for language in LANGUAGES
        for at, (text, grades) in enumerate(read(f"queries/{language}.toml").items(), 1)
    )


@cache
def names() -> tuple[Name, ...]:
    """What the vocabulary calls the things, the title of a term first."""
    return tuple(
        Name(key, language, name, rank)
        for key, concept in read("concepts.toml").items()
        for language in LANGUAGES
        for rank, name in enumerate(concept[language])
    )


def terms(visitor: object, keys: Collection[str] | None = None) -> list[Name]:
    """``names`` as ``registry.register_terms`` wants them."""
    return [name for name in names() if keys is None or name.key in keys]


def bridges() -> Iterator[tuple[str, str, str]]:
    """(name as somebody types it, its language, the key of the subject)."""
    for language, asked in read("bridge.toml").items():
        for text, key in asked.items():
            yield text, language, key


@cache
def files() -> tuple[File, ...]:
    """Files of ten pages, two in each language."""
    return tuple(
        File(each["title"], language, tuple(each["pages"]), each["queries"])
        for language in LANGUAGES
        for each in read(f"pages/{language}.toml")["file"]
    )
