"""Links from texts to pages: an address has the page's title in it, so only to what the reader may see."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.rich_text import expand_db_html

from tests.factories import DocumentFactory, PublicationPageFactory, UserFactory, publish

pytestmark = pytest.mark.django_db


def link(page, words="the words"):
    return f'<p><a linktype="page" id="{page.pk}">{words}</a></p>'


@pytest.mark.parametrize("state", ["drafted", "embargoed", "expired", "restricted", "withdrawn"])
@pytest.mark.parametrize("where", ["body", "abstract"])
def test_a_text_does_not_tell_the_address_of_what_is_hidden(client, state, where):
    hidden = PublicationPageFactory(title="Zanzibar", slug="zanzibar", **({} if state == "drafted" else {state: True}))
    shown = PublicationPageFactory(title="Open", slug="open-one", published=True)
    text = link(hidden) + link(shown)
    page = PublicationPageFactory(
        published=True, **({"abstract": text} if where == "abstract" else {"body": [{"type": "text", "value": text}]})
    )
    answer = client.get(page.get_url()).content.decode()
    assert "zanzibar" not in answer
    assert answer.count("the words</a>") == 2
    assert '<a href="/en/publications/open-one/">the words</a>' in answer


def test_a_member_gets_the_link_to_what_members_read(client):
    hidden = PublicationPageFactory(slug="members-only", restricted=True)
    page = PublicationPageFactory(published=True, abstract=link(hidden))
    client.force_login(UserFactory())
    assert 'href="/en/publications/members-only/"' in client.get(page.get_url()).content.decode()


def test_without_a_reader_texts_are_written_for_strangers():
    hidden = PublicationPageFactory(slug="members-only", restricted=True)
    shown = PublicationPageFactory(slug="open-one", published=True)
    assert "members-only" not in expand_db_html(link(hidden))
    assert 'href="/en/publications/open-one/"' in expand_db_html(link(shown))


@pytest.mark.parametrize("kind", ["page", "document"])
@pytest.mark.parametrize(
    "number", ["", ' id="x"', ' id="999999"', f' id="{"9" * 30}"', f' id="{"9" * 5000}"', ' id="٣"']
)
def test_a_broken_link_keeps_its_words(kind, number):
    text = f'<p><a linktype="{kind}"{number}>the words</a></p>'
    assert expand_db_html(text) == "<p><a>the words</a></p>"


def test_a_link_leads_to_the_translation_where_it_is_public():
    source = PublicationPageFactory(slug="source", published=True)
    draft = PublicationPageFactory(slug="entwurf", language="de", translation_of=source)
    with translation.override("de"):
        assert 'href="/en/publications/source/"' in expand_db_html(link(source))
        publish(draft)
        assert "entwurf" in expand_db_html(link(source))
    assert 'href="/en/publications/source/"' in expand_db_html(link(source))


def test_links_of_all_texts_are_read_together(client):
    targets = [PublicationPageFactory(published=True) for _ in range(6)]
    files = [DocumentFactory(title=f"File {number}") for number in range(6)]
    texts = [
        {"type": "text", "value": f'{link(target)}<p><a linktype="document" id="{file.pk}">it</a></p>'}
        for target, file in zip(targets, files, strict=True)
    ]
    one = PublicationPageFactory(published=True, body=texts[:1], abstract=texts[0]["value"])
    many = PublicationPageFactory(published=True, body=texts, abstract=texts[0]["value"])
    counts = []
    for page in (one, many):
        answer = client.get(page.get_url()).content.decode()
        assert answer.count(f"/d/{files[0].series}/") >= 2
        with CaptureQueriesContext(connection) as queries:
            client.get(page.get_url())
        counts.append(len(queries))
    assert counts[0] == counts[1]
