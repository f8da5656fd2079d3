"""What a new index must show before it is put in use. Each gate says in a sentence what it found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from search import registry
from search.analysis import tokens
from search.engines.base import Engine, Role, SearchRequest
from search.exceptions import RebuildError
from search.languages import index_language, searched
from search.matching import plan
from search.models import SearchOutbox
from search.query import parse

MOST_MISSING = 0.01
"""The share of things that may be refused, one at least; they are on the outbox, and parked in the end."""
LEAST_OF_OLD = 0.5
SAMPLES = 10
EVERY = 50
"""Of so many things written at once, one is looked for."""
SAMPLE_WORDS = 6
_WORDS = re.compile(r"\w+")


def samples(keys: Sequence[str], kept: list[str]) -> None:
    """Adds some of ``keys`` to ``kept`` while there is room: what the smoke queries will ask for."""
    kept += keys[::EVERY][: SAMPLES - len(kept)]


_NOBODY = frozenset({"-"})
"""The token of no thing, not even of one that is there for nobody; who has it is asked for among restricted things too."""


def check_counts(engine: Engine, wanted: int, lacking: int, *, forced: bool = False) -> None:
    """Raises RebuildError where the new index lacks too much of the database, or is much smaller than the old one.

    ``forced``: the latter is meant to be so, as after a database was restored.
    """
    if lacking > max(1, MOST_MISSING * wanted):
        raise RebuildError(f"The new index lacks {lacking} of {wanted} things.")
    old, new = (sum(1 for _key in engine.keys(role)) for role in (Role.CURRENT, Role.BUILDING))
    if new < LEAST_OF_OLD * old and not forced:
        raise RebuildError(
            f"The new index has {new} things, the old one {old}. If that is right, as after the restore of an older "
            "database, use --force."
        )


def check_samples(engine: Engine, keys: Sequence[str]) -> None:
    """Raises RebuildError where things aren't found by their titles, or are found by those who may not see them."""
    waiting = set(SearchOutbox.objects.filter(key__in=keys).values_list("key", flat=True))
    for key, document in registry.documents([key for key in keys if key not in waiting]).items():
        language = index_language(document.locale)
        words = [word for word in _WORDS.findall(document.title) if tokens(word, language)][:SAMPLE_WORDS]
        # Each in quotes: no word of a title is an operator of the query.
        wanted = plan(parse(" ".join(f'"{word}"' for word in words)), searched())
        if wanted.is_empty:
            continue
        for access, expected in ((document.acl, 1), (_NOBODY, 0)):
            request = SearchRequest(wanted, access, only=frozenset({key}), with_facets=False)
            if engine.search(request, role=Role.BUILDING).total != expected:
                fault = "isn't found by the words of its title" if expected else "is found without any right to see it"
                raise RebuildError(f"The new index is wrong: {key} {fault}.")
