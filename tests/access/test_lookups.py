"""``among`` finds what ``in`` finds, and is one array on PostgreSQL."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from tests.factories import GlossaryTermPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms():
    return [GlossaryTermPageFactory(title=title) for title in ("Impunity", "Torture", "Witness")]


def test_it_finds_what_in_finds(terms):
    some = Page.objects.filter(title__in=("Impunity", "Witness")).order_by()
    for field in ("pk", "translation_key"):
        found = Page.objects.filter(**{f"{field}__among": some.values(field)})
        assert {page.title for page in found} == {"Impunity", "Witness"}
        assert not Page.objects.filter(**{f"{field}__among": some.none().values(field)}).exists()
        rest = Page.objects.exclude(**{f"{field}__among": some.values(field)})
        assert {"Torture"} <= {page.title for page in rest} and not {"Impunity"} & {page.title for page in rest}


def test_values_can_be_given_too(terms):
    assert list(Page.objects.filter(pk__among=[terms[0].pk, terms[2].pk]).order_by("pk")) == [
        Page.objects.get(pk=term.pk) for term in (terms[0], terms[2])
    ]
    assert not Page.objects.filter(pk__among=[]).exists()


def test_postgresql_answers_the_subquery_first(terms):
    with CaptureQueriesContext(connection) as asked:
        list(Page.objects.filter(pk__among=Page.objects.filter(title="Torture").values("pk")))
    assert ("= ANY(ARRAY(SELECT" in asked[0]["sql"]) == (connection.vendor == "postgresql")
