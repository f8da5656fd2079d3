"""Where which page may stand, what its form asks, and what its blocks accept."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Page, get_page_models
from wagtail.test.utils import WagtailPageTestCase

from cms.cases.models import CaseDocument, CaseIndexPage, CasePage
from cms.core.blocks import BODY_BLOCKS, LONG_BODY_BLOCKS, ImageBlock, MapBlock, TableBlock, VideoBlock
from cms.core.models import BasePage, Place, SectionPage
from cms.glossary.models import GlossaryIndexPage, GlossaryTermPage
from cms.publications.models import PublicationFile, PublicationIndexPage, PublicationPage
from cms.topics.models import TopicIndexPage, TopicPage
from home.models import HomePage
from tests.factories import (
    CasePageFactory,
    DocumentFactory,
    PlaceFactory,
    PublicationPageFactory,
    TopicPageFactory,
    UserFactory,
)

BELOW = {
    Page: {HomePage},
    HomePage: {SectionPage, TopicIndexPage, GlossaryIndexPage, PublicationIndexPage, CaseIndexPage},
    SectionPage: {SectionPage, PublicationIndexPage, CaseIndexPage},
    TopicIndexPage: {TopicPage},
    GlossaryIndexPage: {GlossaryTermPage},
    PublicationIndexPage: {PublicationPage},
    CaseIndexPage: {CasePage},
    TopicPage: set(),
    GlossaryTermPage: set(),
    PublicationPage: set(),
    CasePage: set(),
}
TYPES = [model for model in get_page_models() if issubclass(model, BasePage)]


class TestTree(WagtailPageTestCase):
    def test_every_type_stands_where_it_may_and_nowhere_else(self):
        assert set(TYPES) == set(BELOW) - {Page}
        for parent, allowed in BELOW.items():
            for child in TYPES:
                if child in allowed:
                    self.assertCanCreateAt(parent, child)
                else:
                    self.assertCanNotCreateAt(parent, child)


@pytest.mark.django_db
@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_form_of_every_type_opens(client, model):
    parent_type = next(parent for parent, children in BELOW.items() if model in children)
    parent = parent_type.objects.exclude(pk=None).order_by("depth").first()
    client.force_login(UserFactory(administrator=True))
    if parent_type is Page:
        page = HomePage.objects.first()
        response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    else:
        response = client.get(
            reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, parent.pk])
        )
        if getattr(model, "max_count_per_parent", None):
            assert response.status_code == 302  # there is one already
            return
    assert response.status_code == 200
    assert b"summary" in response.content


@pytest.mark.django_db
def test_editor_saves_a_publication_with_children_in_the_admin(client):
    from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

    index = PublicationIndexPage.objects.get(locale__language_code="en")
    editor = UserFactory(groups=["Editors"])
    topic, place = TopicPageFactory(published=True), PlaceFactory()
    document = DocumentFactory(uploaded_by_user=editor)
    data = nested_form_data(
        {
            "title": "A report",
            "slug": "a-report",
            "summary": "Short.",
            "abstract": rich_text("<p>Long.</p>"),
            "body": streamfield([("text", rich_text("<p>Text</p>"))]),
            "partners": streamfield([]),
            "change_notes": streamfield([]),
            "files": inline_formset([{"document": document.pk, "language": "en", "role": "full", "label": ""}]),
            "contributors": inline_formset([{"name": "A. Author", "role": "author"}]),
            "topics": inline_formset([{"topic": topic.pk}]),
            "places": inline_formset([{"place": place.pk}]),
            "glossary_terms": inline_formset([]),
            "related_publications": inline_formset([]),
            "comments": inline_formset([]),
        }
    )
    client.force_login(editor)
    response = client.post(reverse("wagtailadmin_pages:add", args=["publications", "publicationpage", index.pk]), data)
    assert response.status_code == 302, response.context["form"].errors
    page = PublicationPage.objects.get(slug="a-report")
    assert not page.live
    assert (page.topics.get().topic, page.places.get().place) == (topic, place)
    assert page.files.get().document_id == document.pk
    assert page.has_own_files()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["place", "publicationkind", "workkind"])
def test_editors_keep_the_vocabulary_and_authors_do_not(client, name):
    add = reverse(f"wagtailsnippets_cms_core_{name}:add")
    client.force_login(UserFactory(groups=["Editors"]))
    assert client.get(reverse(f"wagtailsnippets_cms_core_{name}:list")).status_code == 200
    assert client.get(add).status_code == 200
    client.force_login(UserFactory(groups=["Authors"]))
    assert client.get(add).status_code == 302


@pytest.mark.parametrize("block", [block for _name, block in LONG_BODY_BLOCKS], ids=lambda block: type(block).__name__)
def test_every_block_says_what_it_is_and_shows_itself(block):
    assert block.meta.icon and block.meta.label and block.meta.description and block.meta.template
    assert block.meta.preview_value is not None
    assert block.normalize(block.meta.preview_value) is not None
    assert len(BODY_BLOCKS) == len(LONG_BODY_BLOCKS) - 1


@pytest.mark.parametrize(
    ("provider", "given", "video_id"),
    [
        ("youtube", "dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "dQw4w9WgXcQ"),
        ("youtube", "https://youtu.be/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("vimeo", "https://vimeo.com/123456789", "123456789"),
        ("youtube", "https://evil.example/watch?v=dQw4w9WgXcQ", None),
        ("youtube", "https://youtube.com.evil.example/dQw4w9WgXcQ", None),
        ("youtube", '"><script>', None),
        ("youtube", "javascript:alert(1)", None),
        ("vimeo", "dQw4w9WgXcQ", None),
    ],
)
def test_video_is_of_a_known_provider(provider, given, video_id):
    block = VideoBlock()
    value = block.normalize({**block.meta.preview_value, "provider": provider, "video_id": given})
    if video_id is None:
        with pytest.raises(ValidationError):
            block.clean(value)
        return
    cleaned = block.clean(value)
    assert cleaned["video_id"] == video_id
    assert cleaned.embed_url.startswith(("https://www.youtube-nocookie.com/embed/", "https://player.vimeo.com/video/"))
    assert video_id in cleaned.watch_url


def test_map_stays_inside_the_world_and_names_its_provider():
    block = MapBlock()
    value = block.normalize({**block.meta.preview_value, "latitude": 89.9, "longitude": 179.9, "zoom": 2})
    assert value.embed_url.startswith("https://www.openstreetmap.org/export/embed.html?bbox=134.9")
    assert "180.00000%2C90.00000" in value.embed_url
    assert (value.provider_name, value.consent_key) == ("OpenStreetMap", "openstreetmap")


@pytest.mark.django_db
def test_image_needs_a_description_or_a_mark():
    block = ImageBlock(required=False)
    block.child_blocks["image"].field.required = False
    value = block.normalize({"image": None, "alt": "", "is_decorative": False, "caption": "", "credit": ""})
    with pytest.raises(ValidationError):
        block.clean(value)
    assert block.clean(block.normalize({**value, "is_decorative": True})).alt_text == ""
    assert block.clean(block.normalize({**value, "alt": "A court"})).alt_text == "A court"


def test_rows_of_a_table_are_as_long_as_its_head():
    value = TableBlock().normalize(
        {
            "caption": "c",
            "header": ["a", "b"],
            "rows": [{"cells": ["1"]}, {"cells": ["1", "2", "3"]}],
            "first_column_is_header": True,
        }
    )
    assert value.body == [["1", ""], ["1", "2"]]


@pytest.mark.django_db
class TestPlaces:
    def test_sensitive_place_is_public_as_its_country(self):
        region = PlaceFactory(kind=Place.Kind.REGION)
        country = PlaceFactory(kind=Place.Kind.COUNTRY, parent=region)
        town = PlaceFactory(parent=country, sensitive=True)
        quarter = PlaceFactory(parent=town)
        assert (country.public(), town.public(), quarter.public()) == (country, country, country)
        assert PlaceFactory(sensitive=True).public() is None

    def test_sensitive_place_is_nowhere_on_the_case(self, client):
        country = PlaceFactory(kind=Place.Kind.COUNTRY, name="Belgium")
        town = PlaceFactory(parent=country, sensitive=True, name="Smalltown", latitude="50.12345", longitude="4.54321")
        case = CasePageFactory(published=True, place=town)
        response = client.get(case.get_url())
        assert [part.label for part in response.context["meta_line"]] == ["Belgium"]
        assert response.context["map"] is None
        assert not any(word in response.content for word in (b"Smalltown", b"50.12345", b"4.54321"))
        listing = client.get("/en/cases/", {"place": str(town.translation_key)}).context
        assert listing["listing"].count == 0
        assert "Smalltown" not in listing["filters"][0].value_label

    def test_place_can_not_lie_in_itself(self):
        outer = PlaceFactory()
        inner = PlaceFactory(parent=outer)
        outer.parent = inner
        with pytest.raises(ValidationError):
            outer.full_clean()

    def test_position_is_complete_or_absent(self):
        with pytest.raises(ValidationError):
            PlaceFactory.build(locale_id=1, longitude=None).clean()


@pytest.mark.django_db
class TestRules:
    def test_doi_belongs_to_one_work_of_a_language(self):
        page = PublicationPageFactory(published=True, doi="10.5555/x")
        other = PublicationPageFactory()
        other.doi = "10.5555/x"
        with pytest.raises(ValidationError):
            other.full_clean()
        german = PublicationPageFactory(translation_of=page, language="de")
        german.doi = "10.5555/x"
        german.full_clean()

    def test_copy_leaves_identifiers_out(self):
        page = PublicationPageFactory(published=True, doi="10.5555/x", isbn="978", key="k")
        copy = page.copy(update_attrs={"slug": "copy"}, keep_live=False)
        assert (copy.doi, copy.isbn, copy.key) == ("", "", "")

    def test_case_document_is_a_publication_or_a_file(self):
        with pytest.raises(ValidationError):
            CaseDocument().clean()

    def test_case_ends_after_it_began(self):
        case = CasePageFactory.build(locale_id=1, slug="x", start_date=datetime.date(2024, 2, 1))
        case.end_date = datetime.date(2024, 1, 1)
        with pytest.raises(ValidationError):
            CasePage.clean(case)

    def test_topic_is_not_part_of_itself(self):
        wide = TopicPageFactory(published=True)
        narrow = TopicPageFactory(published=True, parent_topic=wide)
        wide.parent_topic = narrow
        with pytest.raises(ValidationError):
            wide.clean()

    def test_files_are_left_alone_by_localize(self):
        from wagtail_localize.fields import get_translatable_fields

        fields = {field.field_name: field for field in get_translatable_fields(PublicationPage)}
        page = PublicationPage()
        assert not fields["files"].is_synchronized(page) and not fields["files"].is_translated(page)
        assert fields["topics"].is_synchronized(page)
        assert fields["summary"].is_translated(page) and fields["slug"].is_translated(page)
        assert fields["doi"].is_synchronized(page) and not fields["doi"].is_overridable(page)


@pytest.mark.django_db
def test_preview_of_a_draft_shows_the_draft(client):
    page = PublicationPageFactory(published=True, topics=[TopicPageFactory(published=True, title="Old topic")])
    page.topics = []
    page.title = "Draft title"
    page.files = [PublicationFile(document=DocumentFactory(), language="en")]
    page.save_revision()
    response = preview(client, page)
    assert response.context["topics"] == []
    assert response.context["file_count"] == 1
    assert b"Draft title" in response.content


@pytest.mark.django_db
def test_preview_of_a_case_shows_the_draft(client):
    case = CasePageFactory(published=True, documents=[PublicationPageFactory(published=True)])
    single, new = DocumentFactory(), PublicationPageFactory(published=True)
    case.documents = [CaseDocument(document=single, sort_order=0), CaseDocument(publication=new, sort_order=1)]
    case.save_revision()
    titles = [card.title for card in preview(client, case).context["documents"]]
    assert titles == [single.title, new.title]


def preview(client, page):
    client.force_login(UserFactory(groups=["Editors"]))
    response = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert response.status_code == 200
    return response
