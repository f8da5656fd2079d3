"""The pictures, files and pages that the texts of an answer name, read together: a query each, however many texts.

A public page shows its live revision, and what a revision names is recorded when it is saved. So
the rows are found without looking into the texts, and what isn't recorded is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from wagtail.fields import StreamField
from wagtail.models import Page

from access.visitor import Visitor
from cms.core.blocks.choosers import taken_from
from cms.core.files import readable_in_texts
from cms.core.links import load_links
from documents.access import readable_by, readable_images
from documents.models import Document, Image


class Chosen:
    """What the public pages of one answer name. Nothing is read before a text asks for it."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.pages: list[Page] = []

    @classmethod
    def of(cls, visitor: Visitor) -> Chosen:
        """That of the answer to this visitor's request."""
        return visitor.own(cls, lambda: cls(visitor))

    def load(self) -> None:
        """Fills the texts and the lead images of ``pages``, which must be public and of their own types."""
        load_links(self.pages, self.visitor)
        with taken_from(self._rows):
            for page in self.pages:
                for field in page._meta.fields:
                    if isinstance(field, StreamField):
                        list(getattr(page, field.name))
                if getattr(page, "lead_image_id", None):
                    page.lead_image = self._images.get(page.lead_image_id)

    def _rows(self, model: type[Any]) -> Mapping[int, Any]:
        if model is Document:
            return self._documents
        if model is Image:
            return self._images
        raise TypeError(f"{model.__name__} is not loaded together with others.")

    @property
    def _revisions(self) -> list[int]:
        return [page.live_revision_id for page in self.pages if page.live_revision_id]

    @cached_property
    def _images(self) -> dict[int, Image]:
        """Those that the visitor may see."""
        rows = readable_images(self.visitor).filter(uses__revision__in=self._revisions)
        return {image.pk: image for image in rows}

    @cached_property
    def _documents(self) -> dict[int, Document]:
        """Those that the visitor may read."""
        rows = readable_by(self.visitor).filter(uses__revision__in=self._revisions)
        found = {document.pk: document for document in rows}
        readable_in_texts(self.visitor).update(found)
        return found
