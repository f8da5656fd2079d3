"""What the result page shows beyond the answer itself: removable filters, pages, orders, notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search.engines.base import FACETS, Sort
from search.facets import Branches, tree
from search.instead import How
from search.parameters import Parameters
from search.query import (
    FIELD_EMPTY,
    MAX_CHARACTERS,
    MAX_TERMS,
    NOTHING,
    OPERATOR,
    STAR,
    TOO_DEEP,
    TOO_LONG,
    TOO_MANY_TERMS,
    ParsedQuery,
)
from search.ranking import FACET_VALUES_SHOWN, MAX_RESULTS, PAGE_SIZE
from search.results import Answer

FACET_NAMES: Mapping[str, Promise] = {
    "kind": gettext_lazy("Kind"),
    "topic": gettext_lazy("Topic"),
    "place": gettext_lazy("Place"),
    "language": gettext_lazy("Language of the text"),
    "year": gettext_lazy("Year"),
    "publication_kind": gettext_lazy("Kind of publication"),
}
SORT_NAMES: Mapping[Sort, Promise] = {
    Sort.RELEVANCE: gettext_lazy("Best match"),
    Sort.NEWEST: gettext_lazy("Newest first"),
    Sort.OLDEST: gettext_lazy("Oldest first"),
}
INSTEAD: Mapping[How, Promise] = {
    How.SOME_WORDS: gettext_lazy("Nothing has all of these words. These have some of them:"),
    How.SIMILAR_WORDS: gettext_lazy("Nothing has these words. These have words that are written much like them:"),
    How.OTHER_LANGUAGES: gettext_lazy("Nothing in the chosen language. These are in others:"),
}
PAGES_AROUND = 2


@dataclass(frozen=True)
class Chip:
    """A selected filter; ``address`` is the search without it."""

    facet: str | Promise
    label: str
    address: str
    language: str = ""


@dataclass(frozen=True)
class FacetGroup:
    """A group of checkboxes."""

    name: str
    legend: str | Promise
    values: Branches


def chips(answer: Answer) -> list[Chip]:
    """One for each selected value, one for each run of years."""
    found: list[Chip] = []
    parameters = answer.parameters
    if answer.scope:
        address = replace(parameters, within="", page=1).address()
        found.append(Chip(_("Within"), answer.scope.title, address, answer.scope.language))
    for facet in FACETS:
        if facet == "year":
            found += _year_chips(parameters)
            continue
        found += [
            Chip(FACET_NAMES[facet], entry.label, parameters.without(facet, {entry.value}).address(), entry.language)
            for entry in answer.facets[facet]
            if entry.selected
        ]
    return found


def _year_chips(parameters: Parameters) -> list[Chip]:
    found: list[Chip] = []
    for first, last in parameters.years:
        address = parameters.without("year", map(str, range(first, last + 1))).address()
        if first == last:
            found.append(Chip(FACET_NAMES["year"], str(first), address))
        else:
            found.append(Chip(_("Years"), _("%(first)s to %(last)s") % {"first": first, "last": last}, address))
    return found


def facet_groups(answer: Answer) -> list[FacetGroup]:
    """The checkboxes, as a tree: the most frequent values and all selected ones, the others behind "Show more".

    Years have their own form.
    """
    return [
        FacetGroup(facet, FACET_NAMES[facet], tree(answer.facets[facet], FACET_VALUES_SHOWN))
        for facet in FACETS
        if facet != "year" and answer.facets[facet]
    ]


def pager(answer: Answer) -> dict[str, object]:
    """``pages`` as (number, address, is current), address empty for a gap; ``previous_url`` and ``next_url``."""
    current, last = answer.parameters.page, answer.pages
    near = range(max(1, current - PAGES_AROUND), min(last, current + PAGES_AROUND) + 1)
    pages: list[tuple[int, str, bool]] = []
    for number in sorted({1, last, *near} - {0}):
        if pages and number > pages[-1][0] + 1:
            pages.append((0, "", False))
        pages.append((number, answer.parameters.address(page=number), number == current))
    return {
        "pages": pages,
        "previous_url": answer.parameters.address(page=min(current - 1, last)) if current > 1 and last else "",
        "next_url": answer.parameters.address(page=current + 1) if current < last else "",
    }


def shown_range(answer: Answer) -> tuple[int, int]:
    """Numbers of the first and the last result on this page."""
    first = (answer.parameters.page - 1) * PAGE_SIZE + 1
    return first, first + len(answer.results) - 1


def query_notices(query: ParsedQuery) -> list[str]:
    """What of the words was left aside."""
    words = {
        TOO_LONG: _("Only the first %(count)s characters were searched.") % {"count": MAX_CHARACTERS},
        TOO_MANY_TERMS: _("Only the first %(count)s words were searched.") % {"count": MAX_TERMS},
        TOO_DEEP: _("The brackets go too deep; they were left out."),
        FIELD_EMPTY: _("A field has its value right behind the colon, as in title:prison."),
        STAR: _("The star was left out: words are found in all their forms, but not by their beginning."),
        OPERATOR: _(
            "AND, NOT and | mean nothing here. Write words side by side to find all of them, a minus right before a word "
            "that must be missing, as in -police, and OR between words to find any of them."
        ),
        NOTHING: _("There is nothing to look for in this: write a word or a number."),
    }
    return [words[code] for code in query.notices]


def notices(answer: Answer) -> Sequence[str]:
    """What a reader must know about the answer: what was cut, what is missing."""
    found = query_notices(answer.query)
    if answer.reduced:
        found.insert(0, _("Reduced search: only titles and summaries can be searched at the moment, word by word."))
        if answer.total_relation != "eq":
            found.insert(1, _("Only the newest of each kind were looked at. There may be more results than these."))
    for fact in answer.unknown:
        asked = {"field": fact.name, "value": fact.text}
        if fact.name == "year":
            found.append(_("“%(value)s” is no year: write %(field)s:2019 or %(field)s:2019..2021.") % asked)
        else:
            found.append(_("Nothing here is known as %(field)s:“%(value)s”.") % asked)
    if answer.parameters.within and not answer.scope:
        found.append(_("What you wanted to search within is not here."))
    if answer.partial:
        found.append(_("The search took too long. There may be more results than these."))
    if answer.total > MAX_RESULTS:
        shown = {"count": MAX_RESULTS}
        found.append(
            _("Only the first %(count)s results can be paged through. Narrow the search to see others.") % shown
        )
    return found
