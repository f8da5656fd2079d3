"""Every kind of content goes through the workbench and comes back whole: blocks, own words, later rounds."""

from __future__ import annotations

import html
import io
import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image as Picture

from cms.cases.models import CaseIndexPage, CasePage
from cms.core.blocks import BODY_BLOCKS
from cms.glossary.models import GlossaryTermPage
from cms.topics.models import TopicPage
from documents.models import Image
from tests.factories import DocumentFactory, GlossaryTermPageFactory, TopicPageFactory, WorkKindFactory
from tests.factories import publish as approve
from translations import actions
from translations.segments import segments_of, write

pytestmark = pytest.mark.django_db
MACHINE_FIELDS = {"video_id", "marker"}


@pytest.fixture
def picture():
    data = io.BytesIO()
    Picture.new("RGB", (640, 360), "navy").save(data, "PNG")
    return Image.objects.create(title="Court", file=ContentFile(data.getvalue(), name="court.png"))


@pytest.fixture
def body(picture):
    """One block of every type, filled in as the previews are."""
    values = []
    for name, block in BODY_BLOCKS:
        value = (
            dict(block.meta.preview_value) if isinstance(block.meta.preview_value, dict) else block.meta.preview_value
        )
        if name == "image":
            value["image"] = picture
        if name == "document":
            value["document"] = DocumentFactory()
        values.append((name, block.normalize(value)))
    return values


@pytest.fixture
def case(body):
    index = CaseIndexPage.objects.get(locale__language_code="en")
    page = CasePage(
        title="The initiative",
        slug="the-initiative",
        subtitle="Making justice work",
        summary="Nine organisations.",
        body=body,
        work_kind=WorkKindFactory(),
        live=False,
    )
    index.add_child(instance=page)
    approve(page)
    page.refresh_from_db()
    return page


def translate(job, user, into=lambda source: f"DE {source}"):
    """Fills in every segment as a form would and saves the draft; returns the draft."""
    segments = segments_of(job.translation, job.target_page())
    data = {}
    for segment in segments:
        text = segment.target or (into(segment.source) if segment.path != "slug" else f"de-{segment.source}")
        data |= {f"segment-{segment.pk}": text, f"stamp-{segment.pk}": segment.shown_stamp}
    assert not write(job.translation, segments, data, user).refused
    actions.save_draft(job, user)
    return job.target_page().get_latest_revision_as_object()


def words(page) -> list[str]:
    """What a StreamField says, in its own order."""
    return page.body.stream_block.get_searchable_content(page.body)


def test_every_block_comes_back_translated(case, german, editor, translator):
    job = actions.request_translation(case, german, editor)
    draft = translate(job, translator)
    assert [block.block_type for block in draft.body] == [name for name, _block in BODY_BLOCKS]
    untranslated = [text for text in words(draft) if text.strip() and "DE" not in text]
    assert [text for text in untranslated if text not in {"1"}] == []
    assert draft.body[3].value["image"] == case.body[3].value["image"]
    assert draft.work_kind_id == case.work_kind_id


def test_ids_and_marks_are_not_asked_of_a_translator(case, german, editor):
    job = actions.request_translation(case, german, editor)
    asked = {segment.path.split(".")[-1] for segment in segments_of(job.translation, job.target_page())}
    assert not asked & MACHINE_FIELDS


def test_second_round_asks_for_what_is_new_only(case, german, editor, translator):
    job = actions.request_translation(case, german, editor)
    translate(job, translator)
    draft = case.get_latest_revision_as_object()
    draft.body.append(("text", "<p>A new paragraph.</p>"))
    draft.summary = "Ten organisations."
    approve(draft)
    assert job.is_outdated()
    actions.update_from_source(job, translator)
    job.refresh_from_db()
    missing = [segment.source for segment in segments_of(job.translation, job.target_page()) if not segment.is_done]
    assert missing == ["Ten organisations.", "A new paragraph."]
    again = translate(job, translator)
    assert len(again.body) == len(BODY_BLOCKS) + 1
    assert "DE A new paragraph." in html.unescape(re.sub("<[^>]+>", "", again.body[-1].value.source))


def test_what_the_source_took_out_goes_from_the_translation(case, german, editor, translator):
    job = actions.request_translation(case, german, editor)
    translate(job, translator)
    draft = case.get_latest_revision_as_object()
    draft.subtitle = ""
    draft.body = []
    approve(draft)
    actions.update_from_source(job, translator)
    job.refresh_from_db()
    after = translate(job, translator)
    assert after.subtitle == ""
    assert len(after.body) == 0


def test_a_term_keeps_its_own_words_in_every_language(client, german, editor, translator):
    term = GlossaryTermPageFactory(published=True, title="Impunity", variants="impunities", terms_not_to_use="freedom")
    job = actions.request_translation(term, german, editor)
    asked = {segment.path for segment in segments_of(job.translation, job.target_page())}
    assert not asked & {"variants", "terms_not_to_use", "abbreviation"}
    target = job.target_page().get_latest_revision_as_object()
    assert (target.variants, target.terms_not_to_use) == ("", "")
    client.force_login(translator)
    url = reverse("translations:own_content", args=[job.translation.uuid])
    assert client.get(url).status_code == 200
    client.post(
        url, {"abbreviation": "", "variants": "Straflosigkeiten\nStraffreiheit", "terms_not_to_use": "Amnestie"}
    )
    saved = translate(job, translator)
    assert isinstance(saved, GlossaryTermPage)
    assert saved.variant_list == ["Straflosigkeiten", "Straffreiheit"]
    assert saved.avoid_list == ["Amnestie"]


def test_a_topic_keeps_its_own_synonyms(german, editor, translator):
    topic = TopicPageFactory(published=True, title="Impunity", synonyms="No punishment")
    job = actions.request_translation(topic, german, editor)
    draft = translate(job, translator)
    assert isinstance(draft, TopicPage)
    assert draft.synonyms == ""
