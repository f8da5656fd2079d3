"""Whether an eye tells text from its ground: one rule for every format that says its colours."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Collection

Colour = tuple[int, ...]
"""Red, green and blue (0-255)."""

PAPER: Colour = (255, 255, 255)
INK: Colour = (0, 0, 0)
MARK = 20
"""Difference of a colour channel (0-255) that an eye sees."""
FAINT = MARK / 255
"""Opacity below which no colour shows on any ground."""
TINY = 2.0
"""Points below which type can't be read without a glass."""

_HEX = re.compile(r"#?([0-9A-Fa-f]{6})")


def alike(one: Colour, other: Colour) -> bool:
    """Whether no eye tells two colours apart."""
    return all(abs(first - second) < MARK for first, second in zip(one, other, strict=True))


def blends_in(ink: Colour | None, letters: Colour | None, below: Collection[Colour], opacity: float = 1.0) -> bool:
    """Whether text can't be told from its ground.

    ``ink`` None: the program chooses it. ``letters`` is the ground of the letters alone, such as a highlighter's; None
    for none. ``below``: the colours that may lie under it; empty where nobody knows. A program chooses what can be read,
    but on a highlighter's black not every one does, and with nothing else people black words out. ``opacity`` (0-1):
    how much of the ink hides what lies under it.
    """
    if opacity < FAINT:
        return True
    if letters is not None:
        return alike(mixed(opacity, INK if ink is None else ink, letters), letters)
    return ink is not None and bool(below) and all(alike(mixed(opacity, ink, each), each) for each in below)


def of_hex(text: str) -> Colour | None:
    """The colour that six digits of sixteen mean; None for anything else."""
    found = _HEX.fullmatch(text)
    return tuple(bytes.fromhex(found[1])) if found else None


def mixed(share: float, ink: Colour, ground: Colour) -> Colour:
    """A pattern of ``ink`` on ``ground``: ``share`` (0-1) of it is ink."""
    share = min(max(share, 0.0), 1.0)
    return tuple(round(share * one + (1 - share) * other) for one, other in zip(ink, ground, strict=True))


def lighted(colour: Colour, times: float = 1.0, plus: float = 0.0) -> Colour:
    """The colour with its lightness (0-1) multiplied by ``times`` and raised by ``plus``."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    light = min(max(light * times + plus, 0.0), 1.0)
    return tuple(round(part * 255) for part in colorsys.hls_to_rgb(hue, light, saturation))
