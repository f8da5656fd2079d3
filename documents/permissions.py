"""What staff may do with which files in the admin: the CMS's permissions, cut down by the access rule.

Listings, choosers, edit and usage views, bulk actions and the counts on the home page all ask
these policies, so that none of them shows a title that its reader may not read. Having a
collection's permission gives no right to read what is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model, QuerySet
from wagtail.documents import get_document_model_string
from wagtail.images import get_image_model_string
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permissions import register_permission_policy

from access.models import User
from access.visitor import Visitor
from documents.access import entitled_documents, entitled_images, readable_by, readable_images
from documents.models import Document, Image


class ReadablePolicy(CollectionOwnershipPermissionPolicy):
    """The stock policy, within what the user may read.

    Choosing needs the right to read. Changing and deleting need a right of one's own: uploaded it,
    or may edit a page that names it. Administrators manage everything, but choose only what they
    may read.
    """

    def __init__(
        self,
        model: str,
        *,
        auth_model: str,
        owner_field_name: str,
        readable: Callable[[Visitor], QuerySet[Any]],
        entitled: Callable[[Visitor], QuerySet[Any]],
    ) -> None:
        super().__init__(model, auth_model=auth_model, owner_field_name=owner_field_name)
        self._readable = readable
        self._entitled = entitled

    def instances_user_has_any_permission_for(self, user: User, actions: Iterable[str]) -> QuerySet[Any]:
        """Like core's, within the user's scope."""
        allowed = super().instances_user_has_any_permission_for(user, actions)
        scope = self._scope(user, actions)
        return allowed if scope is None else allowed.filter(pk__in=scope.order_by().values("pk"))

    def user_has_any_permission_for_instance(self, user: User, actions: Iterable[str], instance: Model) -> bool:
        """Like core's, within the user's scope."""
        if not super().user_has_any_permission_for_instance(user, actions, instance):
            return False
        scope = self._scope(user, actions)
        return scope is None or bool(scope.filter(pk=instance.pk).exists())

    def _scope(self, user: User, actions: Iterable[str]) -> QuerySet[Any] | None:
        """What the actions are limited to; None for no limit."""
        choosing = "choose" in set(actions)
        if user.is_superuser and set(actions) != {"choose"}:
            return None
        return (self._readable if choosing else self._entitled)(Visitor(user))


# Core asks for the codenames of its own models, whatever the site's models are.
document_policy = ReadablePolicy(
    get_document_model_string(),
    auth_model="wagtaildocs.Document",
    owner_field_name="uploaded_by_user",
    readable=readable_by,
    entitled=entitled_documents,
)
image_policy = ReadablePolicy(
    get_image_model_string(),
    auth_model="wagtailimages.Image",
    owner_field_name="uploaded_by_user",
    readable=readable_images,
    entitled=entitled_images,
)


def register_policies() -> None:
    """Puts the policies in charge; called once from ``ready()``.

    For the exact class, because core's apps are made ready later and register theirs for the class.
    """
    register_permission_policy(Document, document_policy, exact_class=True)
    register_permission_policy(Image, image_policy, exact_class=True)
