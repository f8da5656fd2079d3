"""Who may look behind search and have its index built anew."""

from __future__ import annotations

from typing import Any

from access.roles import ADMINISTRATORS


def may_run_search(user: Any) -> bool:
    """Administrators."""
    if not user.is_active:
        return False
    return bool(user.is_superuser or user.groups.filter(name=ADMINISTRATORS).exists())
