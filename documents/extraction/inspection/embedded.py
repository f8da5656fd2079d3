"""Pictures on the pages of a PDF: the files in which cameras made them, and what of them no page shows."""

from __future__ import annotations

from collections.abc import Callable

import pikepdf
import PIL.Image
import PIL.ImageChops
import PIL.ImageFilter
from pikepdf import Array, Dictionary, Object, Pdf, PdfImage, Stream
from pikepdf.exceptions import PikepdfError

from documents.extraction.inspection.jpeg import without_personal_segments
from documents.extraction.inspection.jpeg2000 import without_details

MAX_PIXELS = 16_000_000
"""Of a picture that is unpacked to look behind its mask: 300 MB at most."""
SHOWS = 64
"""Difference of a channel (0-255) among hidden pixels that is more than the noise of packing."""
FAINTEST = 4
"""Opacity (0-255) up to which nothing is seen; more would cost soft shadows their ends."""
_MARGIN = 4
"""Pixels beside visible ones that are left out of account: packing makes them alike."""
_LOSSLESS = frozenset({"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/ASCII85Decode", "/ASCIIHexDecode"})
UNREADABLE: tuple[type[Exception], ...] = (
    PikepdfError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    NotImplementedError,
)
"""What reading odd pictures raises."""
_CUT: dict[str, Callable[[bytes], bytes]] = {
    "/DCTDecode": without_personal_segments,
    "/JPXDecode": without_details,
}


def camera_file(pdf: Pdf, stream: Object) -> tuple[str, bytes] | None:
    """The last filter and the bytes of a stream that is a JPEG or JPEG 2000 file, whatever it is packed in; else None."""
    filters = as_list(stream.get("/Filter"))
    if not filters or str(filters[-1]) not in _CUT:
        return None
    content = stream.read_raw_bytes()
    if len(filters) > 1:
        outer = Stream(pdf, content)
        parameters = [
            part if isinstance(part, Dictionary) else Dictionary() for part in as_list(stream.get("/DecodeParms"))
        ]
        outer.write(content, filter=Array(filters[:-1]), decode_parms=Array(parameters[: len(filters) - 1]) or None)
        try:
            content = outer.read_bytes()
        except pikepdf.PdfError:
            return None
    return str(filters[-1]), content


def cut(kind: str, content: bytes) -> bytes:
    """The same picture without what it says of itself, by the filter that :func:`camera_file` gives."""
    return _CUT[kind](content)


def as_list(value: Object | None) -> list[Object]:
    """What may stand alone or in an array."""
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]


def mask_of(image: Object) -> Object | None:
    """The picture that says where ``image`` is seen."""
    for key in ("/SMask", "/Mask"):
        if isinstance(mask := image.get(key), Stream):
            return mask
    return None


def is_small(image: Object) -> bool:
    """Whether there is room to unpack it."""
    return 0 < int(image.get("/Width", 0)) * int(image.get("/Height", 0)) <= MAX_PIXELS


def seen(image: Object, mask: Object) -> PIL.Image.Image:
    """White where ``mask`` shows anything of ``image`` or of its neighbours, else black; as large as ``image``.

    Raises what reading odd pictures raises.
    """
    shown = PdfImage(mask).as_pil_image().convert("L")
    if mask.get("/ImageMask"):
        shown = PIL.ImageChops.invert(shown)  # paint marks what is left out
    size = (int(image.Width), int(image.Height))
    shown = shown.point(_SEEN)
    return _any(shown.filter(PIL.ImageFilter.BoxBlur(1))).resize(size, PIL.Image.Resampling.BOX).point(_ON)


_ON = [0, *[255] * 255]
_SEEN = [*[0] * (FAINTEST + 1), *[255] * (255 - FAINTEST)]


def _any(picture: PIL.Image.Image) -> PIL.Image.Image:
    return picture.point(_ON)


def differs(picture: PIL.Image.Image, visible: PIL.Image.Image, most: int) -> bool:
    """Whether pixels of ``picture`` that aren't ``visible`` differ from each other by more than ``most``."""
    hidden = PIL.ImageChops.invert(visible)
    return any(high - low > most for low, high in (_extent(band, hidden) for band in picture.split()))


def _extent(band: PIL.Image.Image, where: PIL.Image.Image) -> tuple[int, int]:
    """The least and the greatest value of ``band`` in the white of ``where``."""
    values = [value for value, number in enumerate(band.histogram(where)) if number]
    return (values[0], values[-1]) if values else (0, 0)


def samples(image: Object) -> PIL.Image.Image | None:
    """A picture of which each byte is a sample, packed without loss; None where it is another."""
    if any(str(name) not in _LOSSLESS for name in as_list(image.get("/Filter"))) or image.get("/BitsPerComponent") != 8:
        return None
    mode = {1: "L", 3: "RGB"}.get(_channels(image.get("/ColorSpace")))
    size = (int(image.Width), int(image.Height))
    content = image.read_bytes() if mode and "/Matte" not in image.get("/SMask", Dictionary()) else b""
    if not mode or len(content) != size[0] * size[1] * len(mode.replace("L", " ")):
        return None
    return PIL.Image.frombytes(mode, size, content)


def _channels(space: Object | None) -> int:
    kind = str(space[0]) if isinstance(space, Array) and len(space) else str(space)
    if kind == "/ICCBased":
        return int(space[1].get("/N", 0))  # type: ignore[index]  # an array with its stream
    return {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3, "/Lab": 3}.get(kind, 0)


def without_hidden(picture: PIL.Image.Image, visible: PIL.Image.Image) -> PIL.Image.Image:
    """The same picture; where nothing is visible, the colours of what is nearest.

    Programs scale a picture and its mask apart: black there would be a dark seam around what is seen.
    """
    shown = picture.convert("RGB")
    shown.putalpha(visible)
    filled = PIL.Image.new("RGB", picture.size)
    for reduced in (256, 64, 16, 4):
        size = (-(-picture.width // reduced), -(-picture.height // reduced))
        near = shown.resize(size, PIL.Image.Resampling.BOX)
        alpha = _any(near.getchannel("A")).resize(picture.size, PIL.Image.Resampling.NEAREST)
        filled.paste(near.convert("RGB").resize(picture.size, PIL.Image.Resampling.NEAREST), mask=alpha)
    filled = filled.convert(picture.mode)
    filled.paste(picture, mask=visible)
    return filled


def has_hidden_parts(image: Object) -> bool:
    """Whether a picture on a page shows something where its mask lets nothing of it be seen; True if nobody can say."""
    mask = mask_of(image)
    if mask is None or "/Width" not in image:
        return False
    if not is_small(image) or not is_small(mask):
        return True
    try:
        visible = seen(image, mask)
        if visible.getextrema()[0] == 255:
            return False
        margin = _any(visible.filter(PIL.ImageFilter.BoxBlur(_MARGIN)))
        plain = samples(image)
        if not differs((plain or PdfImage(image).as_pil_image()).convert("RGB"), margin, SHOWS):
            return False
        return plain is None or differs(PIL.ImageChops.difference(plain, without_hidden(plain, visible)), margin, SHOWS)
    except UNREADABLE:
        return True
