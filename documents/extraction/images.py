"""Pictures of pages: PDFium draws them, Pillow packs them as WebP. The original's metadata stays behind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageDraw
import PIL.ImageOps
import pypdfium2

from documents.extraction.errors import BrokenFileError, PageCountError, TooLargeError

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
    """Draws page ``number`` (from 1) of a PDF, or a picture file, ``width`` pixels wide as WebP at ``target``.

    ``boxes`` are marked on it: left, top, right, bottom in points from the upper left of the page as shown.
    Returns ``width`` and ``height`` in pixels. Raises PageCountError, BrokenFileError, TooLargeError.
    """
    image = _pdf_page(source, number, width, boxes) if mime == "application/pdf" else _picture(source, width)
    image.save(target, "WEBP", quality=QUALITY, method=4)
    return {"width": image.width, "height": image.height}


def _pdf_page(source: Path, number: int, width: int, boxes: Sequence[Sequence[float]]) -> PIL.Image.Image:
    try:
        with pypdfium2.PdfDocument(source) as pdf:
            if not 1 <= number <= len(pdf):
                raise PageCountError
            page = pdf[number - 1]
            across, down = page.get_size()
            if across <= 0 or down <= 0:
                raise BrokenFileError
            scale = min(width / across, (MAX_PIXELS / (across * down)) ** 0.5)
            image: PIL.Image.Image = page.render(scale=scale, rev_byteorder=True).to_pil()
            image = image.convert("RGB")
            _mark(image, boxes, scale)
            return image
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


def _picture(source: Path, width: int) -> PIL.Image.Image:
    PIL.Image.MAX_IMAGE_PIXELS = None  # our own, smaller limit follows, as an error instead of a warning
    try:
        with PIL.Image.open(source, formats=("PNG", "JPEG", "WEBP", "TIFF")) as image:
            if image.width * image.height > MAX_SOURCE_PIXELS:
                raise TooLargeError
            image.draft("RGB", (width * 2, width * 2))
            upright = PIL.ImageOps.exif_transpose(image).convert("RGB")
    except (PIL.UnidentifiedImageError, OSError, SyntaxError) as error:
        raise BrokenFileError from error
    upright.thumbnail((width, width * 4))
    upright.info.clear()
    return upright
