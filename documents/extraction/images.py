"""Pictures of pages: PDFium draws them, Pillow packs them as WebP. The original's metadata stays behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageOps
import pypdfium2

from documents.extraction.errors import BrokenFileError, PageCountError, TooLargeError

MAX_PIXELS = 12_000_000
"""Pixels of a drawn page: four times a page of A4 at 1,000 px; long strips are drawn smaller."""
MAX_SOURCE_PIXELS = 120_000_000
"""Pixels of a picture file that is scaled down; more is refused."""
QUALITY = 70


def draw(source: Path, target: Path, *, mime: str, number: int, width: int) -> dict[str, Any]:
    """Draws page ``number`` (from 1) of a PDF, or a picture file, ``width`` pixels wide as WebP at ``target``.

    Returns ``width`` and ``height`` in pixels. Raises PageCountError, BrokenFileError, TooLargeError.
    """
    image = _pdf_page(source, number, width) if mime == "application/pdf" else _picture(source, width)
    image.save(target, "WEBP", quality=QUALITY, method=4)
    return {"width": image.width, "height": image.height}


def _pdf_page(source: Path, number: int, width: int) -> PIL.Image.Image:
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
            return image.convert("RGB")
    except pypdfium2.PdfiumError as error:
        raise BrokenFileError from error


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
