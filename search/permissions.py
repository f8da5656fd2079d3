"""Who may look behind search and have its index built anew, and who may see what readers miss."""

from __future__ import annotations

from typing import Any

from access.roles import ADMINISTRATORS, EDITORS


def may_run_search(user: Any) -> bool:
    """Administrators."""
    if not user.is_active:
        return False
    return bool(user.is_superuser or user.groups.filter(name=ADMINISTRATORS).exists())


def may_keep_board(user: Any) -> bool:
    """Editors and administrators: those who keep the vocabulary."""
    if not user.is_active:
        return False
    return bool(user.is_superuser or user.groups.filter(name__in=(EDITORS, ADMINISTRATORS)).exists())
