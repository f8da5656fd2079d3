"""Two topics that mean the same become one, from the menu beside a topic's title."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail import hooks
from wagtail.admin.ui.menus.pages import PageMenuItem
from wagtail.models import Page

from access.visitor import Visitor, account_of
from cms.core.admin_views import EntryView
from cms.core.forms import MergeForm
from cms.topics.merging import merge_topics
from cms.topics.models import TopicPage

if TYPE_CHECKING:
    from access.models import User


class TopicMergeView(EntryView):
    """Like the merge of other vocabulary; the old topic's addresses lead to the other one."""

    title = gettext_lazy("Merge into another topic")
    button = gettext_lazy("Merge and take this topic down")
    help = gettext_lazy(
        "Every page that names this topic, in every language, names the other one from now on. "
        "This topic is taken down, and its address leads to the other one. This can't be undone."
    )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """404 unless the visitor may take the topic down."""
        self.entry = get_object_or_404(TopicPage.objects.select_related("locale"), pk=kwargs["page_id"])
        if not may_merge(self.entry, account_of(request)):
            raise Http404
        return View.dispatch(self, request, *args, **kwargs)  # type: ignore[return-value]  # stubs say HttpResponseBase

    def form(self, data: Any = None) -> forms.Form:
        return MergeForm(data, entry=self.entry, among=TopicPage.objects.visible_to(Visitor(account_of(self.request))))

    def act(self, form: Any) -> str:
        into = form.cleaned_data["into"]
        count = merge_topics(self.entry, into, account_of(self.request))
        return _("Merged into %(name)s. Pages changed: %(count)s.") % {"name": into, "count": count}

    def back(self) -> str:
        return reverse("wagtailadmin_explore", args=[self.entry.get_parent().pk])


def may_merge(page: Page, user: User) -> bool:
    """Editors of the section: they may take the topic down."""
    return bool(page.permissions_for_user(user).can_unpublish())


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """Our screen, below /admin/."""
    return [path("topics/<int:page_id>/merge/", TopicMergeView.as_view(), name="topics_merge")]


class MergeButton(PageMenuItem):
    """In the menu beside a topic's title."""

    label = gettext_lazy("Merge")
    icon_name = "arrow-right-full"
    url_name = "topics_merge"

    def is_shown(self, user: User) -> bool:
        return self.page.specific_class is TopicPage and may_merge(self.page.specific, user)


@hooks.register("register_page_header_buttons")
def header_buttons(page: Page, user: User, view_name: str, next_url: str | None = None) -> Iterator[PageMenuItem]:
    yield MergeButton(page=page, priority=75)
