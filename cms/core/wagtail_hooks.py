"""The vocabulary in the admin: places, kinds of work, kinds of publication."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.core.models import Place, PublicationKind, WorkKind


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
