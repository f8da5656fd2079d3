"""From a parsed query to the tokens to look for, in all wanted languages at once.

Engines, page finding and marking all work from this plan, so none can find what another doesn't.
Each word is one group over all languages; a document must have every group. One clause per
language breaks on stop words: ``die Folter`` found nothing, or ``die`` everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, product

from search.analysis import UNKNOWN, is_stop_word, joined, other_forms, query_tokens, surfaces, tokens
from search.query import Clause, Nested, ParsedQuery, Term

Form = tuple[str, ...]
MOST_TOKENS = 600
"""In all forms of all words together. Thirty German words have three hundred or so."""
MOST_TOGETHER = 150
"""In all forms of all words side by side; beyond that they don't lift."""


@dataclass(frozen=True)
class Group:
    """Ways to write one thing: a hit has any one of ``forms``, each one or more tokens side by side."""

    forms: tuple[Form, ...]
    surfaces: tuple[Form, ...] = ()
    """The same unstemmed, for the field ``tx``."""
    in_title: bool = False
    """Whether only titles are looked in."""
    also: tuple[Form, ...] = ()
    """Other names of what this word, or the neighbouring groups with the same ``also`` together, stand for: a hit has
    all of these groups, or any one of these names."""

    @property
    def readings(self) -> tuple[Form, ...]:
        """Everything that stands for this group in a text."""
        return (*self.forms, *self.also)


@dataclass(frozen=True)
class Fact:
    """What a field says of a hit: it has one of ``values``, each (facet, value). None are known before ``search.fields``."""

    name: str
    text: str
    values: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Years:
    """A hit is of a year from ``first`` to ``last``."""

    first: int
    last: int


@dataclass(frozen=True)
class Both:
    """All of ``parts``."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Either:
    """Any of ``parts``."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Without:
    """Not ``part``."""

    part: Condition


Condition = Group | Fact | Years | Both | Either | Without


@dataclass(frozen=True)
class Plan:
    """What a hit must have, must not have, and what lifts it."""

    required: tuple[Group, ...]
    excluded: tuple[Group, ...] = ()
    together: Group | None = None
    """The plain words side by side; lifts, never filters. None for a single word, and where there is an OR:
    whatever has it must have every required group too."""
    conditions: tuple[Condition, ...] = ()
    """What fields and brackets ask for besides; all of them must be met."""

    @property
    def is_empty(self) -> bool:
        """True where there is nothing to look for: blank, or signs without a letter or digit."""
        return not (self.required or self.excluded or self.conditions)

    @property
    def texts(self) -> tuple[Group, ...]:
        """What the conditions want to read somewhere; lifts what has it."""
        return tuple(leaf for leaf in leaves(self.conditions, wanted=True) if isinstance(leaf, Group))

    @property
    def words(self) -> tuple[Group, ...]:
        """What may be read on a page of a file, and is marked there: no fields, nothing that is excluded."""
        return (*self.required, *(group for group in self.texts if not group.in_title))


def leaves(conditions: Iterable[Condition], *, wanted: bool = False) -> Iterator[Group | Fact | Years]:
    """The single conditions in ``conditions``; ``wanted``: without those that a hit must not meet."""
    for each in conditions:
        if isinstance(each, Both | Either):
            yield from leaves(each.parts, wanted=wanted)
        elif isinstance(each, Without):
            if not wanted:
                yield from leaves((each.part,))
        else:
            yield each


@lru_cache(maxsize=512)
def plan(query: ParsedQuery, languages: tuple[str, ...]) -> Plan:
    """``query`` as tokens in ``languages`` (two-letter codes; the unknown language is always added)."""
    wanted = tuple(dict.fromkeys((*languages, UNKNOWN)))
    plain = [clause for clause in query.clauses if clause.words]
    conditions = _conditions([clause for clause in query.clauses if not clause.words], wanted)
    excluded = tuple(_group(clause.words, wanted) for clause in plain if clause.excluded)
    also = _also(query, wanted)
    named = {each.first for each in query.related if each.size == 1}  # UN is wanted, whatever "un" is in French
    positive = [
        (replace(_group(clause.words, wanted), also=also.get(at, ())), at in named or not _says_nothing(clause, wanted))
        for at, clause in enumerate(wanted_words(query))
    ]
    positive = [(group, tells) for group, tells in positive if group.forms]
    telling = [group for group, tells in positive if tells]
    if not telling and all(isinstance(each, Without) for each in conditions):
        telling = [group for group, _ in positive]
    return _shortened(
        Plan(
            required=tuple(dict.fromkeys(telling)),  # who writes a word twice wants it once
            excluded=tuple(group for group in excluded if group.forms),
            together=_together(query, wanted) if len(positive) > 1 else None,
            conditions=tuple(conditions),
        )
    )


def _shortened(whole: Plan) -> Plan:
    """``whole``, or where it has more than ``MOST_TOKENS``, each word with its first forms and the beginning of these.

    A word of three hundred signs from many scripts has dozens of forms of a hundred tokens each, and each token is a clause
    in each field: Elasticsearch refuses some thousand of them, by its memory.
    """
    groups = [*whole.required, *whole.excluded, *(g for g in leaves(whole.conditions) if isinstance(g, Group))]
    if sum(map(_size, groups)) <= MOST_TOKENS:
        fits = whole.together and _size(whole.together) <= MOST_TOGETHER
        return replace(whole, together=whole.together if fits else None)
    share = max(MOST_TOKENS // len(groups), 1)
    # Nothing that only lifts: what has it has a shortened word no more for sure, and an engine may find it by that alone.
    return Plan(
        required=tuple(_cut(group, share) for group in whole.required),
        excluded=tuple(_cut(group, share) for group in whole.excluded),
        conditions=tuple(_cut_in(each, share) for each in whole.conditions),
    )


def _size(group: Group) -> int:
    return sum(map(len, group.forms))


def _cut(group: Group, share: int) -> Group:
    return replace(group, forms=_first(group.forms, share), surfaces=())


def _cut_in(condition: Condition, share: int) -> Condition:
    if isinstance(condition, Group):
        return _cut(condition, share)
    if isinstance(condition, Both | Either):
        return replace(condition, parts=tuple(_cut_in(each, share) for each in condition.parts))
    return Without(_cut_in(condition.part, share)) if isinstance(condition, Without) else condition


def _first(forms: Sequence[Form], share: int) -> tuple[Form, ...]:
    """The first of ``forms`` with ``share`` tokens in all; one at least, or the beginning of it."""
    kept: list[Form] = []
    for form in forms:
        if kept and sum(map(len, kept)) + len(form) > share:
            break
        kept.append(form[:share])
    return tuple(kept)


def wanted_words(query: ParsedQuery) -> list[Clause]:
    """The clauses of words that a hit must have, in their order; the words of one date or number are one of them."""
    return [clause for clause in _joined(clause for clause in query.clauses if clause.words) if not clause.excluded]


def _also(query: ParsedQuery, languages: tuple[str, ...]) -> dict[int, tuple[Form, ...]]:
    """The other names of the wanted words, by their place."""
    found: dict[int, tuple[Form, ...]] = {}
    for each in query.related:
        named = [(Term(name, phrase=True), code) for name, code in each.names]
        # Texts of every language write an acronym alike.
        forms = (
            _forms(term, code)
            for term, own in named
            for code in (languages if is_acronym(term.text) else (own, UNKNOWN))
        )
        unique = tuple(dict.fromkeys(form for several in forms for form in several))
        found |= dict.fromkeys(range(each.first, each.first + each.size), unique)
    return found


def is_acronym(name: str) -> bool:
    """Whether ``name`` is one word in capitals (ICC)."""
    return name.isupper() and " " not in name


def _conditions(clauses: Sequence[Clause], languages: tuple[str, ...]) -> list[Condition]:
    """What ``clauses`` ask for. As outside of brackets, a lone stop word counts only where there is nothing else."""
    telling = [clause for clause in clauses if clause.excluded or not _says_nothing(clause, languages)]
    if all(clause.excluded for clause in telling):
        telling = list(clauses)
    found = (_condition(clause, languages) for clause in telling)
    return [each for each in found if each is not None]


def _condition(clause: Clause, languages: tuple[str, ...]) -> Condition | None:
    terms = [option for option in clause.options if isinstance(option, Term)]
    texts = (
        _group([term for term in terms if not term.name], languages),
        _group([term for term in terms if term.name == "title"], languages, in_title=True),
    )
    parts: list[Condition] = [group for group in texts if group.forms]
    parts += [meant(term) for term in terms if term.name not in ("", "title")]
    for option in clause.options:
        if isinstance(option, Nested):
            inner = _conditions(option.clauses, languages)
            parts += inner if len(inner) < 2 else [Both(tuple(inner))]
    if not parts:
        return None
    found = parts[0] if len(parts) == 1 else Either(tuple(parts))
    return Without(found) if clause.excluded else found


def meant(term: Term) -> Fact | Years:
    """What ``term``, a field, asks for."""
    if term.name == "year":
        first, dots, last = term.text.partition("..")
        years = [int(each) if each.isdecimal() and len(each) == 4 else None for each in (first, last or first)]
        from_, to = (0 if dots and not first else years[0]), (9999 if dots and not last else years[1])
        if from_ is not None and to is not None and from_ <= to:
            return Years(from_, to)
    return Fact(term.name, term.text)


def _joined(clauses: Iterable[Clause]) -> list[Clause]:
    """``clauses`` with the words of one date, number or acronym ("12 March 2011", "10 000") as one phrase."""
    found: list[Clause] = []
    for plain, run in groupby(clauses, _is_word):
        if plain:
            texts = joined([clause.words[0].text for clause in run])
            found += [Clause((Term(text, phrase=" " in text),)) for text in texts]
        else:
            found += run
    return found


def _is_word(clause: Clause) -> bool:
    return not clause.excluded and len(clause.words) == len(clause.options) == 1 and not clause.words[0].phrase


def _says_nothing(clause: Clause, languages: tuple[str, ...]) -> bool:
    words = clause.words
    return bool(words) and all(not term.phrase and is_stop_word(term.text, languages) for term in words)


def _group(terms: Iterable[Term], languages: tuple[str, ...], *, in_title: bool = False) -> Group:
    forms: dict[Form, None] = {}
    written: dict[Form, None] = {}
    for term in terms:
        for language in languages:
            forms.update(dict.fromkeys(_forms(term, language)))
            written[tuple(surfaces(term.text, language))] = None
    written.pop((), None)
    return Group(tuple(forms), tuple(written), in_title)


def _forms(term: Term, language: str) -> list[Form]:
    found = tuple(tokens(term.text, language))
    if not found:
        return []
    if len(found) == 1 or not term.phrase:
        return query_tokens(term.text, language)
    # An attached preposition stands before the first word of a phrase ("لحقوق الإنسان").
    first = term.text.split()[0]
    others = other_forms(term.text, language)
    heads = query_tokens(first, language)
    if len(heads) > 1 and heads[0] == found[: len(heads[0])]:
        return [*[head + tail for head, tail in product(heads, [found[len(heads[0]) :]])], *others]
    return [found, *others]


def _together(query: ParsedQuery, languages: tuple[str, ...]) -> Group | None:
    if any(len(clause.options) > 1 for clause in query.clauses):
        return None
    term = Term(query.plain_words, phrase=True)
    forms = dict.fromkeys(form for language in languages for form in _forms(term, language) if len(form) > 1)
    return Group(tuple(forms)) if forms else None
