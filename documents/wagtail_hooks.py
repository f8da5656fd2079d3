"""How the admin meets the access rule: our views, choosers and bulk actions before core's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.log_actions import LogFormatter

from access.visitor import Visitor
from documents import admin_urls, safety, wording
from documents.access import readable_by, readable_images
from documents.bulk_actions import BULK_ACTIONS
from documents.erasure.actions import may_erase
from documents.erasure.panels import WaitingErasuresPanel
from documents.models import Document, Image
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


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What this app writes into the history of pages and documents."""

    class WithReason(LogFormatter):
        def format_comment(self, log_entry: Any) -> str:
            return str(log_entry.data.get("reason", ""))

    @actions.register_action("dossier.document.withdraw")
    class VersionWithdrawn(WithReason):
        label = _("Withdraw a version")
        message = _("Version withdrawn")

    @actions.register_action("dossier.document.embargo")
    class EmbargoChanged(WithReason):
        label = _("Change the embargo of a file")

        def format_message(self, log_entry: Any) -> str:
            until = parse_datetime(str(log_entry.data.get("until", "")))
            if until is None:
                return gettext("Ended the embargo of the file")
            when = date_format(timezone.localtime(until), "SHORT_DATETIME_FORMAT")
            return gettext("Embargo of the file until %(time)s") % {"time": when}

    @actions.register_action("dossier.document.move")
    class MovedToVersion(LogFormatter):
        label = _("Move to another version")

        def format_message(self, log_entry: Any) -> str:
            return gettext("Draft that names version %(number)s of a file") % {"number": log_entry.data.get("version")}

    @actions.register_action("dossier.check.override")
    class CheckOverridden(WithReason):
        label = _("Override a safety check")

        def format_message(self, log_entry: Any) -> str:
            check = wording.label(str(log_entry.data.get("check", "")))
            return gettext("Let the file pass in spite of the check “%(check)s”") % {"check": check}

    @actions.register_action("dossier.document.erase")
    class FileErased(LogFormatter):
        label = _("Erase a file")
        message = _("A file was erased from this page")

    @actions.register_action("dossier.erasure.ask")
    class ErasureAsked(WithReason):
        label = _("Ask for an erasure")
        message = _("Asked for the erasure")

    @actions.register_action("dossier.erasure.confirm")
    class ErasureConfirmed(WithReason):
        label = _("Confirm an erasure")
        message = _("Confirmed the erasure")

    actions.register_action("dossier.erasure.cancel", _("Cancel an erasure"), _("Cancelled the erasure"))
    actions.register_action("dossier.erasure.done", _("Finish an erasure"), _("Erased for good"))

    @actions.register_action("dossier.document.unused")
    class UnusedRemoved(LogFormatter):
        label = _("Remove unused files")

        def format_message(self, log_entry: Any) -> str:
            return gettext("Removed version %(number)s, which nothing named") % {
                "number": log_entry.data.get("version")
            }

    @actions.register_action("dossier.original.fetch")
    class OriginalFetched(WithReason):
        label = _("Fetch an uploaded file")
        message = _("Fetched the uploaded file")

    actions.register_action("documents.retry", _("Process again"), _("Put in the queue again"))


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
