"""Where the apps above say what can be found. ``search`` itself knows no page type.

A content source answers two questions: what does the index hold of a thing, and what may this
visitor see of it now. Hits are always re-read through ``found``; the index is never shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from access.visitor import Visitor
    from search.engines.base import Hit
    from search.parameters import Parameters
    from search.reduced import Asked
    from search.subjects import Subjects

PageText = tuple[str, str]
"""(language, text) of one page of a file, or of a passage in another language than its page."""


@dataclass(frozen=True)
class FileText:
    """A readable file that belongs to a thing. ``blob`` is what ``search.pages.pack`` made at extraction."""

    series: str
    version: int
    language: str
    title: str
    blob: bytes


@dataclass(frozen=True)
class IndexDocument:
    """One thing in one language, as the index stores it: plain text, public UUIDs, no primary key.

    ``key`` is ``<translation_key>/<locale>``; ``acl`` comes from ``access.boundary.page_tokens``;
    ``topics`` and ``places`` include the ancestors; ``languages`` the own one and those of the files.
    """

    key: str
    kind: str
    locale: str
    translation_key: str
    acl: frozenset[str]
    live_to: datetime | None
    published: datetime
    updated: datetime
    title: str
    summary: str = ""
    body: str = ""
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    doctype: str = ""
    year: int | None = None
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    files: tuple[FileText, ...] = ()
    passages: tuple[PageText, ...] = ()
    """(language, text) of what ``body`` quotes in another language than its own."""


@dataclass(frozen=True)
class FoundFile:
    """A file of a hit, as this visitor may read it.

    ``page_texts`` takes page numbers and gives {number: (language, text)}; ``page_url`` takes a page
    number and the query and gives the reader's address. ``spec`` is a line such as "PDF, 148 pages".
    """

    series: str
    version: int
    language: str
    label: str
    spec: str
    blob: bytes
    page_texts: Callable[[Sequence[int]], Mapping[int, PageText]]
    page_url: Callable[[int, str], str]


@dataclass(frozen=True)
class Found:
    """What is shown of a hit, re-read from the database under the visitor's rights."""

    key: str
    kind: str
    kind_label: str
    language: str
    title: str
    url: str
    summary: str = ""
    body: str = ""
    date: date | None = None
    files: tuple[FoundFile, ...] = ()


class ContentSource(Protocol):
    """One kind of thing that can be found.

    A source may have ``texts(keys) -> {key: (language, text)}``: title, summary and own text of those that anybody may
    read; ``documents(keys) -> dict[key, IndexDocument]``, the same as ``document`` for many keys in few queries, with
    which indexing is much quicker; and ``together({kind: keys}, visitor, language)``, the same as ``found`` for hits of
    several kinds: sources that share it are asked once for all of them.
    """

    kind: str
    label: _StrOrPromise

    def document(self, key: str) -> IndexDocument | None:
        """What the index shall hold for ``key`` now; None where the thing is gone, not live, or another kind's."""

    def keys(self) -> Iterator[str]:
        """All keys that shall be in the index, read piece by piece."""

    def found(self, keys: Sequence[str], visitor: Visitor, language: str) -> dict[str, Found]:
        """Those of ``keys`` that ``visitor`` may see now. ``language`` is the one the page is in."""


class Name(NamedTuple):
    """What something in a vocabulary is called: ``key`` is the same in all languages, ``rank`` 0 where it is its title."""

    key: str
    language: str
    text: str
    rank: int = 0


class Scope(NamedTuple):
    """A thing within which is searched: its title with its language, and the keys of all that belongs to it."""

    title: str
    language: str
    keys: frozenset[str]


ScopeFunction = Callable[[str, "Visitor", str], Scope | None]
PeopleFunction = Callable[[str, "Visitor", int], list[str]]
TermFunction = Callable[["Visitor", Collection[str] | None], Iterable[Name]]


VisibleFunction = Callable[[Sequence[str], "Visitor", bool], set[str]]
PageReader = Callable[[Sequence[tuple[str, int, int]]], Mapping[tuple[str, int, int], PageText]]
ReducedFinder = Callable[
    ["Asked", "Parameters", "Visitor", int, int, "Collection[str] | None"], tuple[int, list["Hit"], bool]
]
RenewalFunction = Callable[[Callable[[], object]], int]


@dataclass
class _Registry:
    sources: dict[str, ContentSource] = field(default_factory=dict)
    terms: dict[str, TermFunction] = field(default_factory=dict)
    scopes: list[ScopeFunction] = field(default_factory=list)
    people: PeopleFunction | None = None
    visible: VisibleFunction | None = None
    page_reader: PageReader | None = None
    reduced_finder: ReducedFinder | None = None
    subjects: Subjects | None = None
    vocabulary: dict[str, Callable[[], Iterable[tuple[str, str]]]] = field(default_factory=dict)
    renewals: dict[str, RenewalFunction] = field(default_factory=dict)


_registry = _Registry()


def register(source: ContentSource) -> None:
    """Adds a source, called from ``AppConfig.ready()``. Raises ValueError where another one has the kind."""
    known = _registry.sources.get(source.kind)
    if known is not None and known is not source and type(known) is not type(source):
        raise ValueError(f"There is a source for the kind {source.kind!r} already.")
    _registry.sources[source.kind] = source


def unregister(kind: str) -> None:
    """Takes a source away again; for tests."""
    _registry.sources.pop(kind, None)


def sources() -> tuple[ContentSource, ...]:
    """All sources, in the order of their registration."""
    return tuple(_registry.sources.values())


def source(kind: str) -> ContentSource | None:
    """The source of ``kind``, or None."""
    return _registry.sources.get(kind)


def register_terms(name: str, terms: TermFunction) -> None:
    """Adds a vocabulary by whose other names a query finds more: ``terms(visitor, keys)``.

    It gives the names in every language of what ``visitor`` may know, of all or of those with ``keys``, in a query or two.
    """
    _registry.terms[name] = terms


def terms() -> Mapping[str, TermFunction]:
    """All vocabularies that were registered."""
    return _registry.terms


def register_scope(scope: ScopeFunction) -> None:
    """Adds a kind of thing within which can be searched: ``scope(key, visitor, language)``, in a query or two.

    It gives what belongs to the thing, its title in ``language`` where there is one; or None where ``visitor`` may not see it or it is of another kind.
    """
    _registry.scopes.append(scope)


def scope(key: str, visitor: Visitor, language: str) -> Scope | None:
    """What belongs to the thing with the public ``key``; None where there is none that ``visitor`` may see."""
    return next((found for each in _registry.scopes if (found := each(key, visitor, language))), None)


def register_people(people: PeopleFunction) -> None:
    """Says who wrote what: ``people(text, visitor, limit)`` gives names in which a word begins like ``text``, in one query."""
    _registry.people = people


def people(text: str, visitor: Visitor, limit: int) -> list[str]:
    """Names of people, for suggestions; none where nobody registered any."""
    return _registry.people(text, visitor, limit) if _registry.people else []


def register_visible(visible: VisibleFunction) -> None:
    """Says which of the given keys a visitor may see now, in a query or two and without reading the things.

    ``visible(keys, visitor, with_files)``: as for ``hidden``.
    """
    _registry.visible = visible


def hidden(keys: Collection[str], visitor: Visitor, *, with_files: bool = True) -> frozenset[str]:
    """Those of ``keys`` that ``visitor`` may not see now; all of them where nobody can say.

    ``with_files``: and those that name a file which they may not read any more. What waits for the index may be found by
    that file's words; what has been written since isn't.
    """
    if not keys or _registry.visible is None:
        return frozenset(keys)
    return frozenset(keys) - _registry.visible(list(keys), visitor, with_files)


def register_vocabulary(name: str, texts: Callable[[], Iterable[tuple[str, str]]]) -> None:
    """Adds words by which compounds are split: ``texts()`` gives (language, text) of what anybody may read."""
    _registry.vocabulary[name] = texts


def vocabulary() -> Iterator[tuple[str, str]]:
    """All texts that were registered, each (language, text)."""
    for texts in _registry.vocabulary.values():
        yield from texts()


def texts(keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """(language, text) of those of ``keys`` that anybody may read, by key, without their files."""
    found: dict[str, tuple[str, str]] = {}
    for each in sources():
        read = getattr(each, "texts", None)
        if read is not None and keys:
            found |= read(keys)
    return found


def register_renewal(name: str, renew: RenewalFunction) -> None:
    """Says how blobs that another version of the analysis made are made anew.

    ``renew(progress)`` calls ``progress()`` after each thing that it looked at, outside any transaction, lets through what
    that raises, and returns how many blobs it made.
    """
    _registry.renewals[name] = renew


def renew_blobs(progress: Callable[[], object] = lambda: None) -> int:
    """Makes all blobs fit today's analysis; called before an index is built. ``progress`` is called again and again."""
    return sum(renew(progress) for renew in _registry.renewals.values())


def register_page_reader(reader: PageReader) -> None:
    """Says how the texts of many pages, each (series, version, number), are read at once.

    Without it every file of the ten hits is asked by itself (``FoundFile.page_texts``).
    """
    _registry.page_reader = reader


def page_reader() -> PageReader | None:
    """The reader that was registered."""
    return _registry.page_reader


def register_reduced_finder(finder: ReducedFinder) -> None:
    """Says how things are found in the database while the engine can't answer.

    ``finder(asked, parameters, visitor, offset, size, only)`` gives the total and the hits that ``visitor`` may see, among
    the keys ``only`` where it isn't None, and whether all that there is was looked at.
    """
    _registry.reduced_finder = finder


def reduced_finder() -> ReducedFinder | None:
    """The finder that was registered."""
    return _registry.reduced_finder


def register_subjects(subjects: Subjects) -> None:
    """Says what an administrator may ask about."""
    _registry.subjects = subjects


def subjects() -> Subjects | None:
    """What was registered."""
    return _registry.subjects


def found(kinds: Mapping[str, Sequence[str]], visitor: Visitor, language: str) -> dict[str, Found]:
    """What ``visitor`` may see now of the hits ``{kind: keys}``; hits of unknown kinds are dropped."""
    answer: dict[str, Found] = {}
    shared: dict[Any, dict[str, Sequence[str]]] = defaultdict(dict)
    for kind, keys in kinds.items():
        asked = source(kind)
        if asked is None:
            continue
        together = getattr(asked, "together", None)
        if together is None:
            answer |= asked.found(keys, visitor, language)
        else:
            shared[together][kind] = keys
    for together, several in shared.items():
        answer |= together(several, visitor, language)
    return answer


def documents(keys: Iterable[str]) -> dict[str, IndexDocument]:
    """What the index shall hold for ``keys`` now; keys that are missing from the answer are gone."""
    wanted = list(keys)
    found: dict[str, IndexDocument] = {}
    for each in sources():
        rest = [key for key in wanted if key not in found]
        if not rest:
            break
        many = getattr(each, "documents", None)
        if many is not None:
            found |= many(rest)
        else:
            found |= {key: document for key in rest if (document := each.document(key)) is not None}
    return found
