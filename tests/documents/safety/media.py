"""Office files and e-books with pictures and recordings that say more than they show, and with parts that nothing shows."""

from __future__ import annotations

import base64
import io

from PIL import Image
from pptx.util import Inches

from tests.documents.safety import metafiles, offices, others, pdfs
from tests.documents.safety.offices import DOCX, EPUB, ODT, PPTX, XLSX
from tests.documents.safety.planting import NAME, Planted

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:s="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"{0}>{1}'
    '<rect width="9" height="9"/><text>Seen.</text></svg>'
)


def gif() -> bytes:
    """A moving picture whose program left a comment; something follows its end."""
    frames = [pdfs.noise(40, 30, seed).convert("P") for seed in (1, 2)]
    return (
        others.picture_file("GIF", frames[0], save_all=True, append_images=frames[1:], loop=3, comment=NAME.encode())
        + NAME.encode()
    )


def webp() -> bytes:
    return others.picture_file("WEBP", exif=others._exif().tobytes(), lossless=True)


def bmp() -> bytes:
    return others.picture_file("BMP") + NAME.encode()


def jpeg_without_end() -> bytes:
    return others.picture_file("JPEG")[:-200] + NAME.encode()


def word_with(name: str, content: bytes, kind: str = "", xml: str = "", naming: str = "") -> bytes:
    """Word: one part more, with a relationship of ``kind`` and, in the last picture, what names it."""
    document = offices.word()
    document.add_picture(io.BytesIO(metafiles.PRESENT))
    changes: dict[str, object] = {
        name: content,
        "[Content_Types].xml": lambda text: text.replace(
            "</Types>", f'<Override PartName="/{name}" ContentType="application/octet-stream"/></Types>'
        ),
    }
    if kind:
        target = name.removeprefix("word/")
        changes["word/_rels/document.xml.rels"] = lambda text: text.replace(
            "</Relationships>",
            f'<Relationship Id="rIdX" Type="{RELATIONS}/{kind}" Target="{target}"/></Relationships>',
        )
    if naming:
        changes["word/document.xml"] = lambda text: text.replace(naming, xml, 1)
    return offices.edited(offices._saved(document), changes)


def _blip(extension: str) -> dict[str, str]:
    """The end of a picture's reference, with an extension in it."""
    return {
        "naming": "<a:stretch>",
        "xml": f'<a:extLst><a:ext uri="x">{extension}</a:ext></a:extLst><a:stretch>',
    }


def word_svg() -> bytes:
    """The same picture again as SVG, as Word keeps it."""
    svg = '<asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" r:embed="rIdX"/>'
    content = SVG.format("", f"<desc>{NAME}</desc>").encode()
    return word_with("word/media/image2.svg", content, "image", **_blip(svg))


def word_before() -> bytes:
    """What a picture was before it was changed in Word, as JPEG XR."""
    layer = '<a14:imgProps xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"><a14:imgLayer r:embed="rIdX"/></a14:imgProps>'
    return word_with("word/media/hdphoto1.wdp", b"II\xbc\x01" + NAME.encode(), "hdphoto", **_blip(layer))


def word_header() -> bytes:
    """A header that no section names."""
    content = f'<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:t>{NAME}</w:t></w:r></w:p></w:hdr>'
    return word_with("word/header9.xml", content.encode(), "header")


def word_page() -> bytes:
    """A web page that Word takes into the text when it opens it."""
    page = f"<html><!-- {NAME} --><p>Seen.</p></html>".encode()
    return word_with("word/afchunk.htm", page, "aFChunk", '<w:altChunk r:id="rIdX"/><w:sectPr', "<w:sectPr")


def book_shapes() -> bytes:
    """The shapes of comments, which nothing names any more."""
    return offices.edited(
        offices._saved(offices.book()), {"xl/drawings/vmlDrawing9.vml": f"<xml><shape>{NAME}</shape></xml>"}
    )


def show_slide() -> bytes:
    """A slide that was taken out of the order and stays in the file."""
    presentation = offices.show()
    offices._second(presentation, f"The witness {NAME} saw it.")
    return offices.edited(
        offices._saved(presentation),
        {"ppt/presentation.xml": lambda text: text[: text.rindex("<p:sldId ")] + text[text.index("</p:sldIdLst>") :]},
    )


def show_film(film: bytes | None = None) -> bytes:
    presentation = offices.show()
    presentation.slides[0].shapes.add_movie(
        io.BytesIO(film or others.mp4(extra=others.place())),
        Inches(1),
        Inches(2),
        Inches(2),
        Inches(2),
        poster_frame_image=io.BytesIO(metafiles.PRESENT),
        mime_type="video/mp4",
    )
    return offices._saved(presentation)


def wave() -> bytes:
    body = b"WAVEfmt \x10\0\0\0" + bytes(16) + b"LIST" + len(NAME).to_bytes(4, "little") + NAME.encode()
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def odt_unused() -> bytes:
    return offices.open_document(offices.PLAIN, parts={"Pictures/9.png": others.png_with_texts()})


def odt_svg() -> bytes:
    drawing = SVG.format("", f"<metadata>{NAME}</metadata>")
    return metafiles.odt(
        "Pictures/1.svg", "Pictures/1.png", parts={"Pictures/1.svg": drawing, "Pictures/1.png": metafiles.PRESENT}
    )


def odt_film() -> bytes:
    frame = metafiles.FRAME % '<draw:plugin xlink:href="Media/1.avi"/>'
    return offices.open_document(offices.PLAIN + frame, parts={"Media/1.avi": wave()})


def epub_with(name: str, content: bytes | str, kind: str, page: str = "") -> bytes:
    """A book that lists and shows one part more."""
    data = offices.epub(page or f'<p>Seen.<img src="{name}" alt=""/></p>', parts={f"OEBPS/{name}": content})
    item = f'<item id="e" href="{name}" media-type="{kind}"/></manifest>'
    return offices.edited(data, {"OEBPS/book.opf": lambda text: text.replace("</manifest>", item)})


def epub_svg(about: str = "", inside: str = "") -> bytes:
    return epub_with("1.svg", SVG.format(about, inside), "image/svg+xml")


def written(content: bytes, kind: str = "image/jpeg") -> str:
    """A picture in the text itself."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _comment() -> bytes:
    return others.picture_file("JPEG", comment=NAME.encode())


PLANTED = [
    Planted("Word: PNG with an erased part", lambda: metafiles.word(others.picture_file("PNG", others.partly_erased()), "png", "image/png"), "picture_masked", DOCX, True, trace=""),
    Planted("Word: TIFF with an erased part", lambda: metafiles.word(others.picture_file("TIFF", others.partly_erased()), "tiff", "image/tiff"), "metadata", DOCX, True, trace=""),
    Planted("EPUB: WebP with an erased part", lambda: epub_with("1.webp", others.picture_file("WEBP", others.partly_erased(), lossless=True, exact=True), "image/webp"), "picture_masked", EPUB, True, trace=""),
    Planted("Word: PNG with a later moment", lambda: metafiles.word(others.moving("PNG"), "png", "image/png"), "picture_masked", DOCX, True, trace=""),
    Planted("EPUB: WebP with a later moment", lambda: epub_with("1.webp", others.moving("WEBP"), "image/webp"), "picture_masked", EPUB, True, trace=""),
    Planted("Word: GIF with a comment", lambda: metafiles.word(gif(), "gif", "image/gif"), "metadata", DOCX, True),
    Planted("Word: WebP with an artist", lambda: metafiles.word(webp(), "webp", "image/webp"), "metadata", DOCX, True),
    Planted("Word: TIFF with an artist", lambda: metafiles.word(others.tiff_pages(), "tiff", "image/tiff"), "metadata", DOCX, True),
    Planted("Word: BMP and more", lambda: metafiles.word(bmp(), "bmp", "image/bmp"), "metadata", DOCX, True),
    Planted("Word: film behind a photo", lambda: metafiles.word(others.jpeg_with_film(), "jpeg", "image/jpeg"), "metadata", DOCX, True),
    Planted("Word: photo without an end", lambda: metafiles.word(jpeg_without_end(), "jpeg", "image/jpeg"), "drawings", DOCX, True),
    Planted("Word: format that nobody knows", lambda: metafiles.word(b"\0\0\0\x0cjP  " + NAME.encode(), "jp2", "image/jp2"), "drawings", DOCX, True),
    Planted("Word: SVG beside a picture", word_svg, "custom_data", DOCX, True),
    Planted("Word: picture before it was changed", word_before, "custom_data", DOCX, True),
    Planted("Word: picture that nothing names", lambda: word_with("word/media/image8.png", others.png_with_texts(), "image"), "custom_data", DOCX, True),
    Planted("Word: part that nothing leads to", lambda: word_with("[trash]/0000.dat", NAME.encode()), "custom_data", DOCX, True),
    Planted("Word: header of no section", word_header, "custom_data", DOCX, True),
    Planted("Word: web page as a part of the text", word_page, "embedded", DOCX),
    Planted("Excel: shapes that nothing names", book_shapes, "custom_data", XLSX, True),
    Planted("PowerPoint: slide out of the order", show_slide, "custom_data", PPTX, True),
    Planted("PowerPoint: film with its place", show_film, "metadata", PPTX, True),
    Planted("PowerPoint: film of a format that nobody reads", lambda: show_film(wave()), "embedded", PPTX, True),
    Planted("ODT: picture that nothing names", odt_unused, "custom_data", ODT, True),
    Planted("ODT: SVG beside a picture", odt_svg, "custom_data", ODT, True),
    Planted("ODT: film of a format that nobody reads", odt_film, "embedded", ODT, True),
    Planted("EPUB: maker of a drawing", lambda: epub_svg(f' s:docname="{NAME}.svg"'), "metadata", EPUB, True),
    Planted("EPUB: metadata of a drawing", lambda: epub_svg(inside=f"<metadata>{NAME}</metadata>"), "metadata", EPUB, True),
    Planted("EPUB: data of the drawing's program", lambda: epub_svg(inside=f"<s:namedview>{NAME}</s:namedview>"), "metadata", EPUB, True),
    Planted("EPUB: hidden layer of a drawing", lambda: epub_svg(inside=f'<g display="none"><text>{NAME}</text></g>'), "hidden_text", EPUB, True),
    Planted("EPUB: script of a drawing", lambda: epub_svg(inside=f"<script>{NAME}</script>"), "scripts", EPUB, True),
    Planted("EPUB: photo in the text", lambda: offices.epub(f'<p>a<img src="{written(_comment())}"/></p>'), "metadata", EPUB, True),
    Planted("EPUB: photo in a style", lambda: offices.epub(f'<p style="background: url({written(_comment())})">a</p>'), "metadata", EPUB, True),
    Planted("EPUB: page in the text", lambda: offices.epub(f'<p>a<iframe src="data:text/plain;base64,{base64.b64encode(NAME.encode() * 5).decode()}"/></p>'), "embedded", EPUB, True),
    Planted("EPUB: part that it doesn't list", lambda: offices.epub(parts={"OEBPS/notes.txt": NAME}), "custom_data", EPUB, True),
    Planted("EPUB: sound of a format that nobody reads", lambda: epub_with("1.wav", wave(), "audio/wav", '<p>a<audio src="1.wav"/></p>'), "embedded", EPUB, True),
    Planted("EPUB: sound with its tags", lambda: epub_with("1.mp3", others.mp3(head=True), "audio/mpeg", '<p>a<audio src="1.mp3"/></p>'), "metadata", EPUB, True),
]  # fmt: skip


def _moving() -> bytes:
    frames = [Image.new("P", (9, 9), colour) for colour in (1, 2)]
    return others.picture_file("GIF", frames[0], save_all=True, append_images=frames[1:], loop=0)


CLEAN = {
    "Word with a moving picture": (lambda: metafiles.word(_moving(), "gif", "image/gif"), DOCX),
    "Word with a WebP": (lambda: metafiles.word(others.picture_file("WEBP"), "webp", "image/webp"), DOCX),
    "PowerPoint with a film": (lambda: show_film(others.mp4()), PPTX),
    "ODT with a picture": (lambda: metafiles.odt("Pictures/1.png", parts={"Pictures/1.png": metafiles.PRESENT}), ODT),
    "EPUB with a drawing": (epub_svg, EPUB),
    "EPUB with a picture in the text": (lambda: offices.epub(f'<p>a<img src="{written(metafiles.PRESENT, "image/png")}"/></p>'), EPUB),
}  # fmt: skip
