"""Pictures and recordings in office files and e-books look and sound as before, and the files still open."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pptx
import pytest
from PIL import Image, ImageChops, PngImagePlugin

from documents.extraction.errors import BrokenFileError
from documents.extraction.inspection.boxes import patches
from documents.extraction.packages.looks.pixels import of_bytes
from documents.extraction.packages.pictures import is_picture, plain
from documents.extraction.packages.recordings import plain_recording
from documents.extraction.packages.vectors import plain_address, plain_style
from tests.documents.safety import hideouts, media, metafiles, offices, others, pdfs
from tests.documents.safety.planting import NAME


def names(path):
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def part(path, name):
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode("utf-8", "replace")


def picture(data):
    return Image.open(io.BytesIO(data)).convert("RGBA")


@pytest.mark.parametrize(
    "data",
    [
        media.gif(),
        media.webp(),
        media.bmp(),
        others.tiff_pages(),
        others.jpeg_with_film(),
        others.png_with_texts(),
        others.picture_file("TIFF", pdfs.noise(20, 20).convert("CMYK")),
        others.picture_file("BMP", pdfs.noise(21, 20).convert("1")),
        others.picture_file("GIF", pdfs.noise(21, 20).convert("P"), interlace=1),
    ],
    ids=["GIF", "WebP", "BMP", "TIFF", "JPEG", "PNG", "TIFF in CMYK", "BMP of two colours", "GIF by every other line"],
)
def test_a_picture_looks_as_before(data):
    assert is_picture(data)
    shown = plain(data)
    assert shown is not None and b"Quellwitz" not in shown
    assert ImageChops.difference(picture(data), picture(shown)).getbbox() is None
    assert plain(shown) == shown, "a second look finds nothing"


@pytest.mark.parametrize(
    ("kind", "more"),
    [("PNG", {}), ("WEBP", {"lossless": True, "exact": True}), ("TIFF", {})],
    ids=["PNG", "WebP", "TIFF"],
)
@pytest.mark.parametrize("mime", [None, "own"])
def test_of_what_was_erased_nothing_is_left_and_the_rest_stays_bit_for_bit(kind, more, mime, cleaned):
    """On its own and within other files."""
    copies = []
    for secret in (True, False):
        data = others.picture_file(kind, others.partly_erased(secret=secret), **more)
        if mime:
            path, removed = cleaned(data, f"image/{kind.lower()}")
            assert removed["hidden parts of pictures"] == 1
            shown = path.read_bytes()
        else:
            shown = plain(data)
        copies.append(picture(shown))
    assert copies[0].tobytes() == copies[1].tobytes()
    visible = (0, 80, 240, 160)
    assert copies[0].crop(visible).tobytes() == others.partly_erased().crop(visible).tobytes()


def test_colours_and_copyright_of_a_picture_stay_when_it_is_packed_anew():
    texts = PngImagePlugin.PngInfo()
    texts.add(b"gAMA", (45455).to_bytes(4, "big"))
    texts.add_text("Copyright", "The archive")
    data = others.picture_file("PNG", others.partly_erased(), pnginfo=texts, dpi=(300, 300))
    with Image.open(io.BytesIO(plain(data))) as shown:
        assert shown.info["gamma"] == 0.45455 and shown.info["Copyright"] == "The archive"
        assert round(shown.info["dpi"][0]) == 300


@pytest.mark.parametrize("make", [others.faint, others.below_faint])
def test_what_is_hardly_there_is_gone_and_the_rest_stays_bit_for_bit(make):
    shown = picture(plain(others.picture_file("PNG", make())))
    hidden, visible = (0, 0, 240, 80), (0, 80, 240, 160)
    assert shown.crop(hidden).getbbox() is None
    assert shown.crop(visible).tobytes() == make().crop(visible).tobytes()


def test_soft_edges_stay_bit_for_bit():
    data = others.picture_file("PNG", others.softly_edged())
    assert plain(data) == data


@pytest.mark.parametrize(("kind", "more"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_of_a_moving_picture_the_first_moment_stays(kind, more):
    with Image.open(io.BytesIO(plain(others.moving(kind, **more)))) as shown:
        assert getattr(shown, "n_frames", 1) == 1
        assert shown.convert("RGB").tobytes() == pdfs.noise(240, 160).tobytes()


def test_moments_of_a_picture_that_does_not_move_go():
    data = others.webp_with_moments()
    assert b"ANMF" in data and b"ANMF" not in plain(data)
    assert picture(plain(data)).tobytes() == picture(data).tobytes()


def test_a_gif_still_moves():
    with Image.open(io.BytesIO(plain(media.gif()))) as moving:
        assert (moving.n_frames, moving.info["loop"]) == (2, 3)


@pytest.mark.parametrize("at", [0, 5, 13, 200, -1])
@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_a_picture_that_ends_in_its_middle_is_none(kind, at):
    assert plain(others.picture_file(kind)[:at]) is None


@pytest.mark.parametrize(
    "data", [media.jpeg_without_end(), others.picture_file("BMP")[:60], b"RIFF\x0c\0\0\0WEBPVP8X\x0a\0\0\0"]
)
def test_a_picture_without_an_end_is_none(data):
    assert is_picture(data) and plain(data) is None


def test_a_style_that_begins_like_a_picture_is_none():
    assert not is_picture(b"BM { color: red } BM p { color: blue }")


def test_word_shows_the_picture_that_was_beside(cleaned):
    for make in (media.word_svg, media.word_before):
        path, _ = cleaned(make(), offices.DOCX)
        (shape,) = (document := docx.Document(path)).inline_shapes
        blip = shape._inline.graphic.graphicData.pic.blipFill.blip
        assert document.part.related_parts[blip.embed].blob == metafiles.PRESENT
        assert "rIdX" not in part(path, "word/_rels/document.xml.rels") + part(path, "word/document.xml")


def test_a_film_plays_on_without_its_place(cleaned):
    path, removed = cleaned(media.show_film(), offices.PPTX)
    assert set(removed) >= {"metadata of recordings"} and "embedded files" not in removed
    (film,) = [name for name in names(path) if name.endswith(".mp4")]
    with zipfile.ZipFile(path) as archive:
        assert b"\x65" * 4000 in archive.read(film)
    assert "timing" in part(path, "ppt/slides/slide1.xml")


def test_of_a_film_that_nobody_reads_the_picture_stays(cleaned):
    path, removed = cleaned(media.show_film(media.wave()), offices.PPTX)
    assert removed["embedded files"]
    assert not [name for name in names(path) if name.endswith(".mp4")]
    slide = pptx.Presentation(path).slides[0]
    assert slide.shapes[-1]._element.xpath(".//a:blip/@r:embed")
    text = part(path, "ppt/slides/slide1.xml")
    assert not re.search("videoFile|p14:media|<p:timing", text)


def test_what_programs_reach_stays(cleaned):
    """Styles, themes, layouts: no text names them, their type says what they are for."""
    for make, mime in (
        (lambda: offices._saved(offices.word()), offices.DOCX),
        (lambda: offices._saved(offices.show()), offices.PPTX),
        (lambda: offices._saved(offices.book()), offices.XLSX),
    ):
        data = make()
        path, _ = cleaned(data, mime)
        gone = set(zipfile.ZipFile(io.BytesIO(data)).namelist()) - set(names(path))
        always = ("docProps/", "customXml/", "ppt/printerSettings/", "ppt/viewProps.xml")
        assert all(name.startswith(always) for name in gone), gone


def test_a_name_in_other_letters_is_the_same_part(cleaned):
    """Names of parts are told apart without their case, and may be written in percent signs."""
    data = offices.edited(
        metafiles.word(metafiles.PRESENT, "png", "image/png"),
        {"word/_rels/document.xml.rels": lambda text: text.replace("media/image1.png", "Media/im%61ge1.PNG")},
    )
    path, _ = cleaned(data, offices.DOCX)
    assert "word/media/image1.png" in names(path)


def test_a_book_keeps_its_drawing(cleaned):
    path, _ = cleaned(media.epub_svg(' s:docname="a"', "<metadata>b</metadata>"), offices.EPUB)
    drawing = part(path, "OEBPS/1.svg")
    assert "<rect" in drawing and "Seen." in drawing and "docname" not in drawing and "metadata" not in drawing
    path, _ = cleaned(
        media.epub_with("1.wav", media.wave(), "audio/wav", '<p>a<audio src="1.wav"/>b</p>'), offices.EPUB
    )
    assert "1.wav" not in part(path, "OEBPS/book.opf") + part(path, "OEBPS/page.xhtml")
    assert "<p>ab</p>" in part(path, "OEBPS/page.xhtml")


def test_pictures_in_the_text():
    present = media.written(metafiles.PRESENT, "image/png")
    assert plain_address(present) == present
    assert plain_address("https://example.org/data:image") == "https://example.org/data:image"
    photo = media.written(others.picture_file("JPEG", comment=b"x"))
    shown = plain_address(photo)
    assert shown.startswith("data:image/jpeg;base64,") and len(shown) < len(photo)
    for other in ("data:image/svg+xml,%3Csvg%3E", media.written(b"<svg/>", "image/svg+xml")):
        assert plain_address(other).startswith("data:image/png;base64,")
    assert plain_address(photo.replace("+", "%2B").replace("/", "%2F").replace("image%2F", "image/")) == shown
    for change in (
        lambda text: text.replace(";base64", ";name=a%20b;base64"),
        lambda text: text.replace("data:image", "data:image\t ").replace(";base64", " ;base64"),
        lambda text: text.replace(";base64", f';name="{NAME}";base64'),
        str.swapcase,
    ):
        head, _, body = photo.partition(",")
        assert plain_address(f"{change(head)},{body}") == shown
    assert (
        plain_style(f"color: red; background: url({photo}) no-repeat")
        == f'color: red; background: url("{shown}") no-repeat'
    )
    assert plain_style(f"background: url('data\\:{photo[5:]}')") == f'background: url("{shown}")'
    assert plain_style("background: url(\\64 ata:text/plain;base64,AAAA)") == 'background: url("data:,")'
    assert plain_style("background: ur\\6c(data:text/plain,a)") == ""
    for style in ("p { color: red }", "p { } .data:hover { } #data:hover { } .metadata:hover { }"):
        assert plain_style(style) == style


def test_what_programs_leave_empty_is_no_damage(cleaned):
    """LibreOffice leaves an empty file for its keys, a Mac files of its own beside those of a book."""
    frame = metafiles.FRAME % metafiles.image("Pictures/1.png", "image/png")
    parts = {"Pictures/1.png": metafiles.PRESENT, "Configurations2/accelerator/current.xml": ""}
    path, _ = cleaned(offices.open_document(offices.PLAIN + frame, parts=parts), offices.ODT)
    assert "Pictures/1.png" in names(path)
    path, removed = cleaned(
        offices.epub(parts={"__MACOSX/OEBPS/._page.xhtml": b"\0\5\x16\7", "__MACOSX/OEBPS/._book.opf": b"\0\5\x16\7"}),
        offices.EPUB,
    )
    assert removed["application data"] == 2 and not [name for name in names(path) if "MACOSX" in name]


def test_a_name_that_begins_like_a_known_one_is_another(cleaned):
    parts = dict.fromkeys(("content.xml.bak", "mimetype2", "META-INF/manifest.xml~"), NAME)
    path, removed = cleaned(offices.open_document(offices.PLAIN, parts=parts), offices.ODT)
    assert removed["application data"] == 3 and not set(parts) & set(names(path))


def test_words_of_a_part_that_a_book_lists_nowhere_are_not_missed(cleaned):
    path, _ = cleaned(offices.epub(parts={"OEBPS/onix.xml": "<record>Sold by</record>"}), offices.EPUB)
    assert "OEBPS/onix.xml" not in names(path)


def test_shades_and_holes_stay():
    """A TIFF of a scanner with sixteen bits, and one with holes."""
    deep = Image.frombytes(
        "I;16", (4, 1), b"".join(shade.to_bytes(2, "little") for shade in (0, 10_000, 30_000, 65_535))
    )
    shown = Image.open(io.BytesIO(plain(others.picture_file("TIFF", deep))))
    assert [shown.getpixel((at, 0)) for at in range(4)] == [0, 38, 116, 255]
    shown = Image.open(io.BytesIO(plain(others.picture_file("TIFF", Image.new("LA", (2, 2), (0, 0))))))
    assert shown.convert("RGBA").getpixel((0, 0))[3] == 0
    assert plain(others.picture_file("TIFF", Image.new("F", (2, 2), 0.5))) is None


def test_a_photo_keeps_the_side_that_is_up():
    turned = others.jpeg_turned()
    shown = plain(turned)
    assert Image.open(io.BytesIO(shown)).getexif() == {0x0112: 6}
    assert plain(shown) == shown and len(shown) < len(turned)


def test_a_sound_behind_zeros_stays(cleaned):
    sound = others.mp3(head=True)
    begins = sound.index(others.FRAME)
    data = media.epub_with(
        "1.mp3", sound[:begins] + bytes(7) + sound[begins:], "audio/mpeg", '<p>a<audio src="1.mp3"/></p>'
    )
    path, removed = cleaned(data, offices.EPUB)
    assert set(removed) == {"metadata of recordings"}
    with zipfile.ZipFile(path) as archive:
        assert archive.read("OEBPS/1.mp3") == others.mp3()


def test_a_film_whose_data_lies_outside_of_it_is_none():
    """It would be filled with zeros up to there."""
    film = others.mp4(data_track=True)
    at = film.rindex(b"stco") + 12
    for offset in (200_000_000, 0):
        assert plain_recording(film[:at] + offset.to_bytes(4, "big") + film[at + 4 :]) is None


def chapter(href, name, kind="application/xhtml+xml"):
    """A book of two pages."""
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Chapter two.</p></body></html>'
    return offices.edited(
        offices.epub(parts={f"OEBPS/{name}": page}),
        {
            "OEBPS/book.opf": lambda text: text.replace(
                "</manifest>", f'<item id="c" href="{href}" media-type="{kind}"/></manifest>'
            ).replace("</spine>", '<itemref idref="c"/></spine>')
        },
    )


@pytest.mark.parametrize(("href", "name"), [("c.xht", "c.xht"), ("C.xhtml", "c.xhtml"), ("c%20d.xhtml", "c d.xhtml")])
def test_no_chapter_is_left_out(cleaned, href, name):
    path, removed = cleaned(chapter(href, name), offices.EPUB)
    assert "Chapter two." in part(path, f"OEBPS/{name}") and not removed


def test_what_cannot_be_found_is_refused(cleaned):
    """A chapter that isn't there, and the list of words elsewhere than everywhere."""
    to = {"xl/_rels/workbook.xml.rels": lambda text: text.replace("sharedStrings.xml", "words.xml")}
    moved = offices.edited(offices.book_unused_string(), {**to, "xl/words.xml": f"<sst>{NAME}</sst>"})
    for data, mime in ((chapter("d.xhtml", "c.xhtml"), offices.EPUB), (moved, offices.XLSX)):
        with pytest.raises(BrokenFileError):
            cleaned(data, mime)


def test_parts_get_their_usual_names(cleaned):
    """Whatever Word for the web calls them; what the file says stays."""
    data = hideouts.of_the_web(offices.word_white())
    assert "word/document2.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    path, _ = cleaned(data, offices.DOCX)
    usual, _ = cleaned(offices.word_white(), offices.DOCX)
    assert names(path) == names(usual) and "word/styles.xml" in names(path)
    assert docx.Document(str(path)).paragraphs[0].text


def test_a_name_that_is_taken_is_no_place_for_another_part(cleaned):
    data = offices.edited(hideouts.of_the_web(offices.word_white()), {"word/document.xml": f"<w>{NAME}</w>"})
    with pytest.raises(BrokenFileError):
        cleaned(data, offices.DOCX)


def test_words_for_readers_without_sound_are_no_reason_to_refuse(cleaned):
    page = '<p>a<audio src="1.ogg"><span>Your reader plays no sound.</span></audio></p>'
    path, removed = cleaned(media.epub_with("1.ogg", b"OggS" + bytes(40), "audio/ogg", page), offices.EPUB)
    assert removed == {"embedded files": 1} and "1.ogg" not in names(path)


def test_words_that_begin_like_an_address_are_read(cleaned):
    page = '<p title="Data: the ministry, 2019">a<img src="1.png" alt="Data: the registry, 2019"/></p>'
    path, removed = cleaned(media.epub_with("1.png", metafiles.PRESENT, "image/png", page), offices.EPUB)
    assert not removed and page in part(path, "OEBPS/page.xhtml")


@pytest.mark.parametrize(
    "begins",
    [
        '<!DOCTYPE html [<!ENTITY nbsp "&#160;"><!ENTITY eacute "&#233;"><!ENTITY copy "&#169;">]>',
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">',
    ],
)
def test_characters_with_a_name_stay(cleaned, begins):
    data = offices.edited(
        offices.epub("<p>a&nbsp;b &eacute;<b>&copy;</b></p>"),
        {"OEBPS/page.xhtml": lambda text: text.replace("<html", f"{begins}<html", 1)},
    )
    path, _ = cleaned(data, offices.EPUB)
    assert "<p>a\u00a0b \u00e9<b>\u00a9</b></p>" in part(path, "OEBPS/page.xhtml")


def test_a_film_that_is_cut_off_is_no_remainder():
    """It plays up to the cut: nothing of it may be emptied as if it were something behind the film."""
    film = others.mp4()
    at = film.index(b"mdat") - 4
    order = film[:at] + film[at + 4008 :] + film[at : at + 3500]
    assert plain_recording(order) is None
    with pytest.raises(BrokenFileError):
        list(patches(io.BytesIO(order), len(order)))


def test_a_map_of_many_pixels_is_read_without_unpacking_it():
    data = bytearray(others.picture_file("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = (20_000).to_bytes(2, "big") * 2
    assert plain(bytes(data)) == bytes(data)


def test_styles_are_read_in_a_line():
    """It took hours for as much when each beginning was followed to the end."""
    assert plain_style("data:" + "url(" * 50_000) == ""
    assert plain_style("a{}" * 10_000 + "url(data:" * 50_000) == ""


def test_the_shade_of_a_picture_is_asked_of_usual_ones():
    of_bytes.cache_clear()
    assert of_bytes(b"P6 1 1 255 \0\0\0") is None
    assert of_bytes(offices.picture_of("#203864")) == (0x20, 0x38, 0x64)
