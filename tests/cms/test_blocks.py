"""Every block as a reader gets it and as an editor meets it before inserting it."""

from __future__ import annotations

import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template import Context, Template
from django.urls import reverse
from PIL import Image as Picture

from cms.core.blocks import LONG_BODY_BLOCKS
from cms.core.blocks.media import video_id_of
from documents.models import Image
from documents.releases import withdraw_versions
from tests.factories import CasePageFactory, DocumentFactory, UserFactory

pytestmark = pytest.mark.django_db
BLOCKS = dict(LONG_BODY_BLOCKS)
SAYS = {
    "long_text": ["<h2", "Findings", "The orders came from the same office."],
    "heading": ['<h2 id="h-how-the-case-began">How the case began</h2>'],
    "text": ["<p", "Nine organisations"],
    "quote": ["<blockquote", "I wanted to know", "<b>A witness</b>"],
    "video": [
        "What survivors ask of a court",
        'data-src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"',
        'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"',
        "data-consent-once",
        "data-consent-always",
        "Change your choices",
    ],
    "map": ["Brussels", "The seat of the initiative.", "data-src=", "https://www.openstreetmap.org/?mlat="],
    "call_out": ['role="note"', "Key point", "In short"],
    "timeline": ["<ol", "June 2024", "The complaint is filed"],
    "table": [
        "<caption>Proceedings by country</caption>",
        '<th scope="col">Country</th>',
        '<th scope="row">Germany</th>',
    ],
    "accordion": ["<details", "<summary>Who can file a complaint?</summary>", "Anybody."],
    "footnotes": ['role="doc-endnotes"', "<dt>1</dt>", "Judgment of 13 January 2022."],
}


def rendered(name: str, **values) -> str:
    block = BLOCKS[name]
    given = block.meta.preview_value
    value = block.normalize({**given, **values} if isinstance(given, dict) else given)
    return Template("{% load wagtailcore_tags %}{% include_block block %}").render(
        Context({"block": block.bind(value)})
    )


@pytest.fixture
def picture():
    data = io.BytesIO()
    Picture.new("RGB", (640, 360), "navy").save(data, "PNG")
    return Image.objects.create(title="Court", file=ContentFile(data.getvalue(), name="court.png"))


@pytest.mark.parametrize("name", SAYS)
def test_block_says_what_is_in_it(name):
    html = rendered(name)
    for words in SAYS[name]:
        assert words in html


def test_no_block_is_without_its_test():
    assert set(SAYS) | {"image", "document"} == set(BLOCKS)


@pytest.mark.parametrize("name", ["video", "map"])
def test_nothing_of_another_host_is_loaded_before_consent(name):
    html = rendered(name)
    assert not re.search(r'<(?:iframe|img|script|link|source)[^>]+(?:src|href|srcset)="(?:https?:)?//', html)
    once, always = re.findall(r'<button class="([^"]*)"', html)
    assert once == always  # of equal weight


def test_video_has_its_transcript_behind_a_name_of_its_own():
    html = rendered("video", transcript="<p>Good morning.</p>")
    assert "Good morning." in html
    assert re.search(r"<summary>.*What survivors ask of a court.*</summary>", html)


def test_image_is_described_or_decoration(picture):
    described = rendered("image", image=picture, caption="The court", credit="A. Photographer")
    assert 'alt="A courtroom"' in described
    assert "The court" in described and "A. Photographer" in described
    assert 'alt=""' in rendered("image", image=picture, is_decorative=True)


def test_quote_in_another_language_is_marked():
    html = rendered("quote", language="de")
    assert '<blockquote lang="de" dir="ltr">' in html
    assert "in German" in html


def test_document_is_shown_to_those_who_may_read_it(client):
    document = DocumentFactory(title="Indictment")
    body = [
        ("document", BLOCKS["document"].normalize({"document": document, "title": "", "description": "Filed in May."}))
    ]
    page = CasePageFactory(published=True, body=body)
    shown = client.get(page.get_url()).content.decode()
    assert "Filed in May." in shown and document.url in shown
    hidden = DocumentFactory()
    assert rendered("document", document=hidden).strip() == ""


def test_a_file_in_a_text_is_shown_only_while_one_may_read_it(client):
    document = DocumentFactory(title="Indictment")
    body = [("document", BLOCKS["document"].normalize({"document": document, "title": "", "description": "Filed."}))]
    page = CasePageFactory(published=True, body=body)
    assert str(document.series) in client.get(page.get_url()).content.decode()
    withdraw_versions(document.series, 2, "A name is in it.")
    shown = client.get(page.get_url()).content.decode()
    assert str(document.series) not in shown and "Indictment" not in shown


@pytest.mark.parametrize("name", BLOCKS)
def test_editor_sees_the_block_before_inserting_it(client, name):
    from cms.publications.models import PublicationPage

    block = PublicationPage._meta.get_field("body").stream_block.child_blocks[name]
    client.force_login(UserFactory(groups=["Editors"]))
    response = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    html = response.content.decode()
    assert "site.css" in html or "site." in html
    assert len(re.sub(r"<[^>]+>|\s", "", html.split("<main>")[1])) > 5


@pytest.mark.parametrize(
    "text", ["https://www.youtube.com/embed/dQw4w9WgXcQ", "https://m.youtube.com/watch?v=dQw4w9WgXcQ"]
)
def test_other_shapes_of_an_address_are_understood(text):
    assert video_id_of("youtube", text) == "dQw4w9WgXcQ"


def test_a_table_needs_rows_and_a_map_its_position():
    for name, values in (("table", {"rows": []}), ("map", {"latitude": 91})):
        block = BLOCKS[name]
        with pytest.raises(ValidationError):
            block.clean(block.normalize({**block.meta.preview_value, **values}))
