"""Names that programs make by themselves: they say nothing of anybody."""

from __future__ import annotations

import re

BOOKMARK = re.compile(
    r"_(Toc|Ref|Hlk|Hlt|MON_)\d*|_GoBack|_PictureBullets|OLE_LINK\d*|(bookmark|text|check|dropdown)_?\d*"
    r"|__(RefHeading|RefNumPara|DdeLink|UnoMark|Fieldmark)__(_Toc)?[\d_]*",
    re.IGNORECASE,
)
"""What word processors call bookmarks."""
HOLDER = re.compile(
    r"(section|table|table of contents|(alphabetical |illustration |user-defined |table |object )?index|index of (tables|figures|objects)"
    r"|bibliography|bereich|tabelle|inhaltsverzeichnis|tableau|secci[oó]n|tabla|جدول|مقطع)[ _]?\d*",
    re.IGNORECASE,
)
"""What LibreOffice calls sections and tables of a text."""
SHAPE = re.compile(
    r"(shape|drawing|object|unnamed|text ?box|text|frame|picture|image|graphics?|graphic frame|group|table|chart|diagram"
    r"|title|subtitle|(title|subtitle|content|text|picture|table|chart|smartart|date|footer|slide number|header|slide image|notes|media|vertical text)"
    r" placeholder|vertical title|rectangle|rounded rectangle|oval|ellipse|line|(straight|elbow|curved) connector|connector"
    r"|arrow|(right|left|up|down) arrow|freeform|freeform: shape|rectangle: rounded corners|straight arrow connector|control"
    r"|autoshape|wordart|media|video|audio)?[ _]?\d*",
    re.IGNORECASE,
)
"""What programs call shapes, in English; in other languages they get a name of this kind."""
PAGE = re.compile(
    r"(default section|standardabschnitt|section par défaut|sección predeterminada"
    r"|(slide|sheet|page|folie|tabelle|blatt|seite|diapo|diapositive|diapositiva|feuil(le)?|hoja|página|شريحة|ورقة|صفحة) ?\d{1,4})(: |$)",
    re.IGNORECASE,
)
"""What programs call a slide, sheet or page in the bookmarks of a PDF, before its title if it has one."""
