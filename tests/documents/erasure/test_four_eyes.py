"""Nobody erases alone, whatever they post."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from access.roles import ADMINISTRATORS, AUTHORS, EDITORS, LEGAL, READERS
from documents.erasure import listing, running, targets
from documents.erasure.actions import ask, cancel, confirm
from documents.exceptions import AppendOnlyError, ErasureRefused
from documents.models import Document, ErasedDocument, Erasure
from tests.factories import DocumentFactory, PublicationPageFactory, UserFactory
from tests.workflows.conftest import Desk

pytestmark = pytest.mark.django_db

FORM = {"scope": "version", "reason": "Her life is in danger.", "words": "Quillbramble", "passages": "on"}


@pytest.fixture
def document():
    found = DocumentFactory(title="Report on somebody")
    PublicationPageFactory(published=True, title="Detained", files=[found])
    return found


@pytest.fixture
def legal():
    return Desk(UserFactory(groups=[LEGAL]))


@pytest.fixture
def legal2():
    return Desk(UserFactory(groups=[LEGAL]))


@pytest.fixture
def asked(legal, document):
    response = legal.post("document_erase", document.pk, data=FORM)
    assert response.status_code == 302
    erasure = Erasure.objects.get()
    running.survey(str(erasure.pk))
    erasure.refresh_from_db()
    return erasure


def seen(erasure):
    return targets.seen(erasure)


def post(desk, erasure, decision="confirm", **data):
    return desk.post("document_erasure_decide", erasure.pk, decision, data={"seen": seen(erasure)} | data)


def test_asking_destroys_nothing(asked, document):
    assert asked.state == "asked" and Document.objects.filter(pk=document.pk).exists()
    assert asked.targets[0]["number"] == 1
    assert "quillbramble" not in str(asked.__dict__).lower()


def test_the_list_shows_what_goes_before_anybody_confirms(asked, document, legal2):
    screen = legal2.get("document_erasure", asked.pk).content.decode()
    for part in ("Report on somebody", "Detained", "Her life is in danger.", "Erase for good"):
        assert part in screen


def test_the_first_page_tells_who_may_decide_and_nobody_else(asked, legal2):
    editor = Desk(UserFactory(groups=[EDITORS]))
    assert str(asked.pk) in legal2.get("wagtailadmin_home").content.decode()
    assert "rasure" not in editor.get("wagtailadmin_home").content.decode()
    post(legal2, asked, "cancel")
    assert str(asked.pk) not in legal2.get("wagtailadmin_home").content.decode()


def test_who_asked_can_not_confirm(asked, legal, document):
    assert "Erase for good" not in legal.get("document_erasure", asked.pk).content.decode()
    response = post(legal, asked)
    assert "someone else has to confirm" in legal.messages(response)[0]
    asked.refresh_from_db()
    assert asked.state == "asked" and Document.objects.filter(pk=document.pk).exists()


def test_an_administrator_who_asked_can_not_confirm_either(document):
    boss = Desk(UserFactory(administrator=True, is_staff=True))
    boss.post("document_erase", document.pk, data=FORM)
    erasure = Erasure.objects.get()
    running.survey(str(erasure.pk))
    erasure.refresh_from_db()
    post(boss, erasure)
    erasure.refresh_from_db()
    assert erasure.state == "asked"


@pytest.mark.parametrize("groups", [[EDITORS], [AUTHORS], [EDITORS, AUTHORS]])
def test_other_roles_find_nothing(asked, document, groups):
    desk = Desk(UserFactory(groups=groups))
    assert desk.get("document_erasures").status_code == 404
    assert desk.get("document_erasure", asked.pk).status_code == 404
    assert desk.get("document_erase", document.pk).status_code == 404
    assert desk.post("document_erase", document.pk, data=FORM).status_code == 404
    assert post(desk, asked).status_code == 404
    assert post(desk, asked, "cancel").status_code == 404
    asked.refresh_from_db()
    assert asked.state == "asked" and Erasure.objects.count() == 1


def test_members_and_strangers_are_not_let_in(asked, client):
    for user in (None, UserFactory(groups=[READERS])):
        if user:
            client.force_login(user)
        response = client.post(reverse("document_erasure_decide", args=[asked.pk, "confirm"]), {"seen": seen(asked)})
        assert response.status_code in (302, 403)
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_a_get_decides_nothing(asked, legal2):
    assert legal2.get("document_erasure_decide", asked.pk, "confirm").status_code == 405
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_another_decision_is_not_there(asked, legal2):
    assert post(legal2, asked, "force").status_code == 404


def test_a_list_that_changed_has_to_be_seen_again(asked, legal2, document):
    old = seen(asked)
    asked.scope = "series"
    asked.save()
    DocumentFactory(series=document.series, number=2)
    response = post(legal2, asked, seen=old)
    assert "has changed meanwhile" in legal2.messages(response)[0]
    asked.refresh_from_db()
    assert asked.state == "asked"
    post(legal2, asked)
    asked.refresh_from_db()
    assert asked.state != "asked" and len(asked.targets) == 2


def test_before_the_count_nobody_confirms(asked, legal2):
    Erasure.objects.update(surveyed_at=None)
    assert "still being counted" in legal2.messages(post(legal2, asked))[0]


def test_pages_and_counts_that_changed_have_to_be_seen_again(asked, legal2, document):
    for change in (
        lambda: PublicationPageFactory(published=True, files=[document]),
        lambda: Erasure.objects.update(found={"wagtailcore.page.title": 3}),
    ):
        old = seen(Erasure.objects.get())
        change()
        assert "has changed meanwhile" in legal2.messages(post(legal2, asked, seen=old))[0]
    assert Erasure.objects.get().state == "asked"


def test_a_count_of_long_ago_is_made_again(asked, legal2, django_capture_on_commit_callbacks):
    Erasure.objects.update(surveyed_at=timezone.now() - timedelta(minutes=61))
    asked.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):  # tests work tasks off at once
        response = post(legal2, asked)
    assert "counted more than an hour ago" in legal2.messages(response)[0]
    asked.refresh_from_db()
    assert asked.state == "asked" and timezone.now() - asked.surveyed_at < timedelta(minutes=1)
    post(legal2, asked)
    asked.refresh_from_db()
    assert asked.state == "running"


def test_a_request_can_be_cancelled_and_then_not_confirmed(asked, legal, legal2, document):
    post(legal, asked, "cancel")
    asked.refresh_from_db()
    assert (asked.state, asked.words) == ("cancelled", [])
    post(legal2, asked)
    asked.refresh_from_db()
    assert asked.state == "cancelled" and Document.objects.filter(pk=document.pk).exists()


def test_a_survey_writes_nothing_into_what_was_cancelled_meanwhile(asked, legal, monkeypatch):
    def sweep(matcher, *, rewrite):
        cancel(asked, legal.user)
        return {"wagtailcore.page.title": 1}

    monkeypatch.setattr(running, "sweep", sweep)
    running.survey(str(asked.pk))
    asked.refresh_from_db()
    assert (asked.state, asked.found) == ("cancelled", {})


def test_what_runs_can_not_be_cancelled(asked, legal, legal2):
    confirm(asked, legal2.user, seen(asked))
    with pytest.raises(ErasureRefused):
        cancel(asked, legal.user)


def test_who_lost_the_role_can_not_confirm(asked, legal2):
    legal2.user.groups.clear()
    with pytest.raises(ErasureRefused):
        confirm(asked, legal2.user, seen(asked))
    leaver = UserFactory(groups=[LEGAL, ADMINISTRATORS], is_active=False)
    with pytest.raises(ErasureRefused):
        confirm(asked, leaver, seen(asked))


def test_a_request_of_a_deleted_account_is_asked_anew(asked, legal, legal2):
    legal.user.delete()
    assert "Cancel this and ask anew" in legal2.messages(post(legal2, asked))[0]


def test_one_request_at_a_time(asked, document, legal2):
    response = legal2.post("document_erase", document.pk, data=FORM)
    assert response.status_code == 200 and Erasure.objects.count() == 1
    assert "asked for or under way already" in response.content.decode()


@pytest.mark.parametrize(("change", "sentence"), [({"reason": " "}, "required"), ({"words": "x"}, "too short")])
def test_a_request_needs_a_reason_and_real_words(document, legal, change, sentence):
    response = legal.post("document_erase", document.pk, data=FORM | change)
    assert response.status_code == 200 and sentence in response.content.decode()
    assert not Erasure.objects.exists()


def test_the_database_refuses_one_pair_of_eyes(document, legal):
    erasure = ask(document, legal.user, "Reason.", scope="version")
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.filter(pk=erasure.pk).update(state="running", decided_by=legal.user)


def test_tombstones_stay(asked):
    stone = ErasedDocument.objects.create(erasure=asked, series=asked.series, number=1)
    for change in (stone.save, stone.delete, ErasedDocument.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            change()
    with pytest.raises(AppendOnlyError):
        ErasedDocument.objects.update(reason="")


def test_an_erased_version_tells_nothing_of_a_file_that_only_members_read(asked, document, client):
    """410 for the whole file would say that there is one; its own number was public, and may say so."""
    ErasedDocument.objects.create(erasure=asked, series=document.series, number=7, was_public=True)
    PageViewRestriction.objects.create(
        page=Page.objects.get(title="Detained"), restriction_type=PageViewRestriction.LOGIN
    )
    assert client.get(f"/d/{document.series}/").status_code == 404
    assert client.get(f"/d/{document.series}/v7/").status_code == 410


def test_a_file_is_found_by_its_address(legal, document):
    response = legal.get("document_erasures", address=f"https://example.org/d/{document.series}/v1/p/3/?q=x")
    assert response.url == reverse("document_erase", args=[document.pk])
    assert "No file has this address" in legal.get("document_erasures", address="/d/nonsense/").content.decode()


def test_unknown_numbers_are_not_found(legal):
    assert legal.get("document_erase", 999_999).status_code == 404


def test_the_list_says_what_only_people_can_change(document, legal):
    page = PublicationPageFactory(published=True, title="Quillbramble", slug="quillbramble")
    legal.post("document_erase", document.pk, data=FORM)
    erasure = Erasure.objects.get()
    running.survey(str(erasure.pk))
    erasure.refresh_from_db()
    by_column = {name: listing.places({name: count})[0].stays for name, count in erasure.found.items()}
    assert by_column["wagtailcore.page.slug"] and by_column["wagtailcore.page.url_path"]
    assert not by_column["wagtailcore.page.title"] and not by_column["wagtailcore.revision.content"]
    confirm(erasure, UserFactory(groups=[LEGAL]), seen(erasure))
    assert page.slug == "quillbramble"
