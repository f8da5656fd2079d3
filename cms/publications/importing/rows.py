"""One line of an import file: what it may hold, and whether it is right."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime

from cms.core.languages import language_choices
from cms.core.models.base import SUMMARY_LENGTH
from cms.publications.exceptions import RowError
from cms.publications.importing.cleaning import DEEPEST, clean_html, clean_text, is_too_deep
from cms.publications.models import LICENCES, Contributor, PublicationFile
from documents.embargo import is_too_far
from documents.rights import Licence, Rights, web_address

LONGEST_LINE = 20_000_000
LENGTHS = {
    "key": 100,
    "title": 255,
    "subtitle": 255,
    "summary": SUMMARY_LENGTH,
    "publisher": 200,
    "reference_number": 60,
    "isbn": 20,
    "doi": 120,
}
TEXTS = ("title", "subtitle", "summary", "publisher", "reference_number", "isbn", "doi")
HTML = ("abstract", "body")
NAMES = ("topics", "places", "glossary")
KNOWN = frozenset({"key", "language", *TEXTS, *HTML, *NAMES, "kind", "date", "licence", "authors", "editors", "files"})
ROLES = {
    "full report": PublicationFile.Role.FULL,
    "full": PublicationFile.Role.FULL,
    "summary": PublicationFile.Role.SUMMARY,
    "annex": PublicationFile.Role.ANNEX,
    "press release": PublicationFile.Role.PRESS,
    "press": PublicationFile.Role.PRESS,
    "easy to read": PublicationFile.Role.EASY,
    "easy": PublicationFile.Role.EASY,
    "other": PublicationFile.Role.OTHER,
}
ROLE_NAMES = {role: name for name, role in reversed(ROLES.items())}


@dataclass(frozen=True)
class FileEntry:
    """A file that a row names, by its path below the folder of the import."""

    path: str
    language: str
    role: str
    label: str
    format_group: str = ""
    rights: Rights = field(default_factory=Rights)
    embargo: datetime.datetime | None = None


@dataclass(frozen=True)
class Person:
    """An author or an editor."""

    name: str
    role: str
    is_organisation: bool


@dataclass
class Row:
    """One publication in one language, judged and cleaned."""

    line: int
    key: str
    language: str
    title: str
    texts: dict[str, str]
    abstract: str = ""
    body: str = ""
    kind: str = ""
    date: datetime.date | None = None
    licence: str = ""
    people: list[Person] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    glossary: list[str] = field(default_factory=list)
    files: list[FileEntry] = field(default_factory=list)
    digest: str = ""


def parse(text: str, line: int, default_language: str) -> Row:
    """The row of one line. Raises RowError with a sentence."""
    if len(text) > LONGEST_LINE:
        raise RowError("The line is too long.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RowError("This is no JSON.") from error
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:  # JSON can say it, and nothing else can keep it
        raise RowError("The row holds half of a character (a lone surrogate).") from error
    if not isinstance(data, dict):
        raise RowError("A row is a JSON object.")
    unknown = sorted(set(data) - KNOWN)
    if unknown:
        raise RowError(f"Unknown field: {clean_text(', '.join(unknown))[:100]}.")
    key, title = _text(data, "key"), _text(data, "title")
    if not key or not title:
        raise RowError("A row needs a key and a title.")
    language = _text(data, "language") or default_language
    if language not in dict(settings.LANGUAGES):
        raise RowError(f"{language[:20]} is no language of this site.")
    return Row(
        line=line,
        key=key,
        language=language,
        title=title,
        texts={name: _text(data, name) for name in TEXTS},
        abstract=_html(data, "abstract"),
        body=_html(data, "body"),
        kind=clean_text(_string(data, "kind"))[:100],
        date=_date(data),
        licence=_licence(data),
        people=[*_people(data, "authors"), *_people(data, "editors")],
        topics=_names(data, "topics"),
        places=_names(data, "places"),
        glossary=_names(data, "glossary"),
        files=_each(data, "files", lambda entry: _file(entry, language)),
        digest=hashlib.sha256(json.dumps({**data, "language": language}, sort_keys=True).encode()).hexdigest(),
    )


def _string(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RowError(f"{name} is a text.")
    if "\x00" in value:
        raise RowError(f"{name} holds a NUL.")
    return value


def _html(data: Mapping[str, Any], name: str) -> str:
    value = _string(data, name)
    if is_too_deep(value):
        raise RowError(f"{name} has more than {DEEPEST} elements inside each other.")
    return clean_html(value)


def _text(data: Mapping[str, Any], name: str) -> str:
    value = clean_text(_string(data, name))
    limit = LENGTHS.get(name)
    if limit and len(value) > limit:
        raise RowError(f"{name} has {len(value)} characters; at most {limit} are allowed.")
    return value


def _date(data: Mapping[str, Any]) -> datetime.date | None:
    value = _string(data, "date")
    try:
        found = parse_date(value) if value else None
    except ValueError as error:
        raise RowError("date doesn't exist in the calendar.") from error
    if value and found is None:
        raise RowError("date is written as 2024-06-01.")
    return found


def _licence(data: Mapping[str, Any]) -> str:
    value = _string(data, "licence")
    known = [licence for licence, _name in LICENCES]
    if value not in known:
        raise RowError(f"licence is one of: {', '.join(filter(None, known))}.")
    return value


def _each(data: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> list[Any]:
    values = data.get(name) or []
    if not isinstance(values, list):
        raise RowError(f"{name} is a list.")
    return [read(value) for value in values]


def _names(data: Mapping[str, Any], name: str) -> list[str]:
    def read(value: Any) -> str:
        cleaned = clean_text(value) if isinstance(value, str) else ""
        if not cleaned or len(cleaned) > 200:
            raise RowError(f"{name} is a list of names.")
        return cleaned

    return list(dict.fromkeys(_each(data, name, read)))


def _people(data: Mapping[str, Any], name: str) -> list[Person]:
    role = Contributor.Role.AUTHOR if name == "authors" else Contributor.Role.EDITOR

    def read(value: Any) -> Person:
        entry = {"name": value} if isinstance(value, str) else value
        if not isinstance(entry, dict) or not _text(entry, "name") or len(_text(entry, "name")) > 200:
            raise RowError(f"{name} is a list of names.")
        return Person(_text(entry, "name"), role, entry.get("organisation") is True)

    return _each(data, name, read)


def _file(entry: Any, page_language: str) -> FileEntry:
    if not isinstance(entry, dict) or not _string(entry, "path"):
        raise RowError("files is a list of objects with a path.")
    language = _string(entry, "language") or page_language
    if language not in dict(language_choices()):
        raise RowError(f"{language[:20]} is no language that a file can have.")
    role = ROLES.get(_string(entry, "role").casefold() or "full report")
    if role is None:
        raise RowError(f"role is one of: {', '.join(ROLES)}.")
    return FileEntry(
        path=_string(entry, "path"),
        language=language,
        role=role,
        label=clean_text(_string(entry, "label"))[:200],
        format_group=_short(entry, "group", 60),
        rights=_rights(entry),
        embargo=_moment(entry, "embargo"),
    )


def _short(entry: Mapping[str, Any], name: str, limit: int) -> str:
    value = clean_text(_string(entry, name))
    if len(value) > limit:
        raise RowError(f"{name} of a file has at most {limit} characters.")
    return value


def _rights(entry: Mapping[str, Any]) -> Rights:
    """Licence and credit of a file. A licence is an identifier, an address, or the terms in a few words."""
    licence, url, credit = (
        _short(entry, "licence", 300),
        _short(entry, "licence_url", 300),
        _short(entry, "credit", 300),
    )
    if licence.casefold() in Licence.values and licence.casefold() != Licence.OTHER:
        return Rights(licence.casefold(), credit=credit)
    if licence.startswith(("http://", "https://")):
        licence, url = "", url or licence
    if url:
        try:
            web_address(url)
        except ValidationError as error:
            raise RowError("The address of a licence begins with http:// or https://.") from error
    if len(licence) > 200:
        raise RowError("licence of a file has at most 200 characters.")
    return Rights(Licence.OTHER if licence or url else "", licence, url, credit)


def _moment(entry: Mapping[str, Any], name: str) -> datetime.datetime | None:
    value = _string(entry, name)
    try:
        found = parse_datetime(value) if value else None
    except ValueError as error:
        raise RowError(f"{name} doesn't exist in the calendar.") from error
    if value and (found is None or found.tzinfo is None):
        raise RowError(f"{name} is written with its time zone, as 2027-06-01T06:00:00+00:00.")
    if found and is_too_far(found):
        raise RowError(f"{name} of a file is too far ahead: it ends within 50 years.")
    return found
