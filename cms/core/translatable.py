"""How wagtail-localize treats fields that are neither translated nor copied from the source."""

from __future__ import annotations

from wagtail_localize.fields import SynchronizedField

from translations.fields import OwnField

__all__ = ["OwnField", "shared"]


def shared(*names: str) -> list[SynchronizedField]:
    """Fields that have one value in all languages: identifiers, dates, vocabulary.

    Vocabulary stays the source's row; what is shown is its translation, found by translation key.
    """
    return [SynchronizedField(name, overridable=False) for name in names]
