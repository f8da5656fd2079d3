"""The parameters of a search, the same for the result page and the API, and addresses made of them.

The API refuses what is wrong and names it; the page leaves it out, because a reader with an old link
wants results.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from search import facet_values, registry
from search.engines.base import FACETS, Sort
from search.exceptions import SearchError
from search.query import parse
from search.ranking import MAX_RESULTS, PAGE_SIZE

MAX_PAGE = MAX_RESULTS // PAGE_SIZE
FIRST_YEAR, LAST_YEAR = 1000, 2999
MAX_VALUES = 50
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")
_YEARS = re.compile(r"([0-9]{4})(?:\.\.([0-9]{4}))?")
_YEAR = re.compile(r"[0-9]{4}")
_NUMBER = re.compile(r"[0-9]{1,4}")
NOTHING = str(uuid.UUID(int=0))
"""The key of no thing."""
_UUID_FACETS = frozenset({"topic", "place", "publication_kind"})


class ParameterError(SearchError):
    """A parameter that can't be used. ``code`` is for programs, the message for people."""

    def __init__(self, code: str, message: str, parameter: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.parameter = parameter


@dataclass(frozen=True)
class Parameters:
    """What is asked for. ``filters`` has only facets with a selection; ``language`` is that of the page or answer."""

    q: str = ""
    language: str = "en"
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    expand: bool = True
    """Whether other names of what is asked for are searched too."""
    within: str = ""
    """The public key of a thing (a case) within which is searched; empty for everything."""

    @property
    def years(self) -> list[tuple[int, int]]:
        """The selected years as runs (first, last), the earliest first: two ranges may have thousands."""
        found: list[tuple[int, int]] = []
        for year in sorted(int(year) for year in self.filters.get("year", ())):
            if found and year == found[-1][1] + 1:
                found[-1] = found[-1][0], year
            else:
                found.append((year, year))
        return found

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of everything that isn't as by default; several years in a row are ``2019..2021``."""
        text = parse(self.q).text
        found = [("q", text)] if text else []
        for facet in FACETS:
            values = [_written(run) for run in self.years] if facet == "year" else sorted(self.filters.get(facet, ()))
            found += [(facet, value) for value in values]
        if self.within:
            found.append(("within", self.within))
        if self.sort != Sort.RELEVANCE:
            found.append(("sort", self.sort.value))
        if not self.expand:
            found.append(("expand", "0"))
        if self.page > 1:
            found.append(("page", str(self.page)))
        return found

    def address(self, **changes: Any) -> str:
        """The query string, with its question mark, for these parameters with ``changes``."""
        pairs = replace(self, **changes).pairs()
        return f"?{urlencode(pairs)}" if pairs else "?"

    def without(self, facet: str, values: Iterable[str]) -> Parameters:
        """The same without ``values`` of ``facet``, from the first page on."""
        return self.selecting(facet, self.filters.get(facet, frozenset()) - set(values))

    def selecting(self, facet: str, values: Iterable[str]) -> Parameters:
        """The same with exactly ``values`` of ``facet``, from the first page on."""
        filters = {name: chosen for name, chosen in self.filters.items() if name != facet}
        chosen = frozenset(values)
        return replace(self, filters=filters | ({facet: chosen} if chosen else {}), page=1)


def _written(run: tuple[int, int]) -> str:
    first, last = run
    return f"{first}..{last}" if first != last else str(first)


def printable(text: str) -> str:
    """``text`` without control characters, which PostgreSQL refuses."""
    return "".join(character for character in text if character.isprintable())


_KNOWN = {"q", "lang", "from", "to", "sort", "expand", "within", "page", *FACETS}


def read_strictly(data: QueryDict) -> Parameters:
    """The API's parameters. Raises ParameterError for any that is unknown or can't be used; ``q`` may be anything."""
    for name in data:
        if name not in _KNOWN:
            raise ParameterError("unknown_parameter", _("There is no parameter of this name."), name)
    return _todays(_read(data, _language(data.get("lang", ""))))


def read_kindly(data: QueryDict, language: str) -> Parameters:
    """The page's parameters in ``language``; what can't be used is left out."""
    usable = data.copy()
    usable.pop("lang", None)
    try:
        _uuid("within", usable.get("within") or NOTHING)
    except ParameterError:  # a damaged link must not search everything as if that were the thing
        usable["within"] = NOTHING
    for _try in _KNOWN:  # each time at most, one of them is set right as a whole
        try:
            return _todays(_read(usable, language))
        except ParameterError as err:
            kept = [value for value in usable.getlist(err.parameter) if _is_usable(err.parameter, value)]
            usable.setlist(err.parameter, kept[: _most(err.parameter, usable)])
    return _todays(_read(usable, language))


def _todays(parameters: Parameters) -> Parameters:
    """An old link may name an entry that has been merged into another since. One query, where one is named."""
    return replace(parameters, filters=facet_values.todays(parameters.filters))


def _read(data: QueryDict, language: str) -> Parameters:
    filters = {facet: frozenset(values) for facet in FACETS if (values := _values(facet, data))}
    years = filters.get("year", frozenset()) | _range(data)
    if years:
        filters["year"] = years
    within = data.get("within", "")
    return Parameters(
        q=data.get("q", ""),
        language=language,
        filters=filters,
        sort=_sort(data),
        page=_page(data.get("page", "")),
        expand=_flag("expand", data.get("expand", "")),
        within=_uuid("within", within) if within else "",
    )


def _values(facet: str, data: QueryDict) -> list[str]:
    raw = [value for value in data.getlist(facet) if value]
    if len(raw) > _most(facet, data):
        raise ParameterError("too_many_values", _("There are too many values."), facet)
    return [value for each in raw for value in _checked(facet, each)]


def _most(name: str, data: QueryDict) -> int:
    """How many values of a parameter can be used. Years beside a range leave it a place: it is one of them in addresses."""
    return MAX_VALUES - (name == "year" and bool(data.get("from") or data.get("to")))


def _is_usable(name: str, value: str) -> bool:
    if name not in FACETS:
        return False
    try:
        return bool(_checked(name, value))
    except ParameterError:
        return False


def _checked(facet: str, value: str) -> list[str]:
    """The values that one given value stands for: itself, or the years of a range."""
    if facet == "year":
        match = _YEARS.fullmatch(value)
        if match:
            return _years(int(match.group(1)), int(match.group(2) or match.group(1)), "year")
    elif facet == "kind":
        if registry.source(value) is not None:
            return [value]
    elif facet == "language":
        if _LANGUAGE.fullmatch(value.lower()):
            return [value.lower()]
    elif facet in _UUID_FACETS:
        return [_uuid(facet, value)]
    raise ParameterError("invalid_value", _("This value can't be used."), facet)


def _uuid(name: str, value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError as err:
        raise ParameterError("invalid_value", _("This value can't be used."), name) from err


def _range(data: QueryDict) -> frozenset[str]:
    bounds: dict[str, int] = {}
    for name, default in (("from", FIRST_YEAR), ("to", LAST_YEAR)):
        value = data.get(name, "").strip()
        if value and not _YEAR.fullmatch(value):
            raise ParameterError("invalid_value", _("A year has four digits."), name)
        bounds[name] = int(value) if value else default
        _years(bounds[name], bounds[name], name)
    if not data.get("from", "").strip() and not data.get("to", "").strip():
        return frozenset()
    return frozenset(_years(bounds["from"], bounds["to"], "to"))


def _years(first: int, last: int, name: str) -> list[str]:
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        raise ParameterError("invalid_value", _("These years are no range."), name)
    return [str(year) for year in range(first, last + 1)]


def _sort(data: QueryDict) -> Sort:
    try:
        return Sort(data.get("sort") or Sort.RELEVANCE)
    except ValueError as err:
        raise ParameterError("invalid_value", _("This order is not known."), "sort") from err


def _flag(name: str, value: str) -> bool:
    if value not in ("", "0", "1"):
        raise ParameterError("invalid_value", _("This value can't be used."), name)
    return value != "0"


def _page(value: str) -> int:
    if not value:
        return 1
    if not (_NUMBER.fullmatch(value) and 1 <= int(value) <= MAX_PAGE):
        message = _("Pages go from 1 to %(last)s.") % {"last": MAX_PAGE}
        raise ParameterError("invalid_page", message, "page")
    return int(value)


def _language(value: str) -> str:
    codes = [code for code, _name in settings.LANGUAGES]
    if value and value not in codes:
        raise ParameterError("invalid_value", _("This site has no such language."), "lang")
    return value or codes[0]
