"""A file inside a text."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from access.visitor import Visitor
from cms.core.blocks.choosers import FileChooserBlock


class DocumentCardBlock(blocks.StructBlock):
    """One file with a title and a sentence. Shown only to readers who may read the file."""

    document = FileChooserBlock(label=_("File"))
    title = blocks.CharBlock(
        label=_("Title"),
        max_length=200,
        required=False,
        search_index=False,  # shown only to readers who may read the file; the index is one for all
        help_text=_("Empty: the title of the file."),
    )
    description = blocks.CharBlock(label=_("Description"), max_length=300, required=False, search_index=False)

    class Meta:
        label = _("Document")
        icon = "doc-full-inverse"
        description = _("A file that readers can open or download.")
        template = "cms_core/blocks/document_card.html"
        label_format = "{title}"
        preview_template = "cms_core/blocks/previews/document.html"
        preview_value = {"document": None, "title": "Annual report", "description": "What we did last year."}

    def get_context(self, value: blocks.StructValue, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Adds ``row``: a FileRow, or None if this visitor may not read the file."""
        from cms.core.files import row_if_readable  # it needs the models

        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        request = (parent_context or {}).get("request")
        visitor = Visitor.of(request) if request is not None else Visitor()
        context["row"] = None
        if value["document"]:
            context["row"] = row_if_readable(value["document"], visitor, value["title"])
        return context
