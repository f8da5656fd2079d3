"""Results to take along: a list of records as JSON or CSV, part by part.

Each part begins behind a place in the order (date, then key), not at a number of results: nothing is listed twice
or left out because something else was published meanwhile, and the hundredth part costs as much as the first. Every part
is asked for and read again under the visitor's rights, as a page of results is.
"""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from search.engines.base import Place
from search.parameters import ParameterError, Parameters
from search.results import newest

if TYPE_CHECKING:
    from access.visitor import Visitor
    from search.registry import Found

EXPORT_SIZE = 200
"""Results in one part."""

COLUMNS = ("key", "kind", "language", "title", "url", "summary", "date")
BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Part:
    """One part of the results, the newest first: ``total`` counts all of them; ``cursor`` is where the next begins."""

    total: int
    rows: tuple[dict[str, str], ...]
    cursor: str = ""


def part(parameters: Parameters, visitor: Visitor, cursor: str) -> Part:
    """The part that begins at ``cursor`` (empty: the first). Raises ParameterError, EngineUnavailableError."""
    total, found, last = newest(parameters, visitor, EXPORT_SIZE, _place(cursor) if cursor else None)
    return Part(total, tuple(_row(each) for each in found), _cursor(last) if last else "")


def as_csv(rows: Sequence[dict[str, str]], *, is_first: bool) -> str:
    """``rows`` with a line of names. No cell begins like a formula: spreadsheets would compute what somebody wrote.

    The first part begins with a byte order mark, without which Excel takes UTF-8 for another encoding. The others have
    none: in the middle of joined parts it would be a sign of the text.
    """
    out = io.StringIO()
    if is_first:
        out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([[_safe(row[name]) for name in COLUMNS] for row in rows])
    return out.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row(found: Found) -> dict[str, str]:
    return {
        "key": found.key,
        "kind": found.kind,
        "language": found.language,
        "title": found.title,
        "url": found.url if "://" in found.url else f"{settings.SITE_URL}{found.url}",
        "summary": found.summary,
        "date": found.date.isoformat() if found.date else "",
    }


def _cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place(cursor: str) -> Place:
    try:
        at, key = json.loads(base64.urlsafe_b64decode(cursor[:500] + "=" * (-len(cursor) % 4)))
        if isinstance(at, int | float) and abs(at) < 1e11 and isinstance(key, str) and key.isascii():
            return float(at), key
    except (ValueError, TypeError, RecursionError):
        pass
    raise ParameterError("invalid_value", _("This value can't be used."), "cursor")
