"""The vocabulary in the admin: places, kinds of work, kinds of publication."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, re_path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.core.admin_views import MODELS, MergeView, NamesView
from cms.core.links import ReadableDocumentLinkHandler, VisiblePageLinkHandler
from cms.core.models import Place, PublicationKind, WorkKind

if TYPE_CHECKING:
    from access.models import User


class PlaceViewSet(SnippetViewSet):
    """Places, with what an editor scans for: where it lies, and whether it is sensitive."""

    model = Place
    icon = "site"
    menu_label = _("Places")
    list_display = ["name", "kind", "parent", "iso", "sensitive"]
    list_filter = ["kind", "sensitive"]
    ordering = ["name"]


class WorkKindViewSet(SnippetViewSet):
    """Kinds of work, in their order."""

    model = WorkKind
    icon = "list-ul"
    menu_label = _("Kinds of work")
    list_display = ["name", "code", "sort_order"]
    ordering = ["sort_order", "name"]


class PublicationKindViewSet(SnippetViewSet):
    """Kinds of publication, in their order."""

    model = PublicationKind
    icon = "list-ul"
    menu_label = _("Kinds of publication")
    list_display = ["name", "code", "sort_order"]
    ordering = ["sort_order", "name"]


class VocabularyGroup(SnippetViewSetGroup):
    """One entry of the menu for all of them."""

    menu_label = _("Vocabulary")
    menu_icon = "tag"
    menu_order = 250
    items = (PlaceViewSet, PublicationKindViewSet, WorkKindViewSet)


register_snippet(VocabularyGroup)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """Our screens, below /admin/."""
    entry = rf"^vocabulary/(?P<model>{'|'.join(MODELS)})/(?P<pk>\d+)"
    return [
        re_path(rf"{entry}/names/$", NamesView.as_view(), name="cms_vocabulary_names"),
        re_path(rf"{entry}/merge/$", MergeView.as_view(), name="cms_vocabulary_merge"),
    ]


@hooks.register("register_snippet_listing_buttons")
def entry_buttons(snippet: Any, user: User, next_url: str | None = None) -> Iterator[Button]:
    """ "Translate" and "Merge" beside an entry, for those who keep the vocabulary."""
    model = snippet._meta.model_name
    if MODELS.get(model) is not type(snippet) or not user.has_perm(f"cms_core.change_{model}"):
        return
    for label, name, icon in (
        (gettext("Translate"), "cms_vocabulary_names", "globe"),
        (gettext("Merge"), "cms_vocabulary_merge", "arrow-right-full"),
    ):
        yield Button(label, reverse(name, args=[model, snippet.pk]), icon_name=icon, priority=30)


@hooks.register("register_rich_text_features", order=100)  # after Wagtail's own, whose handler it replaces
def link_handlers(features: Any) -> None:
    """Links of texts lead to what the reader may see."""
    features.register_link_type(VisiblePageLinkHandler)
    features.register_link_type(ReadableDocumentLinkHandler)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """Names the log entry of a merge."""

    @actions.register_action("cms.merge")
    class Merged(LogFormatter):
        label = _("Merge")
        message = _("Another entry was merged into this one")
