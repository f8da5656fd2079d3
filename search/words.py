"""The words of what anybody may read: with what a word that finds nothing is compared.

Titles, summaries, texts and glossary, never files, whose scans would teach misspellings. The table is made anew once a
day, so it may still have a word of something withdrawn since. That is why nothing is concluded from it alone, not even
that a word is known: what finds nothing that this visitor may see is as if it weren't in it (``search.instead``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from rapidfuzz import process
from rapidfuzz.distance import OSA

from access.visitor import Visitor
from search import registry
from search.analysis.folding import clean, without_accents
from search.analysis.words import words
from search.languages import index_language
from search.memory import Remembered
from search.models import SearchWord

SHORTEST, LONGEST = 4, 30
MOST_WORDS = 60_000
SHORT = 6
"""Words of fewer letters may differ in one, longer ones in two."""

KEPT_SECONDS = 300
COMPARED = 50


Row = tuple[str, str, int]
"""A word as it is written, its language, how often it is there."""

_memory: Remembered[dict[str, Row]] = Remembered(KEPT_SECONDS)
"""The table's rows by their folded words."""
forget = _memory.forget


def refresh() -> int:
    """Makes the table anew and returns how many words it has. For the worker's schedule, and after a rebuild.

    Several may do it at once: each writes in the same order and leaves alone what another wrote meanwhile.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for language, text in registry.texts():
        counts.update(_words_of(text, index_language(language)))
    for terms in registry.terms().values():
        for name in terms(Visitor(), None):
            counts.update(_words_of(name.text, index_language(name.language)))
    rows = [
        SearchWord(language=language, word=word, count=count)
        for (language, word), count in sorted(counts.most_common(MOST_WORDS))
    ]
    with transaction.atomic():
        SearchWord.objects.all().delete()
        SearchWord.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def refresh_first() -> None:
    """Makes the table where it is empty: a new site doesn't wait for its words until tomorrow."""
    if not SearchWord.objects.exists():
        refresh()


def is_known(word: str) -> bool:
    """Whether the table has ``word``."""
    return _folded(word) in _memory.get(_read)


def similar(word: str, limit: int) -> list[tuple[str, str]]:
    """Other words, each with its language, that are written much like ``word``, the likeliest first.

    None where the word is short or has other signs than letters.
    """
    known, asked = _memory.get(_read), _folded(word)
    if not (asked.isalpha() and SHORTEST <= len(asked) <= LONGEST):
        return []
    found = process.extract(
        asked, known.keys(), scorer=OSA.distance, score_cutoff=1 if len(asked) < SHORT else 2, limit=COMPARED
    )
    found.sort(key=lambda each: (each[1], each[0][:1] != asked[:1], -known[each[0]][2], each[0]))
    return [known[folded][:2] for folded, _distance, _at in found if folded != asked][:limit]


def _read() -> dict[str, Row]:
    rows = SearchWord.objects.order_by("count").values_list("word", "language", "count")
    return {_folded(row[0]): row for row in rows.iterator()}


def _words_of(text: str, language: str) -> Iterable[tuple[str, str]]:
    for word in words(text, language):
        written = clean(word.text)
        if SHORTEST <= len(written) <= LONGEST and written.isalpha():
            yield language, written


def _folded(word: str) -> str:
    return without_accents(clean(word))
