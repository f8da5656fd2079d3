"""Facets with the names that this visitor may know, and the histogram of years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf.locale import LANG_INFO

from search import facet_values, registry
from search.engines.base import FACETS, FacetValue
from search.facet_values import Label
from search.parameters import Parameters
from search.ranking import YEARS_DRAWN

if TYPE_CHECKING:
    from access.visitor import Visitor


@dataclass(frozen=True)
class Branches:
    """Values side by side, each with those below it: those that are ``shown``, and those behind "Show more"."""

    shown: tuple[FacetEntry, ...] = ()
    folded: tuple[FacetEntry, ...] = ()

    @property
    def more(self) -> int:
        """How many are folded, those below them counted too."""
        return sum(entry.size for entry in self.folded)


@dataclass(frozen=True)
class FacetEntry:
    """A value of a facet: ``language`` is the one that its label is written in, empty for the page's own.

    ``parent`` is the value that this one is a part of; ``below`` are its own parts, once they are a tree.
    """

    value: str
    label: str
    count: int
    selected: bool
    language: str = ""
    parent: str = ""
    below: Branches = Branches()

    @property
    def size(self) -> int:
        """How many values this is with all below it."""
        return 1 + sum(entry.size for entry in (*self.below.shown, *self.below.folded))


@dataclass(frozen=True)
class YearBar:
    """A year of the histogram. ``height`` goes to 72; ``address`` adds the year to the selection or takes it out."""

    year: int
    count: int
    height: int
    selected: bool
    address: str


def labelled(
    facets: Mapping[str, Sequence[FacetValue]], parameters: Parameters, visitor: Visitor
) -> dict[str, tuple[FacetEntry, ...]]:
    """``facets`` with labels. A value without a name that ``visitor`` may know is left out.

    Without ``facets`` the selected ones are there all the same, counted as none: they can be taken back.
    """
    chosen = {
        facet: [FacetValue(value, 0, selected=True) for value in sorted(values)]
        for facet, values in parameters.filters.items()
        if not facets
    }
    values = {facet: facets.get(facet, chosen.get(facet, ())) for facet in FACETS}
    asked = {facet: [each.value for each in several] for facet, several in values.items()}
    labels = _own_labels(asked) | facet_values.labels_of(asked, parameters.language, visitor)
    return {facet: tuple(_entries(facet, values[facet], labels.get(facet, {}))) for facet in FACETS}


def _entries(facet: str, values: Sequence[FacetValue], labels: Mapping[str, Label]) -> list[FacetEntry]:
    if facet == "year":
        counted = [each for each in values if each.count]
        counted.sort(key=lambda each: each.value, reverse=True)
        return [FacetEntry(each.value, each.value, each.count, each.selected) for each in counted]
    return [
        FacetEntry(
            value=each.value,
            label=labels[each.value].text,
            count=each.count,
            selected=each.selected,
            language=each.value if facet == "language" else "",
            parent=labels[each.value].parent,
        )
        for each in values
        if each.value in labels
    ]


def _own_labels(values: Mapping[str, Sequence[str]]) -> dict[str, Mapping[str, Label]]:
    """Of the facets whose values the search itself can name."""
    kinds = {source.kind: Label(str(source.label)) for source in registry.sources()}
    return {"kind": kinds, "language": {code: Label(_own_name(code)) for code in values["language"]}}


def tree(entries: Sequence[FacetEntry], most: int) -> Branches:
    """``entries`` with those that are a part of another one below it, each level in the given order.

    The first ``most`` and the selected ones are shown, with all that they are a part of; the others are folded, each
    below what it is a part of. What a folded one has below it is not folded again, and a single one is not folded.
    """
    by_value = {entry.value: entry for entry in entries}
    kept = _with_parents([*entries[:most], *(entry for entry in entries if entry.selected)], by_value)
    below: dict[str, list[FacetEntry]] = defaultdict(list)
    for entry in entries:
        below[entry.parent if entry.parent in by_value else ""].append(entry)

    def level(parent: str) -> Branches:
        whole = [replace(entry, below=level(entry.value)) for entry in below[parent]]
        shown = tuple(entry for entry in whole if entry.value in kept)
        folded = tuple(entry for entry in whole if entry.value not in kept)
        # A single one takes no more room than "Show more".
        is_whole = (parent and parent not in kept) or sum(entry.size for entry in folded) == 1
        return Branches(tuple(whole)) if is_whole else Branches(shown, folded)

    return level("")


def _with_parents(entries: Iterable[FacetEntry], by_value: Mapping[str, FacetEntry]) -> set[str]:
    """The values of ``entries`` and of all that they are a part of."""
    kept: set[str] = set()
    for entry in entries:
        each: FacetEntry | None = entry
        while each and each.value not in kept:
            kept.add(each.value)
            each = by_value.get(each.parent)
    return kept


def _own_name(code: str) -> str:
    info = LANG_INFO.get(code) or LANG_INFO.get(code[:2]) or {}
    name: str = str(info.get("name_local", code))
    return name[:1].upper() + name[1:]


def histogram(entries: Sequence[FacetEntry], parameters: Parameters) -> list[YearBar]:
    """A bar for each year between the first and the last that has hits; nothing where there is only one."""
    counts = {int(entry.value): entry.count for entry in entries}
    if len(counts) < 2:
        return []
    first, last, most = min(counts), max(counts), max(counts.values())
    years = range(first, last + 1) if last - first < YEARS_DRAWN else sorted(counts)
    chosen = parameters.filters.get("year", frozenset())
    return [
        YearBar(
            year=year,
            count=counts.get(year, 0),
            height=max(4, round(72 * counts.get(year, 0) / most)),
            selected=str(year) in chosen,
            address=parameters.selecting("year", chosen ^ {str(year)}).address(),
        )
        for year in years
    ]
