"""Which parts of the page tree are closed to a visitor.

A page is public only if nothing above it says otherwise: an ancestor that is a draft, expired or
embargoed hides what is below it, and so does a view restriction of an ancestor. A restriction
counts for the whole translation group of the page it was put on: Wagtail itself forgets the
translations until the next sync.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site, get_page_models

from access import prepared

if TYPE_CHECKING:
    from access.visitor import Visitor

NOBODY = "nobody"
"""The token of pages that no visitor but a superuser may see; no visitor holds it."""
LAST_STEP = "Z" * Page.steplen
"""The last step that a path can have (treebeard's alphabet)."""
PORTION = 100
"""Paths in one part of the condition: SQLite takes no expression that is more than 1,000 deep."""
HIDDEN = "hidden"
"""In ``closing()``: a draft, expired or embargoed section, below which nothing is public."""


def published_now(now: datetime | None = None) -> Q:
    """Pages that are public by their own row: live, not yet expired, their embargo over.

    The clock is asked here, on every request, because Wagtail keeps answering 200 until its
    schedule has run.
    """
    now = timezone.now() if now is None else now
    return (
        Q(live=True)
        & (Q(expire_at__isnull=True) | Q(expire_at__gt=now))
        & (Q(go_live_at__isnull=True) | Q(go_live_at__lte=now))
    )


@dataclass(frozen=True)
class Restriction:
    """One view restriction: ``groups`` is None where any signed-in visitor passes, empty where nobody does."""

    translation_key: object
    groups: frozenset[int] | None

    def admits(self, visitor: Visitor) -> bool:
        """Whether ``visitor``, no superuser, passes. Shared passwords admit nobody: they would pass every other rule too."""
        if self.groups is None:
            return visitor.is_staff_member
        return bool(self.groups & visitor.group_ids)


def restrictions(translation_keys: Iterable[object] | None = None) -> list[Restriction]:
    """All view restrictions, or those put on any page of the given translation groups. One query, two with groups."""
    rows = PageViewRestriction.objects.all()
    if translation_keys is not None:
        rows = rows.filter(page__translation_key__in=list(translation_keys))
    found: dict[int, tuple[object, str]] = {}
    groups: dict[int, set[int]] = defaultdict(set)
    for pk, key, kind, group in rows.values_list("pk", "page__translation_key", "restriction_type", "groups"):
        found[pk] = (key, kind)
        if group is not None:
            groups[pk].add(group)
    return [
        Restriction(
            key,
            None
            if kind == PageViewRestriction.LOGIN
            else frozenset(groups[pk] if kind == PageViewRestriction.GROUPS else ()),
        )
        for pk, (key, kind) in found.items()
        if kind != PageViewRestriction.NONE
    ]


def leaf_types() -> tuple[int, ...]:
    """Keys of the content types of pages that nothing can lie below: ``signal_handlers`` refuses it, whoever wants to."""
    leaves = [model for model in get_page_models() if not model.allowed_subpage_models()]
    known = ContentType.objects.get_for_models(*leaves, for_concrete_models=False)
    return tuple(sorted(each.pk for each in known.values()))


def section_types(leaves: tuple[int, ...] | None = None) -> QuerySet[ContentType, int]:
    """Keys of the content types of pages that others may lie below: all but ``leaves``.

    A type that is gone from the code is a section: what lay below its drafts stays hidden.
    """
    known = leaf_types() if leaves is None else leaves
    return ContentType.objects.exclude(pk__in=known).values_list("pk", flat=True)


@dataclass(frozen=True)
class Boundary:
    """Tree paths: ``roots`` are open, everything below ``closed`` is not. Paths are treebeard's."""

    roots: frozenset[str]
    closed: frozenset[str]

    @classmethod
    def read(cls, visitor: Visitor) -> Boundary:
        """Reads the boundary from the database, as it is now. One small query, two or three for an account."""
        if visitor.is_anybody:
            found = prepared.rows(_places, leaf_types(), now=visitor.now)
        else:
            found = list(_places(leaf_types(), visitor.now, _refusing(visitor)))
        open_paths: set[str] = set()
        closed: set[str] = set()
        for path, is_open in found:
            (open_paths if is_open else closed).add(path)
        return cls(frozenset(open_paths), frozenset(cls._outermost(closed)))

    @staticmethod
    def _outermost(paths: set[str]) -> list[str]:
        """Drops paths below other paths, so that the filter stays short."""
        kept: list[str] = []
        for path in sorted(paths):
            if not kept or not path.startswith(kept[-1]):
                kept.append(path)
        return kept

    def admits(self, page: Page) -> bool:
        """Whether the place of ``page`` in the tree is open; says nothing about the page's own row."""
        return any(page.path.startswith(root) for root in self.roots) and not any(
            page.path.startswith(path) for path in self.closed
        )

    def as_q(self) -> Q:
        """The same rule as a filter on Page."""
        if not self.roots:
            return Q(pk__in=[])
        inside = Q()
        for root in sorted(self.roots):
            inside |= Q(path__startswith=root)
        closed = sorted(self.closed)
        for start in range(0, len(closed), PORTION):
            shut = Q()
            for path in closed[start : start + PORTION]:
                shut |= Q(path__startswith=path)
            inside &= ~shut
        return inside


def _places(
    leaves: tuple[int, ...], now: datetime, refusing: list[object] | None = None
) -> QuerySet[Page, tuple[str, bool]]:
    """Rows (path, whether it is a root): the roots, the hidden sections, the pages with the keys ``refusing``.

    Without ``refusing`` every page with a restriction, as a stranger is refused.
    """
    roots = Page.objects.filter(depth=2, translation_key__in=Site.objects.values("root_page__translation_key"))
    # Not by numchild: saving a section that was loaded before its children came writes the old number back.
    below = Page.objects.filter(path__gt=OuterRef("path"), path__lte=Concat(OuterRef("path"), Value(LAST_STEP)))
    sections = Page.objects.filter(depth__gt=1, content_type__pk__among=section_types(leaves))
    hidden = sections.exclude(published_now(now)).filter(Exists(below))
    rules = PageViewRestriction.objects.exclude(restriction_type=PageViewRestriction.NONE)
    keys = rules.values("page__translation_key") if refusing is None else refusing
    refused = Page.objects.filter(translation_key__in=keys)
    return _paths(roots, is_open=True).union(_paths(hidden), _paths(refused), all=True)


def _refusing(visitor: Visitor) -> list[object] | None:
    """Translation keys of the pages whose restrictions don't admit ``visitor``; None for all that have one."""
    if visitor.sees_all_restrictions:
        return []
    if visitor.is_staff_member:
        return [rule.translation_key for rule in restrictions() if not rule.admits(visitor)]
    return None


def _paths(pages: QuerySet[Page], *, is_open: bool = False) -> QuerySet[Page, tuple[str, bool]]:
    """Rows (path, ``is_open``), to be joined to those of other questions."""
    return pages.order_by().values_list("path", Value(is_open, BooleanField()))


def lineage(page: Page) -> QuerySet[Page]:
    """``page`` and everything that it lies in."""
    return Page.objects.filter(path__in=_steps(page))


def _steps(page: Page) -> list[str]:
    """The paths of ``page`` and of everything that it lies in."""
    steplen = Page.steplen
    return [page.path[:end] for end in range(steplen, len(page.path) + 1, steplen)]


def open_until(pages: Sequence[Page]) -> dict[int, datetime]:
    """When each of ``pages`` expires, by its key: itself or something that it lies in, whatever is first. One query.

    Pages that never do are left out.
    """
    paths = {path for page in pages for path in _steps(page)}
    ends = dict(Page.objects.filter(path__in=paths, expire_at__isnull=False).values_list("path", "expire_at"))
    found = {page.pk: [ends[path] for path in _steps(page) if path in ends] for page in pages}
    return {pk: min(several) for pk, several in found.items() if several}


def closing(page: Page) -> frozenset[Restriction | str]:
    """What keeps readers from whatever lies in ``page``: each restriction of its place, and HIDDEN where a section is no public one.

    A place whose set holds that of another is open to nobody whom the other refuses.
    """
    places = lineage(page)
    found: set[Restriction | str] = set(restrictions(places.values_list("translation_key", flat=True)))
    if places.filter(depth__gt=1).exclude(published_now()).exists():
        found.add(HIDDEN)
    return frozenset(found)


def restricted(pages: QuerySet[Page]) -> set[int]:
    """Primary keys of those ``pages`` that lie below a view restriction of any kind. Three queries, however many pages."""
    closed = Page.objects.filter(translation_key__in={rule.translation_key for rule in restrictions()})
    inside = Q(pk__in=[])
    for path in Boundary._outermost(set(closed.values_list("path", flat=True))):
        inside |= Q(path__startswith=path)
    return set(pages.filter(inside).values_list("pk", flat=True))


def page_tokens(page: Page) -> frozenset[str]:
    """The access tokens that the search index stores for ``page``: who passes every restriction above it.

    Returns ``{"public"}`` without restrictions, ``{"login"}``, ``{"g:<id>", …}``, or pairs where two
    group restrictions lie one below the other; ``{"nobody"}`` where no such token can say it.
    """
    return tokens_of([page])[page.pk]


def tokens_of(pages: Iterable[Page]) -> dict[int, frozenset[str]]:
    """:func:`page_tokens` of each page, by its key. Two queries, however many pages."""
    by_group: dict[object, list[Restriction]] = defaultdict(list)
    for rule in restrictions():
        by_group[rule.translation_key].append(rule)
    restricted = Page.objects.filter(translation_key__in=by_group).values_list("path", "translation_key")
    places = list(restricted) if by_group else []
    return {
        page.pk: _tokens([rule for path, key in places if page.path.startswith(path) for rule in by_group[key]])
        for page in pages
    }


def _tokens(rules: Sequence[Restriction]) -> frozenset[str]:
    if not rules:
        return frozenset({"public"})
    sets = [rule.groups for rule in rules if rule.groups is not None]
    if not sets:
        return frozenset({"login"})
    choices = {frozenset(choice) for choice in product(*sets)}
    return frozenset("g:" + "+".join(map(str, sorted(c))) for c in choices if 0 < len(c) <= 2) or frozenset({NOBODY})
