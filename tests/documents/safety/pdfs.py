"""PDFs with a leak, made the way the programs make them that people use; and clean ones that look alike."""

from __future__ import annotations

import io

import pikepdf
from fpdf import FPDF
from pikepdf import Array, Dictionary
from pikepdf import Name as N
from PIL import Image, ImageDraw

from tests.documents import making
from tests.documents.safety.planting import NAME, Planted

NAMED = f"The witness {NAME} saw the convoy leave at dawn."
PLAIN = "The witness saw the convoy leave at dawn, and the court heard of it."


def document() -> FPDF:
    pdf = FPDF(unit="pt")
    pdf.set_compression(True)
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.set_text_color(0)
    pdf.text(60, 80, PLAIN)
    return pdf


def _named(pdf: FPDF, y: float = 120) -> tuple[float, float, float, float]:
    """Writes the sentence with the name; returns the box of the name: left, top, width, height."""
    pdf.text(60, y, NAMED)
    left = 60 + pdf.get_string_width("The witness ")
    return left - 1, y - 11, pdf.get_string_width(NAME) + 2, 15


def done(pdf: FPDF) -> bytes:
    return bytes(pdf.output())


def box_by_word_processor(colour=(0, 0, 0), opacity=None) -> bytes:
    """A rectangle of the drawing tools over the text, in the same content stream."""
    pdf = document()
    box = _named(pdf)
    pdf.set_fill_color(*colour)
    pdf.rect(*box, style="F")
    return done(pdf)


def _page_with_name() -> tuple[bytes, tuple[float, float, float, float]]:
    pdf = document()
    left, top, width, height = _named(pdf)
    return done(pdf), (left, pdf.h - top - height, left + width, pdf.h - top)


def _edited(change) -> bytes:
    data, box = _page_with_name()
    return making.changed(data, lambda pdf: change(pdf, pdf.pages[0], box))


def box_by_pdf_editor() -> bytes:
    """A PDF editor appends a content stream of its own."""

    def change(pdf, page, box):
        x0, y0, x1, y1 = box
        page.contents_add(f"q 0 g {x0} {y0} {x1 - x0} {y1 - y0} re f Q".encode(), prepend=False)

    return _edited(change)


def box_by_form_xobject() -> bytes:
    """Others put the rectangle into a form of its own and call it with a matrix."""

    def change(pdf, page, box):
        x0, y0, x1, y1 = box
        form = pdf.make_stream(b"0.1 g 0 0 1 1 re f")
        form.Type, form.Subtype, form.BBox = N.XObject, N.Form, Array([0, 0, 1, 1])
        page.obj.Resources.XObject = Dictionary(Box=form)
        page.contents_add(f"q {x1 - x0} 0 0 {y1 - y0} {x0} {y0} cm /Box Do Q".encode(), prepend=False)

    return _edited(change)


def box_by_annotation() -> bytes:
    """The rectangle of the comment tools, with its appearance."""

    def change(pdf, page, box):
        x0, y0, x1, y1 = box
        look = pdf.make_stream(f"0 g 0 0 {x1 - x0} {y1 - y0} re f".encode())
        look.Type, look.Subtype, look.BBox = N.XObject, N.Form, Array([0, 0, x1 - x0, y1 - y0])
        page.obj.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=N.Annot,
                        Subtype=N.Square,
                        Rect=Array(list(box)),
                        C=Array([0, 0, 0]),
                        IC=Array([0, 0, 0]),
                        F=4,
                        AP=Dictionary(N=look),
                    )
                )
            ]
        )

    return _edited(change)


def box_by_annotation_without_appearance() -> bytes:
    def change(pdf, page, box):
        page.obj.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=N.Annot,
                        Subtype=N.Square,
                        Rect=Array(list(box)),
                        C=Array([0, 0, 0]),
                        IC=Array([0, 0, 0]),
                        F=4,
                    )
                )
            ]
        )

    return _edited(change)


def redaction_not_applied() -> bytes:
    """Marked for redaction, saved, never applied."""

    def change(pdf, page, box):
        page.obj.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(Type=N.Annot, Subtype=N.Redact, Rect=Array(list(box)), IC=Array([0, 0, 0]), F=4)
                )
            ]
        )

    return _edited(change)


def label_on_box() -> bytes:
    """The name under a box, and on the box a label that can be read."""
    pdf = document()
    left, top, width, height = _named(pdf)
    pdf.set_fill_color(0)
    pdf.rect(left, top, width, height, style="F")
    pdf.set_text_color(255)
    pdf.text(left + 1, top + 11, "Witness A")
    return done(pdf)


def highlighted_black() -> bytes:
    """Black text on black highlighting, as a word processor's marker leaves it: the box comes first."""
    pdf = document()
    pdf.set_fill_color(0)
    pdf.rect(60 + pdf.get_string_width("The witness ") - 1, 109, pdf.get_string_width(NAME) + 2, 15, style="F")
    _named(pdf)
    return done(pdf)


def white(shade: int = 255) -> bytes:
    pdf = document()
    pdf.set_text_color(shade)
    pdf.text(60, 140, NAMED)
    return done(pdf)


def tiny() -> bytes:
    pdf = document()
    pdf.set_font_size(1)
    pdf.text(60, 140, NAMED)
    return done(pdf)


def tiny_by_matrix() -> bytes:
    """Twelve points on paper, scaled down by the drawing."""

    def change(pdf, page):
        font = next(iter(page.obj.Resources.Font.keys()))
        page.contents_add(f"q 0.1 0 0 0.1 60 600 cm BT {font} 12 Tf ({NAMED}) Tj ET Q".encode(), prepend=False)

    return making.changed(done(document()), lambda pdf: change(pdf, pdf.pages[0]))


def off_page() -> bytes:
    pdf = document()
    pdf.text(-400, 140, NAMED)
    return done(pdf)


def cropped_page() -> bytes:
    """The page was cropped in a viewer: what is outside is still there."""
    pdf = document()
    pdf.text(60, 800, NAMED)

    def crop(pdf):
        pdf.pages[0].obj.CropBox = Array([0, 200, 595, 842])

    return making.changed(done(pdf), crop)


def clipped() -> bytes:
    pdf = document()
    with pdf.rect_clip(60, 300, 40, 20):
        pdf.text(60, 140, NAMED)
    return done(pdf)


def invisible() -> bytes:
    """Text render mode 3 without any picture."""

    def change(pdf, page):
        font = next(iter(page.obj.Resources.Font.keys()))
        page.contents_add(f"BT 3 Tr {font} 12 Tf 60 500 Td ({NAMED}) Tj ET".encode(), prepend=False)

    return making.changed(done(document()), lambda pdf: change(pdf, pdf.pages[0]))


def under_picture() -> bytes:
    """A small picture pasted over the name."""
    pdf = document()
    left, top, width, height = _named(pdf)
    pdf.image(noise(80, 20), left, top, width, height)
    return done(pdf)


def noise(width: int, height: int, seed: int = 7) -> Image.Image:
    """A photo-like picture, always the same."""
    small = Image.frombytes("L", (17, 13), bytes((index * 97 + seed * 31) % 256 for index in range(17 * 13)))
    return small.resize((width, height), Image.Resampling.BICUBIC).convert("RGB")


def layer(state: str = "OFF") -> bytes:
    """A layer that is switched off."""

    def change(pdf, page):
        group = pdf.make_indirect(Dictionary(Type=N.OCG, Name="Internal"))
        default = Dictionary(OFF=Array([group])) if state == "OFF" else Dictionary(BaseState=N.OFF, ON=Array([]))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=default)
        font = next(iter(page.obj.Resources.Font.keys()))
        page.obj.Resources.Properties = Dictionary(MC0=group)
        page.contents_add(f"/OC /MC0 BDC BT {font} 12 Tf 60 500 Td ({NAMED}) Tj ET EMC".encode(), prepend=False)

    return making.changed(done(document()), lambda pdf: change(pdf, pdf.pages[0]))


def scan_page() -> Image.Image:
    """A page as a scanner sees it: black words on speckled paper."""
    image = noise(620, 877).point(lambda value: 225 + value // 12)
    draw = ImageDraw.Draw(image)
    for line in range(20):
        draw.text(
            (62, 82 + 36 * line),
            f"Line {line} of a scanned page, seen by {'Agent' if line != 3 else NAME}.",
            fill=(20, 20, 20),
            font_size=17,
        )
    return image


def scan(*, blackened: bool = False, mode: int = 3, patch: bool = False) -> bytes:
    """A scanned page with the words that OCR read from it; ``blackened`` on the picture, or by a ``patch`` on top."""
    image = scan_page()
    if blackened:
        ImageDraw.Draw(image).rectangle((56, 184, 560, 216), fill=(0, 0, 0))
    pdf = FPDF(unit="pt", format=(620, 877))
    pdf.add_page()
    pdf.set_font("helvetica", size=16)
    pdf.image(image, 0, 0, 620, 877)
    with pdf.local_context(text_mode=mode):
        for line in range(20):
            pdf.text(62, 97 + 36 * line, f"Line {line} of a scanned page, seen by {'Agent' if line != 3 else NAME}.")
    if patch:
        pdf.set_fill_color(0)
        pdf.rect(56, 184, 500, 32, style="F")
    return done(pdf)


def text_below_scan() -> bytes:
    """Some OCR programs put visible text below the picture of the page."""
    pdf = FPDF(unit="pt", format=(620, 877))
    pdf.add_page()
    pdf.set_font("helvetica", size=16)
    for line in range(20):
        pdf.text(62, 97 + 36 * line, f"Line {line} of a scanned page, seen by Agent.")
    pdf.image(scan_page(), 0, 0, 620, 877)
    return done(pdf)


def scan_without_text(patch: bool = True) -> bytes:
    """A scan without OCR and a black box drawn on it by an editor: the picture below is whole."""
    pdf = FPDF(unit="pt", format=(620, 877))
    pdf.add_page()
    pdf.image(scan_page(), 0, 0, 620, 877)
    if patch:
        pdf.set_fill_color(0)
        pdf.rect(56, 184, 300, 32, style="F")
    return done(pdf)


def scan_with_annotation() -> bytes:
    def change(pdf):
        pdf.pages[0].obj.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=N.Annot,
                        Subtype=N.Square,
                        Rect=Array([56, 660, 356, 692]),
                        C=Array([0, 0, 0]),
                        IC=Array([0, 0, 0]),
                        F=4,
                    )
                )
            ]
        )

    return making.changed(scan_without_text(patch=False), change)


def cropped_picture() -> bytes:
    pdf = document()
    with pdf.rect_clip(60, 200, 100, 100):
        pdf.image(noise(400, 300), 60, 200, 400, 300)
    return done(pdf)


def picture_beyond_page() -> bytes:
    pdf = document()
    pdf.image(noise(400, 300), 400, 200, 400, 300)
    return done(pdf)


def photo(trace: str = NAME, *, place: bool = True, width: int = 320, height: int = 240) -> bytes:
    """A JPEG as a phone writes it: maker, artist, place, XMP."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x8298] = "Phone", trace, "Photo: the archive"
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    out = io.BytesIO()
    noise(width, height).save(
        out,
        "JPEG",
        exif=exif.tobytes(),
        quality=88,
        comment=trace.encode(),
        xmp=f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{trace}</x:xmpmeta>".encode(),
    )
    return out.getvalue()


def photo_on_page() -> bytes:
    def change(pdf):
        content = photo()
        image = pikepdf.Stream(
            pdf,
            content,
            Type=N.XObject,
            Subtype=N.Image,
            Width=320,
            Height=240,
            ColorSpace=N.DeviceRGB,
            BitsPerComponent=8,
            Filter=N.DCTDecode,
        )
        page = pdf.pages[0]
        page.obj.Resources.XObject = Dictionary(Im9=pdf.make_indirect(image))
        page.contents_add(b"q 320 0 0 240 60 300 cm /Im9 Do Q", prepend=False)

    return making.changed(done(document()), change)


def bookmarked(title: str = NAMED, *, depth: int = 2, on: bytes = b"") -> bytes:
    """Taken off the page by hand, and forgotten in the contents that the word processor had made of the headings."""

    def change(pdf):
        with pdf.open_outline(max_depth=depth) as outline:
            items = outline.root
            for _ in range(depth - 1):
                items.append(pikepdf.OutlineItem("The witness", 0))
                items = items[0].children
            items.append(pikepdf.OutlineItem(title, 0))

    return making.changed(on or done(document()), change)


def bookmarked_badly() -> bytes:
    """A title in UTF-16 with half of a pair: no text for a program, and most of one for a viewer."""

    def change(pdf):
        pdf.Root.Outlines.First.First.Title = pikepdf.String(b"\xfe\xff\xd8\x00" + NAME.encode("utf-16-be"))

    return making.changed(bookmarked(), change)


def attachment() -> bytes:
    return making.changed(done(document()), lambda pdf: pdf.attachments.__setitem__("notes.txt", NAMED.encode()))


def attached_by_annotation() -> bytes:
    def change(pdf):
        stream = pdf.make_stream(NAMED.encode())
        pdf.pages[0].obj.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=N.Annot,
                        Subtype=N.FileAttachment,
                        Rect=Array([10, 10, 30, 30]),
                        Contents=NAMED,
                        FS=Dictionary(Type=N.Filespec, F="notes.txt", EF=Dictionary(F=stream)),
                    )
                )
            ]
        )

    return making.changed(done(document()), change)


def annotated(subtype=N.Text, **more) -> bytes:
    def change(pdf):
        pdf.pages[0].obj.Annots = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=N.Annot, Subtype=subtype, Rect=Array([10, 10, 30, 30]), T=NAME, Contents=NAMED, **more
                    )
                )
            ]
        )

    return making.changed(done(document()), change)


def form(hidden: bool) -> bytes:
    def change(pdf):
        field = pdf.make_indirect(
            Dictionary(
                Type=N.Annot,
                Subtype=N.Widget,
                FT=N.Tx,
                T="remarks",
                V=NAMED,
                DA="/Helv 12 Tf 0 g",
                Rect=Array([0, 0, 0, 0] if hidden else [60, 400, 400, 420]),
                F=2 if hidden else 4,
            )
        )
        pdf.pages[0].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    return making.changed(done(document()), change)


def incremental(page_text: str = NAMED) -> bytes:
    """An editor deleted the name and appended the new state; the old one is still in the bytes."""
    pdf = document()
    pdf.set_compression(False)
    pdf.text(60, 140, page_text)
    before = done(pdf)
    with pikepdf.open(io.BytesIO(before)) as opened:
        page = opened.pages[0].obj
        number = page.Contents.objgen[0]
        size = int(opened.trailer.Size)
        font = next(iter(page.Resources.Font.keys()))
        root = opened.Root.objgen[0]
    start = before.rindex(b"startxref") + 9
    previous = int(before[start:].split()[0])
    stream = f"BT {font} 12 Tf 60 700 Td (The witness saw it.) Tj ET".encode()
    body = f"{number} 0 obj\n<</Length {len(stream)}>>\nstream\n".encode() + stream + b"\nendstream\nendobj\n"
    offset = len(before) + 1
    xref = offset + len(body)
    tail = f"xref\n{number} 1\n{offset:010d} 00000 n \ntrailer\n<</Size {size}/Root {root} 0 R/Prev {previous}>>\nstartxref\n{xref}\n%%EOF\n"
    return before + b"\n" + body + tail.encode()


def metadata() -> bytes:
    return making.with_secrets(done(document())).replace(b"Somebody Inside", NAME.ljust(15).encode())


def author() -> bytes:
    pdf = document()
    pdf.set_author(NAME)
    return done(pdf)


def thumbnail() -> bytes:
    def change(pdf):
        data = noise(40, 60).tobytes()
        pdf.pages[0].obj.Thumb = pikepdf.Stream(
            pdf, data, Width=40, Height=60, ColorSpace=N.DeviceRGB, BitsPerComponent=8
        )

    return making.changed(done(document()), change)


def script() -> bytes:
    def change(pdf):
        pdf.Root.OpenAction = Dictionary(S=N.JavaScript, JS=f"app.alert('{NAME}')")

    return making.changed(done(document()), change)


def link(address: str) -> bytes:
    pdf = document()
    pdf.text(60, 160, "See our own notes")
    pdf.link(60, 148, 100, 14, address)
    return done(pdf)


def text_of(text: str) -> bytes:
    pdf = document()
    pdf.text(60, 160, text)
    return done(pdf)


PLANTED = [
    Planted("box by word processor", box_by_word_processor, "text_covered"),
    Planted("white box", lambda: box_by_word_processor((255, 255, 255)), "text_covered"),
    Planted("box by PDF editor", box_by_pdf_editor, "text_covered"),
    Planted("box by form XObject", box_by_form_xobject, "text_covered"),
    Planted("box by annotation", box_by_annotation, "text_covered"),
    Planted("box by annotation without appearance", box_by_annotation_without_appearance, "text_covered"),
    Planted("redaction not applied", redaction_not_applied, "redactions"),
    Planted("label on a box", label_on_box, "text_covered"),
    Planted("black marker", highlighted_black, "text_colour"),
    Planted("white text", white, "text_colour"),
    Planted("nearly white text", lambda: white(245), "text_colour"),
    Planted("tiny text", tiny, "text_tiny"),
    Planted("text scaled down", tiny_by_matrix, "text_tiny"),
    Planted("text beside the page", off_page, "text_outside"),
    Planted("cropped page", cropped_page, "text_outside"),
    Planted("clipped text", clipped, "text_colour"),
    Planted("invisible text", invisible, "text_invisible"),
    Planted("text under a picture", under_picture, "text_covered"),
    Planted("layer off", layer, "layers"),
    Planted("layer off by default", lambda: layer("BASE"), "text_layer"),
    Planted("blackened scan with its OCR", lambda: scan(blackened=True), "text_covered"),
    Planted("scan with a patch", lambda: scan(patch=True), "text_covered"),
    Planted("scan with a patch, no OCR", scan_without_text, "picture_covered", trace=""),
    Planted("scan with an annotation, no OCR", scan_with_annotation, "picture_covered", trace=""),
    Planted("cropped picture", cropped_picture, "picture_cropped", trace=""),
    Planted("picture beyond the page", picture_beyond_page, "picture_cropped", trace=""),
    Planted("photo with its place on a page", photo_on_page, "place", removed=True),
    Planted("bookmark", bookmarked, "bookmarks"),
    Planted("bookmark, letter by letter", lambda: bookmarked(" ".join(NAME)), "bookmarks", trace=""),
    Planted("bookmark with vowel signs", lambda: bookmarked("مُحَمَّد عَلِيّ"), "bookmarks", trace=""),
    Planted("bookmark of a slide", lambda: bookmarked(f"Slide 3: {NAME}"), "bookmarks"),
    Planted("bookmark that is called like a slide", lambda: bookmarked(f"Slide {NAME}"), "bookmarks"),
    Planted("bookmark far below", lambda: bookmarked(depth=18), "bookmarks"),
    Planted("bookmark that is no text", lambda: bookmarked_badly(), "bookmarks", trace=""),
    Planted("bookmark of a scan", lambda: bookmarked(on=scan_without_text(patch=False)), "bookmarks_unread"),
    Planted("attachment", attachment, "attachments", removed=True),
    Planted("attachment by annotation", attached_by_annotation, "attachments", removed=True),
    Planted("note", annotated, "annotations", removed=True),
    Planted(
        "highlight with a comment",
        lambda: annotated(N.Highlight, QuadPoints=Array([10, 30, 30, 30, 10, 10, 30, 10])),
        "annotations",
        removed=True,
    ),
    Planted("hidden annotation", lambda: annotated(N.FreeText, F=2, DA="/Helv 12 Tf"), "annotations", removed=True),
    Planted("hidden form field", lambda: form(True), "form_hidden", removed=True),
    Planted("filled form", lambda: form(False), "form_data"),
    Planted("earlier state", incremental, "history", removed=True),
    Planted("author and XMP", metadata, "metadata", removed=True),
    Planted("author", author, "metadata", removed=True),
    Planted("thumbnail of the page", thumbnail, "thumbnails", removed=True, trace=""),
    Planted("script", script, "scripts", removed=True),
    Planted("link to the intranet", lambda: link(f"https://wiki.intranet.example.org/{NAME}"), "internal_links"),
    Planted("address of a private network", lambda: text_of(f"Draft: http://10.1.2.3/{NAME}"), "internal_links"),
    Planted("share in the text", lambda: text_of(rf"\\fileserver\cases\{NAME}.docx"), "internal_links"),
    Planted("internal e-mail", lambda: text_of(f"Write to {NAME}@intranet.example.org"), "internal_links"),
]


def panel_on_photo() -> bytes:
    """A cover: a photo over the whole page, a white panel on it, the title on the panel."""
    pdf = FPDF(unit="pt")
    pdf.add_page()
    pdf.set_font("helvetica", size=24)
    pdf.image(noise(600, 850), 0, 0, pdf.w, pdf.h)
    pdf.set_fill_color(255)
    pdf.rect(60, 300, 300, 60, style="F")
    pdf.text(70, 340, "Annual report")
    return done(pdf)


def table() -> bytes:
    """Cells filled before their text, white words on a dark heading."""
    pdf = document()
    for row in range(12):
        pdf.set_fill_color(*((30, 40, 80) if row == 0 else (235, 235, 235) if row % 2 else (255, 255, 255)))
        pdf.set_text_color(255 if row == 0 else 0)
        pdf.set_xy(60, 120 + 20 * row)
        for cell in range(3):
            pdf.cell(120, 20, f"Cell {row}.{cell}", border=1, fill=True)
    return done(pdf)


def turned() -> bytes:
    pdf = document()
    with pdf.rotation(90, 300, 400):
        pdf.text(300, 400, "Written up the side of the page")
    with pdf.rotation(37, 200, 500):
        pdf.text(200, 500, "Written across the page")
    return done(pdf)


def fake_bold() -> bytes:
    """The same words twice, half a point apart."""
    pdf = document()
    for shift in (0, 0.4):
        pdf.text(60 + shift, 140, "Printed twice to look bold")
    return done(pdf)


def watermark() -> bytes:
    pdf = document()
    pdf.set_text_color(215)
    pdf.set_font_size(80)
    pdf.text(100, 500, "DRAFT")
    return done(pdf)


def footnotes() -> bytes:
    pdf = document()
    pdf.set_font_size(6)
    for line in range(30):
        pdf.text(60, 300 + 8 * line, f"{line}. Footnote in six points, as printers like them.")
    return done(pdf)


def full_bleed() -> bytes:
    pdf = document()
    pdf.image(noise(620, 200), -8, 400, pdf.w + 16, 210)
    return done(pdf)


def chart() -> bytes:
    pdf = document()
    for bar in range(8):
        pdf.set_fill_color(200 - 20 * bar, 60, 60)
        pdf.rect(80 + 50 * bar, 500 - 30 * bar, 30, 30 * bar + 10, style="F")
        pdf.text(80 + 50 * bar, 520, str(2016 + bar))
    return done(pdf)


def layer_on() -> bytes:
    def change(pdf, page):
        group = pdf.make_indirect(Dictionary(Type=N.OCG, Name="Text"))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(ON=Array([group])))
        font = next(iter(page.obj.Resources.Font.keys()))
        page.obj.Resources.Properties = Dictionary(MC0=group)
        page.contents_add(f"/OC /MC0 BDC BT {font} 12 Tf 60 500 Td (Shown) Tj ET EMC".encode(), prepend=False)

    return making.changed(done(document()), lambda pdf: change(pdf, pdf.pages[0]))


def linearized() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(making.report(12))) as pdf:
        pdf.save(out, linearize=True)
    return out.getvalue()


def really_redacted() -> bytes:
    """A box where the text below was taken out."""
    pdf = document()
    pdf.text(60, 120, "The witness")
    pdf.set_fill_color(0)
    pdf.rect(130, 109, 60, 15, style="F")
    return done(pdf)


CLEAN = {
    "plain": lambda: done(document()),
    "bookmarks": lambda: bookmarked("1. The Court, the convoy, b"),
    "bookmark of a slide without a title": lambda: bookmarked("Diapositive 3"),
    "bookmark of a slide": lambda: bookmarked("Slide 3: The Court"),
    "report": lambda: making.report(4),
    "Arabic": lambda: making.pdf_of([making.ARABIC], rtl=True),
    "two columns": lambda: making.two_columns(making.FILLER, making.GERMAN),
    "rotated": lambda: making.rotated(making.report(2)),
    "rotated by 180": lambda: making.rotated(making.report(1), 180),
    "scan with OCR": scan,
    "scan with clip-mode OCR": lambda: scan(mode=7),
    "scan with text below": text_below_scan,
    "scan without text": lambda: scan_without_text(patch=False),
    "cover with a panel": panel_on_photo,
    "table": table,
    "turned text": turned,
    "fake bold": fake_bold,
    "watermark": watermark,
    "footnotes": footnotes,
    "full bleed": full_bleed,
    "chart": chart,
    "layer that is shown": layer_on,
    "linearized": linearized,
    "really redacted": really_redacted,
    "public link": lambda: link("https://www.example.org/report"),
    "addresses in the text": lambda: text_of("See https://example.org/a or write to office@example.org."),
    "crop of the margin": lambda: making.changed(
        done(document()), lambda pdf: setattr(pdf.pages[0].obj, "CropBox", Array([20, 20, 575, 822]))
    ),
}
"""Name -> maker of a PDF in which nothing is hidden, however it looks."""
