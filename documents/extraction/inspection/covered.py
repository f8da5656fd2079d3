"""Pictures of a PDF of which the file holds more than the page shows: cropped ones, and ones with a box painted on."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator

import PIL.Image
from pypdfium2 import raw

from documents.extraction.contrast import MARK
from documents.extraction.inspection.drawing import Drawn, Sheet, Word, area, common, mostly_in, transformed
from documents.extraction.inspection.findings import Box, Findings, Place
from documents.extraction.inspection.hidden import is_filled

HIDDEN_SHARE = 0.1
"""Share of a picture that may lie outside of what is shown: bleed and rounding."""
LARGEST_PATCH = 0.25
"""Share of the page; larger areas on a picture are layout, not a blackened name."""
SMALLEST_SIDE = 4.0
"""Points of a patch's shorter side; less is a rule or a frame."""
MAX_PATCHES = 200
_PAINTED = frozenset({raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_REDACT, raw.FPDF_ANNOT_POLYGON, raw.FPDF_ANNOT_STAMP})


def inspect_pictures(sheet: Sheet, number: int, words: list[Word], findings: Findings) -> None:
    """Adds cropped and covered pictures of page ``number``; the text of ``sheet`` must be invisible already."""
    pictures = [drawn for drawn in sheet.objects if drawn.type == raw.FPDF_PAGEOBJ_IMAGE]
    for picture in pictures:
        box = _hidden_part(sheet, picture)
        if box is not None:
            findings.add("picture_cropped", Place(number, box))
    if pictures:
        for box in _covered(sheet, pictures, words):
            findings.add("picture_covered", Place(number, sheet.on_screen(box)))


def _hidden_part(sheet: Sheet, picture: Drawn) -> Box | None:
    """The shown part of a picture of which much is hidden, in points on the page as shown; else None."""
    whole = sheet.on_screen(picture.bounds)
    if area(whole) < SMALLEST_SIDE**2:
        return None
    shown = common(whole, (0.0, 0.0, sheet.width, sheet.height))
    for clip in _clips(picture):
        shown = common(shown, sheet.on_screen(clip))
    return shown if area(shown) < (1 - HIDDEN_SHARE) * area(whole) else None


def _clips(drawn: Drawn) -> Iterator[Box]:
    """The bounds, in page coordinates, of each path that clips an object."""
    clip = raw.FPDFPageObj_GetClipPath(drawn.handle)
    if not clip:
        return
    for path in range(max(raw.FPDFClipPath_CountPaths(clip), 0)):
        points = []
        for index in range(max(raw.FPDFClipPath_CountPathSegments(clip, path), 0)):
            x, y = ctypes.c_float(), ctypes.c_float()
            segment = raw.FPDFClipPath_GetPathSegment(clip, path, index)
            if raw.FPDFPathSegment_GetPoint(segment, x, y):
                points.append((x.value, y.value))
        if points:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            yield transformed((min(xs), min(ys), max(xs), max(ys)), drawn.to_page)


def _covered(sheet: Sheet, pictures: list[Drawn], words: list[Word]) -> Iterable[Box]:
    """Boxes in page coordinates of patches in one shade of grey under which a picture shows something else.

    A patch that carries words is a label or a panel of the layout; coloured ones belong to charts and maps.
    """
    patches = [drawn for drawn in sheet.objects if _is_patch(sheet, drawn, pictures)][:MAX_PATCHES]
    stamped = [box for box in _annotations(sheet) if any(mostly_in(box, picture.bounds, 0.9) for picture in pictures)]
    if not patches and not stamped:
        return
    painted = sheet.pixels()
    for patch in patches:
        raw.FPDFPageObj_SetIsActive(patch.handle, False)
    bare: PIL.Image.Image = sheet.page.render(scale=sheet.scale, rev_byteorder=True, draw_annots=False).to_pil()
    for patch in patches:
        raw.FPDFPageObj_SetIsActive(patch.handle, True)
    for box in [*(patch.bounds for patch in patches), *stamped]:
        pixels = sheet.in_pixels(box, margin=-1.0)
        if pixels is None or any(mostly_in(word.box, box, 0.5) for word in words):
            continue
        if _is_grey(painted.crop(pixels)) and not _is_plain(bare.convert("RGB").crop(pixels)):
            yield box


def _is_patch(sheet: Sheet, drawn: Drawn, pictures: list[Drawn]) -> bool:
    if drawn.type == raw.FPDF_PAGEOBJ_PATH:
        if not is_filled(drawn):
            return False
    elif drawn.type != raw.FPDF_PAGEOBJ_IMAGE:
        return False
    left, bottom, right, top = drawn.bounds
    if min(right - left, top - bottom) < SMALLEST_SIDE:
        return False
    if area(drawn.bounds) > LARGEST_PATCH * sheet.width * sheet.height:
        return False
    return any(picture.order < drawn.order and mostly_in(drawn.bounds, picture.bounds, 0.9) for picture in pictures)


def _annotations(sheet: Sheet) -> Iterable[Box]:
    for index in range(raw.FPDFPage_GetAnnotCount(sheet.page)):
        annotation = raw.FPDFPage_GetAnnot(sheet.page, index)
        rectangle = raw.FS_RECTF()
        if raw.FPDFAnnot_GetSubtype(annotation) in _PAINTED and raw.FPDFAnnot_GetRect(annotation, rectangle):
            yield rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
        raw.FPDFPage_CloseAnnot(annotation)


def _is_plain(image: PIL.Image.Image) -> bool:
    return all(high - low <= MARK for low, high in _extrema(image))


def _is_grey(image: PIL.Image.Image) -> bool:
    """Plain, and without a colour."""
    lows = [low for low, _ in _extrema(image)]
    return _is_plain(image) and max(lows) - min(lows) <= MARK


def _extrema(image: PIL.Image.Image) -> list[tuple[float, float]]:
    return list(image.getextrema())  # type: ignore[arg-type]  # three bands
