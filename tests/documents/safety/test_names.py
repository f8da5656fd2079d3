"""Pictures and recordings inside office files and e-books lose the names that somebody gave their files, and are still shown."""

from __future__ import annotations

import io
import zipfile

import docx
import pptx
import pytest
from lxml import etree

from documents.extraction.packages.names import _restyled
from tests.documents.safety import media, metafiles, offices, others
from tests.documents.safety.planting import NAME, holds

PHOTO = f"Photo of {NAME}.png"


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def called_otherwise(data: bytes) -> bytes:
    """The picture under another name in the folder, as some converters leave it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as target:
        for name in archive.namelist():
            content = archive.read(name).replace(b"media/image1.png", f"media/{NAME}.PNG".encode())
            target.writestr(name.replace("media/image1.png", f"media/{NAME}.PNG"), content)
    return out.getvalue()


def test_word_shows_the_picture_under_another_name(cleaned):
    document = offices.word()
    document.add_picture(io.BytesIO(metafiles.PRESENT))
    data = called_otherwise(offices._saved(document))
    assert holds(data, NAME)
    public, removed = cleaned(data, offices.DOCX)
    assert removed["names of parts"] == 1 and not holds(public.read_bytes(), NAME)
    (shape,) = docx.Document(str(public)).inline_shapes
    assert shape._inline.graphic.graphicData.pic.blipFill.blip.embed
    relation = docx.Document(str(public)).part.rels[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
    assert relation.target_part.partname == "/word/media/media1.png"
    assert relation.target_part.blob == parts(public)["word/media/media1.png"]


def test_a_film_on_a_slide_keeps_playing(cleaned):
    data = offices._saved(offices.show())
    assert "names of parts" not in cleaned(data, offices.PPTX)[1]
    public, removed = cleaned(media.show_film(others.mp4()), offices.PPTX)
    assert "names of parts" not in removed, "a library's own name stays"
    assert pptx.Presentation(str(public)).slides[0].shapes


def test_opendocument_shows_the_picture_under_another_name(cleaned):
    name = f"Pictures/{PHOTO}"
    data = metafiles.odt(name.replace(" ", "%20"), parts={name: metafiles.PRESENT})
    assert holds(data, NAME)
    public, removed = cleaned(data, offices.ODT)
    assert removed["names of parts"] == 1 and not holds(public.read_bytes(), NAME)
    found = parts(public)
    assert found["Pictures/media1.png"] and b'xlink:href="Pictures/media1.png"' in found["content.xml"]
    assert b'full-path="Pictures/media1.png"' in found["META-INF/manifest.xml"]


@pytest.mark.parametrize("taken", ["image1.png", "media1.png", "7.png", "Image-3.PNG", f"{'0A' * 16}.png", "cover.png"])
def test_names_of_programs_stay(cleaned, taken):
    data = metafiles.odt(f"Pictures/{taken}", parts={f"Pictures/{taken}": metafiles.PRESENT})
    public, removed = cleaned(data, offices.ODT)
    assert "names of parts" not in removed and f"Pictures/{taken}" in parts(public)


PAGE = (
    f'<p>Seen.<img src="pics/{PHOTO.replace(" ", "%20")}" alt=""/>'
    f'<img srcset="pics/{NAME}.gif 1x, pics/{PHOTO.replace(" ", "%20")} 2x" src="pics/{NAME}.gif#top" alt=""/>'
    f"<span style=\"background:url('pics/{NAME}.gif')\">x</span>"
    f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    f'<image xlink:href="pics/{NAME}.gif"/></svg>'
    '<a href="#here">there</a><img src="pics/media1.png" alt=""/></p>'
)


def book() -> bytes:
    """A book whose lists, page and sheet name pictures as a photographer did, and one that is called so already."""
    data = offices.epub(
        PAGE,
        head=f'<link rel="stylesheet" href="s.css"/><style>p {{ background: url("pics/{NAME}.gif") }}</style>',
        details='<meta name="cover" content="of-quellwitz"/><meta refines="#of-quellwitz" property="x">y</meta>',
        parts={
            f"OEBPS/pics/{PHOTO}": metafiles.PRESENT,
            f"OEBPS/pics/{NAME}.gif": media.gif(),
            "OEBPS/pics/media1.png": metafiles.PRESENT,
            "OEBPS/s.css": f"p {{ background: url(pics/{NAME}.gif) }}",
        },
    )
    listed = (
        f'<item id="of-quellwitz" href="pics/{PHOTO.replace(" ", "%20")}" media-type="image/png"/>'
        f'<item id="g" href="pics/{NAME}.gif" media-type="image/gif"/>'
        '<item id="m" href="pics/media1.png" media-type="image/png"/>'
        '<item id="s" href="s.css" media-type="text/css"/></manifest>'
    )
    return offices.edited(data, {"OEBPS/book.opf": lambda text: text.replace("</manifest>", listed)})


def test_a_book_shows_its_pictures_under_other_names(cleaned):
    data = book()
    assert holds(data, NAME)
    public, removed = cleaned(data, offices.EPUB)
    assert removed["names of parts"] == 2
    assert not holds(public.read_bytes(), NAME) and not holds(public.read_bytes(), "of-quellwitz")
    found = parts(public)
    pictures = sorted(name for name in found if name.startswith("OEBPS/pics/"))
    assert pictures == ["OEBPS/pics/media1.gif", "OEBPS/pics/media1.png", "OEBPS/pics/media2.png"]
    page = etree.fromstring(found["OEBPS/page.xhtml"])
    assert page.xpath("//@src") == ["pics/media2.png", "pics/media1.gif#top", "pics/media1.png"]
    assert page.xpath("//@srcset") == ["pics/media1.gif 1x, pics/media2.png 2x"]
    assert page.xpath("//@style") == ["background:url('pics/media1.gif')"]
    assert page.xpath("//@*[local-name()='href']") == ["s.css", "pics/media1.gif", "#here"]
    assert 'url("pics/media1.gif")' in found["OEBPS/page.xhtml"].decode()
    assert found["OEBPS/s.css"] == b"p { background: url(pics/media1.gif) }"
    book_list = found["OEBPS/book.opf"].decode()
    assert 'name="cover" content="media2"' in book_list and 'id="media2" href="pics/media2.png"' in book_list


def test_a_second_look_finds_nothing(cleaned):
    public, _removed = cleaned(book(), offices.EPUB)
    again, removed = cleaned(public.read_bytes(), offices.EPUB)
    assert "names of parts" not in removed
    assert parts(again).keys() == parts(public).keys()


def test_a_style_full_of_openings_is_read_in_no_time():
    assert _restyled("url(" * 100_000, lambda address: address) == "url(" * 100_000
    assert _restyled("url(" + " " * 400_000, lambda address: address).startswith("url(")


def test_a_drawing_of_a_book_is_a_picture_too(cleaned):
    data = media.epub_with(f"{NAME}.svg", media.SVG.format("", ""), "image/svg+xml")
    public, removed = cleaned(data, offices.EPUB)
    assert removed["names of parts"] == 1 and not holds(public.read_bytes(), NAME)
    assert 'src="media1.svg"' in parts(public)["OEBPS/page.xhtml"].decode()
