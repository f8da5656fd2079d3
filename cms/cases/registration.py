"""What this app tells the apps below it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import post_save
from wagtail.models import Page
from wagtail.signals import page_published

from cms.cases.models import CaseDocument, CaseIndexPage, CasePage
from cms.cases.pages import ORDER
from cms.cases.search import CaseSource, case_scope
from cms.core.lists import ContentList, register_backlinks, register_list
from cms.core.models import Place, within
from cms.core.models.base import PLACE_LEVELS
from cms.core.signal_handlers import touch_pages
from cms.topics.models import TopicPage
from search import registry


def cases_naming(work: Any) -> QuerySet[Page]:
    """Cases, in all languages, that name the work with this translation key."""
    rows = CaseDocument.objects.filter(publication__translation_key=work)
    return Page.objects.filter(translation_key__in=rows.values("page__translation_key"))


def _place_saved(sender: type[Place], instance: Place, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        places = Place.objects.filter(within("parent", [instance.translation_key], PLACE_LEVELS))
        touch_pages(CasePage.objects.filter(place__in=places), may_hide=False)


def _topic_published(sender: type[Page], instance: TopicPage, **kwargs: Any) -> None:
    touch_pages(CasePage.objects.about([instance.translation_key]), may_hide=False)


def register() -> None:
    """Called once from ``ready()``."""
    register_list(ContentList("cases", CasePage, CaseIndexPage, ORDER))
    register_backlinks("cases", cases_naming)
    registry.register(CaseSource())
    registry.register_scope(case_scope)
    post_save.connect(_place_saved, sender=Place, dispatch_uid="cms.search.case_place")
    page_published.connect(_topic_published, sender=TopicPage, dispatch_uid="cms.search.case_topic")
