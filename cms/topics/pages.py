"""What the templates of the topic pages show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from wagtail.models import Page

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.cards import Card, best_translations
from cms.core.chosen import Chosen
from cms.core.frame import Frame
from cms.core.listing import cards_of
from cms.core.lists import content_list
from cms.core.models import in_language_of
from cms.core.related import LOOKED_AT, SHOWN
from cms.core.relations import named_pages
from cms.topics.models import PageTopic, TopicPage

if TYPE_CHECKING:
    from cms.topics.models import TopicIndexPage


def topics_of(page: Any, request: HttpRequest) -> list[Card]:
    """The topics that a page names, with their full text to open. One query."""
    visitor = Visitor.of(request)
    topics = named_pages(page, "topics", "topic", TopicPage, visitor)
    Chosen.of(visitor).pages.extend(topics)
    language = page.locale.language_code
    return [Card.of(topic, language, request, more=topic.body or None) for topic in topics]


def index_context(page: TopicIndexPage, request: HttpRequest) -> dict[str, Any]:
    """All topics, the narrower ones below the wider."""
    topics = list(
        TopicPage.objects.in_language_of(page, Visitor.of(request))
        .select_related("locale", "parent_topic")
        .order_by("title")
    )
    language = page.locale.language_code
    cards = {topic.translation_key: Card.of(topic, language, request) for topic in topics}
    top: list[Card] = []
    for topic in topics:
        above = cards.get(topic.parent_topic.translation_key) if topic.parent_topic else None
        (above.children if above else top).append(cards[topic.translation_key])
    return {"topics": top, "count": len(topics)}


def neighbours(page: TopicPage, visitor: Visitor) -> QuerySet[Page]:
    """Topics that pages name together with this one, plain rows with ``related_`` for on how many pages.

    Pages about it are listed on its page already. Only pages that ``visitor`` may see relate two topics.
    """
    pages = visible_to(Page.objects.filter(topics__topic__translation_key=page.translation_key), visitor)
    rows = PageTopic.objects.filter(page__in=pages.order_by().values("pk"))
    beside = rows.filter(topic__translation_key=OuterRef("translation_key")).order_by()
    count = beside.values("topic__translation_key").annotate(count_=Count("page", distinct=True)).values("count_")
    narrower = TopicPage.objects.filter(parent_topic__translation_key=page.translation_key).values("translation_key")
    others = rows.exclude(topic__translation_key=page.translation_key).exclude(topic__translation_key__in=narrower)
    # Counted once for all, and again for the few that are left.
    named = others.order_by().values("topic__translation_key").annotate(named_=Count("page", distinct=True))
    most = named.order_by("-named_", "topic__translation_key").values("topic__translation_key")[:LOOKED_AT]
    topics = in_language_of(Page.objects.filter(translation_key__in=most), page, visitor)
    closest = topics.annotate(shared_=Subquery(count)).order_by("-shared_", "title", "pk").values("pk")[: 2 * SHOWN]
    return Page.objects.filter(pk__in=closest).annotate(related_=Subquery(count))


def topic_context(page: TopicPage, request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """The topic's wider and narrower topics, and what was published about it and about the narrower ones."""
    visitor = Visitor.of(request)
    narrower = (
        TopicPage.objects.filter(parent_topic__translation_key=page.translation_key)
        .select_related("locale")
        .order_by("title")
    )
    subtopics = list(best_translations(visible_to(narrower, visitor), page.locale.language_code).values())
    parents = [row for row in frame.linked(TopicPage) if row.translation_key != page.translation_key]
    context: dict[str, Any] = {
        "search_url": frame.search_url,
        "parent": next(iter(cards_of(parents, page, request)), None) if page.parent_topic_id else None,
        "subtopics": cards_of(subtopics, page, request),
        "synonyms": page.synonym_list,
    }
    for name in ("cases", "publications", "terms"):
        kind = content_list(name)
        url = frame.list_url(kind.index)
        context[name] = kind.teaser(
            page,
            request,
            about=[page.translation_key],
            more_url=f"{url}?topic={page.translation_key}" if url else "",
        )
    return context
