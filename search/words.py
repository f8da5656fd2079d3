"""The words of what anybody may read: with what a word that finds nothing is compared.

Titles, summaries, texts and glossary, never files, whose scans would teach misspellings. The table is counted anew once
a day, and ``WordBearer`` keeps which thing was counted for what. So a word goes with the last thing that had it, in the
step that takes that out of the index (``keep_up``); a new one is learned by the next count. All the same nothing is
concluded from the table alone, not even that a word is known: what finds nothing that this visitor may see is as if it
weren't in it (``search.instead``).
"""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import F
from rapidfuzz import process
from rapidfuzz.distance import OSA

from access.visitor import Visitor
from search import compounds, registry
from search.analysis.compounds import LANGUAGE as COMPOUNDING
from search.analysis.folding import clean, without_accents
from search.analysis.words import words
from search.languages import index_language
from search.memory import Remembered
from search.models import SearchOutbox, SearchWord, WordBearer
from search.writing import next_version, pieces

SHORTEST, LONGEST = 4, 60
MOST_WORDS = 60_000
SHORT = 6
"""Words of fewer letters may differ in one, longer ones in two."""

KEPT_SECONDS = 300
COMPARED = 50
AT_ONCE = 200
"""Things that are counted, or words that are taken out, by one statement."""
NAMES = ""
"""Stands for the vocabularies in place of a thing's key."""
READING = ""
"""Stands for the language where a bearer is but a mark: its words are being read for a count."""
TRIES = 3
"""To count without keeping anybody waiting."""

Word = tuple[str, str]
"""Its language, and as it is written."""
Borne = Mapping[tuple[str, str], set[str]]
"""Words by the key of what has them and their language."""

Row = tuple[str, str, int]
"""A word as it is written, its language, how often it is there."""

_memory: Remembered[dict[str, Row]] = Remembered(KEPT_SECONDS)
"""The table's rows by their folded words."""
forget = _memory.forget


def refresh() -> int:
    """Counts all words anew and returns how many there are. For the worker's schedule, and after a rebuild.

    Several may do it at once, and things may be hidden meanwhile. Nobody waits while texts are read: what ``keep_up``
    looked at in between is left as that left it, and what it is about to look at as it was.
    """
    seen: set[str] = set()
    for source in registry.sources():
        for keys in pieces(source.keys(), AT_ONCE):
            seen.update(keys)
            sign = _mark(keys)
            borne = _of_things(keys)
            with transaction.atomic():
                next_version()
                _note(_marked(keys, sign), borne)
    for _try in range(TRIES):
        count = _count(seen)
        if count is not None:
            return count
    with transaction.atomic():
        next_version()  # words are hidden all the time: now that waits
        return _count(seen) or 0


def _count(seen: Collection[str]) -> int | None:
    """Makes the table of what the things ``seen`` bear; returns how many words it has, None where ``keep_up`` came between."""
    sign = _mark([NAMES])
    names = _of_names()
    counts: Counter[Word] = Counter()
    for (_key, language), own in names.items():
        counts.update((language, word) for word in own)
    gone: set[str] = set()
    bearers = WordBearer.objects.exclude(key=NAMES).exclude(language=READING)
    for key, language, own_words in bearers.values_list("key", "language", "words").iterator():
        if key in seen:
            counts.update((language, word) for word in own_words.split())
        else:
            gone.add(key)
    rows = [
        SearchWord(language=language, word=word, count=count)
        for (language, word), count in sorted(counts.most_common(MOST_WORDS))
    ]
    with transaction.atomic():
        next_version()
        if not _marked([NAMES], sign):
            return None
        for some in pieces(sorted(gone), AT_ONCE):
            WordBearer.objects.filter(key__in=some).delete()
        _note([NAMES], names)
        SearchWord.objects.all().delete()
        SearchWord.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)


def refresh_first() -> None:
    """Makes the table where it is empty: a new site doesn't wait for its words until tomorrow."""
    if not SearchWord.objects.exists():
        refresh()


def keep_up(keys: Sequence[str]) -> None:
    """Forgets the words that the things with ``keys`` no longer show to anybody, where nothing else that was counted has them.

    What only names a place may hide its name, so names are looked at too. Called by the outbox, with the keys that it
    is about to write.
    """
    closed = registry.hidden(keys, Visitor())
    with transaction.atomic():
        next_version()  # nobody counts meanwhile
        marks = WordBearer.objects.filter(language=READING)
        marks.filter(key__in=keys).delete()
        borne = list(WordBearer.objects.filter(key__in=keys))
        if not (borne or closed):
            return
        marks.filter(key=NAMES).delete()
        lost = _shrink(borne, _of_things([each.key for each in borne]))
        lost += _shrink(list(WordBearer.objects.filter(key=NAMES)), _of_names())
        gone = _subtract(lost)
    if closed or any(language == COMPOUNDING for language, _word in gone):
        compounds.forget_gone_words()


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


def _of_things(keys: Sequence[str]) -> Borne:
    texts = registry.texts(keys)
    return {
        (key, code): _words_of(text, code)
        for key, (language, text) in texts.items()
        if (code := index_language(language))
    }


def _of_names() -> Borne:
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for terms in registry.terms().values():
        for name in terms(Visitor(), None):
            code = index_language(name.language)
            found[NAMES, code] |= _words_of(name.text, code)
    return found


def _mark(keys: Sequence[str]) -> str:
    """Notes that the words of ``keys`` are going to be read; returns the sign of who does. ``keep_up`` takes marks away."""
    sign = secrets.token_hex(8)
    with transaction.atomic():
        next_version()
        WordBearer.objects.filter(key__in=keys, language=READING).delete()
        WordBearer.objects.bulk_create(WordBearer(key=key, language=READING, words=sign) for key in keys)
    return sign


def _marked(keys: Sequence[str], sign: str) -> list[str]:
    """Those of ``keys`` that have the mark still. Not what waits and was counted: ``keep_up`` needs to know for what."""
    waiting = SearchOutbox.objects.filter(key__in=keys, may_hide=True).values("key")
    counted = WordBearer.objects.filter(key__in=waiting).exclude(language=READING).values("key")
    marked = WordBearer.objects.filter(key__in=keys, language=READING, words=sign).exclude(key__in=counted)
    return list(marked.values_list("key", flat=True))


def _note(keys: Sequence[str], borne: Borne) -> None:
    """Puts ``borne`` in place of what was counted for ``keys``."""
    wanted = set(keys)
    WordBearer.objects.filter(key__in=keys).delete()
    WordBearer.objects.bulk_create(
        WordBearer(key=key, language=language, words=" ".join(sorted(own)))
        for (key, language), own in borne.items()
        if own and key in wanted
    )


def _shrink(bearers: Sequence[WordBearer], borne: Borne) -> Counter[Word]:
    """Leaves ``bearers`` only the words that they have still; returns the others, with how many had each."""
    lost: Counter[Word] = Counter()
    changed = []
    for each in bearers:
        before = set(each.words.split())
        left = before & borne.get((each.key, each.language), set())
        if left != before:
            lost.update((each.language, word) for word in before - left)
            each.words = " ".join(sorted(left))
            changed.append(each)
    WordBearer.objects.bulk_update([each for each in changed if each.words], ["words"])
    WordBearer.objects.filter(pk__in=[each.pk for each in changed if not each.words]).delete()
    return lost


def _subtract(lost: Counter[Word]) -> list[Word]:
    """Counts ``lost`` out of the table; returns those that aren't in it any more."""
    several: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for (language, word), count in lost.items():
        several[language, count].append(word)
    gone: list[Word] = []
    for (language, count), own in several.items():
        for some in pieces(own, AT_ONCE):
            rows = SearchWord.objects.filter(language=language, word__in=some)
            rows.filter(count__lte=count).delete()
            rows.update(count=F("count") - count)
            left = set(rows.values_list("word", flat=True))
            gone += [(language, word) for word in some if word not in left]
    return gone


def _words_of(text: str, language: str) -> set[str]:
    written = (clean(word.text) for word in words(text, language))
    return {word for word in written if SHORTEST <= len(word) <= LONGEST and word.isalpha()}


def _folded(word: str) -> str:
    return without_accents(clean(word))
