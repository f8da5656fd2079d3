"""Plain text, tables as CSV, and RTF and HTML read as text."""

from __future__ import annotations

import codecs
from html.parser import HTMLParser
from pathlib import Path

from striprtf.striprtf import rtf_to_text

from documents.extraction.errors import TooLargeError
from documents.extraction.limits import MAX_CHARACTERS
from documents.extraction.texts import Extraction, pages_from, parts

MAX_RTF = 64 * 1024**2
"""Bytes of an RTF file; pictures in it are written as digits, and all of it is read at once."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str:
    """``data`` as text: by its byte order mark, else UTF-8, else Windows-1252, which reads any bytes."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _read(path: Path) -> str:
    if path.stat().st_size > MAX_CHARACTERS * 2:
        raise TooLargeError
    return decode(path.read_bytes())


class Plain:
    """Plain text and CSV, as they are."""

    def extract(self, path: Path) -> Extraction:
        """Parts of readable length; the format has no pages."""
        return pages_from(parts(_read(path)))


class Html:
    """HTML without its markup, scripts and styles."""

    def extract(self, path: Path) -> Extraction:
        """Parts of readable length; the format has no pages."""
        return pages_from(parts(text_of_html(_read(path))))


class Rtf:
    """RTF without its formatting; it keeps no pages."""

    def extract(self, path: Path) -> Extraction:
        """Parts of readable length."""
        if path.stat().st_size > MAX_RTF:
            raise TooLargeError
        # RTF is ASCII; what older programs write beside it is kept as it is, byte by byte.
        return pages_from(parts(rtf_to_text(path.read_bytes().decode("latin-1"), errors="ignore")))


def text_of_html(source: str) -> str:
    """What a browser would show of an HTML page, with breaks where blocks end."""
    reader = _TextOfHtml()
    reader.feed(source)
    reader.close()
    return "".join(reader.found)


class _TextOfHtml(HTMLParser):
    """Collects what a browser would show, with a break where a block ends."""

    SILENT = frozenset({"script", "style", "template", "noscript", "head"})
    INLINE = frozenset(
        {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q", "rp", "rt"}
        | {"ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self._silent += 1
        elif tag not in self.INLINE:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag not in self.INLINE:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)
