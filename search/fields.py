"""What the values of fields in a query stand for: ``topic:impunity``, ``lang:German``, ``kind:case``.

A topic, place, kind or language is meant by its whole name in any language of the site, by another name or by its
code; an author by any words of the name. Accents, capitals and signs make no difference. Only what the visitor may know
has a name: everything else is unknown to this search, whether it exists or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext, override

from search import facet_values, registry
from search.analysis import UNKNOWN, tokens
from search.matching import Both, Condition, Either, Fact, Plan, Without, leaves

if TYPE_CHECKING:
    from access.visitor import Visitor

Name = tuple[str, ...]
_NAMED: Mapping[str, tuple[str, ...]] = {
    "author": ("author",),
    "topic": ("topic",),
    "place": ("place",),
    "kind": ("kind", "publication_kind"),
    "lang": ("language",),
}
"""Which facets a field looks in."""


def settled(wanted: Plan, visitor: Visitor) -> tuple[Plan, tuple[Fact, ...]]:
    """``wanted`` with the values that its fields stand for, and those that stand for nothing that ``visitor`` may know.

    At most one query for each facet that is asked for, none without fields.
    """
    facts = {leaf for leaf in leaves(wanted.conditions) if isinstance(leaf, Fact)}
    if not facts:
        return wanted, ()
    known = dict(_known(facts, visitor))
    plan = replace(wanted, conditions=tuple(_filled(each, known) for each in wanted.conditions))
    found = dict.fromkeys(leaf for leaf in leaves(wanted.conditions) if isinstance(leaf, Fact))
    return plan, tuple(fact for fact in found if not known[fact].values)


def _known(facts: Iterable[Fact], visitor: Visitor) -> Iterator[tuple[Fact, Fact]]:
    facets = {facet for fact in facts for facet in _NAMED.get(fact.name, ())}
    names = {facet: [(_folded(name), value) for name, value in _names(facet, visitor)] for facet in facets}
    for fact in facts:
        asked = _folded(fact.text)
        values = {
            (facet, value)
            for facet in _NAMED.get(fact.name, ())
            for name, value in names[facet]
            if asked and (set(asked) <= set(name) if facet == "author" else asked == name)
        }
        yield fact, replace(fact, values=frozenset(values))


def _filled(condition: Condition, known: Mapping[Fact, Fact]) -> Condition:
    if isinstance(condition, Fact):
        return known[condition]
    if isinstance(condition, Without):
        return Without(_filled(condition.part, known))
    if isinstance(condition, Both | Either):
        return replace(condition, parts=tuple(_filled(each, known) for each in condition.parts))
    return condition


def _folded(text: str) -> Name:
    """The words of a name without accents, capitals and signs, for comparing."""
    return tuple(tokens(text, UNKNOWN))


def _names(facet: str, visitor: Visitor) -> Iterable[tuple[str, str]]:
    if facet == "kind":
        return _kinds()
    if facet == "language":
        return _languages()
    names = facet_values.names_of(facet)
    return names(visitor) if names is not None else ()


def _kinds() -> Iterator[tuple[str, str]]:
    for source in registry.sources():
        yield source.kind, source.kind
    for code, _name in settings.LANGUAGES:
        with override(code):
            for source in registry.sources():
                yield str(source.label), source.kind


def _languages() -> Iterator[tuple[str, str]]:
    known = {code: info for code, info in LANG_INFO.items() if "name" in info}
    for code, info in known.items():
        yield code, code
        yield info["name"], code
        yield info["name_local"], code
    for language, _name in settings.LANGUAGES:
        with override(language):
            for code, info in known.items():
                yield gettext(info["name"]), code
