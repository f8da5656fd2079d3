"""PDF: poppler's pdftotext where it is installed, else PDFium; pages in Arabic by pypdf where that reads better."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pypdfium2

from documents.extraction.errors import BrokenFileError, EncryptedFileError, PageCountError, TooLargeError
from documents.extraction.language import arabic_share
from documents.extraction.limits import MAX_PAGES
from documents.extraction.texts import Extraction, pages_from

PDFTOTEXT_SECONDS = 180
_TAIL = 4096

# Never in correct Arabic: a bare alef right before alef with hamza or madda (readers that turn a lam-alef
# ligature round leave it), and a ta marbuta or alef maqsura with a letter behind it (reversed words).
_IMPOSSIBLE = re.compile("\u0627[\u0623\u0625\u0622]|[\u0629\u0649][\u0621-\u063a\u0641-\u064a]")
_ARABIC_LETTER = re.compile("[\u0621-\u063a\u0641-\u064a]")


@contextmanager
def opened(path: Path) -> Iterator[pikepdf.Pdf]:
    """The file, opened by the reader that is strict: others stay silent on encrypted and broken files.

    Raises EncryptedFileError, and BrokenFileError also where the end is missing: an upload that was cut off
    could be repaired, but nobody would know what was lost.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        if b"startxref" not in file.read():
            raise BrokenFileError
    try:
        with pikepdf.open(path) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise EncryptedFileError from error
    except pikepdf.PdfError as error:
        raise BrokenFileError from error


def count_pages(path: Path) -> int:
    """Validates the file and counts its pages. Raises as :func:`opened` and :func:`checked_page_count` do."""
    with opened(path) as pdf:
        return checked_page_count(pdf)


def checked_page_count(pdf: pikepdf.Pdf) -> int:
    """The number of pages of an open file.

    Raises PageCountError where the file announces other pages than it has, BrokenFileError without any,
    TooLargeError with too many.
    """
    announced = int(pdf.Root.Pages.get("/Count", -1))
    count = len(pdf.pages)
    if count == 0:
        raise BrokenFileError
    if announced != count:
        raise PageCountError
    if count > MAX_PAGES:
        raise TooLargeError
    return count


class Pdf:
    """Text by page."""

    def extract(self, path: Path) -> Extraction:
        """One text a page. Raises PageCountError where the reader sees other pages than the file has."""
        count = count_pages(path)
        texts = _by_pdftotext(path, count) or _by_pdfium(path, count)
        arabic = [number for number, text in enumerate(texts) if arabic_share(text) > 0.5]
        if arabic:
            _prefer_pypdf(path, texts, arabic)
        return pages_from(texts, page_count=count)


def _by_pdftotext(path: Path, count: int) -> list[str] | None:
    """None where it isn't installed, fails, or sees other pages.

    It orders lines by their place on the page, and so joins columns line by line where the lines stand too far
    apart to be seen as blocks. Such pages are taken in the order in which they were written.
    """
    program = shutil.which("pdftotext")
    if program is None:
        return None
    texts = _pdftotext(program, path, 1, count)
    torn = [number for number, text in enumerate(texts or [], 1) if _is_torn(text)]
    if texts and torn and (written := _pdftotext(program, path, torn[0], torn[-1], "-raw")):
        for number in torn:
            texts[number - 1] = written[number - torn[0]]
    return texts


def _is_torn(text: str) -> bool:
    """Whether more than half of the lines stand alone between empty lines."""
    blocks = [block for block in text.split("\n\n") if block.strip()]
    alone = sum("\n" not in block.strip() for block in blocks)
    return alone * 2 > sum(block.strip().count("\n") + 1 for block in blocks)


def _pdftotext(program: str, path: Path, first: int, last: int, *options: str) -> list[str] | None:
    """The texts of pages ``first`` to ``last``; None where it fails or gives another number of them."""
    count = last - first + 1
    target = path.with_name("pdftotext.txt")
    try:
        done = subprocess.run(  # noqa: S603  # full path, no shell; it inherits the limits of this process
            [
                program,
                *options,
                "-q",
                "-enc",
                "UTF-8",
                "-eol",
                "unix",
                "-f",
                str(first),
                "-l",
                str(last),
                str(path),
                str(target),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PDFTOTEXT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0 or not target.is_file():
        return None
    texts = target.read_bytes().decode("utf-8", errors="replace").split("\f")
    target.unlink()
    return texts[:count] if len(texts) == count + 1 and not texts[-1].strip() else None


def _by_pdfium(path: Path, count: int) -> list[str]:
    try:
        pdf = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise BrokenFileError from error
    with pdf:
        if len(pdf) != count:
            raise PageCountError
        return [_pdfium_page(pdf, number) for number in range(count)]


def _pdfium_page(pdf: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = pdf[number]
    except pypdfium2.PdfiumError as error:
        raise PageCountError from error
    textpage = page.get_textpage()
    text: str = textpage.get_text_range()
    textpage.close()
    page.close()
    return text


def impossible_pairs(text: str) -> int:
    """How many pairs of letters in ``text`` can't stand in correct Arabic: the mark of a bad reading."""
    return len(_IMPOSSIBLE.findall(unicodedata.normalize("NFKC", text)))


def _prefer_pypdf(path: Path, texts: list[str], numbers: list[int]) -> None:
    """Replaces the given pages by pypdf's reading where that has no more impossible pairs and loses no letters."""
    read = _pypdf_reader(path)
    for number in numbers:
        other = read(number)
        if other is None or _letters(other) < 0.9 * _letters(texts[number]):
            continue
        if impossible_pairs(other) <= impossible_pairs(texts[number]):
            texts[number] = other


def _letters(text: str) -> int:
    return len(_ARABIC_LETTER.findall(unicodedata.normalize("NFKC", text)))


def _pypdf_reader(path: Path) -> Callable[[int], str | None]:
    """A function from page index to text; None where pypdf fails: the other reading stands then."""
    from pypdf import PdfReader  # a fifth of a second that files without Arabic can do without

    try:
        reader = PdfReader(path)
    except Exception:  # noqa: BLE001  # a second opinion only, and pypdf raises anything on odd files
        return lambda number: None

    def read(number: int) -> str | None:
        try:
            return reader.pages[number].extract_text()
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: BLE001  # as above
            return None

    return read
