"""Places and kinds as readers see them: in their language, linked to a filtered list."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import Case, CharField, F, Q, QuerySet, UUIDField, Value, When

from access import prepared
from access.visitor import Visitor
from cms.core.cards import best_translations
from cms.core.keys import uuids
from cms.core.languages import direction, foreign_note
from cms.core.models import MergedKey, Place, PublicationKind, WorkKind
from cms.core.models.taxonomy import VocabularyEntry


@dataclass(frozen=True)
class MetaPart:
    """One part of the line below a title. ``facet`` is the parameter of the filtered list."""

    label: str
    url: str
    language: str
    foreign: bool
    facet: str

    @property
    def dir(self) -> str:
        return direction(self.language)

    @property
    def note(self) -> str:
        return foreign_note(self.language) if self.foreign else ""


@dataclass(frozen=True)
class Entry:
    """One entry of a vocabulary in one language."""

    facet: str
    name: str
    key: UUID
    language: str
    code: str = ""


NameRow = tuple[str, UUID, str, "str | None", "UUID | None", int, str]
"""(what it is, key, language, name, key of what it is a part of, primary key, code)."""


def successors(keys: Collection[str]) -> dict[str, str]:
    """``MergedKey.successors`` for keys as the search has them."""
    return {str(old): str(new) for old, new in MergedKey.successors(uuids(keys)).items()}


def place_rows(keys: Iterable[UUID]) -> QuerySet[Any]:
    """The places with these translation keys in every language, as rows of names.

    One that ``Place.public()`` calls by something wider can be asked for by its key; instead of its name there is None.
    """
    hidden = Place.is_sensitive(around=True) | Q(sensitive=True, kind=Place.Kind.CITY)
    return (
        Place.objects.filter(translation_key__in=keys)
        .order_by()
        .annotate(
            facet_=Value("place", CharField()),
            name_=Case(When(hidden, then=None), default=F("name")),
            code_=Value("", CharField()),
        )
        .values_list(
            "facet_", "translation_key", "locale__language_code", "name_", "parent__translation_key", "pk", "code_"
        )
    )


def places_in(keys: QuerySet[Any] | Iterable[Any], language: str) -> list[Place]:
    """The places with these translation keys, each in ``language`` or the source language, parents joined.

    One query. Not yet what readers may know: ask ``public()``.
    """
    rows = (
        Place.objects.filter(translation_key__in=keys)
        .select_related("locale", "parent__parent__parent", "parent__locale")
        .order_by("pk")
    )
    return list(best_translations(rows, language).values())


class Kinds:
    """Names of all kinds of publication and of work, in all languages: two small tables in one query.

    ``rows`` are those of ``parts()`` where they were read together with other names.
    """

    MODELS: ClassVar[dict[str, type[VocabularyEntry]]] = {"kind": PublicationKind, "work": WorkKind}

    def __init__(self, rows: Iterable[NameRow] | None = None) -> None:
        if rows is None:
            rows = prepared.rows(self._together)
        self._keys: dict[tuple[str, int], UUID] = {}
        self._entries: dict[tuple[str, UUID], dict[str, Entry]] = {}
        for facet, key, language, name, _wider, pk, code in rows:
            self._keys[facet, pk] = key
            self._entries.setdefault((facet, key), {})[language] = Entry(facet, str(name), key, language, code)

    @classmethod
    def _together(cls) -> QuerySet[Any]:
        first, second = cls.parts()
        return first.union(second, all=True)

    @classmethod
    def parts(cls) -> list[QuerySet[Any]]:
        """All that is read, as rows of names."""
        return [
            model._default_manager.order_by()
            .annotate(facet_=Value(facet, CharField()), wider_=Value(None, UUIDField()))
            .values_list("facet_", "translation_key", "locale__language_code", "name", "wider_", "pk", "code")
            for facet, model in cls.MODELS.items()
        ]

    @classmethod
    def of(cls, visitor: Visitor) -> Kinds:
        """Read once per visitor, which is once per request."""
        return visitor.own(cls, cls)

    def named(self, facet: str, pk: int | None, language: str) -> Entry | None:
        """The kind with this primary key, in ``language``, else in the source language, else in any."""
        key = self._keys.get((facet, pk)) if pk is not None else None
        return self.by_key(facet, key, language) if key else None

    def all(self, facet: str) -> list[Entry]:
        """Every kind in every language."""
        return [entry for (of, _key), named in self._entries.items() if of == facet for entry in named.values()]

    def by_key(self, facet: str, key: UUID, language: str) -> Entry | None:
        """The same by translation key."""
        entries = self._entries.get((facet, key), {})
        return entries.get(language) or entries.get(settings.LANGUAGE_CODE) or next(iter(entries.values()), None)


def place_part(place: Place | None, list_url: str, language: str) -> MetaPart | None:
    """The place of a meta line; a sensitive one only as the country around it."""
    public = place.public() if place else None
    if public is None:
        return None
    code = public.locale.language_code
    url = f"{list_url}?place={public.translation_key}" if list_url else ""
    return MetaPart(public.name, url, code, code != language, "place")


def kind_part(entry: Entry | None, list_url: str, language: str) -> MetaPart | None:
    """The kind of publication or work of a meta line."""
    if entry is None:
        return None
    url = f"{list_url}?{entry.facet}={entry.key}" if list_url else ""
    return MetaPart(entry.name, url, entry.language, entry.language != language, entry.facet)
