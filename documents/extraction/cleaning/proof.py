"""Whether a clean copy shows the same as the file that it was made from. What can't be proved is refused."""

from __future__ import annotations

import time
from pathlib import Path

import PIL.Image
import PIL.ImageChops
import pypdfium2

from documents.extraction.errors import BrokenFileError, UnprovenError

ALL_PAGES = 20
"""A file with no more pages has the picture of each compared; of a longer one, as many spread over it at least."""
SECONDS = 10
"""Of the processor; while they last, the pictures of all pages are compared: of some hundred pages."""
SCALE = 0.75
TOLERANCE = 24
"""Difference of a colour channel (0-255) that still counts as the same."""


def assert_same_pages(original: Path, copy: Path) -> None:
    """Compares the number of pages, the text of all and the pictures of all, of many pages a sample, without annotations.

    Raises UnprovenError where they differ, BrokenFileError where one can't be opened.
    """
    try:
        with pypdfium2.PdfDocument(original) as before, pypdfium2.PdfDocument(copy) as after:
            if len(before) != len(after):
                raise UnprovenError
            drawn = set(_sample(len(before)))
            end = time.process_time() + SECONDS
            for index in range(len(before)):
                _compare(before[index], after[index], draw=index in drawn or time.process_time() < end)
    except pypdfium2.PdfiumError as error:
        raise BrokenFileError from error


def _sample(count: int) -> list[int]:
    """Indexes of the pages that are drawn in any case: first, last and evenly between."""
    if count <= ALL_PAGES:
        return list(range(count))
    return [round(step * (count - 1) / (ALL_PAGES - 1)) for step in range(ALL_PAGES)]


def _compare(before: pypdfium2.PdfPage, after: pypdfium2.PdfPage, *, draw: bool) -> None:
    same = _text(before) == _text(after) and (not draw or same_picture(_picture(before), _picture(after)))
    before.close()
    after.close()
    if not same:
        raise UnprovenError


def _text(page: pypdfium2.PdfPage) -> str:
    textpage = page.get_textpage()
    text: str = textpage.get_text_range()
    textpage.close()
    return text


def _picture(page: pypdfium2.PdfPage) -> PIL.Image.Image:
    across, down = page.get_size()
    scale = min(SCALE, 2000 / max(across, down, 1))
    image: PIL.Image.Image = page.render(scale=scale, draw_annots=False).to_pil()
    return image


def same_picture(one: PIL.Image.Image, other: PIL.Image.Image, tolerance: int = TOLERANCE) -> bool:
    """Whether two pictures have the same size and no pixel differs by more than ``tolerance``."""
    if one.size != other.size:
        return False
    extrema = PIL.ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema()
    return all(high <= tolerance for _, high in extrema)  # type: ignore[misc]  # three bands
