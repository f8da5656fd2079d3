"""How the admin meets the access rule: our views, choosers and bulk actions before core's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet

from access.visitor import Visitor
from documents import admin_urls, safety
from documents.access import readable_by, readable_images
from documents.bulk_actions import BULK_ACTIONS
from documents.erasure.actions import may_erase
from documents.erasure.panels import WaitingErasuresPanel
from documents.log_entries import ENTRIES
from documents.models import Document, Image
from documents.panels import FoundAfterwardsPanel
from documents.processing_views import ProcessingMenuItem

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


@hooks.register("construct_homepage_panels")
def add_waiting_erasures(request: HttpRequest, panels: list[Any]) -> None:
    """What only a second person can decide, on the first page that they see."""
    if may_erase(request.user):
        panels.append(WaitingErasuresPanel())


@hooks.register("construct_homepage_panels")
def add_found_afterwards(request: HttpRequest, panels: list[Any]) -> None:
    """What Legal has to hear of first."""
    if safety.may_judge(request.user):
        panels.append(FoundAfterwardsPanel())


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What this app writes into the history of pages and documents."""

    for action, entry in ENTRIES.items():
        actions.register_action(action)(entry)


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


@hooks.register("register_admin_menu_item")
def register_menu_item() -> MenuItem:
    """The board of what is not done, below the documents."""
    return ProcessingMenuItem(_("Processing"), reverse("document_processing"), icon_name="rotate", order=410)


class BlockedFilesItem(MenuItem):
    """For those who may decide about blocked files."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Only to Legal and administrators."""
        return safety.may_judge(request.user)


@hooks.register("register_reports_menu_item")
def blocked_files_item() -> MenuItem:
    """Below the reports."""
    return BlockedFilesItem(
        _("Blocked files"), reverse("document_blocked_list"), name="blocked-files", icon_name="warning", order=900
    )


@hooks.register("register_reports_menu_item")
def erasures_item() -> MenuItem:
    """Below the reports, for the same people."""
    return BlockedFilesItem(_("Erasures"), reverse("document_erasures"), name="erasures", icon_name="bin", order=910)


for action_class in BULK_ACTIONS:
    hooks.register("register_bulk_action", action_class, order=LAST)
