"""Who is looking: a user and, later, the preview link they came with.

A ``Visitor`` lives as long as one request or one task. It remembers what it read about the tree
(which sections are hidden from it), so that every list of a page asks the database once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from access import prepared
from access.boundary import Boundary

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from access.models import User

T = TypeVar("T")
Question = Callable[..., "QuerySet[Any, Any]"]
"""A question of ``access.prepared`` whose first argument is the visitor."""


def account_of(request: HttpRequest) -> User:
    """The signed-in user of an admin request. Raises PermissionDenied for anybody else."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


class Visitor:
    """The one argument of every access rule. Make a new one per request or task; never keep it longer."""

    def __init__(self, user: User | AnonymousUser | None = None) -> None:
        self.user: User | AnonymousUser = user or AnonymousUser()
        self.memo: dict[object, Any] = {}
        """What the apps above read once per visitor; each uses a key of its own, such as its class."""

    def own(self, kind: type[T], make: Callable[[], T]) -> T:
        """The one ``kind`` of this visitor, made by ``make`` when it is first asked for."""
        known = self.memo.get(kind)
        if not isinstance(known, kind):
            known = self.memo[kind] = make()
        return known

    @classmethod
    def of(cls, request: HttpRequest) -> Visitor:
        """The visitor of ``request``, the same object for the whole request."""
        visitor = getattr(request, "_dossier_visitor", None)
        if not isinstance(visitor, cls) or visitor.user != request.user:
            visitor = cls(request.user)
            request._dossier_visitor = visitor  # type: ignore[attr-defined]  # per-request memo
        return visitor

    @property
    def now(self) -> datetime:
        """The time that every rule goes by."""
        return timezone.now()

    @property
    def is_anybody(self) -> bool:
        """True for a stranger with no right of their own, for whom the same holds as for any other."""
        return type(self) is Visitor and not self.has_account

    def ask(self, question: Question, *shape: Hashable, **values: Any) -> list[Any]:
        """What ``question(visitor, *shape, **values)`` finds for this visitor.

        For strangers, who ask the most, it is a prepared one: all that ``access.prepared`` says of questions holds.
        """
        if not self.is_anybody:
            return list(question(self, *shape, **values))
        return prepared.rows(_of_a_stranger, question, self.boundary, *shape, now=self.now, **values)

    @property
    def has_account(self) -> bool:
        """True for whoever signed in: what is answered to them is kept by no cache, for it may hang on a right of theirs."""
        return bool(self.user.is_authenticated)

    @property
    def is_staff_member(self) -> bool:
        """True for an active account; only such a visitor can hold rights beyond the public's."""
        return bool(self.user.is_authenticated and self.user.is_active)

    @cached_property
    def sees_all_restrictions(self) -> bool:
        """True for superusers: no view restriction hides a live page from them."""
        return self.is_staff_member and bool(self.user.is_superuser)

    @cached_property
    def group_ids(self) -> frozenset[int]:
        """Primary keys of the visitor's groups; empty for anonymous and inactive visitors."""
        if not self.is_staff_member:
            return frozenset()
        return frozenset(self.user.groups.values_list("pk", flat=True))

    @cached_property
    def tokens(self) -> frozenset[str] | None:
        """What the search engine filters by: a thing is a hit if it holds one of these tokens.

        ``public``, ``login`` and ``g:<id>``; ``g:<id>+<id>`` for pages below two group
        restrictions. ``None`` means: no filter (superusers).
        """
        if self.sees_all_restrictions:
            return None
        if not self.is_staff_member:
            return frozenset({"public"})
        ids = sorted(self.group_ids)
        pairs = {f"g:{a}+{b}" for a, b in combinations(ids, 2)}
        return frozenset({"public", "login", *(f"g:{pk}" for pk in ids), *pairs})

    @cached_property
    def boundary(self) -> Boundary:
        """Which parts of the page tree are closed to this visitor, read once."""
        return Boundary.read(self)


class _Stranger(Visitor):
    """Stands for every stranger while a question is put together: the time is a slot."""

    now: Any = None

    def __init__(self, boundary: Boundary, now: Any) -> None:
        super().__init__()
        self.boundary, self.now = boundary, now


def _of_a_stranger(
    question: Question, boundary: Boundary, *shape: Hashable, now: Any, **values: Any
) -> QuerySet[Any, Any]:
    return question(_Stranger(boundary, now), *shape, **values)
