"""Pictures, recordings and texts with a leak, as cameras, phones and editors leave them."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms, ImageDraw, ImageFilter, PngImagePlugin

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


def picture_file(kind: str, image: Image.Image | None = None, **more) -> bytes:
    out = io.BytesIO()
    (image or pdfs.noise(200, 120)).save(out, kind, **more)
    return out.getvalue()


def jpeg_with_thumbnail() -> bytes:
    """Cropped in an editor that left the camera's small copy of the whole picture."""
    small = picture_file("JPEG", pdfs.noise(80, 60), comment=NAME.encode())
    ifd0 = struct.pack("<H", 0) + struct.pack("<I", 14)
    ifd1 = (
        struct.pack("<HHHII", 2, 0x0201, 4, 1, 44)
        + struct.pack("<HHII", 0x0202, 4, 1, len(small))
        + struct.pack("<I", 0)
    )
    body = b"II*\0\x08\0\0\0" + ifd0 + ifd1
    body = body.ljust(44, b"\0") + small
    return picture_file("JPEG", exif=b"Exif\0\0" + body)


def jpeg_turned() -> bytes:
    return picture_file("JPEG", exif=_exif(orientation=6).tobytes())


def jpeg_with_film() -> bytes:
    """Phones hide a film behind the end of the picture."""
    return picture_file("JPEG", exif=_exif(artist="").tobytes(), comment=b"x") + b"\0\0\0\x18ftypmp42" + NAME.encode()


def jpeg_with_late_comment() -> bytes:
    """Behind the first of several scans."""
    before, scan, after = picture_file("JPEG", progressive=True).rpartition(b"\xff\xda")
    return before + b"\xff\xfe" + struct.pack(">H", len(NAME) + 2) + NAME.encode() + scan + after


def png_with_texts() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", NAME)
    texts.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{NAME}</x:xmpmeta>", zip=True)
    texts.add_text("Copyright", "The archive")
    return picture_file("PNG", pnginfo=texts)


def partly_erased(mode: str = "RGBA", *, secret: bool = True) -> Image.Image:
    """A picture whose upper half was erased: it is transparent, and the name still stands there."""
    picture = pdfs.noise(240, 160)
    if secret:
        ImageDraw.Draw(picture).text((8, 20), NAME, fill="black", font_size=32)
    picture = picture.convert(mode)
    mask = Image.new("L", picture.size, 255)
    mask.paste(0, (0, 0, 240, 80))
    picture.putalpha(mask)
    return picture


def faint(mode: str = "RGBA", opacity: int = 3) -> Image.Image:
    """A picture whose upper half is clear, but for a name that no eye sees."""
    picture = erased_for_good()
    ImageDraw.Draw(picture).text((8, 20), NAME, fill=(0, 0, 0, opacity), font_size=32)
    return picture.convert(mode)


def below_faint() -> Image.Image:
    """A picture whose upper half is nearly clear, and the name still stands there."""
    picture = partly_erased()
    picture.putalpha(picture.getchannel("A").point(lambda opacity: opacity or 2))
    return picture


def softly_edged() -> Image.Image:
    """A round shape whose edge fades out over a few pixels."""
    mask = Image.new("L", (240, 160))
    ImageDraw.Draw(mask).ellipse((40, 20, 200, 140), fill=255)
    picture = Image.new("RGBA", mask.size, (20, 40, 120, 0))
    picture.putalpha(mask.filter(ImageFilter.BoxBlur(3)))
    return picture


def moving(kind: str, **more) -> bytes:
    """A picture whose second moment has the name."""
    moments = [pdfs.noise(240, 160), partly_erased().convert("RGB")]
    return picture_file(kind, moments[0], save_all=True, append_images=moments[1:], duration=100, **more)


def webp_with_moments() -> bytes:
    """One that doesn't move, with a moment that no program shows."""
    still, data = picture_file("WEBP", icc_profile=_profile()), moving("WEBP")
    moments = data[data.index(b"ANIM") :]
    body = still[8:] + moments
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def erased_for_good() -> Image.Image:
    picture = partly_erased()
    picture.paste((0, 0, 0, 0), (0, 0, 240, 80))
    return picture


def erased_from_palette(profile: bytes | None = None) -> bytes:
    """Each colour is there twice, once transparent; ``profile`` stands before them."""
    picture = partly_erased().convert("RGB").quantize(100)
    lower = picture.crop((0, 80, 240, 160)).point(lambda value: value + 100)
    picture.paste(lower, (0, 80))
    picture.putpalette(picture.getpalette()[:300] * 2)
    return picture_file("PNG", picture, transparency=bytes(100) + b"\xff" * 100, icc_profile=profile)


def tiff_pages() -> bytes:
    pages = [pdfs.noise(100, 80, seed).convert("L") for seed in (1, 2)]
    return picture_file(
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


def rows(merge: str, text: str) -> str:
    """A row of two cells, the second ``merge``."""
    return rf"\trowd\cellx2000{merge}\cellx4000\pard\intbl One\cell {text}\cell\row\pard "


def word_rtf(body: str, head: str = "", colours: str = "") -> bytes:
    """As Word writes it: a style that hides, white as colour 2, numbers of the sitting before each piece of text."""
    return rf"""{{\rtf1\adeflang1025\ansi\ansicpg1252\uc1\deff0{{\fonttbl{{\f0\froman\fcharset0\fprq2{{\*\panose 02020603050405020304}}Times New Roman;}}}}
{{\colortbl;\red0\green0\blue0;\red255\green255\blue255;{colours}}}{{\stylesheet{{\ql \fs24\snext0 Normal;}}{{\*\cs15 \additive \v Internal;}}}}{head}
\pard\plain \ltrpar\ql \rtlch\fcs1 \af0\afs24 \ltrch\fcs0 \fs24\lang1033 {{\rtlch\fcs1 \af0 \ltrch\fcs0 \b The court heard the case.}}\par {body}\par }}
""".encode()


def rtf_picture(data: bytes, before: str = "", goal: int = 4000) -> str:
    digits = data.hex("\n", 64)
    return rf"{{\*\shppict{{\pict{before}\picw200\pich120\picwgoal{goal}\pichgoal2400\jpegblip{chr(10)}{digits}}}}}"


HEXED = "".join(rf"\'{ord(letter):02x}" for letter in NAME)
NUMBERED = "".join(rf"\u{ord(letter)}?" for letter in NAME)
"""The name in letters that only a program spells out."""


def _emf_record(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 8 + len(body)) + body


def emf() -> bytes:
    """A drawing as Windows programs leave it: who drew what with which program, a comment, words that nobody sees."""
    about = f"Writer 4\0{NAME}.vsd\0\0".encode("utf-16-le")
    comment = _emf_record(70, struct.pack("<I", len(NAME) + 4) + b"note" + NAME.encode())
    outside = struct.pack("<4iIff2iII4iI", 0, 0, 0, 0, 1, 1.0, 1.0, 9000, 9000, len(NAME), 76, 0, 0, 0, 0, 0)
    words = _emf_record(84, outside + NAME.encode("utf-16-le"))
    end = _emf_record(14, struct.pack("<III", 0, 16, 20))
    size = 88 + len(about) + len(comment) + len(words) + len(end)
    places = struct.pack("<8i", 0, 0, 199, 119, 0, 0, 7000, 4200)
    head = struct.pack("<IIIIHHIII", 0x464D4520, 0x10000, size, 4, 1, 0, len(about) // 2, 88, 0)
    return _emf_record(1, places + head + struct.pack("<4i", 1920, 1080, 508, 286) + about) + comment + words + end


def wmf() -> bytes:
    """The same for older programs: a note for the program that drew it, and words."""
    note = struct.pack("<HHH", 0x0626, 15, len(NAME)) + NAME.encode()
    words = struct.pack("<HhhH", 0x0A32, 9000, 9000, len(NAME)) + bytes(2) + NAME.encode()
    records = [body + bytes(len(body) % 2) for body in (note, words)] + [struct.pack("<H", 0)]
    parts = b"".join(struct.pack("<I", (4 + len(body)) // 2) + body for body in records)
    longest = max(4 + len(body) for body in records) // 2
    return struct.pack("<HHHIHIH", 1, 9, 0x300, 9 + len(parts) // 2, 0, longest, 0) + parts


def rtf_drawing(data: bytes, kind: str) -> str:
    return rtf_picture(data).replace("jpegblip", kind)


def rtf_in_bytes(data: bytes) -> bytes:
    return rtf(rf"{{\pict\jpegblip\bin{len(data)} PLACE}}").replace(b"PLACE", data)


def rtf_text_in_shape(hidden: str = "0") -> str:
    return rf"{{\shp{{\*\shpinst\shpleft0{{\sp{{\sn fHidden}}{{\sv {hidden}}}}}{{\shptxt \pard {NAMED}\par}}}}}}"


def rtf_field_far_on(words: int) -> str:
    code = "\\b" * words + f' INCLUDEPICTURE "http://x.example.org/{NAME}"'
    return rf"{{\field{{\*\fldinst {{{code}}}}}{{\fldrslt Seen}}}}"


def rtf_property(name: str, value: str) -> str:
    return rtf_picture(picture_file("JPEG"), rf"{{\*\picprop{{\sp{{\sn {name}}}{{\sv {value}}}}}}}")


RTF_PLANTED = [
    Planted("RTF: author", lambda: rtf("", rf"{{\info{{\author {NAME}}}}}"), "metadata", RTF, True),
    Planted("RTF: operator and company", lambda: rtf("", rf"{{\info{{\operator {NAME}}}{{\*\company {NAME}}}}}"), "metadata", RTF, True),
    Planted("RTF: comment", lambda: rtf(rf"Seen.{{\*\annotation {NAMED}}}"), "comments", RTF, True),
    Planted("RTF: who commented", lambda: rtf(rf"Seen.{{\*\atnid {NAME}}}{{\*\atnauthor {NAME}}}\chatn {{\*\annotation{{\*\atndate 1}}Yes}}"), "comments", RTF, True),
    Planted("RTF: hidden", lambda: rtf(rf"{{\v {NAMED}}} Seen."), "hidden_text", RTF, True),
    Planted("RTF: cell below the first of merged ones", lambda: rtf(rows(r"\clvmgf", "Seen") + rows(r"\clvmrg", NAMED)), "hidden_text", RTF, True),
    Planted("RTF: hidden and back", lambda: rtf(rf"\v {NAMED}\v0  Seen."), "hidden_text", RTF, True),
    Planted("RTF: hidden by a style", lambda: word_rtf(rf"{{\cs15\insrsid77 {NAMED}}} Seen."), "hidden_text", RTF, True),
    *(
        Planted(f"RTF: {word} of a form", lambda word=word: rtf(rf"{{\field{{\*\fldinst FORMTEXT{{\*\formfield{{\fftype0{{\*\ffname Text1}}{{\*\{word} {NAME}}}}}}}}}{{\fldrslt Seen}}}}"), "hidden_text", RTF, True)
        for word in ("ffdeftext", "ffhelptext", "ffstattext")
    ),
    Planted("RTF: bookmark", lambda: rtf(rf"{{\*\bkmkstart The_{NAME}}}Seen{{\*\bkmkend The_{NAME}}}."), "bookmarks", RTF),
    Planted("RTF: bookmark that only a link names", lambda: rtf(rf'{{\*\bkmkstart {NAME}}}Seen.{{\*\bkmkend {NAME}}}{{\field{{\*\fldinst HYPERLINK \\l "{NAME}"}}{{\fldrslt See}}}}'), "bookmarks", RTF),
    Planted("RTF: bookmark of what is gone", lambda: rtf(rf"{{\*\bkmkstart {NAME}}}{{\v {NAME}}}Seen."), "bookmarks", RTF),
    Planted("RTF: bookmark in numbers", lambda: rtf(rf"{{\*\bkmkstart \u1605?\u1606?\u1605? {NAME}}}Seen."), "bookmarks", RTF),
    Planted("RTF: share in a table", lambda: rtf("", rf"{{\*\bkmkstart \\\\files\\cases\\{NAME}}}"), "internal_links", RTF),
    Planted("RTF: entry of an index", lambda: rtf(rf"Seen.{{\xe {{{NAME}}}}}"), "hidden_text", RTF, True),
    Planted("RTF: behind a character", lambda: rtf(rf"{{\uc9 \u1604 {NAME}}} Seen."), "hidden_text", RTF, True),
    Planted("RTF: deletion", lambda: rtf(rf"{{\deleted\revauthdel1 {NAME}}} Seen."), "changes", RTF, True),
    Planted("RTF: deletion in Arabic", lambda: rtf(rf"{{\deleted\revauthdel1 \u1605?\u1606\'3f\u8212\emdash {NAME}\u1605?}} Seen."), "changes", RTF, True),
    Planted("RTF: hidden in Cyrillic", lambda: rtf(rf"{{\uc2\v \u1057 ??\u1058 ??{NAME}}} Seen."), "hidden_text", RTF, True),
    Planted("RTF: deleted by Word", lambda: word_rtf(rf"{{\rtlch\fcs1 \af0 \ltrch\fcs0 \b\deleted\revauthdel1\revdttmdel9\delrsid5 {NAMED}}}{{\b\insrsid77 Seen.}}", rf"{{\*\revtbl {{Unknown;}}{{{NAME};}}}}"), "changes", RTF, True),
    Planted("RTF: insertion with its author", lambda: word_rtf(r"{\b\revised\revauth1\revdttm9\insrsid77 Seen.}", rf"{{\*\revtbl {{Unknown;}}{{{NAME};}}}}"), "changes", RTF, True),
    Planted("RTF: moved text", lambda: word_rtf(rf"{{\mvf\mvauth1\mvdate9\insrsid77 {NAMED}}} Seen."), "changes", RTF, True),
    Planted("RTF: deleted picture", lambda: rtf(rf"{{\deleted {rtf_picture(pdfs.photo())}}}"), "changes", RTF, True),
    Planted("RTF: picture elsewhere", lambda: rtf(rf'{{\field{{\*\fldinst INCLUDEPICTURE "http://x.example.org/{NAME}"}}{{\fldrslt Seen}}}}'), "remote", RTF, True),
    Planted("RTF: picture elsewhere, in pieces", lambda: rtf(rf'{{\field{{\fldinst {{\b INCLUDE}}{{\insrsid1 PICTURE "http://x.example.org/{NAME}"}}}}{{\fldrslt Seen}}}}'), "remote", RTF, True),
    Planted("RTF: picture elsewhere, in numbers", lambda: rtf(rf'{{\field{{\*\fldinst \u73 ?NCLUDEPICTURE "http://x.example.org/{NAME}"}}{{\fldrslt Seen}}}}'), "remote", RTF, True),
    Planted("RTF: picture elsewhere, far on", lambda: rtf(rtf_field_far_on(3000)), "remote", RTF, True),
    Planted("RTF: picture elsewhere, nobody knows how far on", lambda: rtf(rtf_field_far_on(30_000)), "remote", RTF, True),
    Planted("RTF: picture elsewhere, behind a bookmark", lambda: rtf(rf'{{\field{{\b\fldinst {{\*\bkmkstart Seen}}INCLUDEPICTURE "http://x.example.org/{NAME}"}}{{\fldrslt Seen}}}}'), "remote", RTF, True),
    Planted("RTF: photo with its place", lambda: rtf(rtf_picture(pdfs.photo())), "place", RTF, True),
    *(
        Planted(f"RTF: photo with its place, {where}", lambda before=before, after=after: rtf(f"{{{before}\n{pdfs.photo().hex()}{after}}}"), "place", RTF, True)
        for where, before, after in (
            ("behind a word", r"\b\pict\jpegblip", ""),
            ("within its wrapping", r"\*\shppict\pict\jpegblip", ""),
            ("one deeper", r"\pict\jpegblip{", "}"),
            ("one deeper, behind its crop", r"\pict\jpegblip{\*\picprop{\sp{\sn shapeType}{\sv 75}}}{\b", "}"),
        )
    ),
    Planted("RTF: photo in bytes", lambda: rtf_in_bytes(pdfs.photo(place=False)), "metadata", RTF, True),
    Planted("RTF: behind the end of a photo", lambda: rtf(rtf_picture(picture_file("JPEG") + NAME.encode())), "metadata", RTF, True),
    Planted("RTF: behind the end of a photo in bytes", lambda: rtf_in_bytes(picture_file("JPEG", progressive=True) + NAME.encode()), "metadata", RTF, True),
    Planted("RTF: between the scans of a photo", lambda: rtf(rtf_picture(jpeg_with_late_comment())), "metadata", RTF, True),
    Planted("RTF: behind the end of a drawing", lambda: rtf(rtf_picture(picture_file("PNG") + NAME.encode()).replace("jpegblip", "pngblip")), "metadata", RTF, True),
    Planted("RTF: drawing with an erased part", lambda: rtf(rtf_picture(picture_file("PNG", partly_erased())).replace("jpegblip", "pngblip")), "metadata", RTF, True, trace=""),
    Planted("RTF: drawing with an author", lambda: rtf(rtf_picture(png_with_texts()).replace("jpegblip", "pngblip")), "metadata", RTF, True),
    Planted("RTF: second copy of a picture", lambda: rtf(rf"{rtf_picture(picture_file('JPEG'))}{{\nonshppict{{\pict\wmetafile8 {NAME.encode().hex()}}}}}"), "custom_data", RTF, True),
    Planted("RTF: path of a picture", lambda: rtf(rtf_property("pibName", rf"C:\\Cases\\{NAME}.jpg")), "metadata", RTF, True),
    *(
        Planted(f"RTF: {name}", lambda name=name: rtf(rtf_property(name, rf"C:\\Cases\\{NAME}.jpg")), "metadata", RTF, True)
        for name in ("fillBlipName", "lineFillBlipName", "shadowBlipName", "PibName")
    ),
    Planted("RTF: path of a picture, in a group", lambda: rtf(rtf_property("pibName", rf"{{C:\\Cases\\{NAME}.jpg}}")), "custom_data", RTF, True),
    Planted("RTF: path of a picture, behind a picture", lambda: rtf(rtf_property("pib", rf"{{\pict 00}}}}{{\sn pibName}}{{\sv {NAME}.jpg")), "custom_data", RTF, True),
    Planted("RTF: path of a picture, behind another word", lambda: rtf(rtf_property("pibName", NAME).replace(r"{\sp{", r"{\b\sp{")), "custom_data", RTF, True),
    Planted("RTF: name without a property", lambda: rtf(rf"Seen.{{\sn {NAME}}}"), "custom_data", RTF, True),
    Planted("RTF: path of a picture, twice", lambda: rtf(rtf_property("pibName", rf"}}{{\sv C:\\Cases\\{NAME}.jpg")), "custom_data", RTF, True),
    Planted("RTF: name of a property in numbers", lambda: rtf(rtf_property(r"pib\'4eame", rf"C:\\Cases\\{NAME}.jpg")), "custom_data", RTF),
    Planted("RTF: name of a picture", lambda: rtf(rtf_property("wzName", f"{NAME}.jpg")), "metadata", RTF, True),
    Planted("RTF: shape once more", lambda: rtf(rtf_property("metroBlob", NAME.encode().hex())), "custom_data", RTF, True),
    Planted("RTF: cropped picture", lambda: rtf(rtf_picture(picture_file("JPEG"), r"\piccropl0\piccropr1600")), "picture_cropped", RTF, trace=""),
    Planted("RTF: cropped shape", lambda: rtf(rtf_property("cropFromRight", "20000")), "picture_cropped", RTF, trace=""),
    Planted("RTF: cropped shape, in letters", lambda: rtf(rtf_property("cropFromRight", "20000x")), "picture_cropped", RTF, trace=""),
    Planted("RTF: hidden shape", lambda: rtf(rtf_text_in_shape("1")), "hidden_text", RTF),
    Planted("RTF: hidden shape, in a group", lambda: rtf(rtf_text_in_shape("{1}")), "custom_data", RTF),
    Planted("RTF: embedded workbook", lambda: rtf(rf"{{\object\objemb{{\*\objclass Excel.Sheet.12}}{{\*\objname {NAME}}}{{\*\objdata {NAME.encode().hex()}}}{{\result Seen}}}}"), "embedded", RTF, True),
    Planted("RTF: where a link led", lambda: rtf(rf'{{\field{{\*\fldinst HYPERLINK "https://www.example.org/"{{\*\datafield {NAME.encode().hex()}}}}}{{\fldrslt See}}}}'), "custom_data", RTF, True),
    Planted("RTF: some program's own", lambda: rtf(rf"Seen.{{\*\ourcase {NAMED}}}"), "custom_data", RTF, True),
    Planted("RTF: some program's own, written apart", lambda: rtf(rf"Seen.{{\* \ourcase {NAMED}}}"), "custom_data", RTF, True),
    Planted("RTF: some program's own, one deeper", lambda: rtf(rf"Seen.{{\*{{\ourcase {NAMED}}}}}"), "custom_data", RTF, True),
    *(
        Planted(f"RTF: {word} in the text", lambda word=word: rtf(rf"Seen.{{\{word} {NAME}}}"), code, RTF, True)
        for word, code in (
            ("comment", "metadata"), ("author", "metadata"), ("doccomm", "metadata"), ("operator", "metadata"), ("private", "metadata"),
            ("nonesttables", "custom_data"), ("shprslt", "custom_data"), ("listtext", "hidden_text"), ("pntext", "hidden_text"),
        )
    ),
    *(
        Planted(f"RTF: {word} in the middle of a group", lambda word=word: rtf(rf"{{\b Seen\{word}{{\f9 {NAME};}}}}."), "custom_data", RTF, True)
        for word in ("fonttbl", "stylesheet", "colortbl", "listtable", "latentstyles", "panose", "formfield", "bkmkstart", "pn")
    ),
    *(
        Planted(f"RTF: {word} far from its place", lambda word=word: rtf(rf"Seen{{\i{{\*\{word}{{\s9 {NAME};}}}}}}."), "custom_data", RTF, True)
        for word in ("fonttbl", "stylesheet", "listtable", "falt", "ffname", "picprop", "keycode")
    ),
    *(
        Planted(f"RTF: words beside the entries of {word}", lambda word=word: rtf("Seen.", rf"{{\{word} {NAME}{{\s9 Normal;}}}}"), "custom_data", RTF, True)
        for word in ("stylesheet", "listtable", "listoverridetable")
    ),
    *(
        Planted(f"RTF: {word}, which is never shown", lambda word=word: rtf(rf"Seen{{\{word} {NAME}}}."), code, RTF, True)
        for word, code in (
            ("listname", "custom_data"), ("leveltext", "custom_data"), ("xmlattrvalue", "custom_data"), ("nextfile", "custom_data"),
            ("ffentrymcr", "custom_data"), ("staticval", "metadata"), ("mmodsoname", "custom_data"), ("pxe", "hidden_text"),
        )
    ),
    *(
        Planted(f"RTF: {where}, spelt {how}", lambda words=words, name=name: rtf("Seen.", words.replace("NAME", name)), code, RTF, True)
        for where, words, code in (
            ("author", r"{\info{\author NAME}}", "metadata"), ("who changed it", r"{\*\revtbl{Unknown;}{NAME;}}", "metadata"),
            ("who may edit", r"{\*\protusertbl{NAME}}", "metadata"), ("template", r"{\*\template C:\\NAME.dotm}", "metadata"),
            ("own property", r"{\*\userprops{\propname Case}\proptype30{\staticval NAME}}", "metadata"),
            ("unknown", r"{\*\unknown John NAME}", "custom_data"), ("comment", r"{\*\annotation NAME}", "comments"),
            ("hidden text", r"{\v NAME}", "hidden_text"), ("deletion", r"{\deleted NAME}", "changes"),
        )
        for how, name in (("by bytes", HEXED), ("by numbers", NUMBERED), ("by numbers alone", r"\uc0 " + NUMBERED.replace("?", " ")))
    ),
    Planted("RTF: sittings and namespaces", lambda: rtf("Seen.", rf"{{\*\rsidtbl \rsid77}}{{\*\xmlnstbl {{\xmlns1 http://x.example.org/{NAME};}}}}"), "metadata", RTF, True),
    Planted("RTF: theme and data store", lambda: rtf("Seen.", rf"{{\*\themedata {NAME.encode().hex()}}}{{\*\datastore {NAME.encode().hex()}}}"), "custom_data", RTF, True),
    *(
        Planted(f"RTF: drawing as {kind}", lambda make=make, kind=kind: rtf(rtf_drawing(make(), kind)), "drawings", RTF, True)
        for make, kind in ((emf, "emfblip"), (wmf, "wmetafile8"), (emf, "macpict"))
    ),
    Planted("RTF: drawing in bytes", lambda: rtf_in_bytes(emf()).replace(b"jpegblip", b"emfblip"), "drawings", RTF, True),
    Planted("RTF: drawing of a shape", lambda: rtf(rtf_property("pib", rtf_drawing(emf(), "emfblip"))), "drawings", RTF, True),
    Planted("RTF: drawing of an object", lambda: rtf(rf"{{\object\objemb{{\*\objclass Visio.Drawing.15}}{{\*\objdata 0105}}{{\result {{\pict\wmetafile8 {wmf().hex()}}}}}}}"), "drawings", RTF, True),
    Planted("RTF: said twice", lambda: rtf(rf"Seen{{\upr{{{NAME}}}{{\*\ud{{, heard.}}}}}}"), "custom_data", RTF, True),
    Planted("RTF: said twice, at once", lambda: rtf(rf"Seen{{\upr {NAME}{{\*\ud{{, heard.}}}}}}"), "custom_data", RTF, True),
    Planted("RTF: number of a list, behind another word", lambda: rtf(rf"{{\b\listtext 1.{{\i{{ {NAME}}}}}}}"), "hidden_text", RTF, True),
    Planted("RTF: behind the end", lambda: rtf("Seen.") + NAME.encode(), "custom_data", RTF, True),
    Planted("RTF: white text", lambda: word_rtf(rf"{{\cf2 {NAMED}}}"), "text_colour", RTF),
    *(
        Planted(f"RTF: {name}", lambda words=words: word_rtf(rf"{words} {NAMED}}}", colours=r"\red0\green0\blue128;\red240\green250\blue255;\red19\green0\blue140;"), "text_colour", RTF)
        for name, words in (
            ("black on black", r"{\cf1\highlight1"), ("a black highlighter", r"{\cf0\highlight1"), ("a black ground", r"{\chcbpat1"), ("nearly white", r"{\cf4"), ("nearly blue on blue", r"{\cf5\highlight3"),
            ("white on white letters", r"{\cf2\chshdng0\chcbpat2"), ("white on white paragraph", r"\pard\cbpat2 {\cf2"),
            ("blue on a pattern of blue", r"{\cf3\chshdng10000\chcfpat3\chcbpat2"), ("white on next to no pattern", r"{\cf2\chshdng1"),
            ("white on what not all programs show", r"{\cf2\cb1"), ("white on white in a table", r"\pard\intbl{\cf2\highlight2"),
            ("white behind a dark page", r"{\*\background{\shp{\*\shpinst{\sp{\sn fillColor}{\sv 0}}}}}{\cf2"),
        )
    ),
    Planted("RTF: tiny text", lambda: word_rtf(rf"{{\fs2 {NAMED}}}"), "text_tiny", RTF),
    Planted("RTF: link to the intranet", lambda: rtf(rf'{{\field{{\*\fldinst HYPERLINK "http://wiki.intra{{\b net.example.org/{NAME}"}}}}{{\fldrslt See}}}}'), "internal_links", RTF),
    Planted("RTF: share", lambda: rtf(rf"See \\\\files\\cases\\{NAME}.docx"), "internal_links", RTF),
]  # fmt: skip

PLANTED = [
    *RTF_PLANTED,
    Planted("JPEG: place", lambda: pdfs.photo(), "place", JPEG, True),
    Planted("JPEG: artist", lambda: pdfs.photo(place=False), "metadata", JPEG, True),
    Planted("JPEG: thumbnail of the whole picture", jpeg_with_thumbnail, "thumbnails", JPEG, True),
    Planted("JPEG: turned", jpeg_turned, "metadata", JPEG, True),
    Planted("JPEG: film behind the picture", jpeg_with_film, "metadata", JPEG, True),
    Planted("PNG: texts and XMP", png_with_texts, "metadata", PNG, True),
    Planted("PNG: place", lambda: picture_file("PNG", exif=_exif(place=True)), "place", PNG, True),
    Planted("WebP: place and XMP", lambda: picture_file("WEBP", exif=_exif(place=True).tobytes(), xmp=f"<x:xmpmeta>{NAME}</x:xmpmeta>".encode()), "place", WEBP, True),
    Planted("WebP: turned", lambda: picture_file("WEBP", exif=_exif(orientation=8).tobytes()), "metadata", WEBP, True),
    Planted("PNG: erased part", lambda: picture_file("PNG", partly_erased()), "picture_masked", PNG, True, trace=""),
    Planted("PNG: erased part in grey", lambda: picture_file("PNG", partly_erased("L")), "picture_masked", PNG, True, trace=""),
    Planted("PNG: erased part of a palette", erased_from_palette, "picture_masked", PNG, True, trace=""),
    Planted("PNG: erased part of a palette behind a profile", lambda: erased_from_palette(pdfs.noise(60, 40).tobytes()), "picture_masked", PNG, True, trace=""),
    Planted("PNG: a name that is hardly there", lambda: picture_file("PNG", faint()), "picture_masked", PNG, True, trace=""),
    Planted("PNG: a name in grey that is hardly there", lambda: picture_file("PNG", faint("LA", 1)), "picture_masked", PNG, True, trace=""),
    Planted("PNG: below what is hardly there", lambda: picture_file("PNG", below_faint()), "picture_masked", PNG, True, trace=""),
    Planted("PNG: later moment", lambda: moving("PNG"), "picture_masked", PNG, True, trace=""),
    Planted("WebP: a name that is hardly there", lambda: picture_file("WEBP", faint(), lossless=True, exact=True), "picture_masked", WEBP, True, trace=""),
    Planted("WebP: later moment", lambda: moving("WEBP"), "picture_masked", WEBP, True, trace=""),
    Planted("WebP: later moment of one that lets through", lambda: picture_file("WEBP", erased_for_good(), save_all=True, append_images=[partly_erased()], lossless=True), "picture_masked", WEBP, True, trace=""),
    Planted("TIFF: a name that is hardly there", lambda: picture_file("TIFF", faint()), "picture_masked", TIFF, True, trace=""),
    Planted("RTF: drawing with a later moment", lambda: rtf(rtf_picture(moving("PNG")).replace("jpegblip", "pngblip")), "metadata", RTF, True, trace=""),
    Planted("WebP: erased part", lambda: picture_file("WEBP", partly_erased(), lossless=True, exact=True), "picture_masked", WEBP, True, trace=""),
    Planted("WebP: erased part, with loss", lambda: picture_file("WEBP", partly_erased(), quality=90, exact=True), "picture_masked", WEBP, True, trace=""),
    Planted("TIFF: erased part", lambda: picture_file("TIFF", partly_erased()), "picture_masked", TIFF, True, trace=""),
    Planted("TIFF: artist, two pages", tiff_pages, "metadata", TIFF, True),
    Planted("TIFF: XMP", lambda: picture_file("TIFF", tiffinfo={700: f"<x:xmpmeta>{NAME}</x:xmpmeta>".encode()}), "metadata", TIFF, True),
    Planted("MP3: ID3", lambda: mp3(head=True), "metadata", MP3, True),
    Planted("MP3: old tag", lambda: mp3(tail=True), "metadata", MP3, True),
    Planted("MP3: APE", lambda: mp3(ape=True), "metadata", MP3, True),
    Planted("MP4: place", lambda: mp4(extra=place()), "place", MP4, True),
    Planted("MP4: name", lambda: mp4(extra=box(b"udta", box(b"meta", bytes(4), NAME.encode()))), "metadata", MP4, True),
    Planted("MP4: XMP", lambda: mp4(top=box(b"uuid", bytes(16), NAME.encode())), "metadata", MP4, True),
    Planted("MP4: left-over bytes", lambda: mp4(top=box(b"free", NAME.encode())), "metadata", MP4, True),
    Planted("MP4: when", lambda: mp4(made=3_800_000_000), "metadata", MP4, True, trace=""),
    Planted("MP4: way of the camera", lambda: mp4(data_track=True), "data_track", MP4, True),
    Planted("Text: share", lambda: rf"See \\files\cases\{NAME}.docx".encode(), "internal_links", TXT),
    Planted("CSV: intranet", lambda: f"a,b\n1,http://wiki.intranet.example.org/{NAME}\n".encode(), "internal_links", CSV),
]  # fmt: skip

CLEAN = {
    "JPEG": (lambda: picture_file("JPEG"), JPEG),
    "JPEG, grey": (lambda: picture_file("JPEG", pdfs.noise(90, 50).convert("L")), JPEG),
    "JPEG with copyright": (lambda: picture_file("JPEG", exif=_copyright().tobytes()), JPEG),
    "PNG": (lambda: picture_file("PNG"), PNG),
    "PNG, transparent": (lambda: picture_file("PNG", pdfs.noise(60, 40).convert("RGBA")), PNG),
    "PNG, erased for good": (lambda: picture_file("PNG", erased_for_good()), PNG),
    "WebP, erased for good": (lambda: picture_file("WEBP", erased_for_good()), WEBP),
    "PNG, softly edged": (lambda: picture_file("PNG", softly_edged()), PNG),
    "WebP, softly edged": (lambda: picture_file("WEBP", softly_edged()), WEBP),
    "PNG, moving": (lambda: picture_file("PNG", pdfs.noise(60, 40), save_all=True, append_images=[pdfs.noise(60, 40, 3)]), PNG),
    "PNG, palette": (lambda: picture_file("PNG", pdfs.noise(60, 40).convert("P")), PNG),
    "WebP": (lambda: picture_file("WEBP"), WEBP),
    "WebP without loss": (lambda: picture_file("WEBP", lossless=True), WEBP),
    "TIFF": (lambda: picture_file("TIFF"), TIFF),
    "TIFF, black and white": (lambda: picture_file("TIFF", pdfs.noise(90, 50).convert("1"), compression="group4"), TIFF),
    "JPEG with a colour profile": (lambda: picture_file("JPEG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()), JPEG),
    "JPEG for print": (lambda: picture_file("JPEG", pdfs.noise(60, 40).convert("CMYK")), JPEG),
    "JPEG, progressive": (lambda: picture_file("JPEG", progressive=True), JPEG),
    "PNG with copyright": (lambda: _png_with_copyright(), PNG),
    "PNG, 16 bits": (lambda: picture_file("PNG", pdfs.noise(60, 40).convert("I").convert("I;16")), PNG),
    "WebP, moving": (lambda: picture_file("WEBP", pdfs.noise(60, 40), save_all=True, append_images=[pdfs.noise(60, 40, 3)]), WEBP),
    "MP3": (mp3, MP3),
    "MP4": (mp4, MP4),
    "RTF": (lambda: rtf(r"It was \b adjourned\b0 , said \u1604?\u1575?."), RTF),
    "RTF with a link": (lambda: rtf(r'{\field{\*\fldinst HYPERLINK "https://www.example.org/"}{\fldrslt See}}'), RTF),
    "RTF by Word": (lambda: word_rtf(r"{\b\insrsid77 Seen}{\i\insrsid77 , \rquote\u8217\'92 24 \'e9t\'e9.}\par \pard\s1 \fs24\insrsid5 2024{\cs15\v }"), RTF),
    "RTF with a photo": (lambda: rtf(rtf_picture(picture_file("JPEG"), r"\piccropl0\piccropr10") + rtf_property("wzDescription", "A house")), RTF),
    "RTF with a shape": (lambda: rtf(rtf_text_in_shape()), RTF),
    "RTF, white on black": (lambda: word_rtf(r"{\cf2\highlight1 Seen.}\par\pard\plain\cbpat1 {\cf2 Seen.}\par\pard\plain\intbl{\cf2 a}\cell\row"), RTF),
    "RTF in colours": (lambda: word_rtf(r"{\cf3 a}{\cf3\highlight2 b}{\cf2\chshdng5000\chcbpat2 c}{\cf4 d}{\cf1\highlight0\chcbpat0 e}", colours=r"\red0\green0\blue128;\red235\green255\blue255;"), RTF),
    "RTF with bookmarks": (lambda: rtf(r"{\*\bkmkstart _Toc12}{\*\bkmkstart The_court}Seen{\*\bkmkend The_court}{\*\bkmkend _Toc12}{\*\bkmkstart __RefHeading___Toc1_2}."), RTF),
    "RTF with a path": (lambda: rtf(r"In C:\\cases\\a.docx"), RTF),
    "text": (lambda: "Ein Satz über das Gericht, siehe https://www.example.org/.".encode(), TXT),
    "text in UTF-16": (lambda: "A sentence.".encode("utf-16"), TXT),
    "CSV": (lambda: b"a,b\n1,2\n", CSV),
}  # fmt: skip


def _png_with_copyright() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Copyright", "The archive")
    return picture_file("PNG", pnginfo=texts)


def _copyright() -> Image.Exif:
    exif = Image.Exif()
    exif[0x8298] = "Photo: the archive"
    return exif
