"""Core's bulk actions, within what the user may read: a title in "you may not do this with …" is a leak too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from wagtail.documents.views.bulk_actions import AddTagsBulkAction as DocumentAddTags
from wagtail.documents.views.bulk_actions import AddToCollectionBulkAction as DocumentAddToCollection
from wagtail.documents.views.bulk_actions import DeleteBulkAction as DocumentDelete
from wagtail.images.views.bulk_actions import AddTagsBulkAction as ImageAddTags
from wagtail.images.views.bulk_actions import AddToCollectionBulkAction as ImageAddToCollection
from wagtail.images.views.bulk_actions import DeleteBulkAction as ImageDelete

from documents.actions import refuse_deletion_in_use
from documents.exceptions import InUseError


class WithinScope:
    """Mixin of bulk actions: what the user has no right to is as if it weren't there."""

    request: HttpRequest
    permission_policy: Any

    def get_queryset(self, model: type[Model], object_ids: Iterable[str]) -> list[Model]:
        """The chosen objects that the user may change; 404 where none is left."""
        allowed = self.permission_policy.instances_user_has_any_permission_for(self.request.user, ["change", "delete"])
        found = list(allowed.filter(pk__in=[pk for pk in object_ids if str(pk).isdecimal()]))
        if not found:
            raise Http404
        return found


class KeepsWhatIsUsed:
    """Mixin of bulk deletions: what a page names stays, and the user is told so."""

    request: HttpRequest
    next_url: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuses the whole selection with a sentence where one of its files is in use."""
        objects, _others = self.get_actionable_objects()  # type: ignore[attr-defined]  # from BulkAction
        if objects and request.method == "POST":
            model = type(objects[0])
            try:
                refuse_deletion_in_use(model._default_manager.filter(pk__in=[item.pk for item in objects]))
            except InUseError as err:
                messages.error(request, str(err))
                return HttpResponseRedirect(self.next_url)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # from View
        return response


class DocumentAddTagsAction(WithinScope, DocumentAddTags):
    """Core's, within scope."""


class DocumentAddToCollectionAction(WithinScope, DocumentAddToCollection):
    """Core's, within scope."""


class DocumentDeleteAction(KeepsWhatIsUsed, WithinScope, DocumentDelete):
    """Core's, within scope; keeps what is used."""


class ImageAddTagsAction(WithinScope, ImageAddTags):
    """Core's, within scope."""


class ImageAddToCollectionAction(WithinScope, ImageAddToCollection):
    """Core's, within scope."""


class ImageDeleteAction(KeepsWhatIsUsed, WithinScope, ImageDelete):
    """Core's, within scope; keeps what is used."""


BULK_ACTIONS = (
    DocumentAddTagsAction,
    DocumentAddToCollectionAction,
    DocumentDeleteAction,
    ImageAddTagsAction,
    ImageAddToCollectionAction,
    ImageDeleteAction,
)
