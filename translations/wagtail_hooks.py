"""The workbench in Wagtail's admin: addresses, menu, buttons; and the stock screens taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Page

from access.visitor import Visitor, account_of
from translations.models import TranslationJob
from translations.panels import WaitingTranslationsPanel
from translations.permissions import lacks_requestable, locales_of, may_look_at, translated_by, with_requestable
from translations.stock_views import STOCK_PAGE_ACTIONS, refused, to_request
from translations.views import BoardView, OwnContentView, RequestView, WorkbenchView

if TYPE_CHECKING:
    from access.models import User


@hooks.register("register_admin_urls", order=-100)
def register_urls() -> list[URLPattern | URLResolver]:
    """Our addresses, and ahead of wagtail-localize's own ones: the refusal."""
    ours = [
        path("", BoardView.as_view(), name="board"),
        path("request/<int:page_id>/", RequestView.as_view(), name="request"),
        path("<uuid:uuid>/", WorkbenchView.as_view(), name="edit"),
        path("<uuid:uuid>/files/", OwnContentView.as_view(), name="own_content"),
    ]
    return [
        path("translations/", include((ours, "translations"))),
        path("localize/submit/page/<int:page_id>/", to_request),
        re_path(r"^localize/(?!jsi18n/).*$", refused),
    ]


def _job_of(page: Page) -> TranslationJob | None:
    return (
        TranslationJob.objects.with_everything()
        .filter(translation__source__object_id=page.translation_key, translation__target_locale_id=page.locale_id)
        .first()
    )


@hooks.register("before_edit_page", order=-100)
def open_workbench(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A translated page opens in the workbench; wagtail-localize's editor, which publishes, never opens.

    Wagtail's own form stays reachable for a review decision only: it is posted there.
    """
    if request.method == "POST" and STOCK_PAGE_ACTIONS & set(request.POST):
        raise PermissionDenied(_("Translations are handled in the translation workbench."))
    if page.alias_of_id:
        raise PermissionDenied(_("This page is a copy of another one. Edit the original."))
    job = _job_of(page)
    if job is None or not may_look_at(account_of(request), page):
        return None
    return redirect("translations:edit", job.translation.uuid)


@hooks.register("construct_page_action_menu")
def drop_stock_actions(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Takes wagtail-localize's "convert to alias" and "start synced translation" out of the page's menu."""
    menu_items[:] = [item for item in menu_items if item.name not in STOCK_PAGE_ACTIONS]


@hooks.register("construct_reports_menu")
def drop_stock_report(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Takes out the report that shows every title to every account."""
    stock = reverse("wagtail_localize:translations_report")
    menu_items[:] = [item for item in menu_items if getattr(item, "url", None) != stock]


class TranslationsMenuItem(MenuItem):
    """Shown to those who work in some language."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the visitor translates or reviews anything."""
        return bool(locales_of(account_of(request)))


@hooks.register("register_admin_menu_item")
def register_menu_item() -> MenuItem:
    """The board in the main menu."""
    return TranslationsMenuItem(
        gettext_lazy("Translations"), reverse("translations:board"), icon_name="wagtail-localize-language", order=320
    )


@hooks.register("construct_homepage_panels")
def add_waiting_translations(request: HttpRequest, panels: list[Any]) -> None:
    """The work that waits for a translator, on the first page that they see."""
    user = account_of(request)
    if translated_by(user):
        panels.append(WaitingTranslationsPanel(user))


@hooks.register("construct_explorer_page_queryset")
def with_requestable_languages(parent_page: Page, pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """What the button below needs to know of each row, asked for all of them together."""
    return with_requestable(pages, Visitor.of(request), account_of(request))


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def translate_button(
    page: Page, user: User, next_url: str | None = None, view_name: str | None = None
) -> Iterator[Button]:
    """ "Ask for a translation" where the page lacks a language that the visitor may ask for."""
    if page.is_root() or page.alias_of_id:
        return
    if lacks_requestable(user, page):
        yield Button(
            _("Ask for a translation"),
            reverse("translations:request", args=[page.pk]),
            icon_name="wagtail-localize-language",
            priority=55,
        )


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """Names the log entries of this app."""

    @actions.register_action("translations.request")
    class RequestFormatter(LogFormatter):
        label = gettext_lazy("Ask for a translation")

        def format_message(self, log_entry: Any) -> str:
            return _("Asked for a translation (%(locale)s)") % {"locale": log_entry.data.get("locale", "")}
