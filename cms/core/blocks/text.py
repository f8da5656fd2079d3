"""Words: headings, running text, quotations, call-outs."""

from __future__ import annotations

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.languages import language_choices
from cms.core.richtext import LINE_FEATURES, LONG_TEXT_FEATURES, TEXT_FEATURES


class HeadingStructValue(blocks.StructValue):
    """A heading that can be linked to."""

    @property
    def anchor(self) -> str:
        """The heading's id in the page, letters of every script allowed."""
        return slugify(self["text"], allow_unicode=True) or "section"


class HeadingBlock(blocks.StructBlock):
    """A heading inside the text."""

    text = blocks.CharBlock(label=_("Heading"), max_length=200)
    level = blocks.ChoiceBlock(
        label=_("Level"),
        choices=[("h2", _("Main heading")), ("h3", _("Heading below it"))],
        default="h2",
        search_index=False,
    )

    class Meta:
        label = _("Heading")
        icon = "title"
        description = _("Divides a long text. Main headings are listed at the top of the page.")
        template = "cms_core/blocks/heading.html"
        value_class = HeadingStructValue
        label_format = "{text}"
        preview_value = {"text": "How the case began", "level": "h2"}


class TextBlock(blocks.RichTextBlock):
    """Paragraphs and lists, with few features on purpose."""

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        description = _("Paragraphs, lists and links.")
        features = TEXT_FEATURES
        template = "cms_core/blocks/rich_text.html"
        preview_value = "<p>Nine organisations have worked together on this since 2024.</p>"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"features": TEXT_FEATURES, **kwargs})


class LongTextBlock(TextBlock):
    """A whole report as text, with its own headings: what an import brings."""

    class Meta:
        label = _("Long text")
        icon = "doc-full"
        description = _("A whole chapter or report with its own headings.")
        template = "cms_core/blocks/rich_text.html"
        preview_value = "<h2>Findings</h2><p>The orders came from the same office.</p>"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"features": LONG_TEXT_FEATURES, **kwargs})


class QuoteBlock(blocks.StructBlock):
    """What somebody said or wrote, with its source."""

    text = blocks.RichTextBlock(label=_("Quotation"), features=LINE_FEATURES)
    attribution = blocks.CharBlock(label=_("Who said it"), max_length=200, required=False)
    source = blocks.CharBlock(label=_("Where"), max_length=300, required=False)
    source_url = blocks.URLBlock(label=_("Address of the source"), required=False)
    language = blocks.ChoiceBlock(
        label=_("Language"),
        choices=language_choices,
        required=False,
        search_index=False,
        help_text=_("Only if the quotation isn't in the language of the page."),
    )

    class Meta:
        label = _("Quotation")
        icon = "openquote"
        description = _("A quotation set apart from the text, with its source.")
        template = "cms_core/blocks/quote.html"
        label_format = "{attribution}"
        preview_value = {
            "text": "<p>I wanted to know who would hear me.</p>",
            "attribution": "A witness",
            "source": "",
            "source_url": "",
            "language": "",
        }


class CallOutBlock(blocks.StructBlock):
    """A box that a reader should not miss."""

    tone = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[("note", _("Note")), ("key", _("Key point")), ("warning", _("Warning"))],
        default="note",
        search_index=False,
    )
    heading = blocks.CharBlock(label=_("Heading"), max_length=150, required=False)
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES)

    class Meta:
        label = _("Call-out")
        icon = "warning"
        description = _("A note, a key point or a warning in a box.")
        template = "cms_core/blocks/call_out.html"
        label_format = "{heading}"
        preview_value = {"tone": "key", "heading": "In short", "text": "<p>The court has jurisdiction.</p>"}
