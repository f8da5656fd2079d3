"""Who may not ask, and what can't be asked for: each answer is a sentence, and nothing is made."""

from __future__ import annotations

import pytest
from wagtail.models import Locale, Page

from cms.publications.models import PublicationIndexPage, PublicationPage
from tests.factories import SectionPageFactory
from translations import actions
from translations.exceptions import NotAllowed, NotNow, ParentNotTranslated, TranslationError
from translations.models import TranslationJob
from translations.permissions import locales_of, may_request, translated_by

pytestmark = pytest.mark.django_db


def test_a_leaver_works_in_no_language_and_asks_for_nothing(translator, editor, report, german):
    for user in (translator, editor):
        user.is_active = False
        assert locales_of(user) == translated_by(user) == set()
        assert not may_request(user, report, german)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ("other language", NotAllowed, "You may not ask"),
        ("same language", TranslationError, "is in English already"),
        ("no revision", TranslationError, "Save the page once"),
        ("a page of its own", TranslationError, "There is a page in"),
    ],
)
def test_what_can_not_be_translated(change, error, sentence, report, german, admin, arabic_translator):
    user, locale = admin, german
    if change == "other language":
        user = arabic_translator
    elif change == "same language":
        locale = report.locale
    elif change == "no revision":
        report.revisions.all().delete()
        PublicationPage.objects.filter(pk=report.pk).update(latest_revision=None, live_revision=None)
        report.refresh_from_db()
    else:
        index = PublicationIndexPage.objects.get(locale=german)
        index.add_child(
            instance=PublicationPage(
                title="Selbst", slug="selbst", translation_key=report.translation_key, locale=german, live=False
            )
        )
    with pytest.raises(error, match=sentence):
        actions.request_translation(report, locale, user)
    assert not TranslationJob.objects.exists()


def test_the_section_above_comes_first(german, admin, publish):
    section = SectionPageFactory(published=True)
    below = SectionPageFactory(parent=section, published=True)
    with pytest.raises(ParentNotTranslated, match=section.title):
        actions.request_translation(below, german, admin)


def test_a_parent_that_vanished_meanwhile_is_a_sentence(report, german, admin, monkeypatch):
    monkeypatch.setattr(actions, "_require_approved_parent", lambda original, locale: None)
    PublicationIndexPage.objects.get(locale=german).delete()
    with pytest.raises(ParentNotTranslated):
        actions.request_translation(report, german, admin)
    assert not TranslationJob.objects.exists()


def test_the_root_has_no_parent_to_translate(german):
    actions._require_approved_parent(Page.objects.filter(depth=2).first(), german)


def test_only_translators_write_and_nobody_past_a_lock(report, german, admin, translator, arabic_translator):
    job = actions.request_translation(report, german, admin)
    target = job.target_page()
    with pytest.raises(NotAllowed):
        actions.require_editable(target, arabic_translator)
    target.locked, target.locked_by = True, admin
    with pytest.raises(NotNow, match="locked"):
        actions.require_editable(target, translator)


def test_a_deleted_page_is_neither_submitted_nor_updated(report, german, admin, translator):
    job = actions.request_translation(report, german, admin)
    job.target_page().delete()
    with pytest.raises(TranslationError, match="was deleted"):
        actions.submit(job, translator)
    with pytest.raises(TranslationError, match="was deleted"):
        actions.update_from_source(job, translator)


def test_without_a_workflow_nothing_is_submitted(report, german, admin, translator, monkeypatch):
    job = actions.request_translation(report, german, admin)
    monkeypatch.setattr(actions, "segments_of", lambda translation, target: [])
    monkeypatch.setattr(PublicationPage, "get_workflow", lambda self: None)
    with pytest.raises(TranslationError, match="No workflow"):
        actions.submit(job, translator)


def test_languages_without_roles_are_nobodys(translator):
    Locale.objects.get_or_create(language_code="fr")
    assert locales_of(translator) == translated_by(translator) == {"de"}
