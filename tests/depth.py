"""How deep tests go. ``make test`` asks a sample of what is much alike, ``make test-deep`` (DEEP=1) all of it.

What only the deep run asks is marked ``deep``. How many edits, kills, queries and files each run takes stands beside the
test; an environment variable of that name asks for another number.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
DEEP = os.environ.get("DEEP") == "1"


def number(name: str, usual: int, deep: int) -> int:
    """How many of something this run takes; the environment variable ``name`` has the last word."""
    return int(os.environ.get(name) or (deep if DEEP else usual))


def some(things: Sequence[T], count: int, turn: int) -> Sequence[T]:
    """``count`` of ``things``, other ones at each ``turn``, so that all of them have theirs; all in a deep run."""
    if DEEP or count >= len(things):
        return things
    return [things[(turn * count + each) % len(things)] for each in range(count)]
