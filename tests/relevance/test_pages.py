"""Who looks for a sentence in a file is led to its page: the file comes first, and its best page is the right one."""

from __future__ import annotations

import re
import sys

import pytest

from access.visitor import Visitor
from documents.models import DocumentPageText, DocumentTokens
from search.engines import get_engine
from search.outbox import drain, touch
from search.pages import pack
from search.parameters import Parameters
from search.results import answer
from tests.factories import DocumentFactory, PublicationPageFactory
from tests.kept import kept
from tests.relevance.collection import files

pytestmark = pytest.mark.django_db

LEAST_RIGHT = 0.95


@pytest.fixture(scope="module")
def shelf(django_db_setup, django_db_blocker, tmp_path_factory):
    """{title: publication} of a published one for each file, read out as the extraction does. Made once."""
    with kept(django_db_blocker, tmp_path_factory.mktemp("shelf")):
        yield {file.title: _published(file) for file in files()}


def _published(file):
    document = DocumentFactory(title=file.title, language=file.language, page_count=len(file.pages))
    DocumentPageText.objects.bulk_create(
        DocumentPageText(document=document, number=number, language=file.language, text=text)
        for number, text in enumerate(file.pages, 1)
    )
    blob = pack([(file.language, text) for text in file.pages])
    DocumentTokens.objects.create(document=document, blob=blob)
    return PublicationPageFactory(published=True, title=file.title, language=file.language, files=[document])


def test_there_are_enough():
    assert sum(len(file.queries) for file in files()) >= 100
    assert all(1 <= number <= len(file.pages) for file in files() for number in file.queries.values())


def test_the_right_page_is_named_first(shelf, everywhere):
    touch(f"{page.translation_key}/{page.locale.language_code}" for page in shelf.values())
    drain()
    assert get_engine().name == everywhere
    wrong = {}
    for file in files():
        for text, number in file.queries.items():
            named = first_page(answer(Parameters(q=text, language=file.language), Visitor()), file)
            if named != number:
                wrong[text] = (number, named)
    right = 1 - len(wrong) / sum(len(file.queries) for file in files())
    sys.stdout.write(f"\n{everywhere}: the right page first for {right:.2f} of the questions\n")
    assert right >= LEAST_RIGHT, wrong


def first_page(found, file):
    """The page that the best result is from, by its link and by what is quoted; None where that is another file."""
    results = found.results or (found.instead.results if found.instead else ())
    if not results or results[0].title != file.title:
        return None
    snippet = next((each for each in results[0].snippets if each.source == "file"), None)
    if snippet is None or not is_in(snippet.html, file.pages[snippet.page - 1]):
        return None
    return snippet.page if results[0].pages[0].number == snippet.page else None


def is_in(html, page):
    """Whether what is quoted stands on ``page``, with something in it marked."""
    quoted = re.sub(r"<[^>]+>", "", html).replace("&#x27;", "'").strip("… ")
    return "<mark>" in html and quoted in page
