"""Two versions, page by page and word by word."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from documents.models import DocumentPageText
from documents.versions.comparing import compare
from tests.factories import DocumentFactory

pytestmark = pytest.mark.django_db


def version(series=None, number=1, pages=()):
    document = DocumentFactory(title="Report", number=number, **({"series": series} if series else {}))
    document.page_texts.all().delete()
    DocumentPageText.objects.bulk_create(
        DocumentPageText(document=document, number=n, text=text, language="en") for n, text in enumerate(pages, 1)
    )
    return document


def test_only_what_differs_is_shown():
    old = version(pages=["The same", "Names the witness Anna", "Last"])
    new = version(old.series, 2, pages=["The same", "Names a witness", "Last"])
    found = compare(old, new)
    assert (found.same, found.left_out) == (2, 0)
    (change,) = found.changes
    assert (change.old, change.new) == (2, 2)
    assert '<span class="deletion">' in change.html
    assert "Anna" in change.html


def test_a_new_page_in_front_moves_the_others_without_a_difference():
    old = version(pages=["One", "Two", "Three"])
    new = version(old.series, 2, pages=["A foreword", "One", "Two", "Three"])
    found = compare(old, new)
    assert found.same == 3
    assert [(change.old, change.new) for change in found.changes] == [(None, 1)]


def test_text_is_text_and_never_markup():
    old = version(pages=["<script>alert(1)</script> old"])
    new = version(old.series, 2, pages=["<script>alert(1)</script> new"])
    (change,) = compare(old, new).changes
    assert "<script>" not in change.html
    assert "&lt;script&gt;" in change.html


def test_a_long_page_is_named_and_not_compared(monkeypatch):
    monkeypatch.setattr("documents.versions.comparing.MAX_CHARACTERS", 10)
    old = version(pages=["a" * 20])
    (change,) = compare(old, version(old.series, 2, pages=["b" * 20])).changes
    assert change.html is None


def test_no_more_than_a_hundred_pages_are_shown():
    old = version(pages=[f"Old {n}" for n in range(130)])
    found = compare(old, version(old.series, 2, pages=[f"New {n}" for n in range(130)]))
    assert (len(found.changes), found.left_out) == (100, 30)


def test_the_screen_puts_the_older_version_first(people, client):
    old = version(pages=["Old words"])
    new = version(old.series, 2, pages=["New words"])
    client.force_login(people["superuser"])
    for one, other in ((old, 2), (new, 1)):
        shown = client.get(reverse("document_compare", args=[one.pk]), {"with": other}).content.decode()
        assert re.search(rf"<h1[^>]*>.*Version 1 and version 2.*{old.title}.*</h1>", shown, re.DOTALL)
        # Wagtail's style for added and removed words holds within this class only.
        assert 'class="comparison ' in shown
        assert '<span class="addition">New</span>' in shown
    for nonsense in ("", "x", "7", "9" * 40):
        assert client.get(reverse("document_compare", args=[old.pk]), {"with": nonsense}).status_code == 404
