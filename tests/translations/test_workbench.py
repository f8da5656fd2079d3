"""From asking for a translation to its publication, through the screens that people use."""

import pytest
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.models import StringTranslation

from cms.publications.models import PublicationFile, PublicationPage
from translations import actions
from translations.exceptions import NotAllowed, NotNow, ParentNotTranslated, TranslationError
from translations.models import TranslationJob
from translations.segments import segments_of

pytestmark = pytest.mark.django_db

GERMAN = {
    "Chain of command": "Befehlskette",
    "chain-of-command": "befehlskette",
    "Who gave the orders & who wrote them down.": "Wer die Befehle gab & wer sie aufschrieb.",
    "A second one.": "Ein zweiter.",
}


@pytest.fixture
def job(report, german, editor):
    return actions.request_translation(report, german, editor)


def fill(job) -> dict[str, str]:
    """A form with every segment translated."""
    data = {}
    for segment in segments_of(job.translation, job.target_page()):
        text = GERMAN.get(segment.source) or segment.source.replace("Orders leave", "Befehle hinterlassen").replace(
            "on", "auf"
        )
        data |= {f"segment-{segment.pk}": text, f"stamp-{segment.pk}": segment.shown_stamp}
    return data


def workbench(job) -> str:
    return reverse("translations:edit", args=[job.translation.uuid])


def test_asking_makes_a_draft_in_the_target_tree(client, report, german, editor):
    client.force_login(editor)
    response = client.post(reverse("translations:request", args=[report.pk]), {"languages": ["de"]})
    job = TranslationJob.objects.get()
    assert response.url == workbench(job)
    target = job.target_page()
    assert (target.live, target.locale, target.get_parent().locale) == (False, german, german)
    assert job.source_revision_id == report.live_revision_id


def test_the_whole_way_to_a_published_translation(client, job, translator, reviewer, report):
    client.force_login(translator)
    client.post(workbench(job), fill(job) | {"submit": ""})
    target = job.target_page()
    assert target.workflow_in_progress
    assert target.current_workflow_task.name.startswith("Translation review")
    client.force_login(reviewer)
    assert "Befehlskette" in client.get(workbench(job)).content.decode()
    state = target.current_workflow_task_state
    client.post(
        reverse("wagtailadmin_pages:workflow_action", args=[target.pk, "approve", state.pk]), {"comment": "good"}
    )
    target = PublicationPage.objects.get(pk=target.pk)
    assert target.live
    assert (target.title, target.slug) == ("Befehlskette", "befehlskette")
    assert target.summary == "Wer die Befehle gab & wer sie aufschrieb."
    assert "<b>traces</b>" in target.abstract
    assert 'href="https://example.org/"' in target.abstract
    report.refresh_from_db()
    assert report.title == "Chain of command"


def test_nobody_approves_what_they_translated(client, job, translator, reviewer):
    from django.contrib.auth.models import Group

    translator.groups.add(*Group.objects.filter(name="Translation review (de)"))
    client.force_login(translator)
    client.post(workbench(job), fill(job) | {"submit": ""})
    target = job.target_page()
    url = reverse(
        "wagtailadmin_pages:workflow_action", args=[target.pk, "approve", target.current_workflow_task_state.pk]
    )
    client.post(url, {"comment": ""})
    assert not Page.objects.get(pk=target.pk).live


def test_saving_never_touches_the_live_row_of_a_published_translation(client, job, translator, publish):
    client.force_login(translator)
    client.post(workbench(job), fill(job))
    publish_from_draft(job, publish)
    before = PublicationPage.objects.get(pk=job.target_page().pk)
    changed = fill(job)
    key = next(name for name, text in changed.items() if name.startswith("segment-") and text == "Befehlskette")
    changed[key] = "Die Befehlskette"
    client.post(workbench(job), changed)
    after = PublicationPage.objects.get(pk=before.pk)
    assert after.title == "Befehlskette"
    assert after.live_revision_id == before.live_revision_id
    assert after.get_latest_revision_as_object().title == "Die Befehlskette"


def publish_from_draft(job, publish):
    page = job.target_page().get_latest_revision_as_object()
    return publish(page)


def test_a_translation_with_gaps_is_not_submitted_and_nothing_typed_is_lost(client, job, translator):
    client.force_login(translator)
    data = fill(job)
    gap = next(name for name in data if name.startswith("segment-"))
    data[gap] = ""
    page = client.post(workbench(job), data | {"submit": ""}, follow=True).content.decode()
    assert not job.target_page().workflow_in_progress
    assert "1 segments have no translation yet" in page
    assert StringTranslation.objects.filter(data="Befehlskette").exists() or "Befehlskette" not in data.values()


def test_in_review_nothing_can_be_written(client, job, translator):
    client.force_login(translator)
    client.post(workbench(job), fill(job) | {"submit": ""})
    data = {name: "changed" if name.startswith("segment-") else value for name, value in fill(job).items()}
    client.post(workbench(job), data)
    assert not StringTranslation.objects.filter(data="changed").exists()
    with pytest.raises(NotNow):
        actions.require_editable(job.target_page(), translator)


def test_two_people_at_the_same_segment_do_not_overwrite_each_other(client, job, translator):
    first, second = fill(job), fill(job)
    key = next(name for name, text in second.items() if text == "Befehlskette")
    second[key] = "Kommandokette"
    client.force_login(translator)
    client.post(workbench(job), first)
    page = client.post(workbench(job), second).content.decode()
    assert "Somebody else changed this segment meanwhile: Befehlskette" in page
    assert "Kommandokette" in page
    assert StringTranslation.objects.filter(data="Befehlskette").exists()


def test_too_long_a_title_is_a_sentence_and_no_500(client, job, translator):
    client.force_login(translator)
    data = fill(job)
    key = next(name for name, text in data.items() if text == "Befehlskette")
    data[key] = "x" * 300
    page = client.post(workbench(job), data).content.decode()
    assert "This field holds 255 characters; your text has 300. Shorten it." in page
    assert "x" * 300 in page


def test_broken_markup_is_named_and_does_not_reach_the_draft(client, job, translator):
    client.force_login(translator)
    data = fill(job)
    key = next(name for name, text in data.items() if "<b>" in text)
    data[key] = 'Befehle <script>alert(1)</script> <a id="a9">x</a>'
    page = client.post(workbench(job), data, follow=True).content.decode()
    assert "error-message" in page
    assert "script" not in job.target_page().get_latest_revision_as_object().abstract


def test_a_newer_source_is_told_and_taken_over_by_choice(client, job, translator, report, publish):
    client.force_login(translator)
    client.post(workbench(job), fill(job))
    draft = report.get_latest_revision_as_object()
    draft.summary = "Something new."
    publish(draft)
    assert job.is_outdated()
    assert "Something new." not in client.get(workbench(job)).content.decode()
    client.post(workbench(job), fill(job) | {"update": ""})
    job.refresh_from_db()
    page = client.get(workbench(job)).content.decode()
    assert "Something new." in page
    assert "Befehlskette" in page
    assert not job.is_outdated()


def test_a_draft_of_the_source_does_not_shift_under_the_translator(job, report):
    draft = report.get_latest_revision_as_object()
    draft.title = "Unfinished thought"
    draft.save_revision()
    assert not job.is_outdated()
    assert all(segment.source != "Unfinished thought" for segment in segments_of(job.translation, job.target_page()))


def test_the_parent_is_translated_first(report, german, editor, publish):
    german_index = report.get_parent().get_translation(german)
    german_index.specific.unpublish()
    with pytest.raises(ParentNotTranslated):
        actions.request_translation(report, german, editor)
    assert not PublicationPage.objects.filter(locale=german).exists()


def test_asking_twice_is_refused(job, report, german, editor):
    with pytest.raises(TranslationError):
        actions.request_translation(report, german, editor)
    assert PublicationPage.objects.filter(locale=german).count() == 1


def test_a_translator_asks_only_for_their_own_language(report, german, arabic_translator):
    with pytest.raises(NotAllowed):
        actions.request_translation(report, german, arabic_translator)


def test_files_of_the_source_are_not_copied_and_own_ones_survive_saving(
    client, job, translator, report, german, editor
):
    target = job.target_page()
    assert not target.files.exists()
    assert not target.get_latest_revision_as_object().files.exists()


def test_the_board_shows_own_languages_only(client, job, translator, arabic_translator):
    client.force_login(translator)
    assert str(job.translation.uuid) in client.get(reverse("translations:board")).content.decode()
    client.force_login(arabic_translator)
    page = client.get(reverse("translations:board")).content.decode()
    assert str(job.translation.uuid) not in page
    assert "Chain of command" not in page


def test_the_form_offers_the_missing_languages_only(client, report, translator, editor):
    client.force_login(editor)
    page = client.get(reverse("translations:request", args=[report.pk])).content.decode()
    assert [code for code in ("en", "de", "fr", "es", "ar") if f'value="{code}"' in page] == ["de", "fr", "es", "ar"]
    client.force_login(translator)
    page = client.get(reverse("translations:request", args=[report.pk])).content.decode()
    assert [code for code in ("de", "fr", "es", "ar") if f'value="{code}"' in page] == ["de"]


def test_a_file_that_only_the_draft_names_takes_the_full_editorial_way(client, job, translator):
    from tests.factories import DocumentFactory

    client.force_login(translator)
    client.post(workbench(job), fill(job))
    draft = job.target_page().get_latest_revision_as_object()
    draft.files.add(PublicationFile(document=DocumentFactory(uploaded_by_user=translator)))
    draft.save_revision(user=translator)
    assert not job.target_page().files.exists()
    client.post(workbench(job), {"submit": ""})
    assert not job.target_page().current_workflow_task.name.startswith("Translation review")
