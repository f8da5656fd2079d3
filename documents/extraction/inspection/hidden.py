"""Text of a PDF that nobody sees and everybody can copy.

The page is drawn twice, once without its text. A word that leaves no mark between the two pictures is
not seen, whatever hides it: a box, its colour, a clip, a layer, a later picture. So there is one rule
instead of one per trick. What hides the word is asked only afterwards, to tell the editor.

The invisible text of a scan that was read by OCR is normal, as long as the picture below it shows
something there; a blackened line of a scan with its words still under it is not.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable

import PIL.Image
import PIL.ImageChops
from pypdfium2 import raw

from documents.extraction.contrast import MARK, TINY
from documents.extraction.inspection.drawing import Drawn, Sheet, Word, address, area, common, mostly_in, union
from documents.extraction.inspection.findings import Box, Findings, Place

SCAN_SHARE = 0.5
"""Share of the page that pictures cover on a scanned page."""
MAX_TOGGLES = 40
"""Objects of a page that are looked at one by one."""
_UNSEEN_MODES = frozenset({raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP})


def inspect_text(sheet: Sheet, number: int, findings: Findings) -> list[Word]:
    """Adds the hidden words of page ``number`` to ``findings``; returns those that can be read.

    The text of ``sheet`` is invisible afterwards.
    """
    words = [word for word in sheet.words() if any(letter.isalnum() for letter in word.text)]
    if not words:
        return []
    shown = sheet.pixels()
    context = _Page(sheet, shown)
    codes: dict[int, str] = {}
    for index in _under_other_words(sheet, shown, words):
        codes[index] = "text_covered"
    without = _without_text(sheet)
    marks = _marks(shown, without)
    for index, word in enumerate(words):
        if code := context.judge(word, marks):
            codes[index] = code
    for place_code, place in _places(sheet, number, words, codes):
        findings.add(place_code, place)
    return [word for index, word in enumerate(words) if index not in codes]


class _Page:
    """What is asked about every word of a page."""

    def __init__(self, sheet: Sheet, shown: PIL.Image.Image) -> None:
        self._sheet = sheet
        self._shown = shown
        self._orders = {address(drawn.handle): drawn.order for drawn in sheet.objects}
        self._modes = {
            address(drawn.handle): raw.FPDFTextObj_GetTextRenderMode(drawn.handle)
            for drawn in sheet.objects
            if drawn.type == raw.FPDF_PAGEOBJ_TEXT
        }
        self._covers = [drawn for drawn in sheet.objects if _can_cover(drawn)]
        self._pictures = [drawn for drawn in sheet.objects if drawn.type == raw.FPDF_PAGEOBJ_IMAGE]
        page: Box = (0.0, 0.0, sheet.width, sheet.height)
        seen = sum(area(common(sheet.on_screen(picture.bounds), page)) for picture in self._pictures)
        self._is_scan = seen >= SCAN_SHARE * area(page)

    def judge(self, word: Word, marks: PIL.Image.Image) -> str:
        """The code of what hides ``word``; empty where it can be read."""
        pixels = self._sheet.in_pixels(word.box)
        if pixels is None:
            return "text_outside"
        if marks.crop(pixels).getbbox() is not None:
            return "text_tiny" if word.size < TINY else ""
        if self._is_on_scan(word):
            return "" if self._shows_something(word, pixels) else "text_covered"
        return self._reason(word)

    def _is_on_scan(self, word: Word) -> bool:
        return self._is_scan and any(mostly_in(word.box, picture.bounds, 0.5) for picture in self._pictures)

    def _shows_something(self, word: Word, pixels: tuple[int, int, int, int]) -> bool:
        """Whether the picture that the word was read from still shows something at its place."""
        if sum(letter.isalnum() for letter in word.text) < 2:
            return True  # specks that OCR took for letters
        low, high = self._shown.crop(pixels).convert("L").getextrema()
        return bool(high - low > MARK)  # type: ignore[operator]  # one band

    def _reason(self, word: Word) -> str:
        key = word.writer
        if _is_in_layer(word.handle):
            return "text_layer"
        if self._modes.get(key) in _UNSEEN_MODES:
            return "text_invisible"
        order = self._orders.get(key, -1)
        if any(cover.order > order and mostly_in(word.box, cover.bounds) for cover in self._covers):
            return "text_covered"
        if any(mostly_in(word.box, box) for box in _annotation_boxes(self._sheet)):
            return "text_covered"
        return "text_tiny" if word.size < TINY else "text_colour"


def _can_cover(drawn: Drawn) -> bool:
    if drawn.type in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
        return True
    return drawn.type == raw.FPDF_PAGEOBJ_PATH and is_filled(drawn)


def is_filled(drawn: Drawn) -> bool:
    """Whether a path is painted with a fill that lets nothing through."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(drawn.handle, mode, stroke) or mode.value == raw.FPDF_FILLMODE_NONE:
        return False
    colour = fill_of(drawn)
    return colour is not None and colour[3] > 250


def fill_of(drawn: Drawn) -> tuple[int, int, int, int] | None:
    """Red, green, blue and opacity (0-255) of an object's fill."""
    parts = [ctypes.c_uint() for _ in range(4)]
    if not raw.FPDFPageObj_GetFillColor(drawn.handle, *parts):
        return None
    red, green, blue, opacity = (part.value for part in parts)
    return red, green, blue, opacity


def _is_in_layer(handle: object) -> bool:
    """Whether an object belongs to an optional-content layer."""
    for index in range(max(raw.FPDFPageObj_CountMarks(handle), 0)):
        name, length = (ctypes.c_ushort * 8)(), ctypes.c_ulong()
        mark = raw.FPDFPageObj_GetMark(handle, index)
        if raw.FPDFPageObjMark_GetName(mark, name, 16, length) and bytes(name)[:4] == "OC".encode("utf-16-le"):
            return True
    return False


def _annotation_boxes(sheet: Sheet) -> list[Box]:
    boxes: list[Box] = []
    for index in range(raw.FPDFPage_GetAnnotCount(sheet.page)):
        annotation = raw.FPDFPage_GetAnnot(sheet.page, index)
        rectangle = raw.FS_RECTF()
        if raw.FPDFAnnot_GetRect(annotation, rectangle):
            boxes.append((rectangle.left, rectangle.bottom, rectangle.right, rectangle.top))
        raw.FPDFPage_CloseAnnot(annotation)
    return boxes


def _set_visible(handle: object, mode: int) -> None:
    raw.FPDFTextObj_SetTextRenderMode(handle, mode)


def _without_text(sheet: Sheet) -> PIL.Image.Image:
    for drawn in sheet.objects:
        if drawn.type == raw.FPDF_PAGEOBJ_TEXT:
            _set_visible(drawn.handle, raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    return sheet.pixels()


def _marks(one: PIL.Image.Image, other: PIL.Image.Image) -> PIL.Image.Image:
    """White where the two pictures differ so that an eye sees it, else black."""
    red, green, blue = PIL.ImageChops.difference(one, other).split()
    most = PIL.ImageChops.lighter(PIL.ImageChops.lighter(red, green), blue)
    return most.point(lambda value: 255 if value > MARK else 0)


def _under_other_words(sheet: Sheet, shown: PIL.Image.Image, words: list[Word]) -> Iterable[int]:
    """Indexes of words with other words printed on them that leave no mark of their own: a label on a black box."""
    suspects = {
        index
        for one, other in _overlapping(words)
        for index in (one, other)
        if words[one].text.casefold() != words[other].text.casefold()
    }
    for index in sorted(suspects)[:MAX_TOGGLES]:
        word = words[index]
        pixels = sheet.in_pixels(word.box)
        mode = raw.FPDFTextObj_GetTextRenderMode(word.handle)
        if pixels is None or mode in _UNSEEN_MODES:
            continue
        _set_visible(word.handle, raw.FPDF_TEXTRENDERMODE_INVISIBLE)
        if _marks(shown, sheet.pixels()).crop(pixels).getbbox() is None:
            yield index
        _set_visible(word.handle, mode)


def _overlapping(words: list[Word]) -> Iterable[tuple[int, int]]:
    """Pairs of words of different objects that share half of the smaller one's box."""
    rows: dict[int, list[int]] = {}
    for index, word in enumerate(words):
        for row in range(int(word.box[1] // 20), int(word.box[3] // 20) + 1):
            rows.setdefault(row, []).append(index)
    for indexes in rows.values():
        indexes.sort(key=lambda index: words[index].box[0])
        for position, one in enumerate(indexes):
            first = words[one]
            for other in indexes[position + 1 :]:
                second = words[other]
                if second.box[0] >= first.box[2]:
                    break  # sorted by their left sides: no later one begins before this one ends
                if second.writer != first.writer and _covers_half(first.box, second.box):
                    yield one, other


def _covers_half(one: Box, other: Box) -> bool:
    return area(common(one, other)) > 0.5 * min(area(one), area(other))


def _places(sheet: Sheet, number: int, words: list[Word], codes: dict[int, str]) -> Iterable[tuple[str, Place]]:
    """One place for neighbours on a line that are hidden in the same way."""
    open_code, text, box, last = "", "", (0.0, 0.0, 0.0, 0.0), -2
    for index, code in sorted(codes.items()):
        word = words[index]
        if code == open_code and index == last + 1 and _same_line(box, word.box):
            text, box = f"{text} {word.text}", union(box, word.box)
        else:
            if open_code:
                yield open_code, Place(number, sheet.on_screen(box), text)
            open_code, text, box = code, word.text, word.box
        last = index
    if open_code:
        yield open_code, Place(number, sheet.on_screen(box), text)


def _same_line(one: Box, other: Box) -> bool:
    overlap = min(one[3], other[3]) - max(one[1], other[1])
    return overlap > 0.5 * min(one[3] - one[1], other[3] - other[1])
