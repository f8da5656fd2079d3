"""Pictures, recordings and texts with a leak, as cameras, phones and editors leave them."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms, PngImagePlugin

from tests.documents.safety import pdfs
from tests.documents.safety.planting import NAME, Planted

NAMED = f"The witness {NAME} saw it."
JPEG, PNG, WEBP, TIFF = "image/jpeg", "image/png", "image/webp", "image/tiff"
MP3, MP4, RTF, TXT, CSV = "audio/mpeg", "video/mp4", "text/rtf", "text/plain", "text/csv"


def _exif(*, place: bool = False, artist: str = NAME, orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x013B], exif[0x8298], exif[0x0112] = artist, "Photo: the archive", orientation
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return exif


def _picture(kind: str, image: Image.Image | None = None, **more) -> bytes:
    out = io.BytesIO()
    (image or pdfs.noise(200, 120)).save(out, kind, **more)
    return out.getvalue()


def jpeg_with_thumbnail() -> bytes:
    """Cropped in an editor that left the camera's small copy of the whole picture."""
    small = _picture("JPEG", pdfs.noise(80, 60), comment=NAME.encode())
    ifd0 = struct.pack("<H", 0) + struct.pack("<I", 14)
    ifd1 = (
        struct.pack("<HHHII", 2, 0x0201, 4, 1, 44)
        + struct.pack("<HHII", 0x0202, 4, 1, len(small))
        + struct.pack("<I", 0)
    )
    body = b"II*\0\x08\0\0\0" + ifd0 + ifd1
    body = body.ljust(44, b"\0") + small
    return _picture("JPEG", exif=b"Exif\0\0" + body)


def jpeg_turned() -> bytes:
    return _picture("JPEG", exif=_exif(orientation=6).tobytes())


def jpeg_with_film() -> bytes:
    """Phones hide a film behind the end of the picture."""
    return _picture("JPEG", exif=_exif(artist="").tobytes(), comment=b"x") + b"\0\0\0\x18ftypmp42" + NAME.encode()


def png_with_texts() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", NAME)
    texts.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{NAME}</x:xmpmeta>", zip=True)
    texts.add_text("Copyright", "The archive")
    return _picture("PNG", pnginfo=texts)


def tiff_pages() -> bytes:
    pages = [pdfs.noise(100, 80, seed).convert("L") for seed in (1, 2)]
    return _picture(
        "TIFF",
        pages[0],
        save_all=True,
        append_images=pages[1:],
        tiffinfo={0x013B: NAME, 0x8298: "The archive", 0x0131: "Scanner 3"},
    )


# Sound

FRAME = b"\xff\xfb\x90\x64" + bytes(413)


def mp3(*, head: bool = False, tail: bool = False, ape: bool = False) -> bytes:
    data = FRAME * 60
    if head:
        text = b"\x03" + NAME.encode()
        frame = b"TPE1" + struct.pack(">I", len(text)) + b"\0\0" + text
        size = len(frame)
        data = b"ID3\x03\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + frame + data
    if ape:
        item = struct.pack("<II", len(NAME), 0) + b"Artist\0" + NAME.encode()
        foot = b"APETAGEX" + struct.pack("<IIII", 2000, len(item) + 32, 1, 0) + bytes(8)
        data += item + foot
    if tail:
        data += b"TAG" + b"Title".ljust(30, b"\0") + NAME.encode().ljust(30, b"\0") + bytes(65)
    return data


# Film


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def _track(kind: bytes, offset: int, size: int, made: int = 0) -> bytes:
    full = bytes(4)
    table = box(
        b"stbl",
        box(b"stsc", full, struct.pack(">IIII", 1, 1, 1, 1)),
        box(b"stsz", full, struct.pack(">II", size, 1)),
        box(b"stco", full, struct.pack(">II", 1, offset)),
    )
    head = box(b"tkhd", full, struct.pack(">II", made, made), bytes(72))
    media = box(
        b"mdia",
        box(b"mdhd", full, struct.pack(">II", made, made), bytes(12)),
        box(b"hdlr", full, bytes(4), kind, bytes(13)),
        box(b"minf", table),
    )
    return box(b"trak", head, media)


def mp4(*, extra: bytes = b"", top: bytes = b"", made: int = 0, data_track: bool = False) -> bytes:
    """A film with one track of picture; ``data_track`` adds one with the way of the camera."""
    start = box(b"ftyp", b"isom", bytes(4), b"isom")
    picture, way = b"\x65" * 4000, NAME.encode() * 20
    first = len(start) + 8
    tracks = _track(b"vide", first, len(picture), made)
    if data_track:
        tracks += _track(b"meta", first + len(picture), len(way), made)
    film = box(b"moov", box(b"mvhd", bytes(4), struct.pack(">II", made, made), bytes(88)), tracks, extra)
    return start + box(b"mdat", picture, way if data_track else b"") + top + film


def place() -> bytes:
    text = b"+52.52+013.40/" + NAME.encode()
    return box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(text), 0x15C7), text))


# Text


def rtf(inner: str, head: str = "") -> bytes:
    return rf"{{\rtf1\ansi{head}{{\fonttbl{{\f0 Arial;}}}}\pard The court heard the case.\par {inner}\par }}".encode()


PLANTED = [
    Planted("JPEG: place", lambda: pdfs.photo(), "place", JPEG, True),
    Planted("JPEG: artist", lambda: pdfs.photo(place=False), "metadata", JPEG, True),
    Planted("JPEG: thumbnail of the whole picture", jpeg_with_thumbnail, "thumbnails", JPEG, True),
    Planted("JPEG: turned", jpeg_turned, "metadata", JPEG, True),
    Planted("JPEG: film behind the picture", jpeg_with_film, "metadata", JPEG, True),
    Planted("PNG: texts and XMP", png_with_texts, "metadata", PNG, True),
    Planted("PNG: place", lambda: _picture("PNG", exif=_exif(place=True)), "place", PNG, True),
    Planted("WebP: place and XMP", lambda: _picture("WEBP", exif=_exif(place=True).tobytes(), xmp=f"<x:xmpmeta>{NAME}</x:xmpmeta>".encode()), "place", WEBP, True),
    Planted("WebP: turned", lambda: _picture("WEBP", exif=_exif(orientation=8).tobytes()), "metadata", WEBP, True),
    Planted("TIFF: artist, two pages", tiff_pages, "metadata", TIFF, True),
    Planted("TIFF: XMP", lambda: _picture("TIFF", tiffinfo={700: f"<x:xmpmeta>{NAME}</x:xmpmeta>".encode()}), "metadata", TIFF, True),
    Planted("MP3: ID3", lambda: mp3(head=True), "metadata", MP3, True),
    Planted("MP3: old tag", lambda: mp3(tail=True), "metadata", MP3, True),
    Planted("MP3: APE", lambda: mp3(ape=True), "metadata", MP3, True),
    Planted("MP4: place", lambda: mp4(extra=place()), "place", MP4, True),
    Planted("MP4: name", lambda: mp4(extra=box(b"udta", box(b"meta", bytes(4), NAME.encode()))), "metadata", MP4, True),
    Planted("MP4: XMP", lambda: mp4(top=box(b"uuid", bytes(16), NAME.encode())), "metadata", MP4, True),
    Planted("MP4: left-over bytes", lambda: mp4(top=box(b"free", NAME.encode())), "metadata", MP4, True),
    Planted("MP4: when", lambda: mp4(made=3_800_000_000), "metadata", MP4, True, trace=""),
    Planted("MP4: way of the camera", lambda: mp4(data_track=True), "data_track", MP4, True),
    Planted("RTF: author", lambda: rtf("", rf"{{\info{{\author {NAME}}}}}"), "metadata", RTF, True),
    Planted("RTF: comment", lambda: rtf(rf"Seen.{{\*\annotation {NAMED}}}"), "comments", RTF, True),
    Planted("RTF: hidden", lambda: rtf(rf"{{\v {NAMED}}} Seen."), "hidden_text", RTF, True),
    Planted("RTF: hidden and back", lambda: rtf(rf"\v {NAMED}\v0  Seen."), "hidden_text", RTF, True),
    Planted("RTF: deletion", lambda: rtf(rf"{{\deleted\revauthdel1 {NAME}}} Seen."), "changes", RTF, True),
    Planted("RTF: picture elsewhere", lambda: rtf(rf'{{\field{{\*\fldinst INCLUDEPICTURE "http://x.example.org/{NAME}"}}{{\fldrslt Seen}}}}'), "remote", RTF, True),
    Planted("Text: share", lambda: rf"See \\files\cases\{NAME}.docx".encode(), "internal_links", TXT),
    Planted("CSV: intranet", lambda: f"a,b\n1,http://wiki.intranet.example.org/{NAME}\n".encode(), "internal_links", CSV),
]  # fmt: skip

CLEAN = {
    "JPEG": (lambda: _picture("JPEG"), JPEG),
    "JPEG, grey": (lambda: _picture("JPEG", pdfs.noise(90, 50).convert("L")), JPEG),
    "JPEG with copyright": (lambda: _picture("JPEG", exif=_copyright().tobytes()), JPEG),
    "PNG": (lambda: _picture("PNG"), PNG),
    "PNG, transparent": (lambda: _picture("PNG", pdfs.noise(60, 40).convert("RGBA")), PNG),
    "PNG, palette": (lambda: _picture("PNG", pdfs.noise(60, 40).convert("P")), PNG),
    "WebP": (lambda: _picture("WEBP"), WEBP),
    "WebP without loss": (lambda: _picture("WEBP", lossless=True), WEBP),
    "TIFF": (lambda: _picture("TIFF"), TIFF),
    "TIFF, black and white": (lambda: _picture("TIFF", pdfs.noise(90, 50).convert("1"), compression="group4"), TIFF),
    "JPEG with a colour profile": (lambda: _picture("JPEG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()), JPEG),
    "JPEG for print": (lambda: _picture("JPEG", pdfs.noise(60, 40).convert("CMYK")), JPEG),
    "JPEG, progressive": (lambda: _picture("JPEG", progressive=True), JPEG),
    "PNG with copyright": (lambda: _png_with_copyright(), PNG),
    "PNG, 16 bits": (lambda: _picture("PNG", pdfs.noise(60, 40).convert("I").convert("I;16")), PNG),
    "WebP, moving": (lambda: _picture("WEBP", pdfs.noise(60, 40), save_all=True, append_images=[pdfs.noise(60, 40, 3)]), WEBP),
    "MP3": (mp3, MP3),
    "MP4": (mp4, MP4),
    "RTF": (lambda: rtf(r"It was \b adjourned\b0 , said \u1604?\u1575?."), RTF),
    "RTF with a link": (lambda: rtf(r'{\field{\*\fldinst HYPERLINK "https://www.example.org/"}{\fldrslt See}}'), RTF),
    "text": (lambda: "Ein Satz über das Gericht, siehe https://www.example.org/.".encode(), TXT),
    "text in UTF-16": (lambda: "A sentence.".encode("utf-16"), TXT),
    "CSV": (lambda: b"a,b\n1,2\n", CSV),
}  # fmt: skip


def _png_with_copyright() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Copyright", "The archive")
    return _picture("PNG", pnginfo=texts)


def _copyright() -> Image.Exif:
    exif = Image.Exif()
    exif[0x8298] = "Photo: the archive"
    return exif
