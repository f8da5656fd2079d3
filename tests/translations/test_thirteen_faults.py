"""What wagtail-localize's stock views do wrong for us: each of the thirteen faults of the design, as a request.

In the order of the design; after them what a translator could do besides.
"""

import pytest
from django.contrib.auth.models import Group
from django.urls import resolve, reverse
from wagtail.models import DraftStateMixin, Locale, Page, Revision
from wagtail.snippets.models import get_snippet_models
from wagtail_localize.models import LocaleSynchronization, StringTranslation
from wagtail_localize.wagtail_hooks import register_admin_urls

from access.roles import AUTHORS, EDITORS, translation_reviewers
from cms.publications.models import PublicationFile, PublicationPage
from tests.factories import DocumentFactory, PlaceFactory, PublicationPageFactory, SectionPageFactory
from tests.translations.conftest import make_user
from tests.translations.test_workbench import fill, publish_from_draft, workbench
from translations import actions
from translations.stock_views import refused, to_request
from workflows.models import ApprovalRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(report, german, editor):
    return actions.request_translation(report, german, editor)


@pytest.fixture
def in_review(client, job, translator):
    client.force_login(translator)
    client.post(workbench(job), fill(job) | {"submit": ""})
    assert job.target_page().workflow_in_progress
    return job


def live_pages():
    return set(Page.objects.filter(live=True).values_list("pk", "title", "live_revision", "alias_of"))


def stock(name, *args):
    return reverse(f"wagtail_localize:{name}", args=args)


def review_state(job):
    target = job.target_page()
    return target.current_workflow_task_state.pk, target.current_workflow_task_state.status


class TestThirteenFaults:
    @pytest.mark.parametrize("who", ["admin", "editor", "translator"])
    def test_1_asking_for_a_translation_publishes_nothing(self, client, request, report, german, who):
        before = live_pages()
        client.force_login(request.getfixturevalue(who))
        client.post(stock("submit_page_translation", report.pk), {"locales": [german.pk], "publish": "on"})
        assert not PublicationPage.objects.filter(locale=german).exists()
        client.post(reverse("translations:request", args=[report.pk]), {"languages": ["de"], "publish": "on"})
        assert PublicationPage.objects.get(locale=german).live is False
        assert live_pages() == before

    def test_2_sync_and_publish_immediately_leaves_a_running_workflow_alone(self, client, in_review, admin, editor):
        before = (live_pages(), review_state(in_review))
        for user in (admin, editor):
            client.force_login(user)
            url = stock("update_translations", in_review.translation.source_id)
            assert client.post(url, {"publish_translations": "on"}).status_code == 404
        assert (live_pages(), review_state(in_review)) == before

    @pytest.mark.parametrize("action", ["publish", "stop_translation", "restart", "action-publish"])
    def test_3_publish_in_german_cancels_no_review_and_the_translator_can_submit(self, client, job, translator, action):
        client.force_login(translator)
        assert 'name="submit"' in client.get(workbench(job)).content.decode()
        client.post(workbench(job), fill(job) | {"submit": ""})
        before = review_state(job)
        edit = reverse("wagtailadmin_pages:edit", args=[job.target_page().pk])
        client.post(edit, {"action": action, action: "1"})
        client.post(stock("stop_translation", job.translation.pk))
        assert review_state(job) == before
        assert not job.target_page().live

    def test_4_saving_a_translation_does_not_change_what_readers_see(self, client, job, translator, publish, client_of):
        client.force_login(translator)
        client.post(workbench(job), fill(job))
        publish_from_draft(job, publish)
        url = job.target_page().get_url()
        changed = {name: text.replace("Befehlskette", "Kommandokette") for name, text in fill(job).items()}
        client.post(workbench(job), changed)
        seen = client_of(None).get(url).content.decode()
        assert "Befehlskette" in seen
        assert "Kommandokette" not in seen
        assert job.target_page().get_latest_revision_as_object().title == "Kommandokette"

    @pytest.mark.parametrize("state", ["in review", "locked"])
    def test_5_strings_stay_while_the_page_is_locked_or_in_review(self, client, job, translator, editor, state):
        client.force_login(translator)
        client.post(workbench(job), fill(job) | ({"submit": ""} if state == "in review" else {}))
        if state == "locked":
            Page.objects.filter(pk=job.target_page().pk).update(locked=True, locked_by=editor)
        before = set(StringTranslation.objects.values_list("data", flat=True))
        revisions = Revision.objects.count()
        changed = {name: "changed" if name.startswith("segment-") else text for name, text in fill(job).items()}
        client.post(workbench(job), changed)
        segment = job.translation.source.stringsegment_set.first().pk
        string = stock("edit_string_translation", job.translation.pk, segment)
        for method in (client.put, client.post, client.delete):
            assert method(string, {"value": "changed"}).status_code == 404
        assert set(StringTranslation.objects.values_list("data", flat=True)) == before
        assert Revision.objects.count() == revisions

    @pytest.mark.parametrize("who", ["admin", "editor", "translator", "author"])
    def test_6_report_and_snippet_api_tell_no_title(self, client, request, job, who):
        place = PlaceFactory(name="Safe house")
        client.force_login(make_user("author", AUTHORS) if who == "author" else request.getfixturevalue(who))
        for url in (
            stock("translations_report"),
            stock("translations_report") + "?export=csv",
            stock("translations_report_results"),
            stock("snippets_api_listing", "cms_core", "place"),
            stock("snippets_api_detail", "cms_core", "place", place.pk),
        ):
            answer = client.get(url)
            assert answer.status_code == 404, url
            assert "Safe house" not in answer.content.decode()
            assert "Chain of command" not in answer.content.decode()

    def test_7_an_outdated_translation_says_so_without_a_sync(self, client, job, translator, report, publish):
        client.force_login(translator)
        board = reverse("translations:board")
        assert "The source is newer" not in client.get(board).content.decode()
        draft = report.get_latest_revision_as_object()
        draft.summary = "Something new."
        publish(draft)
        assert "The source is newer" in client.get(board).content.decode()

    def test_8_tree_sync_makes_no_live_alias(self, client, admin, german, publish):
        french = Locale.objects.get(language_code="fr")
        client.force_login(admin)
        url = reverse("wagtaillocales:edit", args=[french.pk])
        data = {
            "language_code": "fr",
            "component-synchronization-enabled": "on",
            "component-synchronization-sync_from": 1,
        }
        client.post(url, data)
        LocaleSynchronization.objects.get_or_create(locale=french, defaults={"sync_from": Locale.get_default()})
        section = SectionPageFactory(title="New section")
        publish(section)
        assert not Page.objects.filter(locale=french, title="New section", live=True).exists()
        assert not Page.objects.filter(alias_of__isnull=False, live=True).exists()

    @pytest.mark.parametrize("who", ["translator", "arabic_translator", "reviewer"])
    def test_9_vocabulary_is_no_way_round_the_rights_per_language(self, client, request, who):
        place = PlaceFactory(language="de", name="Damaskus")
        client.force_login(request.getfixturevalue(who))
        client.post(reverse("wagtailsnippets_cms_core_place:edit", args=[place.pk]), {"name": "Changed"})
        target = stock("submit_snippet_translation", "cms_core", "place", place.pk)
        assert client.post(target, {"locales": [1]}).status_code == 404
        place.refresh_from_db()
        assert place.name == "Damaskus"
        assert type(place).objects.count() == 1

    def test_10_an_over_long_translation_is_a_sentence_and_no_snippet_can_fail_so(self, client, job, translator):
        client.force_login(translator)
        data = fill(job)
        key = next(name for name, text in data.items() if text == "Befehlskette")
        answer = client.post(workbench(job), data | {key: "x" * 5000})
        assert answer.status_code == 200
        assert "your text has 5000. Shorten it." in answer.content.decode()
        assert not [model for model in get_snippet_models() if issubclass(model, DraftStateMixin)]

    @pytest.mark.parametrize("who", ["admin", "editor", "translator"])
    def test_11_convert_to_alias_publishes_nothing(self, client, request, job, who):
        before = live_pages()
        client.force_login(request.getfixturevalue(who))
        target = job.target_page()
        assert client.post(stock("convert_to_alias", target.pk)).status_code == 404
        client.post(reverse("wagtailadmin_pages:edit", args=[target.pk]), {"localize-convert-to-alias": "1"})
        assert live_pages() == before
        assert job.target_page().alias_of_id is None

    def test_11_below_an_untranslated_section_nothing_is_made(self, client, editor, publish, german):
        section = SectionPageFactory(published=True)
        below = SectionPageFactory(published=True, parent=section)
        before = live_pages()
        client.force_login(editor)
        answer = client.post(reverse("translations:request", args=[below.pk]), {"languages": ["de"]})
        assert "first, and have it approved" in answer.content.decode()
        assert live_pages() == before
        assert not Page.objects.filter(locale=german, translation_key__in=[section.translation_key]).exists()

    def test_12_a_save_brings_no_files_of_the_source_and_keeps_the_own_ones(
        self, client, job, translator, report, publish
    ):
        own, foreign = DocumentFactory(uploaded_by_user=translator), DocumentFactory()
        draft = job.target_page().get_latest_revision_as_object()
        draft.files = [PublicationFile(document=own)]
        draft.save_revision(user=translator)
        source = report.get_latest_revision_as_object()
        source.files = [PublicationFile(document=foreign)]
        publish(source)
        client.force_login(translator)
        client.post(workbench(job), fill(job) | {"update": ""})
        client.post(workbench(job), fill(job))
        rows = job.target_page().get_latest_revision_as_object().files.all()
        assert [row.document_id for row in rows] == [own.pk]

    def test_13_a_save_starts_from_the_newest_draft(self, client, job, translator, publish):
        client.force_login(translator)
        client.post(workbench(job), fill(job))
        publish_from_draft(job, publish)
        own = DocumentFactory(uploaded_by_user=translator)
        draft = job.target_page().get_latest_revision_as_object()
        draft.files = [PublicationFile(document=own)]
        draft.save_revision(user=translator)
        changed = {name: text.replace("Befehlskette", "Kommandokette") for name, text in fill(job).items()}
        client.post(workbench(job), changed)
        after = job.target_page().get_latest_revision_as_object()
        assert (after.title, [row.document_id for row in after.files.all()]) == ("Kommandokette", [own.pk])


def stock_patterns():
    (tree,) = [pattern for pattern in register_admin_urls() if getattr(pattern, "namespace", "") == "wagtail_localize"]
    return {pattern.name: pattern for pattern in tree.url_patterns}


def test_every_address_of_the_package_leads_to_a_shut_door():
    """Those that a later version adds too: PO files, machine translation and overrides are among them."""
    patterns = stock_patterns()
    assert {"upload_pofile", "machine_translate", "edit_override", "snippets_api_detail"} <= set(patterns)
    open_doors = {"javascript_catalog"}
    for name, pattern in patterns.items():
        values = {
            key: {"IntConverter": 1, "SlugConverter": "a", "StringConverter": "a"}[type(converter).__name__]
            for key, converter in pattern.pattern.converters.items()
        }
        found = resolve(reverse(f"wagtail_localize:{name}", kwargs=values)).func
        shut = found.__name__ in (refused.__name__, to_request.__name__)
        assert shut is (name not in open_doors), name


@pytest.fixture
def client_of():
    from django.test import Client

    def make(user):
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return make


class TestWhoWroteIt:
    """Whose words are in a draft must be known, or their author could approve them."""

    @pytest.fixture
    def both(self, db):
        """Translates and reviews German."""
        return make_user("both-de", "Translators (de)", translation_reviewers("de"))

    def test_words_saved_beside_a_refused_segment_are_their_authors(self, client_of, job, translator, both):
        data = fill(job)
        long = next(name for name, text in data.items() if text == "Befehlskette")
        client_of(both).post(workbench(job), data | {long: "x" * 300})
        assert StringTranslation.objects.filter(last_translated_by=both).exists()
        assert Revision.objects.for_instance(job.target_page()).filter(user=both).exists()
        client_of(translator).post(workbench(job), fill(job) | {"submit": ""})
        state = job.target_page().current_workflow_task_state
        client_of(both).post(reverse("workflows_review", args=[state.pk]), {"decision": "approve"})
        assert not job.target_page().live
        assert not ApprovalRecord.objects.filter(page_id=job.target_page().pk).exists()

    def test_a_draft_that_can_not_be_saved_keeps_no_words(self, client_of, job, both, monkeypatch):
        from django.core.exceptions import ValidationError

        def refuse(*args, **kwargs):  # what any field of a page type may do
            raise ValidationError({"summary": ["Names a witness."]})

        monkeypatch.setattr(PublicationPage, "clean", refuse)
        answer = client_of(both).post(workbench(job), fill(job)).content.decode()
        assert "summary: Names a witness." in answer
        assert "Befehlskette" in answer, "what was typed is handed back"
        assert not StringTranslation.objects.filter(last_translated_by=both).exists()


class TestWhatTranslatorsMayNotLearn:
    def test_a_newer_draft_of_a_source_that_was_taken_down(self, client_of, job, translator, report, editor):
        report.unpublish()
        draft = report.get_latest_revision_as_object()
        draft.summary = "Witness in Raqqa"
        draft.save_revision(user=editor)
        answer = client_of(translator).post(workbench(job), fill(job) | {"update": ""}, follow=True).content.decode()
        assert "you may not edit it" in answer
        assert "Witness in Raqqa" not in client_of(translator).get(workbench(job)).content.decode()
        client_of(editor).post(workbench(job), fill(job) | {"update": ""})
        assert "Witness in Raqqa" in client_of(translator).get(workbench(job)).content.decode()

    @pytest.mark.parametrize("markup", ['<a linktype="document" id="{}">x</a>', '<a href="/d/{}/">x</a>', "<embed/>"])
    def test_a_file_named_inside_a_segment(self, client_of, job, translator, markup):
        foreign = DocumentFactory(title="Witness list")
        data = fill(job)
        key = next(name for name, text in data.items() if "<b>" in text)
        answer = client_of(translator).post(workbench(job), data | {key: markup.format(foreign.pk)}, follow=True)
        assert "Witness list" not in answer.content.decode()
        assert not foreign.uses.exists()
        assert 'linktype="document"' not in job.target_page().get_latest_revision_as_object().abstract

    def test_a_foreign_file_posted_to_the_own_files(self, client_of, job, translator):
        foreign = DocumentFactory(title="Witness list")
        url = reverse("translations:own_content", args=[job.translation.uuid])
        data = {"files-TOTAL_FORMS": 1, "files-INITIAL_FORMS": 0, "files-MIN_NUM_FORMS": 0, "files-MAX_NUM_FORMS": 9}
        row = {"files-0-document": foreign.pk, "files-0-language": "de", "files-0-role": "full", "files-0-ORDER": 1}
        answer = client_of(translator).post(url, data | row, follow=True)
        assert "Witness list" not in answer.content.decode()
        assert not foreign.uses.exists()
        own = DocumentFactory(uploaded_by_user=translator)
        client_of(translator).post(url, data | row | {"files-0-document": own.pk})
        assert own.uses.exists()

    @pytest.mark.parametrize("path", ["", "files/"])
    def test_a_job_of_another_language(self, client_of, job, arabic_translator, path):
        client = client_of(arabic_translator)
        for method in (client.get, client.post):
            assert method(f"/admin/translations/{job.translation.uuid}/{path}").status_code == 404


class TestOwnContent:
    """The files of a language, in a form of their own."""

    def url(self, job):
        return reverse("translations:own_content", args=[job.translation.uuid])

    def test_not_while_in_review(self, client, in_review):
        response = client.post(self.url(in_review), {}, follow=True)
        assert "This translation is in review" in response.content.decode()

    def test_reviewers_look_and_do_not_write(self, client_of, in_review, reviewer):
        assert client_of(reviewer).get(workbench(in_review)).status_code == 200
        revisions = Revision.objects.count()
        assert client_of(reviewer).post(self.url(in_review), {}).status_code == 302
        assert client_of(reviewer).post(workbench(in_review), fill(in_review)).status_code == 302
        assert Revision.objects.count() == revisions

    def test_a_page_type_without_own_content(self, client_of, editor, german):
        section = SectionPageFactory(published=True)
        job = actions.request_translation(section, german, editor)
        assert client_of(editor).get(self.url(job)).status_code == 404
        assert client_of(editor).post(self.url(job)).status_code == 404


def test_an_editor_in_the_group_of_reviewers_counts_once(client_of, job, translator):
    """The submitter of a translation is nobody else's second pair of eyes, whatever groups they are in."""
    translator.groups.add(*Group.objects.filter(name__in=[EDITORS, translation_reviewers("de")]))
    client_of(translator).post(workbench(job), fill(job) | {"submit": ""})
    state = job.target_page().current_workflow_task_state
    client_of(translator).post(reverse("workflows_review", args=[state.pk]), {"decision": "approve"})
    assert not job.target_page().live


def test_a_translation_that_waits_can_not_be_asked_for_again(client_of, job, editor, report):
    answer = client_of(editor).get(reverse("translations:request", args=[report.pk])).content.decode()
    assert 'value="de"' not in answer
    assert PublicationPageFactory._meta.model.objects.filter(locale__language_code="de").count() == 1
