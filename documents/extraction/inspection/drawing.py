"""A page of a PDF as PDFium draws it: its objects in the order in which they are painted, its words, its pixels."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import PIL.Image
import pypdfium2
from pypdfium2 import raw

from documents.extraction.inspection.findings import Box

MAX_OBJECTS = 20_000
MAX_DEPTH = 8
SCALE = 1.5
"""Pixels of a drawn page per point; thin grey type still leaves a mark at 108 dots an inch."""
MAX_PIXELS = 8_000_000
_HYPHENS = "\x02\ufffe"

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Drawn:
    """An object of a page: PDFium's handle and type, its bounds in page coordinates, its place in the painting order."""

    handle: Any
    type: int
    bounds: Box
    order: int
    to_page: Matrix


@dataclass
class Word:
    """Letters that stand together, written by one object; ``box`` is tight, in page coordinates (left, bottom, right, top)."""

    text: str
    box: Box
    size: float
    handle: Any
    writer: int
    """The :func:`address` of ``handle``: equal for words of one object."""


class Sheet:
    """One open page. ``pixels`` draws it as it is at that moment: objects can be made invisible in between."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.page = page
        self.width, self.height = page.get_size()
        area = max(self.width * self.height, 1.0)
        self.scale = min(SCALE, (MAX_PIXELS / area) ** 0.5)
        self.objects = list(_objects(page))

    def pixels(self) -> PIL.Image.Image:
        """The page with its annotations, in colour."""
        image: PIL.Image.Image = self.page.render(scale=self.scale, rev_byteorder=True).to_pil()
        return image if image.mode == "RGB" else image.convert("RGB")

    def on_screen(self, box: Box) -> Box:
        """A box in page coordinates as one in points from the upper left of the page as shown."""
        unit = 100
        x, y = ctypes.c_int(), ctypes.c_int()
        size = (round(self.width * unit), round(self.height * unit))
        corners = []
        for across, up in ((box[0], box[1]), (box[2], box[3])):
            raw.FPDF_PageToDevice(self.page, 0, 0, *size, 0, across, up, x, y)
            corners.append((x.value / unit, y.value / unit))
        (xa, ya), (xb, yb) = corners
        return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)

    def in_pixels(self, box: Box, margin: float = 0.0) -> tuple[int, int, int, int] | None:
        """A box in page coordinates as whole pixels of :meth:`pixels`; None where it is outside the page."""
        left, top, right, bottom = self.on_screen(box)
        x0, y0 = max(int((left - margin) * self.scale), 0), max(int((top - margin) * self.scale), 0)
        x1 = min(int((right + margin) * self.scale) + 1, int(self.width * self.scale))
        y1 = min(int((bottom + margin) * self.scale) + 1, int(self.height * self.scale))
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    def words(self) -> list[Word]:
        """All words of the page, those outside what is shown too, each by the object that writes it."""
        textpage = self.page.get_textpage()
        found: list[Word] = []
        current: Word | None = None
        for index in range(textpage.count_chars()):
            character = chr(min(raw.FPDFText_GetUnicode(textpage, index), 0x10FFFF))
            if character.isspace() or character in _HYPHENS or character == "\x00":
                current = None
                continue
            handle = raw.FPDFText_GetTextObject(textpage, index)
            box = textpage.get_charbox(index)
            if not handle or box[2] <= box[0] or box[3] <= box[1]:
                continue
            loose = textpage.get_charbox(index, loose=True)
            size = max(loose[2] - loose[0], loose[3] - loose[1], box[3] - box[1])
            writer = address(handle)
            if current is None or current.writer != writer:
                current = Word("", box, 0.0, handle, writer)
                found.append(current)
            current.text += character
            current.box = union(current.box, box)
            current.size = max(current.size, size)
        textpage.close()
        return found


def address(handle: Any) -> int:
    """Tells two handles of the same object from those of two objects."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _objects(page: pypdfium2.PdfPage) -> Iterator[Drawn]:
    walk = islice(_walk(page.raw, _IDENTITY, 0, top=True), MAX_OBJECTS)
    for order, (handle, kind, bounds, to_page) in enumerate(walk):
        yield Drawn(handle, kind, bounds, order, to_page)


def _walk(holder: Any, to_page: Matrix, depth: int, *, top: bool) -> Iterator[tuple[Any, int, Box, Matrix]]:
    """Objects of a page or of a form on it, forms before what they hold."""
    count = raw.FPDFPage_CountObjects(holder) if top else raw.FPDFFormObj_CountObjects(holder)
    get = raw.FPDFPage_GetObject if top else raw.FPDFFormObj_GetObject
    for index in range(max(count, 0)):
        handle = get(holder, index)
        kind = raw.FPDFPageObj_GetType(handle)
        if (bounds := _bounds(handle)) is not None:
            yield handle, kind, transformed(bounds, to_page), to_page
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            yield from _walk(handle, _times(_matrix(handle), to_page), depth + 1, top=False)


def _bounds(handle: Any) -> Box | None:
    sides = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(handle, *sides):
        return None
    left, bottom, right, top = (side.value for side in sides)
    return left, bottom, right, top


def _matrix(handle: Any) -> Matrix:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(handle, matrix):
        return _IDENTITY
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def transformed(box: Box, matrix: Matrix) -> Box:
    """The bounds of ``box`` after ``matrix``."""
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def union(one: Box, other: Box) -> Box:
    """The bounds of both."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def area(box: Box) -> float:
    """In square points; 0 for an empty box."""
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def common(one: Box, other: Box) -> Box:
    """What both cover; its area is 0 where that is nothing."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def mostly_in(inner: Box, outer: Box, share: float = 0.6) -> bool:
    """Whether at least ``share`` of ``inner`` lies in ``outer``."""
    return area(common(inner, outer)) >= share * area(inner) > 0
