"""What every page type has: a teaser, a picture, places, and one rule of who sees it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.models import get_all_child_relations
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Page, PageManager, PageQuerySet, PageViewRestriction
from wagtail.url_routing import RouteResult

from access.visibility import is_visible, visible_to
from access.visitor import Visitor
from cms.core.translatable import shared
from workflows.gate import ApprovalGateMixin

if TYPE_CHECKING:
    from wagtail.admin.panels import Panel

    from cms.core.frame import Frame

SUMMARY_LENGTH = 600
SHARE_IMAGE = "fill-1200x630|format-jpeg"
TOPIC_LEVELS = 3
PLACE_LEVELS = 4


def within(parent: str, keys: QuerySet[Any] | list[Any], levels: int) -> Q:
    """What has one of these translation keys, or lies in such a one: ``parent`` leads upwards, ``levels`` with the first."""
    found = Q(pk__in=[])
    for level in range(levels):
        found |= Q(**{"__".join([*[parent] * level, "translation_key__in"]): keys})
    return found


def naming(relation: str, target: str, wanted: Q) -> Q:
    """Pages with a row of ``relation`` whose ``target`` is one of the ``wanted``, of which there are few. By ``among``."""
    rows: Any = Page._meta.get_field(relation).related_model
    targets = rows._meta.get_field(target).related_model._default_manager.filter(wanted).order_by()
    found = rows.objects.filter(**{f"{target}__in": targets.values("pk")}).order_by()
    return Q(id__among=found.values("page"))


def _without_gone(model: type[models.Model], content: dict[str, Any], *, is_row: bool = False) -> dict[str, Any] | None:
    """``content`` of a page, or of a row of it, without protected entries that are gone; None for a row that is nothing
    without one."""
    kept = dict(content)
    for field in model._meta.concrete_fields:
        rel, key = field.remote_field, content.get(field.name)
        if rel is None or rel.on_delete is not models.PROTECT or key is None:
            continue
        if not rel.model._default_manager.filter(pk=key).exists():
            if is_row and not field.null:
                return None
            kept[field.name] = None
    for relation in get_all_child_relations(model):
        name = relation.get_accessor_name()
        if name in content:
            rows = [_without_gone(relation.related_model, row, is_row=True) for row in content[name]]
            kept[name] = [row for row in rows if row is not None]
    return kept


def in_language_of(pages: QuerySet[Any], page: Page, visitor: Visitor) -> QuerySet[Any]:
    """Those of ``pages`` that ``visitor`` may read in the language of ``page``, else in the source language."""
    own = Q(locale_id=page.locale_id)
    translated = visible_to(
        Page.objects.filter(locale_id=page.locale_id, translation_key=OuterRef("translation_key")), visitor
    )
    fallback = Q(locale__language_code=settings.LANGUAGE_CODE) & ~Exists(translated)
    return visible_to(pages, visitor).filter(own | fallback)


class BasePageQuerySet(PageQuerySet):
    """Which pages a list shows."""

    def visible_to(self, visitor: Visitor) -> Self:
        """What ``visitor`` may read now."""
        return cast("Self", visible_to(cast("QuerySet[Page]", self), visitor))

    def in_language_of(self, page: Page, visitor: Visitor) -> Self:
        """What ``visitor`` may read in the language of ``page``, and in the source language where that lacks it."""
        return cast("Self", in_language_of(self, page, visitor))

    def about(self, topic_keys: QuerySet[Any] | list[Any]) -> Self:
        """Pages with one of these topics or a narrower one, given by their translation keys."""
        return self.filter(naming("topics", "topic", within("parent_topic", topic_keys, TOPIC_LEVELS)))

    def at(self, place_keys: QuerySet[Any] | list[Any]) -> Self:
        """Pages about one of these places or a place in one, given by their translation keys."""
        return self.filter(naming("places", "place", within("parent", place_keys, PLACE_LEVELS)))


BasePageManager = PageManager.from_queryset(BasePageQuerySet, class_name="BasePageManager")


class BasePage(ApprovalGateMixin, Page):
    """Abstract base of all page types."""

    card_kind: ClassVar[str] = "section"
    """What a list calls it: ``publication``, ``case``, ``topic``, ``term`` or ``section``."""

    summary = models.TextField(
        _("summary"),
        max_length=SUMMARY_LENGTH,
        blank=True,
        help_text=_("Two or three sentences. Shown in lists, in search results, in feeds and when the page is shared."),
    )
    lead_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("lead image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    lead_image_alt = models.CharField(
        _("description of the image"),
        max_length=300,
        blank=True,
        help_text=_("What the image shows, for people who can't see it. Empty means: decoration only."),
    )
    lead_image_credit = models.CharField(_("image credit"), max_length=200, blank=True)
    review_due = models.DateField(
        _("review due"),
        null=True,
        blank=True,
        help_text=_("When somebody should check whether this page is still right. Readers don't see it."),
    )

    objects: ClassVar[Any] = BasePageManager()

    summary_panels: ClassVar[list[Panel]] = [FieldPanel("summary")]
    image_panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [FieldPanel("lead_image"), FieldPanel("lead_image_alt"), FieldPanel("lead_image_credit")],
            _("Lead image"),
        )
    ]
    place_panels: ClassVar[list[Panel]] = [
        InlinePanel("places", heading=_("Places"), label=_("Place"), help_text=_("The most important one first."))
    ]
    content_panels = [*Page.content_panels, *summary_panels]
    settings_panels = [*Page.settings_panels, FieldPanel("review_due")]

    override_translatable_fields = shared("review_due", "lead_image")

    class Meta:
        abstract = True

    @classmethod
    def from_serializable_data(cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False) -> Any:
        """As modelcluster's, which can't read a revision that names a protected entry which is gone: a place was merged
        into another, and all older revisions, their comparison and a draft of them could not be opened any more."""
        try:
            return super().from_serializable_data(data, check_fks=check_fks, strict_fks=strict_fks)
        except Exception:  # it raises no other
            kept = _without_gone(cls, data) if check_fks else data
            if kept == data:
                raise
            return super().from_serializable_data(kept, check_fks=check_fks, strict_fks=strict_fks)

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Finds the page; what this visitor may not see isn't there.

        Wagtail would send a stranger from a restricted page to the login, which says that it exists.
        """
        if path_components:
            return super().route(request, path_components)
        return self.admit(request)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Deletes the page with all that lies below it.

        treebeard believes the stored number of children, and a section that was saved in a form opened before they
        came has the old one: they would stay, public, and nothing above would close them any more.
        """
        children = Page.objects.filter(depth=self.depth + 1, path__startswith=self.path).count()
        if children != self.numchild:  # type: ignore[has-type]  # treebeard's
            Page.objects.filter(pk=self.pk).update(numchild=children)
            self.numchild = children
        deleted: tuple[int, dict[str, int]] = super().delete(*args, **kwargs)
        return deleted

    def admit(self, request: HttpRequest) -> RouteResult:
        """The route to this very page. Raises Http404 unless the visitor may see it."""
        if not is_visible(self, Visitor.of(request)):
            raise Http404
        self._admitted = True
        return RouteResult(self)

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """None once ``admit`` has asked the stricter rule: Wagtail's hook would ask the same rows again."""
        if getattr(self, "_admitted", False):
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Wagtail's context and ``frame``: all that surrounds the page."""
        from cms.core.frame import frame_of  # it needs the models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["frame"] = frame_of(request, self)
        return context

    @property
    def changed_at(self) -> datetime.datetime | None:
        """When what it says last changed for a reader, as feeds and search engines are told."""
        published: datetime.datetime | None = self.last_published_at
        return published

    def frame_values(self) -> dict[str, Any]:
        """By name what ``frame_pages`` needs to know of this page."""
        return {}

    @classmethod
    def frame_pages(cls, **values: Any) -> list[QuerySet[Page]]:
        """Further pages that this type's template links to, read in one query with the navigation.

        A part of a prepared question: each of the ``values`` is a slot (``access.prepared``).
        """
        return []

    def subjects(self) -> dict[str, list[int]]:
        """Topics (``topics``), terms (``glossary_terms``) and ``places`` that it is about beside its rows of them, by primary key."""
        return {}

    def shown_anyway(self) -> list[QuerySet[Any]]:
        """Translation keys of works that its template lists already: they are not listed once more as related."""
        return []

    def related_pages(self, visitor: Visitor) -> QuerySet[Page]:
        """Plain rows of what is about the same, with ``related_`` for how much."""
        from cms.core.related import related_pages  # it needs the models

        return related_pages(self, visitor)

    def share_image_url(self, frame: Frame) -> str:
        """The picture beside a link to the page in other places, as an absolute address; empty for none."""
        if self.lead_image is None:
            return ""
        return str(frame.request.build_absolute_uri(self.lead_image.get_rendition(SHARE_IMAGE).url))

    def structured_data(self, frame: Frame) -> dict[str, Any]:
        """What JSON-LD says beyond title, summary, dates and language; empty values are left out."""
        return {}

    def citation_names(self, frame: Frame) -> list[tuple[str, str]]:
        """Names and contents of meta elements for reference managers."""
        return []
