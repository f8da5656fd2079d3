"""What the demo shows, and that loading it again changes nothing."""

from collections import Counter
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.test import Client
from wagtail.models import Page, Revision, Task

from access.models import User
from access.visibility import visible_to
from access.visitor import Visitor
from cms.cases.models import CasePage
from cms.core.files import grouped
from cms.core.models import SectionPage
from cms.glossary.models import GlossaryIndexPage, GlossaryTermPage
from cms.publications.models import PublicationPage
from cms.publications.pages import files_of
from cms.topics.models import TopicPage
from documents.access import can_read
from documents.models import Document, DocumentCheck, DocumentRelease
from documents.wording import WITHDRAWN
from home.demo import loading
from home.demo.people import PASSWORD, PEOPLE
from home.demo.texts import LANGUAGES, entries, identifier
from home.models import HomePage
from search import compounds
from search.models import SearchVocabulary
from tests.factories import SectionPageFactory
from translations.models import TranslationJob
from workflows.models import ApprovalRecord, Withdrawal

pytestmark = pytest.mark.django_db


def of_the_demo(test):
    """Loading takes a minute, and counts to whichever test is first."""
    return pytest.mark.shared_search(pytest.mark.slow(pytest.mark.timeout(600)(test)))


def publication(key, language="en"):
    return PublicationPage.objects.get(translation_key=identifier("publication", key), locale__language_code=language)


@of_the_demo
def test_counts(demo):
    for model, at_least in ((TopicPage, 12), (GlossaryTermPage, 25), (SectionPage, 5)):
        counts = Counter(model.objects.live().values_list("locale__language_code", flat=True))
        assert set(counts) == set(LANGUAGES) and min(counts.values()) >= at_least
    publications = Counter(PublicationPage.objects.live().values_list("locale__language_code", flat=True))
    assert publications["en"] >= 40 and publications["de"] >= 12
    cases = Counter(CasePage.objects.live().values_list("locale__language_code", flat=True))
    assert cases["en"] == cases["de"] == cases["ar"] == 6


@of_the_demo
def test_people(demo):
    users = {user.username: user for user in User.objects.all()}
    assert {person.login for person in PEOPLE} <= set(users)
    assert all(users[person.login].check_password(PASSWORD) for person in PEOPLE)
    for language in ("de", "ar"):
        reviewers = User.objects.filter(groups__name=f"Translation review ({language})")
        assert reviewers.count() == 2


@of_the_demo
def test_compounds_are_split_by_the_demos_own_words(demo):
    assert len(SearchVocabulary.objects.get(pk=compounds.IN_USE).counts) > 100


@of_the_demo
def test_states(demo):
    anonymous, member = Visitor(), Visitor(User.objects.get(username="member"))
    states = {
        "mapping-of-funders": "draft",
        "annual-review-2025": "in moderation",
        "verdict-day": "scheduled",
        "call-for-evidence": "expired",
        "interim-findings": "draft",
    }
    for key, state in states.items():
        page = publication(key)
        assert not page.live and str(page.status_string) == state, key
    everybody = set(visible_to(Page.objects.all(), anonymous).values_list("pk", flat=True))
    assert not everybody & {publication(key).pk for key in [*states, "members-briefing"]}
    assert visible_to(Page.objects.all(), member).filter(pk=publication("members-briefing").pk).exists()
    assert Withdrawal.objects.filter(page_id=publication("interim-findings").pk, was_public=True).exists()
    assert publication("annual-review-2025").current_workflow_task.name in Task.objects.values_list("name", flat=True)
    hidden = Document.objects.filter(uses__page_id__in=[publication(key).pk for key in [*states, "members-briefing"]])
    assert hidden.count() >= 6 and not any(can_read(anonymous, document) for document in hidden)


@of_the_demo
def test_records(demo):
    live = Page.objects.filter(live=True, depth__gt=1)
    approved = ApprovalRecord.objects.exclude(revision_id=None).values("revision_id")
    assert live.count() > 300 and not live.exclude(live_revision__in=approved).exists()
    scheduled = Revision.objects.filter(approved_go_live_at__isnull=False)
    assert scheduled.count() == 1 and not scheduled.exclude(pk__in=approved).exists()


@of_the_demo
def test_files(demo):
    assert not Document.objects.exclude(state=Document.State.READY).exists()
    assert Document.objects.filter(page_count__gte=60).count() == 3
    assert set(Document.objects.values_list("language", flat=True)) == set(LANGUAGES)
    replaced = publication("hashes-and-custody")
    assert [row.document.number for row in replaced.files.all()] == [2]
    assert DocumentRelease.objects.filter(document__series=replaced.files.get().document.series).count() == 2
    assert Document.objects.filter(~Q(page_texts__text="")).distinct().count() == Document.objects.count()


@of_the_demo
def test_a_report_in_two_formats_is_one_entry(demo):
    page = publication("families-guide")
    assert [row.document.file_extension for row in page.files.all()] == ["pdf", "epub"]
    own = grouped(files_of(page, Visitor()), "en")[0]
    assert [(entry.main.format, [row.format for row in entry.others]) for entry in own.entries] == [("PDF", ["EPUB"])]


@of_the_demo
def test_the_leak_gate_raises_no_alarm(demo):
    checks = DocumentCheck.objects.all()
    assert checks.values("document").distinct().count() == Document.objects.count() >= 40
    found = checks.exclude(state=DocumentCheck.State.OK).exclude(name=WITHDRAWN)  # that is a decision of people
    assert list(found.values_list("document__title", "name", "state")) == []


@of_the_demo
def test_translations(demo):
    german = publication("who-gave-the-order", "de")
    assert german.translation_key == publication("who-gave-the-order").translation_key
    jobs = TranslationJob.objects.all()
    translated = Page.objects.filter(live=True, depth__gt=3).exclude(locale__language_code="en")
    known = {(job.translation.source.object_id, job.translation.target_locale_id) for job in jobs}
    missing = {(page.translation_key, page.locale_id) for page in translated} - known
    assert not missing
    assert not any(job.is_outdated() for job in jobs[:20])
    open_jobs = [job for job in jobs if not job.target_page().live]
    assert [job.target_page().locale.language_code for job in open_jobs] == ["de"]


@of_the_demo
def test_public_site(demo):
    client = Client()
    for home in HomePage.objects.filter(depth=2):
        answer = client.get(home.get_url())
        highlighted = entries(home.locale.language_code, "cases")["making-justice-work"]["title"]
        assert answer.status_code == 200 and highlighted in answer.content.decode()
    case = CasePage.objects.get(translation_key=identifier("case", "making-justice-work"), locale__language_code="ar")
    text = client.get(case.get_url()).content.decode()
    assert 'dir="rtl"' in text and "المسرد" in text and "youtube" in text.lower()
    check_weight(client)
    found = client.get("/api/v1/search", {"q": '"chain of command"', "lang": "en"}).json()
    assert [hit["title"] for hit in found["results"]] == ["Who Gave the Order"]
    assert [snippet["page"] for snippet in found["results"][0]["snippets"]] == [37]
    assert client.get("/api/v1/search", {"q": "الولاية القضائية العالمية", "lang": "ar"}).json()["total"] >= 5
    assert client.get("/api/v1/search", {"q": "Verdict Day", "lang": "en"}).json()["total"] == 0
    assert client.get(publication("interim-findings").get_url()).status_code == 410


def check_weight(client):
    """HTML and sheet of the longest pages, in the language that takes most bytes."""
    sheet = Path(finders.find("cms/site.css")).stat().st_size
    for model in (GlossaryIndexPage, CasePage, TopicPage):
        for page in model.objects.live().filter(locale__language_code="ar"):
            assert len(client.get(page.get_url()).content) + sheet < 60_000, page


def snapshot():
    """Everything that a second load might touch."""
    models = (Page, Revision, Document, DocumentRelease, ApprovalRecord, TranslationJob, User, Withdrawal)
    counts = {model.__name__: model.objects.count() for model in models}
    return counts, list(Page.objects.order_by("pk").values_list("pk", "latest_revision", "last_published_at"))


@of_the_demo
def test_loading_again_changes_nothing(demo, capsys):
    before = snapshot()
    assert loading.is_loaded()
    call_command("load_demo")
    assert snapshot() == before
    capsys.readouterr()
    call_command("load_demo", if_empty=True)
    assert snapshot() == before and capsys.readouterr().out == ""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_other_content_is_left_alone_unless_forced(demo):
    SectionPageFactory()
    with pytest.raises(CommandError, match="other content"):
        call_command("load_demo")
    call_command("load_demo", force=True)
