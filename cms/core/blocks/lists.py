"""Structured lists: footnotes, timelines, tables, questions and answers."""

from __future__ import annotations

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks.fixed import FixedCharBlock
from cms.core.richtext import LINE_FEATURES, TEXT_FEATURES


class FootnoteBlock(blocks.StructBlock):
    """One note."""

    marker = FixedCharBlock(label=_("Mark"), max_length=10, help_text=_("The number or sign in the text."))
    text = blocks.RichTextBlock(label=_("Note"), features=LINE_FEATURES)


class FootnotesBlock(blocks.StructBlock):
    """The notes of a text, at its end."""

    notes = blocks.ListBlock(FootnoteBlock(), label=_("Notes"), min_num=1)

    class Meta:
        label = _("Footnotes")
        icon = "list-ol"
        description = _("Sources and remarks at the end of the text.")
        template = "cms_core/blocks/footnotes.html"
        preview_value = {"notes": [{"marker": "1", "text": "<p>Judgment of 13 January 2022.</p>"}]}


class EventBlock(blocks.StructBlock):
    """One event."""

    when = blocks.CharBlock(label=_("When"), max_length=60, help_text=_("As it should be read: June 2024."))
    date = blocks.DateBlock(label=_("Date"), required=False, help_text=_("For machines, if the day is known."))
    title = blocks.CharBlock(label=_("What happened"), max_length=200)
    text = blocks.RichTextBlock(label=_("More"), features=TEXT_FEATURES, required=False)


class TimelineBlock(blocks.StructBlock):
    """What happened when."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=150, required=False)
    events = blocks.ListBlock(EventBlock(), label=_("Events"), min_num=1)

    class Meta:
        label = _("Timeline")
        icon = "history"
        description = _("Events in their order.")
        template = "cms_core/blocks/timeline.html"
        label_format = "{heading}"
        preview_value = {
            "heading": "The proceedings",
            "events": [{"when": "June 2024", "date": None, "title": "The complaint is filed", "text": ""}],
        }


class RowBlock(blocks.StructBlock):
    """One row of a table."""

    cells = blocks.ListBlock(blocks.CharBlock(label=_("Cell"), max_length=500, required=False), label=_("Cells"))


class TableStructValue(blocks.StructValue):
    """A table whose rows are as long as its head."""

    @property
    def body(self) -> list[list[str]]:
        """The rows, filled up or cut to the number of columns."""
        width = len(self["header"])
        return [[*row["cells"], *[""] * width][:width] for row in self["rows"]]


class TableBlock(blocks.StructBlock):
    """A small table. Made of plain blocks, so that every cell can be translated."""

    caption = blocks.CharBlock(label=_("Caption"), max_length=200, help_text=_("What the table shows."))
    header = blocks.ListBlock(blocks.CharBlock(label=_("Column"), max_length=150), label=_("Columns"), min_num=1)
    rows = blocks.ListBlock(RowBlock(), label=_("Rows"), min_num=1)
    first_column_is_header = blocks.BooleanBlock(label=_("The first cell names its row"), required=False, default=True)

    class Meta:
        label = _("Table")
        icon = "table"
        description = _("Figures and facts in rows and columns.")
        template = "cms_core/blocks/table.html"
        value_class = TableStructValue
        label_format = "{caption}"
        preview_value = {
            "caption": "Proceedings by country",
            "header": ["Country", "Proceedings"],
            "rows": [{"cells": ["Germany", "14"]}, {"cells": ["Sweden", "6"]}],
            "first_column_is_header": True,
        }


class AccordionItemStructValue(blocks.StructValue):
    """A part that can be linked to."""

    @property
    def anchor(self) -> str:
        return slugify(self["heading"], allow_unicode=True) or "part"


class AccordionItemBlock(blocks.StructBlock):
    """One part."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=200)
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES)

    class Meta:
        value_class = AccordionItemStructValue


class AccordionBlock(blocks.StructBlock):
    """Parts that open one by one."""

    parts = blocks.ListBlock(AccordionItemBlock(), label=_("Parts"), min_num=1)

    class Meta:
        label = _("Accordion")
        icon = "list-ul"
        description = _("Questions and answers, or parts that few readers need.")
        template = "cms_core/blocks/accordion.html"
        preview_value = {"parts": [{"heading": "Who can file a complaint?", "text": "<p>Anybody.</p>"}]}
