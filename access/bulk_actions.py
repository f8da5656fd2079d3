"""Core's bulk actions on pages, within what the user may know of: a title in "you may not do this with …" is a leak too."""

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


class KnownPagesOnly:
    """Mixin: "all in this list" means all that the list showed."""

    request: HttpRequest

    def get_queryset(self, model: type[Page], object_ids: Iterable[object]) -> list[Page]:
        """The chosen pages that the user may know of; 404 where none is left."""
        chosen = [pk for pk in object_ids if str(pk).isdecimal()]
        found = list(knowable_pages(account_of(self.request)).filter(pk__in=chosen))
        if not found:
            raise Http404
        return found


class DeletePagesAction(KnownPagesOnly, DeleteBulkAction):
    """Core's, within what is known."""


class MovePagesAction(KnownPagesOnly, MoveBulkAction):
    """Core's, within what is known."""


class PublishPagesAction(KnownPagesOnly, PublishBulkAction):
    """Core's, within what is known."""


class UnpublishPagesAction(KnownPagesOnly, UnpublishBulkAction):
    """Core's, within what is known."""


BULK_ACTIONS = (DeletePagesAction, MovePagesAction, PublishPagesAction, UnpublishPagesAction)
