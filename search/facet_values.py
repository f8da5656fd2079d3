"""Where the apps above say what the values of facets are called, and what one that is gone means now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from access.visitor import Visitor


class Label(NamedTuple):
    """How a value of a facet is called, and the value that it is a part of; empty for none."""

    text: str
    parent: str = ""


LabelFunction = Callable[[Mapping[str, Sequence[str]], str, "Visitor"], Mapping[str, Mapping[str, Label]]]
NameFunction = Callable[["Visitor"], Iterable[tuple[str, str]]]
SuccessorFunction = Callable[[Collection[str]], Mapping[str, str]]


@dataclass
class _Registry:
    labels: dict[str, LabelFunction] = field(default_factory=dict)
    names: dict[str, NameFunction] = field(default_factory=dict)
    successors: dict[str, SuccessorFunction] = field(default_factory=dict)


_registry = _Registry()


def register_labels(facets: Iterable[str], labels: LabelFunction) -> None:
    """Says how the values of ``facets`` (topic, place, publication_kind) are called: in one query for all of them.

    ``labels({facet: values}, language, visitor)`` gives {facet: {value: label}} for those that ``visitor`` may know;
    a value without a label is not shown. What has a parent stands below it where that has a label too.
    """
    _registry.labels |= dict.fromkeys(facets, labels)


def labels_of(values: Mapping[str, Sequence[str]], language: str, visitor: Visitor) -> dict[str, Mapping[str, Label]]:
    """The labels of the values of several facets; those that one function knows are asked for together."""
    asked: dict[LabelFunction, dict[str, Sequence[str]]] = defaultdict(dict)
    for facet, wanted in values.items():
        if wanted and facet in _registry.labels:
            asked[_registry.labels[facet]][facet] = wanted
    found: dict[str, Mapping[str, Label]] = {}
    for labels, several in asked.items():
        found |= labels(several, language, visitor)
    return found


def register_names(facet: str, names: NameFunction) -> None:
    """Says what can be asked for by name in ``facet`` (topic, place, publication_kind, author).

    ``names(visitor)`` gives (name, value) for all that ``visitor`` may know, in every language, with other names and
    codes, in one query. It is called only where somebody asks for such a field.
    """
    _registry.names[facet] = names


def names_of(facet: str) -> NameFunction | None:
    """The function that was registered for ``facet``."""
    return _registry.names.get(facet)


def register_successors(facets: Iterable[str], successors: SuccessorFunction) -> None:
    """Says what values of ``facets`` mean that became another: ``successors(values)`` gives {old: new}, in one query."""
    _registry.successors |= dict.fromkeys(facets, successors)


def todays(filters: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """``filters``, {facet: values}, with what their values mean today; those of one function are asked for together."""
    asked: dict[SuccessorFunction, set[str]] = defaultdict(set)
    for facet, values in filters.items():
        if facet in _registry.successors:
            asked[_registry.successors[facet]] |= values
    new = {successors: successors(values) for successors, values in asked.items()}
    found = dict(filters)
    for facet in filters.keys() & _registry.successors.keys():
        known = new[_registry.successors[facet]]
        found[facet] = frozenset(known.get(value, value) for value in filters[facet])
    return found
