"""Wagtail's bulk actions on pages, within what the user may know: "all of this list" means all that they see of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpRequest
from wagtail.admin.views.pages.bulk_actions import (
    DeleteBulkAction,
    MoveBulkAction,
    PublishBulkAction,
    UnpublishBulkAction,
)
from wagtail.models import Page

from access.editorial import knowable_pages
from access.visitor import account_of


class _Known:
    """Mixin: pages that the user may not know of are as if they weren't there."""

    request: HttpRequest

    def get_queryset(self, model: type[Page], object_ids: Iterable[int]) -> list[Page]:
        """The chosen pages that the user may know of; 404 where none is left."""
        found = list(knowable_pages(account_of(self.request)).filter(pk__in=list(object_ids)))
        if not found:
            raise Http404
        return found


class DeleteKnown(_Known, DeleteBulkAction):
    """Core's, within what the user may know."""


class MoveKnown(_Known, MoveBulkAction):
    """Core's, within what the user may know."""


class PublishKnown(_Known, PublishBulkAction):
    """Core's, within what the user may know."""


class UnpublishKnown(_Known, UnpublishBulkAction):
    """Core's, within what the user may know."""


BULK_ACTIONS = (DeleteKnown, MoveKnown, PublishKnown, UnpublishKnown)
