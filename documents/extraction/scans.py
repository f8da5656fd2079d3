"""The picture that recognition reads: a page of a PDF drawn large, or a frame of a picture file, in grey."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import PIL.Image
import PIL.ImageOps

from documents.extraction.images import drawn, frame, refuse_huge
from documents.extraction.layout import SCALE


@dataclass(frozen=True)
class Scan:
    """``image`` in grey; ``unit`` units of a layout in one pixel of it; ``dpi`` what the recogniser is told."""

    image: PIL.Image.Image
    unit: float
    dpi: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in units of a layout."""
        return max(1, round(self.image.width * self.unit)), max(1, round(self.image.height * self.unit))

    def is_blank(self, steps: int) -> bool:
        """Whether all dots are of nearly one grey, at most ``steps`` apart."""
        darkest, lightest = cast(tuple[float, float], self.image.getextrema())
        return lightest - darkest <= steps

    def picture(self) -> bytes:
        """The image in the plainest of formats."""
        target = io.BytesIO()
        self.image.save(target, "PPM")
        return target.getvalue()

    def placed(self, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """A box in pixels in units of a layout."""
        left, top, right, bottom = (round(side * self.unit) for side in box)
        return left, top, right, bottom


@contextmanager
def page(source: Path, *, mime: str, number: int, dpi: int, max_pixels: int) -> Iterator[Scan]:
    """Page ``number`` (from 1) at ``dpi``, or at less where it would have more than ``max_pixels``.

    A picture file keeps its own resolution. Raises PageCountError, BrokenFileError, TooLargeError.
    """
    if mime == "application/pdf":
        image, zoom = drawn(source, number, lambda across, down: min(dpi / 72, (max_pixels / (across * down)) ** 0.5))
        yield Scan(image.convert("L"), SCALE / zoom, round(zoom * 72))
        return
    with frame(source, number) as opened:
        refuse_huge(opened)
        image = PIL.ImageOps.exif_transpose(opened).convert("L")
    full = image.width
    if image.width * image.height > max_pixels:
        shrink = (max_pixels / (image.width * image.height)) ** 0.5
        image = image.resize((max(1, int(image.width * shrink)), max(1, int(image.height * shrink))))
    yield Scan(image, full / image.width, dpi)
