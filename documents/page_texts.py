"""The texts of a document's pages in the database, the search tokens made of them, and the document's outline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from django.db import transaction
from django.db.models import BinaryField
from django.db.models.functions import Substr

from documents.extraction.language import fits
from documents.extraction.texts import OutlineEntry, PageText
from documents.models import Document, DocumentOutline, DocumentPageText, DocumentTokens
from search.pages import HEAD_BYTES, is_current, pack

HEADS = 1000
"""Beginnings of tokens that are read at once."""


def replace_pages(document: Document, pages: Iterable[PageText], *, keep_recognised: bool = True) -> None:
    """New texts instead of the old ones, and new tokens. Part of the caller's transaction.

    What was recognised on a page that still has no text of its own stays, unless ``keep_recognised`` is False:
    the file is the same, and recognising it took long.
    """
    old = document.page_texts.filter(source=DocumentPageText.Source.OCR) if keep_recognised else ()
    recognised = {page.number: page for page in old}
    document.page_texts.all().delete()
    DocumentPageText.objects.bulk_create(
        (_row(document, recognised.get(page.number) if page.source == "none" else None, page) for page in pages),
        batch_size=200,
    )
    renew_tokens(document)


def _row(document: Document, recognised: DocumentPageText | None, page: PageText) -> DocumentPageText:
    found = recognised or in_language(page, document.language)
    return DocumentPageText(
        document=document,
        number=page.number,
        language=found.language,
        text=found.text,
        source=found.source,
        layout=found.layout,
    )


def renew_tokens(document: Document) -> None:
    """Makes the search tokens of all page texts as they are now. Part of the caller's transaction."""
    pages = document.page_texts.order_by("number").values_list("language", "text")
    DocumentTokens.objects.update_or_create(document=document, defaults={"blob": pack(list(pages))})


def renew_old_tokens(progress: Callable[[], object]) -> int:
    """Makes the tokens anew that another version of the text analysis made; returns of how many files.

    Calls ``progress`` after each file. The tokens of one that is open in the meantime are made by today's analysis
    anyway.
    """
    renewed = 0
    for pk, is_old in _looked_at():
        if is_old:
            with transaction.atomic():
                tokens = DocumentTokens.objects.select_for_update().filter(pk=pk).first()
                if tokens is not None and not is_current(bytes(tokens.blob)):
                    renew_tokens(tokens.document)
                    renewed += 1
        progress()
    return renewed


def _looked_at() -> Iterator[tuple[int, bool]]:
    """Of all tokens, by their primary key, whether another version made them: their beginnings tell, many at once."""
    head = Substr("blob", 1, HEAD_BYTES, output_field=BinaryField())
    last = 0
    while piece := list(DocumentTokens.objects.filter(pk__gt=last).order_by("pk").values_list("pk", head)[:HEADS]):
        for pk, beginning in piece:
            yield pk, not is_current(bytes(beginning))
        last = piece[-1][0]


def replace_outline(document: Document, outline: Iterable[OutlineEntry]) -> None:
    """The new outline instead of the old one; no row for an empty one. Part of the caller's transaction."""
    DocumentOutline.objects.filter(document=document).delete()
    entries = [[entry.depth, entry.page, entry.title] for entry in outline]
    if entries:
        DocumentOutline.objects.create(document=document, entries=entries)


def in_language(page: PageText, language: str) -> PageText:
    """A page too short to tell is in the document's language, if its letters allow that."""
    if page.language or not fits(page.text, language):
        return page
    return replace(page, language=language)


def main_language(pages: Iterable[PageText | DocumentPageText]) -> str:
    """The language of more than half of the text; "" where none is."""
    lengths: Counter[str] = Counter()
    for page in pages:
        lengths[page.language] += len(page.text)
    language, length = lengths.most_common(1)[0] if lengths else ("", 0)
    return language if length * 2 > lengths.total() else ""
