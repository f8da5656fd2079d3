"""Who may look behind search and have its index built anew, and who may see what readers miss."""

from __future__ import annotations

from typing import Any

from access.roles import ADMINISTRATORS, EDITORS

_MEMO = "_dossier_search_groups"


def may_run_search(user: Any) -> bool:
    """Administrators."""
    return _is_one_of(user, ADMINISTRATORS)


def may_keep_board(user: Any) -> bool:
    """Editors and administrators: those who keep the vocabulary."""
    return _is_one_of(user, EDITORS, ADMINISTRATORS)


def _is_one_of(user: Any, *groups: str) -> bool:
    """Each screen of the admin asks for its menu: the groups are read once for each user object, as Django does with permissions."""
    if not user.is_active:
        return False
    if user.is_superuser:
        return True
    if not hasattr(user, _MEMO):
        setattr(
            user,
            _MEMO,
            frozenset(user.groups.filter(name__in=(EDITORS, ADMINISTRATORS)).values_list("name", flat=True)),
        )
    return not getattr(user, _MEMO).isdisjoint(groups)
