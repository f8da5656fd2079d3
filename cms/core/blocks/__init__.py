"""The blocks that texts are made of, one family per file."""

from cms.core.blocks.documents import DocumentCardBlock
from cms.core.blocks.lists import AccordionBlock, FootnotesBlock, TableBlock, TimelineBlock
from cms.core.blocks.media import ImageBlock, MapBlock, VideoBlock
from cms.core.blocks.text import CallOutBlock, HeadingBlock, LongTextBlock, QuoteBlock, TextBlock

BODY_BLOCKS = [
    ("heading", HeadingBlock()),
    ("text", TextBlock()),
    ("quote", QuoteBlock()),
    ("image", ImageBlock()),
    ("video", VideoBlock()),
    ("map", MapBlock()),
    ("document", DocumentCardBlock()),
    ("call_out", CallOutBlock()),
    ("timeline", TimelineBlock()),
    ("table", TableBlock()),
    ("accordion", AccordionBlock()),
    ("footnotes", FootnotesBlock()),
]

LONG_BODY_BLOCKS = [("long_text", LongTextBlock()), *BODY_BLOCKS]

__all__ = [
    "BODY_BLOCKS",
    "LONG_BODY_BLOCKS",
    "AccordionBlock",
    "CallOutBlock",
    "DocumentCardBlock",
    "FootnotesBlock",
    "HeadingBlock",
    "ImageBlock",
    "LongTextBlock",
    "MapBlock",
    "QuoteBlock",
    "TableBlock",
    "TextBlock",
    "TimelineBlock",
    "VideoBlock",
]
