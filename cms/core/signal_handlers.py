"""What of the search index a change touches. Rows of the outbox only; no handler talks to an engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from access.boundary import leaf_types
from cms.core.keys import keys_of
from cms.core.models import BasePage, Place, PublicationKind, naming, within
from cms.core.models.base import PLACE_LEVELS
from documents.signals import document_processed, documents_withdrawn, embargo_changed, pages_rewritten
from search.outbox import touch


def is_indexed(page: Page) -> bool:
    """Whether pages of this type are found by themselves."""
    model = page.specific_class
    return bool(model and issubclass(model, BasePage) and model.card_kind != "section")


def touch_pages(pages: QuerySet[Any], *, may_hide: bool = True) -> None:
    """Puts ``pages`` on the outbox; ``may_hide`` as there."""
    touch(keys_of(pages), may_hide=may_hide)


def _may_hold_others(page: Page) -> bool:
    """By its type, as the boundary knows sections: numchild may be an old one."""
    return page.content_type_id not in leaf_types()


def subtrees(pages: Iterable[Page]) -> QuerySet[Page]:
    """The pages and all that lies below them."""
    inside = Q(pk__in=[])
    for page in pages:
        inside |= Q(path__startswith=page.path) if _may_hold_others(page) else Q(pk=page.pk)
    return Page.objects.filter(inside)


def _page_closed(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """It was unpublished or moved, and all that lies in it with it."""
    if _may_hold_others(instance) or is_indexed(instance):
        touch_pages(subtrees([instance]))


def _page_published(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """What lies in it may be found by now. It is hidden by nothing but an end: a typo on a list page closes no archive."""
    if is_indexed(instance):
        touch_pages(Page.objects.filter(pk=instance.pk))
    if _may_hold_others(instance):
        touch_pages(subtrees([instance]).exclude(pk=instance.pk), may_hide=instance.expire_at is not None)


def _address_changed(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    if _may_hold_others(instance) or is_indexed(instance):
        touch_pages(subtrees([instance]), may_hide=False)


def _page_deleted(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    if is_indexed(instance):
        touch([f"{instance.translation_key}/{instance.locale.language_code}"])


def _restriction_changed(sender: type[Model], instance: PageViewRestriction, **kwargs: Any) -> None:
    """A restriction counts for the page's whole translation group and everything below."""
    if kwargs.get("raw"):
        return
    group = Page.objects.filter(translation_key=instance.page.translation_key)
    touch_pages(subtrees(group))


def _restriction_groups_changed(instance: Any, action: str, **kwargs: Any) -> None:
    if action.startswith("post_") and isinstance(instance, PageViewRestriction):
        _restriction_changed(PageViewRestriction, instance)


def pages_at(place: Place) -> QuerySet[Page]:
    """Pages that name the place, in whatever language, or one that lies in it."""
    return Page.objects.filter(naming("places", "place", within("parent", [place.translation_key], PLACE_LEVELS)))


def _place_saved(sender: type[Place], instance: Place, raw: bool = False, **kwargs: Any) -> None:
    """A new one too: as a translation it says of the place in all languages where it lies and that it is sensitive."""
    if not raw:
        touch_pages(pages_at(instance), may_hide=False)


def _kind_saved(sender: type[Model], instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if not raw and not created:
        uses = instance.publications.model.objects.filter(kind__translation_key=instance.translation_key)
        touch_pages(uses, may_hide=False)


def _document_processed(sender: Any, document_id: int, **kwargs: Any) -> None:
    """A file's text may come after its publication."""
    touch_pages(Page.objects.filter(live_revision__document_uses__document=document_id), may_hide=False)


def _readers_changed(sender: Any, document_ids: list[int], **kwargs: Any) -> None:
    """A page stays public without the text of a file that was taken back or is held back, or gets one whose time came."""
    touch_pages(Page.objects.filter(live_revision__document_uses__document__in=document_ids).distinct())


def _pages_rewritten(sender: Any, page_ids: list[int], **kwargs: Any) -> None:
    """A page lost a file, or words, because a file was erased."""
    touch_pages(Page.objects.filter(pk__in=page_ids))


def register_signal_handlers() -> None:
    """Connects the handlers; called once from ``ready()``."""
    page_published.connect(_page_published, dispatch_uid="cms.search.published")
    page_unpublished.connect(_page_closed, dispatch_uid="cms.search.unpublished")
    post_page_move.connect(_page_closed, dispatch_uid="cms.search.moved")
    page_slug_changed.connect(_address_changed, dispatch_uid="cms.search.slug")
    post_delete.connect(_page_deleted, sender=Page, dispatch_uid="cms.search.deleted")
    post_save.connect(_restriction_changed, sender=PageViewRestriction, dispatch_uid="cms.search.restricted")
    post_delete.connect(_restriction_changed, sender=PageViewRestriction, dispatch_uid="cms.search.unrestricted")
    m2m_changed.connect(
        _restriction_groups_changed,
        sender=PageViewRestriction.groups.through,
        dispatch_uid="cms.search.restriction_groups",
    )
    post_save.connect(_place_saved, sender=Place, dispatch_uid="cms.search.place")
    post_save.connect(_kind_saved, sender=PublicationKind, dispatch_uid="cms.search.kind")
    document_processed.connect(_document_processed, dispatch_uid="cms.search.document")
    documents_withdrawn.connect(_readers_changed, dispatch_uid="cms.search.documents_withdrawn")
    embargo_changed.connect(_readers_changed, dispatch_uid="cms.search.embargo")
    pages_rewritten.connect(_pages_rewritten, dispatch_uid="cms.search.pages_rewritten")
