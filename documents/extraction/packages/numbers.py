"""Numbers as Office files say them: whole, with a point, as a share, with a unit."""

from __future__ import annotations

import re

EMU = 12_700
"""Units of drawings in a point."""
ALL = 100_000
"""The whole, of which drawings say shares."""
POINTS = {"pt": 1.0, "px": 0.75, "in": 72.0, "pc": 12.0, "pi": 12.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54}
"""Points in a unit of length."""
_SAID = re.compile(rf"([-+]?(?:\d+\.?\d*|\.\d+)(?:e-\d{{1,3}})?)(%|{'|'.join(POINTS)})?")


def number(said: str, in_point: float = EMU, whole: float = ALL) -> float | None:
    """What is said, in units of which a point has ``in_point`` and the whole ``whole``; None for no number."""
    found = _SAID.fullmatch(said.strip())
    if found is None:
        return None
    plain, unit = float(found[1]), found[2]
    if unit == "%":
        return plain / 100 * whole
    return plain * POINTS[unit] * in_point if unit else plain
