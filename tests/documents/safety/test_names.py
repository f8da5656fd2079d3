"""Pictures and recordings inside office files and e-books lose the names that somebody gave their files, and are still shown."""

from __future__ import annotations

import io
import time
import zipfile

import docx
import openpyxl
import pptx
import pytest
from lxml import etree

from documents.extraction.inspection import inspect
from documents.extraction.packages import visible
from documents.extraction.packages.names import _restyled
from documents.extraction.packages.package import Package
from documents.extraction.packages.unshown import word
from documents.extraction.packages.unshown.formulas import telling
from tests.documents.safety import media, metafiles, offices, others, unshown
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
    assert pictures == ["OEBPS/pics/media1.png", "OEBPS/pics/media2.png", "OEBPS/pics/media3.gif"]
    page = etree.fromstring(found["OEBPS/page.xhtml"])
    assert page.xpath("//@src") == ["pics/media2.png", "pics/media3.gif#top", "pics/media1.png"]
    assert page.xpath("//@srcset") == ["pics/media3.gif 1x, pics/media2.png 2x"]
    assert page.xpath("//@style") == ["background:url('pics/media3.gif')"]
    assert page.xpath("//@*[local-name()='href']") == ["s.css", "pics/media3.gif", "#here"]
    assert 'url("pics/media3.gif")' in found["OEBPS/page.xhtml"].decode()
    assert found["OEBPS/s.css"] == b"p { background: url(pics/media3.gif) }"
    book_list = found["OEBPS/book.opf"].decode()
    assert 'name="cover" content="media2"' in book_list and 'id="media2" href="pics/media2.png"' in book_list


def test_a_second_look_finds_nothing(cleaned):
    public, _removed = cleaned(book(), offices.EPUB)
    again, removed = cleaned(public.read_bytes(), offices.EPUB)
    assert "names of parts" not in removed
    assert parts(again).keys() == parts(public).keys()


def test_a_style_full_of_openings_is_read_in_a_line():
    began = time.process_time()
    assert _restyled("url(" * 200_000, lambda address: address) == "url(" * 200_000
    assert _restyled("url(" + " " * 400_000, lambda address: address).startswith("url(")
    assert time.process_time() - began < 10, "squares of these lengths take hours"


def test_a_drawing_of_a_book_is_a_picture_too(cleaned):
    data = media.epub_with(f"{NAME}.svg", media.SVG.format("", ""), "image/svg+xml")
    public, removed = cleaned(data, offices.EPUB)
    assert removed["names of parts"] == 1 and not holds(public.read_bytes(), NAME)
    assert 'src="media1.svg"' in parts(public)["OEBPS/page.xhtml"].decode()


def one_picture(page: str, base: str = f"{NAME}.png", details: str = "", item: str = 'id="a"', **parts) -> bytes:
    """A book with one picture of that name in a folder."""
    made = offices.epub(page, details=details, parts={f"OEBPS/pics/{base}": metafiles.PRESENT, **parts})
    address = base.replace(" ", "%20").replace("'", "&#39;")
    listed = f'<item {item} href="pics/{address}" media-type="image/png"/>'
    if "OEBPS/s.css" in parts:
        listed += '<item id="s" href="s.css" media-type="text/css"/>'
    return offices.edited(made, {"OEBPS/book.opf": lambda text: text.replace("</manifest>", f"{listed}</manifest>")})


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (f'<img src="/OEBPS/pics/{NAME}.png" alt=""/>', 'src="/OEBPS/pics/media1.png"'),
        (f'<img src="pics/{NAME}.png?v=1#a" alt=""/>', 'src="pics/media1.png?v=1#a"'),
        (f'<img src="pics/{NAME.upper()}.PNG" alt=""/>', 'src="pics/media1.png"'),
        (f'<img src="./pics/../pics/{NAME}.png" alt=""/>', 'src="./pics/../pics/media1.png"'),
        (f'<table background="pics/{NAME}.png"><tr><td>x</td></tr></table>', 'background="pics/media1.png"'),
        (f'<img longdesc="pics/{NAME}.png" src="pics/{NAME}.png" alt=""/>', 'longdesc="pics/media1.png"'),
    ],
)
def test_every_way_to_name_a_picture_is_followed(cleaned, page, shown):
    public, removed = cleaned(one_picture(f"<p>Seen.</p>{page}"), offices.EPUB)
    assert removed["names of parts"] == 1 and shown in parts(public)["OEBPS/page.xhtml"].decode()
    assert not holds(public.read_bytes(), NAME) and not holds(public.read_bytes(), NAME.upper())


@pytest.mark.parametrize("base", [f"{NAME} (1).png", f"{NAME}'s.png"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_names_with_brackets_and_quotes_in_sheets(cleaned, base, quote):
    said = f"p {{ background: url({quote}pics/{base}{quote}) }}"
    public, removed = cleaned(one_picture("<p>Seen.</p>", base, **{"OEBPS/s.css": said}), offices.EPUB)
    found = parts(public)
    if quote in base:  # no address of a style sheet: nothing is lost
        assert "names of parts" not in removed and f"OEBPS/pics/{base}" in found
    else:
        assert removed["names of parts"] == 1 and f"url({quote}pics/media1.png{quote})" in found["OEBPS/s.css"].decode()


@pytest.mark.parametrize(
    "said", [f'image-set("pics/{NAME}.png" 1x)', f"url(pics/{NAME}\\.png)", f"x {NAME}.png y"], ids=str
)
def test_a_picture_that_is_named_in_another_way_keeps_its_name(cleaned, said):
    sheet = f"p {{ background: {said} }}"
    public, removed = cleaned(one_picture("<p>Seen.</p>", **{"OEBPS/s.css": sheet}), offices.EPUB)
    assert "names of parts" not in removed and f"OEBPS/pics/{NAME}.png" in parts(public)
    assert said in parts(public)["OEBPS/s.css"].decode()


@pytest.mark.parametrize("cover", ['name="cover" content="cover"', 'content="cover" name="cover"'])
def test_the_cover_of_a_book_stays_its_cover(cleaned, cover):
    data = one_picture("<p>Seen.</p>", details=f"<meta {cover}/>", item='id="cover"')
    public, removed = cleaned(data, offices.EPUB)
    book_list = etree.fromstring(parts(public)["OEBPS/book.opf"])
    (meta,) = book_list.xpath("//*[local-name()='meta']")
    assert (meta.get("name"), meta.get("content")) == ("cover", "cover")
    assert book_list.xpath("//*[@id='cover']/@href") == ["pics/media1.png"] and removed["names of parts"] == 1


def test_the_cover_of_a_book_by_its_address(cleaned):
    data = one_picture("<p>Seen.</p>", details=f'<meta name="cover" content="pics/{NAME}.png"/>', item="")
    public, _removed = cleaned(data, offices.EPUB)
    assert 'content="pics/media1.png"' in parts(public)["OEBPS/book.opf"].decode()


def test_two_of_the_same_name_in_two_folders(cleaned):
    data = one_picture(
        f'<p>Seen.<img src="pics/{NAME}.png" alt=""/><img src="more/{NAME}.png" alt=""/></p>',
        **{f"OEBPS/more/{NAME}.png": metafiles.PRESENT},
    )
    listed = f'<item id="b" href="more/{NAME}.png" media-type="image/png"/></manifest>'
    data = offices.edited(data, {"OEBPS/book.opf": lambda text: text.replace("</manifest>", listed)})
    public, removed = cleaned(data, offices.EPUB)
    page = etree.fromstring(parts(public)["OEBPS/page.xhtml"])
    assert removed["names of parts"] == 2 and page.xpath("//@src") == ["pics/media1.png", "more/media2.png"]
    assert not holds(public.read_bytes(), NAME)


def test_a_part_with_an_ending_of_its_own_keeps_its_name(cleaned):
    data = metafiles.odt("Pictures/photo.anna", parts={"Pictures/photo.anna": metafiles.PRESENT})
    public, removed = cleaned(data, offices.ODT)
    assert "names of parts" not in removed and "Pictures/photo.anna" in parts(public)


def test_opendocument_with_percent_signs_in_the_archive(cleaned):
    name = f"Pictures/of%20{NAME}.png"
    data = metafiles.odt(name, parts={name: metafiles.PRESENT})
    public, removed = cleaned(data, offices.ODT)
    found = parts(public)
    assert removed["names of parts"] == 1 and not holds(public.read_bytes(), NAME)
    assert b'href="Pictures/media1.png"' in found["content.xml"] and "Pictures/media1.png" in found


@pytest.mark.parametrize("target", ["/word/media/{}", "media/{}"])
def test_word_types_and_absolute_targets(cleaned, target):
    document = offices.word()
    document.add_picture(io.BytesIO(metafiles.PRESENT))
    base = f"of%20{NAME}.png"
    override = f'<Override PartName="/word/media/{base}" ContentType="image/png"/></Types>'
    data = offices.edited(
        called_otherwise(offices._saved(document)),
        {
            "[Content_Types].xml": lambda text: text.replace("</Types>", override),
            "word/_rels/document.xml.rels": lambda text: text.replace(f"media/{NAME}.PNG", target.format(base)),
        },
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as moved:
        for name in archive.namelist():
            moved.writestr(name.replace(f"{NAME}.PNG", f"of {NAME}.png"), archive.read(name))
    public, removed = cleaned(out.getvalue(), offices.DOCX)
    assert removed["names of parts"] == 1 and not holds(public.read_bytes(), NAME)
    found = parts(public)
    assert b'PartName="/word/media/media1.png"' in found["[Content_Types].xml"]
    assert f'Target="{target.format("media1.png")}"' in found["word/_rels/document.xml.rels"].decode()


def test_a_part_in_the_root_of_the_archive():
    package = Package.__new__(Package)
    rels = etree.fromstring('<Relationships><Relationship Id="r" Target="/top.png"/></Relationships>')
    package._parts = {"top.png": b"", "word/_rels/document.xml.rels": b""}
    package._parsed = {"word/_rels/document.xml.rels": rels}
    package._folded = {name.lower(): name for name in package._parts}
    package.rename("top.png", "media1.png")
    assert rels[0].get("Target") == "/media1.png" and "media1.png" in package


def test_a_sheet_that_names_nothing_stays_as_it_is(cleaned):
    sheet = "p::before { content: 'caf\xe9' }".encode("latin-1")
    public, removed = cleaned(
        one_picture(f'<p>Seen.<img src="pics/{NAME}.png" alt=""/></p>', **{"OEBPS/s.css": sheet}), offices.EPUB
    )
    assert removed["names of parts"] == 1 and parts(public)["OEBPS/s.css"] == sheet


def test_opendocument_with_a_folder_of_its_own(cleaned):
    name = f"Pictures/of the trial/{NAME}.png"
    data = metafiles.odt(f"./{name.replace(' ', '%20')}", parts={name: metafiles.PRESENT})
    public, removed = cleaned(data, offices.ODT)
    found = parts(public)
    assert removed["names of parts"] == 1 and "Pictures/of the trial/media1.png" in found
    assert b'href="./Pictures/of%20the%20trial/media1.png"' in found["content.xml"]
    assert b'full-path="Pictures/of the trial/media1.png"' in found["META-INF/manifest.xml"]


@pytest.mark.parametrize("name", unshown.NAMED)
def test_names_of_shapes_say_nothing(cleaned, name):
    make, mime = unshown.NAMED[name]
    data = make()
    assert holds(data, NAME)
    public, removed = cleaned(data, mime)
    assert removed["names of shapes"] == 1 and not holds(public.read_bytes(), NAME)
    assert "names of shapes" not in cleaned(public.read_bytes(), mime)[1]


def test_names_of_shapes_by_programs_stay(cleaned):
    assert "names of shapes" not in cleaned(unshown.show(), offices.PPTX)[1]


def test_links_in_word_follow_their_bookmark(cleaned):
    public, removed = cleaned(offices._word_with(unshown.BOOKMARK + unshown.LINKS), offices.DOCX)
    text = parts(public)["word/document.xml"].decode()
    assert removed["names of shapes"] == 1
    assert 'w:name="bookmark1"' in text and 'w:anchor="bookmark1"' in text
    assert "PAGEREF bookmark1 \\h" in text and 'w:instr=" REF bookmark1 "' in text


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (' HYPERLINK "https://www.example.org/annexes/report.pdf" ', None),
        (" STYLEREF annexes ", None),
        (' hyperlink "annexes" \\l "Annexes" ', ' hyperlink "annexes" \\l "bookmark1" '),
        (' HYPERLINK "#annexes" ', ' HYPERLINK "#bookmark1" '),
        (" noteref annexes \\h ", " noteref bookmark1 \\h "),
        (' TOC \\o "1-3" \\b annexes ', ' TOC \\o "1-3" \\b bookmark1 '),
        (" =SUM(annexes)+1 ", " =SUM(bookmark1)+1 "),
        ("", None),
    ],
)
def test_only_what_leads_to_a_bookmark_follows_it(code, wanted):
    assert word.renamed(code, {"annexes": "bookmark1"}) == (code if wanted is None else wanted)


def test_addresses_and_styles_keep_the_word_of_a_bookmark(cleaned):
    address = "https://www.example.org/Title/report.pdf"
    mark = '<w:bookmarkStart w:id="0" w:name="Title"/><w:bookmarkEnd w:id="0"/>'
    public, _removed = cleaned(offices._word_with(mark + unshown.field(f' HYPERLINK "{address}" ')), offices.DOCX)
    found = parts(public)
    assert b'w:name="bookmark1"' in found["word/document.xml"] and address.encode() in found["word/document.xml"]
    assert b'<w:name w:val="Title"/>' in found["word/styles.xml"]


def test_a_bookmark_by_words_of_the_page_keeps_its_name(cleaned):
    mark = '<w:bookmarkStart w:id="0" w:name="The_court"/><w:bookmarkEnd w:id="0"/>'
    public, removed = cleaned(offices._word_with(mark), offices.DOCX)
    assert "names of shapes" not in removed and b'w:name="The_court"' in parts(public)["word/document.xml"]


def test_links_in_opendocument_follow_their_bookmark(cleaned):
    public, _removed = cleaned(offices.open_document(offices.PLAIN + unshown.ODT_BOOKMARK), offices.ODT)
    text = parts(public)["content.xml"].decode()
    assert 'text:name="bookmark1"' in text and 'href="#bookmark1"' in text and 'ref-name="bookmark1"' in text


def test_links_in_opendocument_follow_sections_tables_and_frames(cleaned):
    public, _removed = cleaned(offices.open_document(offices.PLAIN + unshown.ODT_NAMES), offices.ODT)
    root = Package(public).xml("content.xml")
    section, table = (
        root.xpath(f"string(//*[local-name()='{each}']/@*[local-name()='name'])") for each in ("section", "table")
    )
    first, second = (frame for frame in root.iter("{*}frame"))
    named = [str(value) for frame in (first, second) for key, value in frame.attrib.items() if key.endswith("}name")]
    assert f"<{table}.A1>" in root.xpath("string(//@*[local-name()='formula'])")
    assert [link.get(key) for link in root.iter("{*}a") for key in link.attrib] == [
        f"#{section}|region", f"#{table}|table", f"#{named[1]}|frame", "#1.Seen|outline",
    ]  # fmt: skip
    assert named[1] in first.attrib.values()


def test_what_is_shown_of_fields_and_lists_stays(cleaned):
    public, _removed = cleaned(offices._word_with(unshown.WORD["list of a form"]), offices.DOCX)
    assert b'listEntry w:val="Seen"' in parts(public)["word/document.xml"], "Word shows the entry itself"
    public, _removed = cleaned(offices._word_with(unshown.nested() + unshown.field(" PAGE ", "1")), offices.DOCX)
    text = parts(public)["word/document.xml"].decode()
    assert (
        "PAGE" in text.replace('</w:instrText></w:r><w:r><w:instrText xml:space="preserve">', "") and ">Seen<" in text
    )
    public, _removed = cleaned(offices.open_document(offices.PLAIN + unshown.TEXTS["value of a field"]), offices.ODT)
    assert "<text:p>Seen, heard.</text:p>" in parts(public)["content.xml"].decode()


@pytest.mark.parametrize("name", unshown.SHOWN)
def test_what_a_page_shows_stays(cleaned, name):
    make, mime = unshown.SHOWN[name]
    public, _removed = cleaned(make(), mime)
    assert holds(public.read_bytes(), NAME) and inspect(public, mime, []) == []


def test_a_hidden_box_of_a_workbook_goes_with_its_place(cleaned):
    """Excel takes a place without a shape for damage."""
    public, _removed = cleaned(unshown.hidden_in_book(), offices.XLSX)
    assert len(Package(public).xml("xl/drawings/drawing1.xml")) == 0


@pytest.mark.parametrize(("make", "mime"), [(unshown.merged_book, offices.XLSX), (unshown.merged_ods, offices.ODS)])
def test_of_merged_cells_the_first_stays(cleaned, make, mime):
    public, removed = cleaned(make(), mime)
    assert removed["hidden cells"] == 1 and inspect(public, mime, []) == []
    assert b"".join(parts(public).values()).count(NAME.encode()) == 1


@pytest.mark.parametrize(
    ("make", "mime"),
    [
        (unshown.with_leftover, offices.DOCX),
        (lambda: unshown.odf_pages(unshown.SWAPPED), offices.ODT),
    ],
)
def test_headers_of_no_page_that_say_nothing_of_their_own_stay(cleaned, make, mime):
    public, removed = cleaned(make(), mime)
    assert "hidden text" not in removed and inspect(public, mime, []) == []


def test_a_style_that_hides_in_the_header_hides_nothing_in_the_text(cleaned):
    make, mime = offices.CLEAN["ODT with a style that hides in its header"]
    public, _removed = cleaned(make(), mime)
    assert "The court" in visible(Package(public), mime)[0]


def test_a_box_that_says_the_same_to_older_programs_stays(cleaned):
    public, removed = cleaned(unshown.in_two_ways("The court", "The court"), offices.DOCX)
    assert "hidden text" not in removed and inspect(public, offices.DOCX, []) == []
    assert len(list(Package(public).xml("word/document.xml").iter("{*}Fallback"))) == 1


@pytest.mark.parametrize("formula", unshown.USUAL)
def test_usual_formulas_stay(cleaned, formula):
    public, removed = cleaned(unshown.computed(formula), offices.XLSX)
    assert "hidden text" not in removed and inspect(public, offices.XLSX, []) == []
    assert Package(public).xml("xl/worksheets/sheet1.xml").xpath("string(//*[local-name()='f'])") == formula
    formula = formula.replace(",", ";")
    public, removed = cleaned(unshown.ods_computed(formula), offices.ODS)
    assert "hidden text" not in removed and inspect(public, offices.ODS, []) == []
    assert Package(public).xml("content.xml").xpath("string(//@*[local-name()='formula'])") == f"of:={formula}"


def test_a_word_of_one_letter_is_read_in_a_line():
    began = time.process_time()
    word = "a" * 60 + "b"
    assert telling(f'"{word}"', ()) == [word] and telling('"yyyymmdd"', ()) == []
    assert time.process_time() - began < 1


def test_formulas_with_words_that_no_cell_shows_become_their_values(cleaned):
    data = unshown.computed(unshown.FORMULAS["a form"], more=' t="shared" si="0" ref="D1:E1"')
    public, _removed = cleaned(data, offices.XLSX)
    sheet = openpyxl.load_workbook(io.BytesIO(public.read_bytes())).active
    assert [sheet[place].value for place in ("D1", "E1")] == ["Seen", "Seen"]
    public, _removed = cleaned(unshown.ods_computed(unshown.FORMULAS["a form"]), offices.ODS)
    assert "Seen" in visible(Package(public), offices.ODS)[0]


@pytest.mark.parametrize("name", unshown.FORMS)
def test_blank_forms_keep_what_to_choose_from(cleaned, name):
    make, mime, offered = unshown.FORMS[name]
    public, _removed = cleaned(make(), mime)
    text = parts(public)["word/document.xml" if mime == offices.DOCX else "xl/worksheets/sheet1.xml"].decode()
    assert all(each in text for each in offered)
    assert inspect(public, mime, []) == []


@pytest.mark.parametrize("code", [" XE x ", " PAGE "])
def test_a_field_without_an_end_takes_no_words_along(cleaned, code):
    """Every word behind it would be its code."""
    begun = unshown.field(code, "").rpartition("<w:r>")[0]
    rest = f"<w:r><w:t>The rest</w:t></w:r>{unshown.field(' PAGE ', '1')}"
    public, _removed = cleaned(offices._word_with(begun + rest), offices.DOCX)
    text = parts(public)["word/document.xml"].decode()
    assert ">The rest<" in text and "It was adjourned." in text
    assert [found.code for found in inspect(public, offices.DOCX, [])] == ["hidden_text"]


@pytest.mark.parametrize("end", ["", '<w:r><w:fldChar w:fldCharType="end"/></w:r>'])
def test_fields_in_fields_without_number(end):
    begun = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    root = etree.fromstring(f'<w:p xmlns:w="w">{begun * 3000}{end * 3000}</w:p>')
    assert len(list(word.traces(root))) == (0 if end else 3000)


def test_descriptions_of_pictures_stay_and_are_pointed_at(cleaned):
    public, _removed = cleaned(unshown.described(), offices.PPTX)
    (finding,) = inspect(public, offices.PPTX, [])
    assert (finding.code, finding.verdict, finding.places[0].words) == (
        "descriptions",
        "warning",
        f"{NAME} before the court",
    )
