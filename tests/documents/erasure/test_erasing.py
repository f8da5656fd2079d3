"""After an erasure nothing of the words is left in any store, and everything else works as before."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages
from django.db import connection
from wagtail.models import ModelLogEntry, Page, Revision

from documents.actions import add_document, add_version
from documents.checks import blocking
from documents.erasure import ledger
from documents.exceptions import IntakeError
from documents.models import Document, ErasedDocument, Erasure
from documents.processing import process
from search import compounds, words
from tests.documents.conftest import picture_by, upload
from tests.documents.erasure.conftest import (
    NAME,
    assert_nothing_left,
    blobs,
    published_case,
    traces_in_database,
    traces_in_index,
    traces_in_storage,
)
from tests.factories import PublicationPageFactory
from workflows.drift import check_drift


def test_no_store_has_the_words_any_more(world, client):
    assert len(traces_in_database()) > 10 and traces_in_storage() and traces_in_index()
    assert_nothing_left(world, world.erase())
    assert client.get(f"/d/{world.first.series}/v1/").status_code == 410
    assert client.get(f"/d/{world.first.series}/v1/p/1/").status_code == 410


def test_what_the_search_learned_of_the_words_goes_with_them(world):
    """No nightly job runs in between: what it counted and froze before is left alone by nobody else."""
    german = PublicationPageFactory(published=True, title=f"Bericht {NAME}", language="de")
    words.refresh()
    compounds.freeze()
    learned = {"search_searchword.word", "search_wordbearer.words", "search_searchvocabulary.counts"}
    assert learned <= traces_in_database()
    german.delete()
    assert_nothing_left(world, world.erase())


def test_without_words_the_file_is_gone_all_the_same(world):
    world.erase(words=[])
    left = {place for place in traces_in_database() if place.startswith("documents_")}
    assert left == set()
    assert not any("Quillbramble" in f"{entry.label}{entry.data}" for entry in ModelLogEntry.objects.all())
    assert traces_in_storage() == set()


def test_the_public_page_goes_on_without_the_file(world, client):
    other = published_case(world.first)
    world.erase()
    page = world.shown()
    assert page.live and client.get(page.get_url()).status_code == 200
    assert [row.document_id for row in page.files.all()] == []
    assert page.summary == "What […] saw."
    assert "linktype" not in page.abstract and "spoke" in page.abstract
    assert client.get(other.get_url()).status_code == 200
    assert check_drift() == []


def test_what_went_public_past_the_gate_is_cleaned_and_not_approved(world):
    Page.objects.filter(pk=world.page.pk).update(title="Quillbramble, as nobody approved it")
    assert check_drift() == [world.page.pk]
    world.erase()
    page = world.shown()
    assert page.live and page.title == "[…], as nobody approved it"
    assert check_drift() == [world.page.pk]


def test_the_draft_keeps_the_version_that_stays(world):
    world.erase()
    draft = world.shown().get_latest_revision_as_object()
    assert [row.document_id for row in draft.files.all()] == [world.second.pk]
    assert draft.title == "Detained with […]"
    assert Revision.objects.filter(object_id=str(world.page.pk)).count() == 2


def test_passages_that_the_page_quotes_go_where_no_version_that_stays_has_them(world):
    world.erase()
    assert "The files of a security service seldom name the act." in world.shown().abstract
    Document.objects.get(pk=world.second.pk)


def test_passages_of_a_file_that_goes_altogether_go_too(world):
    world.erase(scope=Erasure.Scope.SERIES)
    assert "seldom name the act" not in world.shown().abstract


def test_a_tombstone_stays(world):
    erasure = world.erase()
    stone = ErasedDocument.objects.get()
    assert (stone.series, stone.number, stone.original_sha256) == (
        world.first.series,
        1,
        world.first.original_sha256,
    )
    assert (stone.asked_by_name, stone.confirmed_by_name) == (str(world.people["legal"]), str(world.people["legal2"]))
    assert (stone.reason, stone.was_public, stone.erasure) == ("Her life is in danger.", True, erasure)


def test_the_number_is_not_given_again(world):
    world.erase(scope=Erasure.Scope.SERIES)
    assert not Document.objects.filter(series=world.first.series).exists()
    third = add_version(world.second, upload(b"%PDF-1.4 " + _pdf()[9:]), user=world.people["author"])
    assert third.number == 3


def _pdf():
    from tests.documents.conftest import small_pdf

    return small_pdf(3)


def test_the_same_file_is_refused_without_saying_why(world):
    with world.first.original.open("rb") as stored:
        data = stored.read()
    world.erase()
    with pytest.raises(IntakeError) as refusal:
        add_document(upload(data), title="Again", user=world.people["author"])
    assert "eras" not in str(refusal.value).lower() and "can't be filed here" in str(refusal.value)


def test_nor_does_it_come_back_with_other_details_about_its_maker(people, no_processing):
    first, other = (
        add_document(upload(picture_by(name), "map.png"), title="Map", user=people["author"])
        for name in ("Anna", "Bert")
    )
    assert process(first.pk)
    first.refresh_from_db()
    hashes = {"original_sha256": first.original_sha256, "sha256": first.sha256}
    erasure = Erasure.objects.create(reason="Her life is in danger.", series=first.series, number=1)
    ErasedDocument.objects.create(erasure=erasure, series=first.series, number=1, **hashes)
    before = set(blobs())
    assert not process(other.pk)
    other.refresh_from_db()
    assert (other.state, other.sha256) == (Document.State.FAILED, "")
    assert "can't be filed here" in blocking([other.pk])[0]
    assert set(blobs()) == before


def test_every_copy_of_the_same_bytes_goes(world):
    with world.first.original.open("rb") as stored:
        copy = add_document(upload(stored.read()), title="A copy", user=world.people["editor"])
    world.erase()
    assert not Document.objects.filter(pk=copy.pk).exists()
    assert ErasedDocument.objects.count() == 2


def test_all_before_takes_older_versions(world):
    third = add_version(world.second, upload(_pdf()), user=world.people["author"])
    from documents.erasure import actions

    erasure = actions.ask(world.second, world.people["legal"], "Named.", scope=Erasure.Scope.OLDER)
    world.confirm(erasure)
    assert list(Document.objects.filter(series=third.series).values_list("number", flat=True)) == [3]


def test_a_series_of_which_something_is_public_is_not_gone(world, client):
    page = world.shown()
    from cms.publications.models import PublicationFile
    from tests.factories import publish

    page.files = [PublicationFile(document=world.second)]
    publish(page)
    world.erase()
    assert client.get(f"/d/{world.first.series}/").status_code == 200
    assert client.get(f"/d/{world.first.series}/v1/").status_code == 410


def test_what_was_never_public_is_not_found(world, client):
    from documents.erasure import actions

    world.confirm(actions.ask(world.second, world.people["legal"], "Named.", scope=Erasure.Scope.VERSION))
    assert client.get(f"/d/{world.first.series}/v2/").status_code == 404


def test_the_ledger_has_no_word(world):
    erasure = world.erase()
    assert ledger.noted() == {str(erasure.pk)}
    with storages["documents"].open(f"erasures/{erasure.pk}.json") as file:
        text = file.read().decode().lower()
    for word in ("quillbr", "nettlew", "report", "danger", str(world.people["legal"])):
        assert word not in text
    assert connection.vendor in ("sqlite", "postgresql")
