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

from search import registry
from search.analysis.compounds import WHOLE, Compounds, vocabulary
from search.models import SearchVocabulary

MOST_CHANGED = 0.1
"""The share of words that may be new or gone before the nightly job builds the index anew."""

Frozen = tuple[str, Mapping[str, int]]
"""(stamp, counts)."""


def current() -> Compounds:
    """The splitter of the frozen vocabulary; one query, and the words are read when they changed."""
    stamp = SearchVocabulary.objects.values_list("stamp", flat=True).filter(pk=1).first()
    return _compounds(stamp) if stamp else WHOLE


def freeze() -> Frozen:
    """Makes today's words the vocabulary, for a rebuild that begins. Returns the one before, for ``restore``."""
    before = _frozen()
    counts = vocabulary(registry.vocabulary())
    restore((_stamp(counts), counts))
    return before


def freeze_first() -> None:
    """Freezes today's words where there is no vocabulary yet: before the first things of a site are indexed together."""
    if not _frozen()[1]:
        freeze()


def restore(frozen: Frozen) -> None:
    """Puts a vocabulary in use: the rebuild that froze another one failed."""
    stamp, counts = frozen
    SearchVocabulary.objects.update_or_create(pk=1, defaults={"stamp": stamp, "counts": dict(counts)})


def forget_gone_words() -> None:
    """Takes out of the frozen vocabulary what nobody may read any more: a name in a title that was withdrawn."""
    _, before = _frozen()
    now = vocabulary(registry.vocabulary()) if before else {}
    kept = {word: count for word, count in before.items() if word in now}
    if len(kept) < len(before):
        restore((_stamp(kept), kept))


def have_changed() -> bool:
    """Whether so many words are new or gone that the index should be built anew."""
    before, now = set(_frozen()[1]), set(vocabulary(registry.vocabulary()))
    return len(before ^ now) > MOST_CHANGED * len(before)


def _frozen() -> Frozen:
    row = SearchVocabulary.objects.filter(pk=1).first()
    return (row.stamp, row.counts) if row else ("", {})


def _stamp(counts: Mapping[str, int]) -> str:
    return hashlib.sha256(json.dumps(sorted(counts.items())).encode()).hexdigest()[:16] if counts else ""


@lru_cache(maxsize=2)
def _compounds(stamp: str) -> Compounds:
    known, counts = _frozen()
    return Compounds(counts if known == stamp else {})
