"""PDFs with what programs leave in dictionaries, drawing instructions and pictures, where no page shows it."""

from __future__ import annotations

import io
import zlib

from pikepdf import Array, Dictionary, String
from pikepdf import Name as N
from PIL import Image, ImageDraw

from tests.documents import making
from tests.documents.safety import pdfs
from tests.documents.safety.planting import NAME, Planted

PATH = f"C:/Users/{NAME}/photo.jpg"


def page_with(change) -> bytes:
    """A page after ``change(pdf, page)``, without anything else that tells."""

    def plainly(pdf):
        del pdf.trailer["/Info"], pdf.Root["/OpenAction"]
        change(pdf, pdf.pages[0])

    return making.changed(pdfs.done(pdfs.document()), plainly)


def root_with(**entries) -> bytes:
    return page_with(lambda pdf, page: [pdf.Root.__setitem__(f"/{key}", value) for key, value in entries.items()])


def form_with(**entries) -> bytes:
    """A form on the page with more entries than it needs."""

    def change(pdf, page):
        form = pdf.make_stream(b"0 0 10 10 re f", Type=N.XObject, Subtype=N.Form, BBox=Array([0, 0, 10, 10]))
        form.Matrix = Array([0.01, 0, 0, 0.01, 0, 0])
        for key, value in entries.items():
            form[f"/{key.replace('_', '.')}"] = value
        show(pdf, page, form)

    return page_with(change)


def show(pdf, page, drawing, call: bytes = b"q 100 0 0 100 60 300 cm /Fm1 Do Q") -> None:
    page.obj.Resources.XObject = Dictionary(Fm1=drawing)
    page.contents_add(call, prepend=False)


def image(pdf, content: bytes, size, name=None, **entries):
    """A picture as an object of a PDF; ``name`` is its filter, or several."""
    made = pdf.make_stream(content, Type=N.XObject, Subtype=N.Image, Width=size[0], Height=size[1])
    if name != N.JPXDecode:
        made.ColorSpace, made.BitsPerComponent = N.DeviceRGB, 8
    for key, value in entries.items():
        made[f"/{key}"] = value
    if name is not None:
        made.write(content, filter=name, decode_parms=None)
    return made


def image_on_page(content: bytes, size, name=None) -> bytes:
    return page_with(lambda pdf, page: show(pdf, page, image(pdf, content, size, name)))


def marked(entries, mark: bytes = b"/Span /MC0 BDC 60 300 9 9 re f EMC") -> bytes:
    """Marked content with properties among the resources."""

    def change(pdf, page):
        page.obj.Resources.Properties = Dictionary(MC0=pdf.make_indirect(entries(pdf)))
        page.contents_add(mark, prepend=False)

    return page_with(change)


def _xmp(pdf):
    return Dictionary(
        Metadata=pdf.make_stream(f"<x:xmpmeta>{NAME}</x:xmpmeta>".encode(), Type=N.Metadata, Subtype=N.XML)
    )


def drawn(instructions: bytes) -> bytes:
    return page_with(lambda pdf, page: page.contents_add(instructions, prepend=False))


def tagged(**entries) -> bytes:
    """A page with one element of structure."""

    def change(pdf, page):
        root = pdf.make_indirect(Dictionary(Type=N.StructTreeRoot))
        element = pdf.make_indirect(Dictionary(Type=N.StructElem, S=N.Figure, P=root, Pg=page.obj))
        for key, value in entries.items():
            element[f"/{key}"] = value(pdf) if callable(value) else value
        root.K = Array([element])
        pdf.Root.StructTreeRoot = root

    return page_with(change)


def lost_page(pdf):
    """One that the file does not have any more."""
    return pdf.make_indirect(
        Dictionary(
            Type=N.Page,
            MediaBox=Array([0, 0, 500, 500]),
            Contents=pdf.make_stream(f"BT ({NAME}) Tj ET".encode()),
        )
    )


def lost_note(pdf):
    """A comment that the structure still names."""
    note = Dictionary(Type=N.Annot, Subtype=N.Text, Rect=Array([0, 0, 9, 9]), Contents=NAME)
    return Dictionary(Type=N.OBJR, Obj=pdf.make_indirect(note))


def unused_form() -> bytes:
    """What no instruction shows, on a page that names what isn't there."""

    def change(pdf, page):
        content = f"BT ({NAME}) Tj ET".encode()
        show(pdf, page, pdf.make_stream(content, Type=N.XObject, Subtype=N.Form), b"q /Nope Do Q")

    return page_with(change)


def broken_form(pdf):
    form = pdf.make_stream(b"", Type=N.XObject, Subtype=N.Form, BBox=Array([0, 0, 1, 1]))
    form.write(b"no stream", filter=N.FlateDecode, decode_parms=None)
    return form


def named_form() -> bytes:
    def change(pdf, page):
        form = pdf.make_stream(b"0 0 1 1 re f", Type=N.XObject, Subtype=N.Form, BBox=Array([0, 0, 1, 1]))
        page.obj.Resources.XObject = Dictionary({f"/{NAME}": form})
        page.contents_add(f"q 100 0 0 100 60 300 cm /{NAME} Do Q".encode(), prepend=False)

    return page_with(change)


def linked(target: str = f"Interview with {NAME}", about: str = "", address: str = "") -> bytes:
    """A link, an entry of the contents and an action that lead to a place by its name; ``about``: what the link says."""

    def change(pdf, page):
        place = Array([page.obj, N.XYZ, 0, 500, 0])
        pdf.Root.Names = Dictionary(Dests=Dictionary(Names=Array([String(target), place])))
        box = {"Type": N.Annot, "Subtype": N.Link, "Rect": Array([60, 60, 99, 99])}
        page.obj.Annots = Array(
            [
                Dictionary(
                    **box,
                    **({"A": Dictionary(S=N.URI, URI=String(address))} if address else {"Dest": String(target)}),
                    **({"Contents": String(about)} if about else {}),
                ),
                Dictionary(**box, A=Dictionary(S=N.GoTo, D=String(target))),
            ]
        )
        entry = pdf.make_indirect(Dictionary(Title="The court", Dest=String(target)))
        pdf.Root.Outlines = pdf.make_indirect(Dictionary(Type=N.Outlines, First=entry, Last=entry, Count=1))

    return page_with(change)


def layer() -> bytes:
    def change(pdf, page):
        group = pdf.make_indirect(Dictionary(Type=N.OCG, Name=f"Layer of {NAME}"))
        order = Array([Array([String(NAME), group])])
        pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(Name=NAME, Creator=NAME, Order=order))
        page.obj.Resources.Properties = Dictionary(MC0=group)
        page.contents_add(b"/OC /MC0 BDC 60 300 9 9 re f EMC", prepend=False)

    return page_with(change)


def field(**entries) -> bytes:
    def change(pdf, page):
        made = Dictionary(Type=N.Annot, Subtype=N.Widget, T="place", Rect=Array([60, 300, 200, 320]), DA="/Helv 9 Tf")
        for key, value in entries.items():
            made[f"/{key}"] = value
        page.obj.Annots = Array([pdf.make_indirect(made)])
        pdf.Root.AcroForm = Dictionary(Fields=Array(list(page.obj.Annots)))

    return page_with(change)


def highlighted(**entries) -> bytes:
    """Words marked with a pen."""

    def change(pdf, page):
        mark = {"Type": N.Annot, "Subtype": N.Highlight, "Rect": Array([60, 300, 99, 320]), "C": Array([1, 1, 0])}
        page.obj.Annots = Array([Dictionary(**mark, **entries)])

    return page_with(change)


def noted(**entries) -> bytes:
    """A text on the page with an appearance that says something else."""

    def change(pdf, page):
        look = pdf.make_stream(b"0 0 10 10 re f", Type=N.XObject, Subtype=N.Form, BBox=Array([0, 0, 10, 10]))
        page.obj.Annots = Array(
            [
                Dictionary(
                    Type=N.Annot, Subtype=N.FreeText, Rect=Array([60, 300, 99, 320]), AP=Dictionary(N=look), **entries
                )
            ]
        )

    return page_with(change)


def stamped(instructions: bytes, kind: str = "Stamp") -> bytes:
    """Words that an annotation draws."""

    def change(pdf, page):
        font = Dictionary(F1=Dictionary(Type=N.Font, Subtype=N.Type1, BaseFont=N.Helvetica))
        look = pdf.make_stream(instructions + f" BT /F1 12 Tf 5 5 Td ({NAME}) Tj ET".encode())
        look.Type, look.Subtype, look.BBox = N.XObject, N.Form, Array([0, 0, 200, 20])
        look.Resources = Dictionary(Font=font)
        place = Array([60, 300, 260, 320])
        page.obj.Annots = Array(
            [Dictionary(Type=N.Annot, Subtype=N(f"/{kind}"), Rect=place, AP=Dictionary(N=look), F=4)]
        )

    return page_with(change)


def jpeg_2000() -> bytes:
    """With a text, as cameras and programs leave it, and a note in the packed picture."""
    out = io.BytesIO()
    pdfs.noise(60, 60).save(out, "JPEG2000", comment=NAME)
    data, text = out.getvalue(), f"<x:xmpmeta>{NAME}</x:xmpmeta>".encode()
    at = data.index(b"jp2c") - 4
    return data[:at] + (8 + len(text)).to_bytes(4, "big") + b"xml " + text + data[at:]


def secret(size=(240, 160)) -> Image.Image:
    """A photo; on its upper half a name was written."""
    picture = pdfs.noise(*size)
    ImageDraw.Draw(picture).text((8, 20), NAME, fill="black", font_size=32)
    return picture


def upper_half_hidden(size=(240, 160)) -> Image.Image:
    mask = Image.new("L", size, 255)
    mask.paste(0, (0, 0, size[0], size[1] // 2))
    return mask


def masked(picture: Image.Image, name=None, *, stencil: bool = False) -> bytes:
    """A picture on a page of which a mask shows the lower half."""

    def change(pdf, page):
        out = io.BytesIO()
        if name == N.DCTDecode:
            picture.save(out, "JPEG", quality=95)
        mask = pdf.make_stream(upper_half_hidden().tobytes(), Type=N.XObject, Subtype=N.Image, Width=240, Height=160)
        mask.ColorSpace, mask.BitsPerComponent = N.DeviceGray, 8
        if stencil:
            mask.write(Image.eval(upper_half_hidden(), lambda value: 255 - value).convert("1").tobytes())
            mask.BitsPerComponent, mask.ImageMask = 1, True
            del mask["/ColorSpace"]
        shown = image(pdf, out.getvalue() or picture.tobytes(), picture.size, name)
        shown["/Mask" if stencil else "/SMask"] = mask
        show(pdf, page, shown, b"q 240 0 0 160 60 300 cm /Fm1 Do Q")

    return page_with(change)


def alternates() -> bytes:
    def change(pdf, page):
        other = image(pdf, NAME.encode() * 3, (3, 3))
        show(pdf, page, image(pdf, bytes(27), (3, 3), Alternates=Array([Dictionary(Image=other)])))

    return page_with(change)


_TEMPLATE = Dictionary(Type=N.Template, MediaBox=Array([0, 0, 9, 9]), Note=NAME)


PLANTED = [
    Planted("file that LaTeX took in", lambda: form_with(PTEX_FileName=f"./{NAME}.pdf"), "metadata", removed=True),
    Planted("author of a file that LaTeX took in", lambda: form_with(PTEX_InfoDict=Dictionary(Author=NAME)), "metadata", removed=True),
    Planted("file of a picture for the press", lambda: form_with(OPI=Dictionary({"/1.3": Dictionary(F=PATH)})), "metadata", removed=True),
    Planted("XMP at marked content", lambda: marked(_xmp), "metadata", removed=True),
    Planted("layer of a drawing program", lambda: marked(lambda pdf: Dictionary(Title=NAME)), "metadata", removed=True),
    Planted("program's own entry of the page", lambda: page_with(lambda pdf, page: page.obj.__setitem__("/X_Y", String(NAME))), "metadata", removed=True),
    Planted("program's own entry of the file", lambda: root_with(MyTool=Dictionary(User=NAME)), "metadata", removed=True),
    Planted("program's own entry of a font", lambda: page_with(lambda pdf, page: [font.__setitem__("/Note", String(NAME)) for font in page.obj.Resources.Font.values()]), "metadata", removed=True),
    Planted("path as the title of an element", lambda: tagged(T=PATH), "metadata", removed=True),
    Planted("comment the structure names", lambda: tagged(K=lost_note), "metadata", removed=True),
    Planted("comment in the drawing", lambda: drawn(f"% made by {NAME}\n60 300 9 9 re f".encode()), "metadata", removed=True),
    Planted("data of a program in the drawing", lambda: drawn(f"/Layer <</Title ({NAME})>> BDC 60 300 9 9 re f EMC".encode()), "metadata", removed=True),
    Planted("data of a program behind a picture that looks like a string", lambda: drawn(f"q BI /W 4 /H 1 /BPC 8 /CS /G ID (abc EI Q /Span <</Note ({NAME})>> BDC EMC".encode()), "metadata", removed=True),
    Planted("template", lambda: root_with(Names=Dictionary(Templates=Dictionary(Names=Array([String("t"), _TEMPLATE])))), "metadata", removed=True),
    Planted("page that was taken from the web", lambda: root_with(Names=Dictionary(IDS=Dictionary(Names=Array([String(NAME), Dictionary()])))), "metadata", removed=True),
    Planted("other form of a picture", alternates, "metadata", removed=True),
    Planted("photo that is packed twice", lambda: image_on_page(zlib.compress(pdfs.photo()), (320, 240), Array([N.FlateDecode, N.DCTDecode])), "place", removed=True, trace=""),
    Planted("JPEG 2000 with a text", lambda: image_on_page(jpeg_2000(), (60, 60), N.JPXDecode), "metadata", removed=True),
    Planted("JPEG 2000 that is packed twice", lambda: image_on_page(zlib.compress(jpeg_2000()), (60, 60), Array([N.FlateDecode, N.JPXDecode])), "metadata", removed=True, trace=""),
    Planted("picture behind a mask", lambda: masked(secret()), "picture_masked", removed=True, trace=""),
    Planted("picture behind a stencil", lambda: masked(secret(), stencil=True), "picture_masked", removed=True, trace=""),
    Planted("photo behind a mask", lambda: masked(secret(), N.DCTDecode), "picture_masked", trace=""),
    Planted("path as the description of a picture", lambda: tagged(Alt=PATH), "read_out"),
    Planted("description of a picture", lambda: tagged(Alt=NAME), "descriptions"),
    Planted("description in an element of an element", lambda: tagged(K=Dictionary(S=N.Figure, Alt=NAME)), "descriptions"),
    Planted("description in the drawing", lambda: drawn(f"/Figure <</Alt (A photo (of {NAME}))>> BDC 60 300 9 9 re f EMC".encode()), "descriptions"),
    Planted("description beside the drawing", lambda: marked(lambda pdf: Dictionary(Alt=NAME)), "descriptions"),
    Planted("short form of an element", lambda: tagged(E=NAME), "descriptions"),
    Planted("short form in the drawing", lambda: drawn(f"/Span <</E ({NAME})>> BDC 60 300 9 9 re f EMC".encode()), "descriptions"),
    *(Planted(f"white words of a {kind}", lambda kind=kind: stamped(b"1 g", kind), "text_colour") for kind in ("Stamp", "FreeText", "Watermark")),
    Planted("invisible words of a stamp", lambda: stamped(b"3 Tr"), "text_invisible"),
    Planted("comment in rich text", lambda: highlighted(RC=f"<body><p>{NAME}</p></body>"), "annotations", removed=True),
    Planted("other reading of an element", lambda: tagged(ActualText=NAME), "read_out"),
    Planted("other reading in the drawing", lambda: drawn(f"/Span <</ActualText ({NAME})>> BDC 60 300 9 9 re f EMC".encode()), "read_out"),
    Planted("choices of a form", lambda: field(FT=N.Ch, Opt=Array([String(NAME), String("B")])), "form_data"),
    Planted("hint of a field", lambda: field(FT=N.Tx, TU=NAME), "form_data"),
]  # fmt: skip
"""What the inspection finds."""
SILENT = {
    "page that a link names": lambda: linked(),
    "description of a link": lambda: linked("chapter", f"Interview with {NAME}"),
    "description of a link with an address": lambda: linked("chapter", NAME, "https://www.example.org/"),
    "layer that is shown": layer,
    "prefix of page numbers": lambda: root_with(
        PageLabels=Dictionary(Nums=Array([0, Dictionary(P=f"{NAME}-", S=N.D)]))
    ),
    "name of a form": named_form,
    "form that nothing shows": unused_form,
    "conditions of printing": lambda: root_with(OutputIntents=Array([Dictionary(S=N.GTS_PDFX, Info=NAME)])),
    "title of an element": lambda: tagged(T=NAME),
    "page that the structure names": lambda: tagged(Pg=lost_page),
    "text beside its appearance": lambda: noted(Contents=NAME),
    "rich text beside its appearance": lambda: noted(RC=f"<body>{NAME}</body>", DS=NAME),
    "value that a form begins with": lambda: field(FT=N.Tx, V="", DV=NAME),
    "choice that nobody made": lambda: field(FT=N.Ch, V="B", Opt=Array([String(NAME), String("B")])),
}
"""Name -> maker of a PDF with what goes from the public copy without a word to the editor of a file that is there already."""
CLEAN = {
    "words of a stamp": lambda: stamped(b"0 g"),
    "picture with a mask": lambda: masked(Image.new("RGB", (240, 160), "white")),
    "photo with a mask": lambda: masked(Image.new("RGB", (240, 160), "white"), N.DCTDecode),
    "links by name": lambda: linked("chapter"),
    "description of a link that says what is shown": lambda: linked("chapter", about="The witness"),
    "description of a link that says its address": lambda: linked(
        "chapter",
        "https://www.example.org/a report (report).",
        "https://www.example.org/a%20report",
    ),
    "other reading of what is shown": lambda: tagged(ActualText="The witness", Alt=" "),
    "form that nobody can unpack": lambda: page_with(lambda pdf, page: show(pdf, page, broken_form(pdf))),
    "tags with their words": lambda: drawn(
        b"/Span <</MCID 0/Lang (en-GB)/ActualText <FEFF00AD>>> BDC 60 300 9 9 re f EMC"
    ),
}
