"""Which features editors have in rich text. The import sanitises to the same lists."""

from __future__ import annotations

LINE_FEATURES = ["bold", "italic", "link", "document-link", "superscript", "subscript"]
TEXT_FEATURES = [*LINE_FEATURES, "ol", "ul"]
LONG_TEXT_FEATURES = ["h2", "h3", "h4", *TEXT_FEATURES, "hr"]
