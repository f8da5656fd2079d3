"""Pictures of pages: PDFium draws them, Pillow packs them as WebP. The original's metadata stays behind.

A picture file has pages too: one, or as many as a TIFF has frames. Their text is what recognition finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageDraw
import PIL.ImageOps
import pypdfium2

from documents.extraction.errors import BrokenFileError, PageCountError, TooLargeError
from documents.extraction.limits import MAX_PAGES
from documents.extraction.texts import Extraction, pages_from

MAX_PIXELS = 12_000_000
"""Pixels of a drawn page: four times a page of A4 at 1,000 px; long strips are drawn smaller."""
MAX_SOURCE_PIXELS = 120_000_000
"""Pixels of a picture file that is scaled down; more is refused."""
QUALITY = 70
MARGIN = 4
"""Pixels between a marked box and its frame."""


def draw(
    source: Path, target: Path, *, mime: str, number: int, width: int, boxes: Sequence[Sequence[float]] = ()
) -> dict[str, Any]:
    """Draws page ``number`` (from 1) of a PDF or of a picture file, ``width`` pixels wide as WebP at ``target``.

    ``boxes`` are marked on it: left, top, right, bottom in points from the upper left of the page as shown.
    Returns ``width`` and ``height`` in pixels. Raises PageCountError, BrokenFileError, TooLargeError.
    """
    image = _pdf_page(source, number, width, boxes) if mime == "application/pdf" else _picture(source, number, width)
    image.save(target, "WEBP", quality=QUALITY, method=4)
    return {"width": image.width, "height": image.height}


def _pdf_page(source: Path, number: int, width: int, boxes: Sequence[Sequence[float]]) -> PIL.Image.Image:
    image, zoom = drawn(source, number, lambda across, down: min(width / across, (MAX_PIXELS / (across * down)) ** 0.5))
    _mark(image, boxes, zoom)
    return image


def drawn(source: Path, number: int, zoom_for: Callable[[float, float], float]) -> tuple[PIL.Image.Image, float]:
    """Page ``number`` (from 1) of a PDF and the pixels of it in one point.

    ``zoom_for`` gives these for the page's width and height in points. Raises PageCountError, BrokenFileError.
    """
    try:
        with pypdfium2.PdfDocument(source) as pdf:
            if not 1 <= number <= len(pdf):
                raise PageCountError
            page = pdf[number - 1]
            across, down = page.get_size()
            if across <= 0 or down <= 0:
                raise BrokenFileError
            zoom = zoom_for(across, down)
            image: PIL.Image.Image = page.render(scale=zoom, rev_byteorder=True).to_pil()
            return image.convert("RGB"), zoom
    except pypdfium2.PdfiumError as error:
        raise BrokenFileError from error


def _mark(image: PIL.Image.Image, boxes: Sequence[Sequence[float]], scale: float) -> None:
    """A red frame around each box; one beside the page becomes a frame at its edge."""
    pen = PIL.ImageDraw.Draw(image)
    right, bottom = image.width - 1, image.height - 1
    for box in boxes:
        x0, y0, x1, y1 = (side * scale for side in box)
        left, top = min(max(x0 - MARGIN, 0), right - 2 * MARGIN), min(max(y0 - MARGIN, 0), bottom - 2 * MARGIN)
        corner = (max(min(x1 + MARGIN, right), left + 2 * MARGIN), max(min(y1 + MARGIN, bottom), top + 2 * MARGIN))
        pen.rectangle((left, top, *corner), outline=(214, 0, 28), width=3)


def _picture(source: Path, number: int, width: int) -> PIL.Image.Image:
    with frame(source, number) as image:
        refuse_huge(image)
        image.draft("RGB", (width * 2, width * 2))
        upright = PIL.ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((width, width * 4))
    upright.info.clear()
    return upright


@contextmanager
def frame(source: Path, number: int) -> Iterator[PIL.Image.Image]:
    """Frame ``number`` (from 1) of a picture file, not yet decoded; :func:`refuse_huge` comes before its pixels.

    Raises BrokenFileError, also for what is found out later, and PageCountError where there is no such frame.
    """
    PIL.Image.MAX_IMAGE_PIXELS = None  # our own, smaller limit follows, as an error instead of a warning
    try:
        with PIL.Image.open(source, formats=("PNG", "JPEG", "WEBP", "TIFF")) as image:
            image.seek(number - 1)
            yield image
    except EOFError as error:
        raise PageCountError from error
    except (PIL.UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BrokenFileError from error


def refuse_huge(image: PIL.Image.Image) -> None:
    """Raises TooLargeError before a picture's pixels are unpacked, where they are too many."""
    if image.width * image.height > MAX_SOURCE_PIXELS:
        raise TooLargeError


class Picture:
    """Pictures: pages without text until it is recognised."""

    def extract(self, path: Path) -> Extraction:
        """An empty text for each frame. An animation is one picture, not many pages."""
        with frame(path, 1) as image:
            count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
        if count > MAX_PAGES:
            raise TooLargeError
        return pages_from([""] * count, page_count=count)
