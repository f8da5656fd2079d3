"""The vocabulary by which compounds are split: frozen when an index is built, one for all processes.

Words come from what the apps above register (titles, glossary terms, topics), and only what anybody
may read: how a public text is split tells nothing of a hidden one. New words are taken up by the next
rebuild; the nightly job makes one when a tenth of the vocabulary has changed. A query needs no
vocabulary: the index lists every part of a compound and every shorter compound in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache

from django.db import transaction

from search import registry
from search.analysis.compounds import WHOLE, Compounds, vocabulary
from search.models import SearchVocabulary

MOST_CHANGED = 0.1
"""The share of words that may be new or gone before the nightly job builds the index anew."""

IN_USE, BEFORE = 1, 2
"""Rows of ``SearchVocabulary``."""

Frozen = tuple[str, Mapping[str, int]]
"""(stamp, counts)."""


def current() -> Compounds:
    """The splitter of the frozen vocabulary; one query, and the words are read when they changed."""
    while stamp := SearchVocabulary.objects.values_list("stamp", flat=True).filter(pk=IN_USE).first():
        try:
            return _compounds(stamp)
        except SearchVocabulary.DoesNotExist:  # replaced since
            continue
    return WHOLE


def freeze() -> None:
    """Makes today's words the vocabulary, for a rebuild that begins. Keeps those before, for ``take_back``."""
    counts = vocabulary(registry.vocabulary())
    _put(BEFORE, _frozen(IN_USE)[1])
    _put(IN_USE, counts)


def freeze_first() -> None:
    """Freezes today's words where there is no vocabulary yet: before the first things of a site are indexed together."""
    if not _frozen(IN_USE)[1]:
        freeze()


def take_back() -> None:
    """Puts the words in use that were before the last ``freeze``: its rebuild failed, or the index before is back."""
    _put(IN_USE, _frozen(BEFORE)[1])


def forget_gone_words() -> None:
    """Takes out of the frozen vocabularies what nobody may read any more: a name in a title that was withdrawn."""
    known = {word for row in (IN_USE, BEFORE) for word in _frozen(row)[1]}
    if not known:
        return
    # What is frozen from here on may have words that are newer than this look at them.
    gone = known - vocabulary(registry.vocabulary()).keys()
    with transaction.atomic():
        for frozen in SearchVocabulary.objects.select_for_update().order_by("-pk"):  # as ``freeze`` takes them
            kept = {word: count for word, count in frozen.counts.items() if word not in gone}
            if len(kept) < len(frozen.counts):
                _put(frozen.pk, kept)


def have_changed() -> bool:
    """Whether so many words are new or gone that the index should be built anew."""
    before, now = set(_frozen(IN_USE)[1]), set(vocabulary(registry.vocabulary()))
    return len(before ^ now) > MOST_CHANGED * len(before)


def _frozen(row: int) -> Frozen:
    found = SearchVocabulary.objects.filter(pk=row).first()
    return (found.stamp, found.counts) if found else ("", {})


def _put(row: int, counts: Mapping[str, int]) -> None:
    SearchVocabulary.objects.update_or_create(pk=row, defaults={"stamp": _stamp(counts), "counts": dict(counts)})


def _stamp(counts: Mapping[str, int]) -> str:
    return hashlib.sha256(json.dumps(sorted(counts.items())).encode()).hexdigest()[:16] if counts else ""


@lru_cache(maxsize=2)
def _compounds(stamp: str) -> Compounds:
    return Compounds(SearchVocabulary.objects.filter(stamp=stamp)[:1].get().counts)
