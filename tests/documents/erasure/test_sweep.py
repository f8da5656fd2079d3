"""Which columns of the database get gaps, and which are left to people."""

from __future__ import annotations

import pytest
from django_tasks_db.models import DBTaskResult
from wagtail.log_actions import log
from wagtail.models import Collection, ModelLogEntry, Site

from cms.publications.models import ImportedRow
from documents.erasure.listing import Place, places
from documents.erasure.sweep import sweep
from documents.erasure.words import Matcher, fingerprints
from documents.models import DocumentOutline
from search.models import SearchWord, WordBearer
from tests.factories import DocumentFactory, PublicationPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def matcher():
    return Matcher(fingerprints(["Quillbramble"]))


def test_what_machines_hold_on_to_is_told_and_stays(matcher):
    ImportedRow.objects.create(key="quillbramble-1", language="en", page=PublicationPageFactory())
    Site.objects.update(site_name="Quillbramble", hostname="quillbramble.example.org")
    Collection.get_first_root_node().add_child(name="Quillbramble")
    task = DBTaskResult.objects.create(
        args_kwargs={"args": ["quillbramble"], "kwargs": {}},
        task_path="x",
        backend_name="default",
        exception_class_path="",
        traceback="About Quillbramble",
    )
    left = sweep(matcher, rewrite=True)
    assert ImportedRow.objects.get().key == "quillbramble-1"
    assert Site.objects.get().hostname == "quillbramble.example.org"
    assert Collection.objects.filter(name="Quillbramble").exists()
    task.refresh_from_db()
    assert (task.args_kwargs["args"], task.traceback) == (["quillbramble"], "About […]")
    assert left == {
        "publications.importedrow.key": 1,
        "wagtailcore.site.hostname": 1,
        "wagtailcore.site.site_name": 1,
        "wagtailcore.collection.name": 1,
        "django_tasks_database.dbtaskresult.args_kwargs": 1,
    }


def test_addresses_in_json_stay_and_are_counted_at_the_end(matcher):
    log(DocumentFactory(), "wagtail.edit", data={"slug": "quillbramble", "note": "by Quillbramble"})
    sweep(matcher, rewrite=True)
    assert ModelLogEntry.objects.get().data == {"slug": "quillbramble", "note": "by […]"}
    assert sweep(matcher, rewrite=False) == {"wagtailcore.modellogentry.data": 1}


def test_headings_of_a_file_that_stays_are_told_and_stay(matcher):
    outline = DocumentOutline.objects.create(document=DocumentFactory(), entries=[[1, 1, "Of Quillbramble"]])
    assert sweep(matcher, rewrite=True) == {"documents.documentoutline.entries": 1}
    outline.refresh_from_db()
    assert outline.entries == [[1, 1, "Of Quillbramble"]]


def test_what_the_search_learned_is_counted_and_left_to_the_index(matcher):
    """It says of which words the table of spellings is to be rid of; nobody has to change it by hand."""
    SearchWord.objects.create(language="en", word="quillbramble", count=1)
    bearer = WordBearer.objects.create(key="a/en", language="en", words="camp quillbramble")
    assert sweep(matcher, rewrite=True) == {"search.searchword.word": 1, "search.wordbearer.words": 1}
    bearer.refresh_from_db()
    assert bearer.words == "camp quillbramble"
    assert places(sweep(matcher, rewrite=False)) == [Place("The words in the search index", 2, False)]
