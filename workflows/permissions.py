"""What editors may do with public pages, though none of them may publish."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import prefetch_related_objects
from wagtail.models import Page, PagePermissionTester

from access.boundary import closing
from access.roles import ADMINISTRATORS, EDITORS
from workflows.emergency import is_administrator


class EditorialPermissionTester(PagePermissionTester):
    """Wagtail ties everything that touches a public page to the right to publish, which only administrators hold.

    Editors with the right to change a section may take its pages down, cancel schedules, close
    pages, reorder, move and delete them: all of it makes less public, or the same.
    """

    @cached_property
    def is_editor(self) -> bool:
        """Whether the user is an editor here: in the group, and with the right to change this page."""
        if not self.user.is_active:
            return False
        if self.user.is_superuser:
            return True
        if "change" not in self.permissions:
            return False
        prefetch_related_objects([self.user], "groups")  # once for the user: the explorer asks four times a row
        return any(group.name in (EDITORS, ADMINISTRATORS) for group in self.user.groups.all())

    def can_unpublish(self) -> bool:
        if not self.page.live or self.page_is_root:
            return False
        return self.is_editor and not self.page_locked()

    def can_set_view_restrictions(self) -> bool:
        """Closing a page shows less. Opening it again is a publication, and no one editor's decision."""
        if self.page_is_root or not self.is_editor:
            return False
        return is_administrator(self.user) or not self.page.view_restrictions.exists()

    def can_unschedule(self) -> bool:
        return self.is_editor and not self.page_is_root

    def can_reorder_children(self) -> bool:
        return self.is_editor

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Wagtail lets whoever may change a page delete its drafts; translators change, and remove nothing.

        Wagtail's answer is asked for last: it costs a query, and the explorer wants it twice a row.
        """
        if self.page_is_root or not self.user.is_active:
            return False
        if not self.user.is_superuser and "add" not in self.permissions:
            return False
        if self.is_editor and (self.page.is_leaf() or ignore_bulk):
            return True
        if not self.user.is_superuser and self.page.live and "publish" not in self.permissions:
            return False
        return bool(super().can_delete(ignore_bulk=ignore_bulk))

    def can_move_to(self, destination: Page) -> bool:
        if super().can_move_to(destination):
            return True
        return self._is_possible(destination) and self._editor_may_move_to(destination)

    def _is_possible(self, destination: Page) -> bool:
        """The rules of the tree, which hold for everyone."""
        if self.page == destination or destination.is_descendant_of(self.page):
            return False
        return bool(self.page.is_child_of(destination) or self.page.specific.can_move_to(destination))

    def _editor_may_move_to(self, destination: Page) -> bool:
        """An editor at both ends, and nobody gets to read more: moving out of a closed section needs review."""
        target: Any = destination.specific_deferred.permissions_for_user(self.user)
        if not (self.can_move() and getattr(target, "is_editor", False) and "add" in target.permissions):
            return False
        return closing(self.page.get_parent()) <= closing(destination)
