"""What the pages of a document are drawn from: the file itself, or the preview that was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from documents.extraction.jobs import PDF, PICTURES
from documents.models import Document, DocumentImage


@dataclass(frozen=True)
class Drawable:
    """A stored file with pages to draw: ``file`` is a FieldFile, ``sha256`` "" where none is recorded."""

    file: Any
    mime: str
    sha256: str = ""


def preview_of(document: Document) -> DocumentImage | None:
    """The stored preview of an office file; None where none was made."""
    return document.drawn_images.filter(kind=DocumentImage.Kind.PDF).first()


def drawable(document: Document) -> Drawable | None:
    """What the pages of a ready document are drawn from; None where it has no pages that can be."""
    if document.mime == PDF or document.mime in PICTURES:
        return Drawable(document.file, document.mime, document.sha256)
    preview = preview_of(document)
    return Drawable(preview.file, PDF) if preview else None
