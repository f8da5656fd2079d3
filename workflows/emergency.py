"""The way past approval: an administrator, a reason, and a record that can't be removed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from access.roles import ADMINISTRATORS
from workflows.exceptions import NotApproved

if TYPE_CHECKING:
    from access.models import User


@dataclass(frozen=True)
class Emergency:
    """Who opened the way, and why."""

    user: User
    reason: str


_open: ContextVar[Emergency | None] = ContextVar("workflows.emergency", default=None)


def is_administrator(user: User) -> bool:
    """Whether ``user`` is an active member of the administrators' group or a superuser."""
    return bool(user.is_active and (user.is_superuser or user.groups.filter(name=ADMINISTRATORS).exists()))


@contextmanager
def emergency(user: User, reason: str) -> Iterator[None]:
    """What is published inside needs no approval, and is recorded with ``user`` and ``reason``.

    Raises NotApproved for anyone but an administrator, and without a reason.
    """
    if not is_administrator(user):
        raise NotApproved(_("Only an administrator may publish in an emergency."))
    if not reason.strip():
        raise NotApproved(_("Publishing in an emergency needs a reason."))
    token = _open.set(Emergency(user, reason.strip()))
    try:
        yield
    finally:
        _open.reset(token)


def current() -> Emergency | None:
    """The emergency that is open in this context, or None."""
    return _open.get()
