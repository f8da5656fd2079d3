"""How the admin meets the access rule: our views, choosers and bulk actions before core's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet

from access.visitor import Visitor
from documents import admin_urls
from documents.access import readable_by, readable_images
from documents.bulk_actions import BULK_ACTIONS
from documents.models import Document, Image

FIRST, LAST = -100, 1000


@hooks.register("register_admin_urls", order=FIRST)
def own_views_first() -> list[URLPattern | URLResolver]:
    """Our views answer before core's for every address that takes the number of a file or adds one."""
    return [
        path("documents/", include(admin_urls.documents)),
        path("images/", include(admin_urls.images)),
    ]


@hooks.register("construct_document_chooser_queryset")
def choose_readable_documents(documents: QuerySet[Document], request: HttpRequest) -> QuerySet[Document]:
    """A chooser lists what its user may read, administrators included."""
    return documents.filter(pk__in=readable_by(Visitor.of(request)).order_by().values("pk"))


@hooks.register("construct_image_chooser_queryset")
def choose_readable_images(images: QuerySet[Image], request: HttpRequest) -> QuerySet[Image]:
    """A chooser lists what its user may see, administrators included."""
    return images.filter(pk__in=readable_images(Visitor.of(request)).order_by().values("pk"))


@hooks.register("construct_admin_api", order=LAST)
def readable_files_in_the_admin_api(router: Any) -> None:
    """Core's admin API lists every file to everyone with access to the admin.

    Its addresses have to stay: every admin page names them in its configuration.
    """
    router.register_endpoint("documents", _only(DocumentsAdminAPIViewSet, readable_by))
    router.register_endpoint("images", _only(ImagesAdminAPIViewSet, readable_images))


def _only(viewset: type[Any], readable: Callable[[Visitor], QuerySet[Any]]) -> type[Any]:
    """``viewset``, cut to what its user may read."""

    class ReadableViewSet(viewset):
        # A picture's original has no address; core asks its storage for one.
        meta_fields = [name for name in viewset.meta_fields if name != "download_url"]

        def get_queryset(self) -> QuerySet[Any]:
            visitor = Visitor.of(self.request)
            files: QuerySet[Any] = super().get_queryset()
            return files.filter(pk__in=readable(visitor).order_by().values("pk"))

    return ReadableViewSet


for action_class in BULK_ACTIONS:
    hooks.register("register_bulk_action", action_class, order=LAST)
