"""An archive as large as the product is meant for: publications with a file each, past intake and extraction.

The first publications come through the importer, the others are copies of those. Their files are rows only, with the texts
of their pages and the search tokens that the product makes of them; nothing reads their bytes. Import this when Django is
set up.
"""

from __future__ import annotations

import random
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

from django.db import connection

from access.models import User
from bench.archive import write_rows
from bench.copies import multiply
from cms.publications.importing import Importer, Summary
from cms.publications.importing.rows import FileEntry
from cms.publications.importing.writing import New
from documents.extraction.inspection import GATE
from documents.models import Document, DocumentCheck, DocumentPageText, DocumentTokens
from documents.wording import INSPECTED
from search.models import SearchOutbox
from search.pages import pack

PAGES = 10
BIG_FILES, BIG_PAGES = 10, 600
"""The first publications have a file of so many pages each."""
WORDS = 250
"""On a page."""
IMPORTED = 2000
DISTINCT = 1000
"""Files with a text of their own; the others repeat them. Making tokens of a million pages would take an hour."""
SYLLABLES = ["ba", "co", "di", "fe", "gu", "ham", "ken", "lor", "min", "nor", "pat", "rus", "sol", "ten", "vin", "wel"]
ENTRY = FileEntry(path="", language="en", role="full", label="")


@cache
def vocabulary() -> list[str]:
    """30,000 made-up words, the most frequent first; the same in every run."""
    made = random.Random(5)
    return list(dict.fromkeys("".join(made.choices(SYLLABLES, k=made.randint(2, 5))) for _ in range(45_000)))[:30_000]


@cache
def _weights() -> list[float]:
    """How frequent the words are, added up: each about as often as its place in the list says, 1 : n (Zipf)."""
    return list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary()))))


@cache
def _text(number: int, pages: int) -> tuple[tuple[str, ...], bytes]:
    """The texts of the pages of file ``number``, and its search tokens."""
    made = random.Random(number)
    texts = tuple(" ".join(made.choices(vocabulary(), cum_weights=_weights(), k=WORDS)) for _ in range(pages))
    return texts, pack([("en", text) for text in texts])


def _documents(numbers: Sequence[int]) -> list[Document]:
    """Ready documents with page texts and tokens for the publications ``numbers``."""
    texts = [_text(n, BIG_PAGES) if n < BIG_FILES else _text(n % DISTINCT, PAGES) for n in numbers]
    made = Document.objects.bulk_create(
        Document(
            title=f"File {number}",
            language="en",
            mime="application/pdf",
            state=Document.State.READY,
            file=f"documents/{uuid.uuid4()}",
            sha256=uuid.uuid4().hex * 2,
            size=100_000,
            page_count=len(pages),
        )
        for number, (pages, _blob) in zip(numbers, texts, strict=True)
    )
    DocumentCheck.objects.bulk_create(
        DocumentCheck(document=document, name=INSPECTED, state=DocumentCheck.State.OK, gate=GATE) for document in made
    )
    DocumentPageText.objects.bulk_create(_page_rows(made, [pages for pages, _blob in texts]), batch_size=1000)
    DocumentTokens.objects.bulk_create(
        DocumentTokens(document=document, blob=blob) for document, (_pages, blob) in zip(made, texts, strict=True)
    )
    return list(made)


def _page_rows(documents: Sequence[Document], texts: Sequence[Sequence[str]]) -> Iterator[DocumentPageText]:
    for document, pages in zip(documents, texts, strict=True):
        for number, text in enumerate(pages, start=1):
            yield DocumentPageText(document=document, number=number, language="en", text=text)


class FilingImporter(Importer):
    """Gives each new publication a file that never went through intake."""

    def _create(self, new: list[New], counts: Summary) -> int:
        documents = _documents([int(each.row.key.rpartition("-")[2]) for each in new])
        for each, document in zip(new, documents, strict=True):
            each.related.files = [(document, ENTRY)]
        return super()._create(new, counts)


def fill(publications: int, progress: Callable[[int], object]) -> None:
    """Makes it ``publications``, those imported already included; ``progress`` gets how many are done.

    The first ``IMPORTED`` are imported, the others are copies of them. What waits in the outbox is thrown away: a rebuild
    comes next and writes everything.
    """
    user = User.objects.get(username="admin")
    importer = FilingImporter(user=user, publish=True, progress=lambda summary: progress(summary.rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        write_rows(path, min(publications, IMPORTED), texts=4)
        with path.open(encoding="utf-8") as lines:
            summary = importer.run(lines)
    assert not summary.errors, summary.errors[:3]
    if publications > IMPORTED:
        multiply(publications - IMPORTED, PAGES)
        progress(publications)
    SearchOutbox.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # autovacuum would, some minutes later


def big_files() -> list[Document]:
    """The files of many pages."""
    return list(Document.objects.filter(page_count=BIG_PAGES).order_by("pk"))


def drafts(words: Sequence[str]) -> None:
    """Publications that nobody sees yet, each with one of ``words`` in its title and as its key."""
    rows = [f'{{"key": "{word}", "title": "Findable {word}", "language": "en"}}' for word in words]
    summary = Importer(user=User.objects.get(username="admin"), publish=False).run(rows)
    assert summary.created == len(words), summary
