"""Why a thing is found or isn't, and by whom, step by step.

Asked for those things only that the asker may know of, and words only where they may read all that the index has of
the thing: an answer about a word is an answer about the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from search.engines import get_engine
from search.engines.base import SearchRequest
from search.exceptions import EngineUnavailableError
from search.fields import settled
from search.languages import searched
from search.matching import plan
from search.models import SearchOutbox
from search.query import Clause, Nested, ParsedQuery, Term, parse
from search.subjects import Subject

if TYPE_CHECKING:
    from access.visitor import Visitor


@dataclass(frozen=True)
class Step:
    """One step of the answer. ``ok`` None: that can't be said."""

    ok: bool | None
    text: str


def steps(subject: Subject, text: str, visitor: Visitor) -> list[Step]:
    """Why ``subject`` is found or not, and with ``text`` whether that query finds it."""
    found = [Step(subject.is_public, subject.publication), *_outbox(subject)]
    if subject.is_public:
        found.insert(1, Step(True, subject.readers))
    try:
        found.append(_index(subject))
        if text.strip():
            found += _query(subject, parse(text), visitor)
    except EngineUnavailableError:
        found.append(Step(None, _("The search engine can’t answer at the moment.")))
    return found


def _outbox(subject: Subject) -> Iterator[Step]:
    rows = SearchOutbox.objects.filter(key=subject.key)
    if parked := rows.filter(parked=True).first():
        yield Step(False, _("Set aside after five tries: %(reason)s.") % {"reason": parked.last_error or "?"})
    if waiting := rows.filter(parked=False).order_by("noted_at").first():
        text = _("A change waits for the index since %(time)s.") % {"time": _time(waiting.noted_at)}
        yield Step(None, f"{text} ({waiting.last_error})" if waiting.last_error else text)


def _index(subject: Subject) -> Step:
    version = get_engine().version(subject.key)
    if version is None:
        return Step(not subject.is_public, _("It isn’t in the index."))
    # A version is the moment of the write, in microseconds.
    read_at = {"time": _time(datetime.fromtimestamp(version / 1_000_000, UTC))}
    return Step(subject.is_public, _("It is in the index as it was at %(time)s.") % read_at)


def _query(subject: Subject, query: ParsedQuery, visitor: Visitor) -> Iterator[Step]:
    if not subject.reads_all:
        yield Step(None, _("The index has words of files that you may not read: nothing is told about words."))
    elif _matches(subject, query, visitor):
        yield Step(True, _("The query finds it."))
    else:
        yield Step(False, _("The query doesn’t find it."))
        for clause in query.clauses:
            if not _matches(subject, replace(query, clauses=(clause,)), visitor):
                words = {"words": _written(clause)}
                if clause.excluded:
                    yield Step(False, _("It has what the query excludes: %(words)s") % words)
                else:
                    yield Step(False, _("It lacks: %(words)s") % words)


def _matches(subject: Subject, query: ParsedQuery, visitor: Visitor) -> bool:
    wanted, _unknown = settled(plan(query, searched()), visitor)
    request = SearchRequest(wanted, None, only=frozenset({subject.key}), with_facets=False, match_all=query.is_blank)
    return bool(get_engine().search(request).total)


def _written(clause: Clause) -> str:
    """About what was typed."""
    return " OR ".join(_option(option) for option in clause.options)


def _option(option: Term | Nested) -> str:
    if isinstance(option, Nested):
        return f"({' '.join(_written(clause) for clause in option.clauses)})"
    text = f'"{option.text}"' if option.phrase else option.text
    return f"{option.name}:{text}" if option.name else text


def _time(moment: datetime) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT")
