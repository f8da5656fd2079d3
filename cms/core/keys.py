"""Keys of pages in the search index: public, the same for ever, one per language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from wagtail.models import Page


def key_of(page: Page) -> str:
    """The key of a page in the index: public, the same for ever, one per language."""
    return joined_key(page.translation_key, page.locale.language_code)


def joined_key(translation_key: UUID, language: str) -> str:
    """The key made of its two parts."""
    return f"{translation_key}/{language}"


def keys_of(pages: QuerySet[Any]) -> list[str]:
    """The keys of ``pages``. One query."""
    rows = pages.order_by().values_list("translation_key", "locale__language_code")
    return [joined_key(key, language) for key, language in rows]


def split(keys: Iterable[str]) -> dict[str, set[UUID]]:
    """Translation keys by language; what isn't a key of ours is left out."""
    found: dict[str, set[UUID]] = defaultdict(set)
    for key in keys:
        translation_key, _slash, language = key.partition("/")
        try:
            found[language].add(UUID(translation_key))
        except ValueError:
            continue
    return found


def uuids(values: Iterable[str]) -> list[UUID]:
    """``values`` as translation keys; what is none is left out."""
    return [key for keys in split(f"{value}/" for value in values).values() for key in keys]


def with_keys(keys: Iterable[str]) -> Q:
    """Pages with these keys, as a filter."""
    wanted = Q(pk__in=[])
    for language, translation_keys in split(keys).items():
        wanted |= Q(locale__language_code=language, translation_key__in=translation_keys)
    return wanted
