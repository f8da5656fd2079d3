"""Prepared questions: the SQL is kept, never the answer, and nothing gets into it that was not given."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.models import Count, Prefetch, Value
from django.utils import timezone, translation
from wagtail.models import Locale, Page, PageViewRestriction, Site

from access import prepared
from access.models import User
from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.search import Indexer
from cms.publications.models import PublicationPage
from tests.factories import PublicationPageFactory, UserFactory

pytestmark = pytest.mark.django_db

built: list[tuple[object, ...]] = []
"""The shapes that questions of this module were put together for."""


@pytest.fixture(autouse=True)
def _nothing_kept(settings):
    prepared.forget()
    built.clear()
    settings.PREPARED_QUESTIONS_CHECKED = False


def titled(title):
    built.append(("titled",))
    return Page.objects.filter(title=title).order_by("pk")


def among(column, keys):
    built.append(("among", column))
    return Page.objects.filter(**{f"{column}__in": keys}).order_by("pk")


def rows_of(locale):
    return (
        Page.objects.filter(locale__language_code=locale)
        .select_related("locale")
        .annotate(kept_=Value("kept"), below_=Count("alias_of"))
        .order_by("pk")
    )


def names(first, second):
    pages = Page.objects.order_by()
    one, two = (pages.filter(title=title).values_list("title", "pk") for title in (first, second))
    return one.union(two, all=True).order_by("title")


def seen(visitor, title):
    return visible_to(Page.objects.filter(title=title), visitor)


def test_it_is_put_together_once_and_asked_each_time(django_assert_num_queries):
    page = PublicationPageFactory(published=True, title="First")
    for title, found in [("First", [page.pk]), ("Second", []), ("First", [page.pk])]:
        with django_assert_num_queries(1):
            assert [each.pk for each in prepared.rows(titled, title=title)] == found
    Page.objects.filter(pk=page.pk).update(title="Second")
    assert prepared.rows(titled, title="First") == []
    assert [each.pk for each in prepared.rows(titled, title="Second")] == [page.pk]
    assert built == [("titled",)]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 9])
def test_a_list_of_any_length(count):
    pages = [PublicationPageFactory(published=True) for _ in range(count)]
    PublicationPageFactory(published=True)
    assert prepared.rows(among, "pk", keys=[page.pk for page in pages]) == [page.page_ptr for page in pages]
    keys = [page.translation_key for page in pages]
    assert prepared.rows(among, "translation_key", keys=keys) == [page.page_ptr for page in pages]
    owners = [page.live_revision_id for page in pages]
    assert prepared.rows(among, "live_revision", keys=owners) == [page.page_ptr for page in pages]


def test_lists_of_similar_length_are_one_shape():
    for count in range(1, 17):
        prepared.rows(among, "pk", keys=list(range(count)))
    assert len(built) == 2


def test_joined_rows_annotations_and_unions_come_as_ever():
    page = PublicationPageFactory(published=True, title="Joined")
    for _ in range(2):
        found = prepared.rows(rows_of, locale="en")
        expected = list(rows_of("en"))
        assert found == expected and page.page_ptr in found
        assert [(each.kept_, each.below_) for each in found] == [(each.kept_, each.below_) for each in expected]
        assert all("locale" in each._state.fields_cache for each in found)
        assert prepared.rows(names, first="Joined", second="nothing") == [("Joined", page.pk)]


def test_a_prefetch_is_asked_each_time():
    page = PublicationPageFactory(published=True, title="Fetched")

    for _ in range(2):
        (found,) = prepared.rows(with_children, title="Fetched")
        assert list(found.sites_rooted_here.all()) == []
    assert found.pk == page.pk


def with_children(title):
    return Page.objects.filter(title=title).prefetch_related("sites_rooted_here")


def test_a_time_that_would_stay_is_refused():
    with pytest.raises(ImproperlyConfigured, match="give it by name"):
        prepared.rows(lambda: Page.objects.filter(expire_at__gt=timezone.now()))
    with pytest.raises(ImproperlyConfigured, match="give it by name"):
        prepared.rows(lambda: PublicationPage.objects.filter(date=timezone.now().date()))
    assert prepared.rows(expired, now=timezone.now()) == []


def expired(now):
    return Page.objects.filter(expire_at__lt=now)


def test_a_query_inside_of_a_prefetch_is_refused():
    with pytest.raises(ImproperlyConfigured, match="prefetches by a query of its own"):
        prepared.rows(prefetching, now=timezone.now())


def prefetching(now):
    published = Prefetch("sites_rooted_here", queryset=Site.objects.filter(hostname="x"))
    return Page.objects.filter(expire_at__lt=now).prefetch_related(published)


def test_what_depends_on_more_than_it_is_given_is_refused(settings):
    settings.PREPARED_QUESTIONS_CHECKED = True
    with translation.override("en"):
        prepared.rows(in_active_language, title="x")
    with translation.override("de"), pytest.raises(ImproperlyConfigured, match="in_active_language"):
        prepared.rows(in_active_language, title="x")


def in_active_language(title):
    return Page.objects.filter(title=title, locale__language_code=translation.get_language())


@pytest.mark.parametrize("value", [None, 1.5, b"x", [1.5], {"a": 1}])
def test_other_values_are_refused(value):
    with pytest.raises(TypeError, match="a question takes int, str, UUID, datetime"):
        prepared.rows(titled, title=value)


def test_migrations_make_it_forget():
    prepared.rows(titled, title="x")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    prepared.rows(titled, title="x")
    assert len(built) == 2


def test_the_clock_is_asked_each_time(monkeypatch):
    page = PublicationPageFactory(published=True, title="Short")
    assert Visitor().ask(seen, title="Short") == [page.page_ptr]
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() + timedelta(hours=1))
    assert Visitor().ask(seen, title="Short") == [page.page_ptr]
    monkeypatch.setattr(Visitor, "now", property(lambda self: timezone.now() + timedelta(hours=2)))
    assert Visitor().ask(seen, title="Short") == []


def test_a_closed_section_is_another_question():
    page = PublicationPageFactory(published=True, title="Inside")
    section = page.get_parent()
    assert Visitor().ask(seen, title="Inside") == [page.page_ptr]
    rule = PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.LOGIN)
    assert Visitor().ask(seen, title="Inside") == []
    rule.delete()
    assert Visitor().ask(seen, title="Inside") == [page.page_ptr]
    Page.objects.filter(pk=section.pk).update(live=False)
    assert Visitor().ask(seen, title="Inside") == []


def test_who_has_rights_of_their_own_asks_for_themselves():
    page = PublicationPageFactory(published=True, title="Members")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    member = UserFactory()
    inactive = UserFactory(is_active=False)
    for _ in range(2):
        assert Visitor(member).ask(seen, title="Members") == [page.page_ptr]
        assert Indexer().ask(seen, title="Members") == [page.page_ptr]
        assert Visitor().ask(seen, title="Members") == []
        assert Visitor(inactive).ask(seen, title="Members") == []
    assert not any(Visitor(user).is_anybody for user in (member, inactive, User(is_superuser=True)))
    assert not Indexer().is_anybody


@pytest.mark.django_db(transaction=True)
def test_threads_get_their_own_answers():
    titles = [f"Title {number}" for number in range(4)]
    locale = Locale.objects.get(language_code="en")
    root = Page.objects.get(depth=1)
    for title in titles:
        root.add_child(instance=Page(title=title, slug=f"s{uuid4().hex}", locale=locale))

    def ask(title: str) -> list[list[str]]:
        try:
            return [[each.title for each in prepared.rows(titled, title=title)] for _ in range(50)]
        finally:
            connection.close()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, titles * 2))
    finally:
        sys.setswitchinterval(interval)
    assert answers == [[[title]] * 50 for title in titles * 2]
