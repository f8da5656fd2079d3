"""Every knob of the ranking, for both engines, in one place.

score = BM25 over the fields, weighted, times recency, the glossary's boost and that of the reader's language. Elasticsearch
weighs each field's BM25 by itself; FTS5 has one BM25 over all columns. So the engines agree on what
is found and nearly, not wholly, on its order.
"""

from __future__ import annotations

import math
from datetime import datetime

FIELD_WEIGHTS = {"t": 6.0, "tx": 4.0, "s": 2.0, "b": 1.0, "f": 0.5, "p": 0.4}
"""Title, title as written, summary, body, files, parts of compounds."""

MATCH_FIELDS = ("t", "s", "b", "f", "p")
"""Where a word is looked for. ``tx`` only adds to the score: what it finds, ``t`` finds too."""

TIE_BREAKER = 0.2
PHRASE_BOOST = 1.5
"""What a hit gains that has the query's words side by side."""

GLOSSARY_BOOST = 1.6
GLOSSARY_MAX_WORDS = 2
GLOSSARY_KIND = "term"
"""A glossary term is the best answer to one or two words that are its name."""

OWN_LANGUAGE_BOOST = 2.0
"""What is written in the reader's language comes before what is as good in another. *Detention* is a French word too."""

RECENCY_FLOOR = 0.7
RECENCY_SHARE = 0.3
RECENCY_HALF_LIFE_DAYS = 1826
"""0.7 + 0.3 x a decay that halves every five years. Multiplying by the bare decay buried old title hits."""

RELATED_WEIGHT = 0.7
RELATED_NAMES = 10
"""What a hit is worth that has another name of what was asked for, and how many such names a query takes."""

PAGE_SIZE = 10
MAX_RESULTS = 1000
"""Deep paging ends here."""

FACET_SIZE = 1000
SEARCH_TIMEOUT_SECONDS = 2.0
SUGGEST_TIMEOUT_SECONDS = 0.6
SUGGESTIONS = 8
PEOPLE_SUGGESTED = 2
FEW_RESULTS = 3
"""A search with fewer results than this is asked whether another spelling was meant."""

UNWRITTEN_LOOKED_AT = 4000
"""Things whose change waits for the index, of which each search asks whether they may still be found. Where there are
more, the index isn't asked."""

PAGES_READ_PER_REQUEST = 2000
"""Pages of files in which one request looks for the best ones; hits beyond link without a page."""

PAGE_LINKS = 3
PAGE_LINKS_FOLDED = 12
"""Pages of a hit's file that are linked at once, and behind "more pages"."""

SNIPPET_LENGTH = 240
SNIPPET_TEXT = 20_000
"""Characters of a body in which a snippet is looked for."""

FACET_VALUES_SHOWN = 12
"""Values of a filter that are shown at once; the others stand behind "Show more"."""

YEARS_DRAWN = 60
"""Years that the histogram draws, empty ones included; a longer span is drawn without its gaps."""


def recency(published: float, now: datetime) -> float:
    """The factor for something published at ``published`` (seconds since the epoch): 1.0 today, towards 0.7."""
    days = max(0.0, (now.timestamp() - published) / 86400)
    return RECENCY_FLOOR + RECENCY_SHARE * math.pow(0.5, days / RECENCY_HALF_LIFE_DAYS)
