"""Sets a demo publication as an EPUB: what ``Booklet`` sets as a PDF, in the same words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from html import escape

from home.demo.pdf.layout import BODY, RIGHT_TO_LEFT, Imprint, Style

MIME = "application/epub+zip"
MADE = (2025, 1, 1, 0, 0, 0)
"""The time that every member carries: the same book is the same bytes."""
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">{reference}</dc:identifier>
<dc:title>{title}</dc:title><dc:language>{language}</dc:language><dc:publisher>{publisher}</dc:publisher>
<meta property="dcterms:modified">{date}T00:00:00Z</meta></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>{items}</manifest>
<spine>{spine}</spine>
</package>
"""
PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="{language}" dir="{direction}">
<head><title>{title}</title></head>
<body>{body}</body>
</html>
"""


class Ebook:
    """An EPUB in the making: a chapter for each heading. Its methods are those of ``Booklet``; a page means nothing here."""

    def __init__(self, imprint: Imprint) -> None:
        self.imprint = imprint
        self._chapters: list[tuple[str, list[str]]] = []

    def cover(self, publisher_line: str) -> None:
        """The title page."""
        about = self.imprint
        lines = (about.subtitle, ", ".join(about.authors), publisher_line, about.date_text, about.reference)
        self._chapters.append((about.title, [f"<h1>{escape(about.title)}</h1>"]))
        for line in filter(None, lines):
            self.paragraph(line)

    def contents(self, entries: int) -> None:
        """Nothing: a reader makes them from the list of chapters."""

    def heading(self, text: str, *, new_page: bool = False) -> None:
        """Begins a chapter."""
        self._chapters.append((text, [f"<h1>{escape(text)}</h1>"]))

    def subheading(self, text: str) -> None:
        """A heading within a chapter."""
        self._add(f"<h2>{escape(text)}</h2>")

    def paragraph(self, text: str, style: Style = BODY) -> None:
        """A paragraph; how it looks is the reader's business."""
        self._add(f"<p>{escape(text)}</p>")

    def bullets(self, items: Iterable[str]) -> None:
        """A list."""
        self._add(f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>")

    def bytes(self) -> bytes:
        """The book."""
        names = [f"chapter-{number}" for number in range(1, len(self._chapters) + 1)]
        links = [
            f'<li><a href="{name}.xhtml">{escape(title)}</a></li>'
            for name, (title, _parts) in zip(names, self._chapters, strict=True)
        ]
        contents = f'<nav epub:type="toc"><h1>{escape(self.imprint.contents_word)}</h1><ol>{"".join(links)}</ol></nav>'
        members = {"META-INF/container.xml": CONTAINER, "book/book.opf": self._package(names)}
        members["book/nav.xhtml"] = self._page(self.imprint.contents_word, contents)
        for name, (title, parts) in zip(names, self._chapters, strict=True):
            members[f"book/{name}.xhtml"] = self._page(title, "\n".join(parts))
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            # The type stands first and is not compressed: that is how an EPUB is known.
            archive.writestr(zipfile.ZipInfo("mimetype", MADE), MIME)
            for name, text in members.items():
                archive.writestr(zipfile.ZipInfo(name, MADE), text, zipfile.ZIP_DEFLATED)
        return target.getvalue()

    def _add(self, part: str) -> None:
        self._chapters[-1][1].append(part)

    def _package(self, names: list[str]) -> str:
        about = self.imprint
        return PACKAGE.format(
            language=about.language,
            reference=escape(about.reference),
            title=escape(about.title),
            publisher=escape(about.publisher),
            date=about.date.isoformat(),
            items="".join(f'<item id="{one}" href="{one}.xhtml" media-type="application/xhtml+xml"/>' for one in names),
            spine="".join(f'<itemref idref="{one}"/>' for one in names),
        )

    def _page(self, title: str, body: str) -> str:
        language = self.imprint.language
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        return PAGE.format(language=language, direction=direction, title=escape(title), body=body)
