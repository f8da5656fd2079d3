"""Every planted leak is found, what the clean copy removes is gone to the last byte, and clean files raise no alarm."""

from __future__ import annotations

import contextlib
import re
import zipfile

import openpyxl
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from documents.extraction.cleaning import clean, cleanable
from documents.extraction.cleaning import pdf as cleaning_pdf
from documents.extraction.errors import ExtractionError, UnprovenError
from documents.extraction.inspection import compare
from documents.extraction.inspection import inspect as inspect_here
from documents.extraction.inspection.links import internal_addresses
from documents.extraction.jobs import clean_copy, extract, inspect
from documents.extraction.packages import word
from tests.documents import making
from tests.documents.safety import hideouts, leftovers, media, metafiles, offices, others, pdfs, unshown
from tests.documents.safety.planting import NAME, holds

HOSTS = ["intranet.example.org"]
PLANTED = [*pdfs.PLANTED, *leftovers.PLANTED, *offices.PLANTED, *metafiles.PLANTED, *media.PLANTED]
PLANTED += [*hideouts.PLANTED, *others.PLANTED, *unshown.PLANTED]
PDF = "application/pdf"
CLEAN = (
    {name: (make, PDF) for name, make in (pdfs.CLEAN | leftovers.CLEAN).items()}
    | offices.CLEAN
    | media.CLEAN
    | others.CLEAN
)


def public_copy(data, mime, folder):
    """Original and public copy as files, as processing makes them."""
    original, public = folder / "original", folder / "public"
    original.write_bytes(data)
    if not cleanable(mime):
        return original, original
    clean(original, public, mime)
    return original, public


def test_there_are_enough_of_them():
    assert len(PLANTED) >= 60 and len(CLEAN) >= 60
    assert {planted.mime for planted in PLANTED} == {mime for _, mime in CLEAN.values()}


@pytest.mark.parametrize("planted", PLANTED, ids=str)
def test_planted_leak_is_found(planted, tmp_path):
    data = planted.make()
    assert not planted.trace or holds(data, planted.trace), "the search would not find it anywhere"
    original, public = public_copy(data, planted.mime, tmp_path)
    remaining, removed = compare(original, public, planted.mime, HOSTS)
    if planted.removed:
        assert planted.code in [finding.code for finding in removed]
        assert remaining == []
        assert not planted.trace or not holds(public.read_bytes(), planted.trace)
    else:
        assert planted.code in [finding.code for finding in remaining]


@pytest.mark.parametrize("name", leftovers.SILENT)
def test_what_nobody_sees_goes_without_an_alarm(name, tmp_path):
    data = leftovers.SILENT[name]()
    assert holds(data, NAME)
    _, public = public_copy(data, PDF, tmp_path)
    assert not holds(public.read_bytes(), NAME)
    assert [finding.code for finding in inspect_here(public, PDF, HOSTS) if finding.verdict == "blocked"] == []


def test_what_a_link_says_is_found_in_files_that_are_there_already(tmp_path):
    (tmp_path / "file").write_bytes(leftovers.linked("chapter", f"The witness {NAME}"))
    (found,) = [each for each in inspect_here(tmp_path / "file", PDF) if each.code == "read_out"]
    assert [place.words for place in found.places] == [f"The witness {NAME}"]
    _, public = public_copy(leftovers.linked("chapter", "The witness"), PDF, tmp_path)
    with pikepdf.open(public) as pdf:
        assert pdf.pages[0].obj.Annots[0].Contents == "The witness", "it stands on the page"


def test_links_lead_where_they_led(tmp_path):
    """By the page itself, since its name is gone."""
    _, public = public_copy(leftovers.linked(), PDF, tmp_path)
    with pikepdf.open(public) as pdf:
        page = pdf.pages[0].obj
        link, action = page.Annots
        for target in (link.Dest, action.A.D, pdf.Root.Outlines.First.Dest):
            assert target[0].objgen == page.objgen and target[1] == "/XYZ"


_LIST = [String("-- choose --"), Array([String("SY"), String("Syria")]), String("Iraq")]


@pytest.mark.parametrize(
    ("entries", "kept"),
    [
        ({"FT": Name.Ch, "V": "-- choose --", "DV": "-- choose --"}, 3),
        ({"FT": Name.Ch, "V": "Iraq", "DV": "Iraq"}, 3),
        ({"FT": Name.Ch, "V": "-- choose --"}, 3),
        ({"FT": Name.Ch, "V": "Written by hand"}, 3),
        ({"FT": Name.Btn, "V": Name.Off}, 3),
        ({"FT": Name.Btn, "V": Name("/1")}, 3),
        ({"FT": Name.Ch, "V": "SY", "DV": "-- choose --"}, 1),
        ({"FT": Name.Ch, "V": Array([String("SY"), String("Iraq")])}, 2),
    ],
)
def test_a_form_that_nobody_filled_in_keeps_its_choices(entries, kept, tmp_path):
    _, public = public_copy(leftovers.field(**entries, Opt=Array(_LIST)), PDF, tmp_path)
    with pikepdf.open(public) as pdf:
        assert len(pdf.Root.AcroForm.Fields[0].Opt) == kept
    words = {place.words for finding in inspect_here(public, PDF, HOSTS) for place in finding.places}
    assert ("Iraq" in words) == (kept == 3 and entries["V"] != "Iraq"), "the editor is told what may be chosen"


def test_what_can_be_seen_of_a_masked_picture_stays_bit_for_bit(tmp_path):
    half = 240 * 80 * 3
    copies = []
    for picture in (leftovers.secret(), leftovers.pdfs.noise(240, 160)):
        _, public = public_copy(leftovers.masked(picture), PDF, tmp_path)
        with pikepdf.open(public) as pdf:
            shown = pdf.pages[0].obj.Resources.XObject.Fm1.read_bytes()
        assert shown[half:] == picture.tobytes()[half:]
        copies.append(shown)
    assert copies[0] == copies[1], "of what was hidden nothing is left"


_TAGGED = (
    b"/Figure BMC /Figure Do EMC /Figure <</MCID 0>> BDC EMC /Witness /Witness BDC EMC /DeviceRGB cs 0 0 1 sc 9 9 9 9 re f"
    b" BI /W 1 /H 1 /BPC 8 /CS /Picture ID abc EI"
)
_RENAMED = (
    b"/Figure BMC /N0 Do EMC /Figure <</MCID 0>> BDC EMC /Witness /N2 BDC EMC /DeviceRGB cs 0 0 1 sc 9 9 9 9 re f"
    b" BI /W 1 /H 1 /BPC 8 /CS /N1 ID abc EI"
)


def test_only_names_of_resources_become_others(tmp_path):
    """A tag or a device's colours may be called alike."""

    def change(pdf, page):
        form = pdf.make_stream(b"0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
        colours = Array([Name.CalRGB, Dictionary(WhitePoint=Array([1, 1, 1]))])
        page.obj.Resources.XObject = Dictionary(Figure=form)
        page.obj.Resources.ColorSpace = Dictionary(DeviceRGB=colours, Picture=colours)
        page.obj.Resources.Properties = Dictionary(Witness=pdf.make_indirect(Dictionary(Type=Name.OCMD)))
        page.contents_add(_TAGGED, prepend=False)

    _, public = public_copy(leftovers.page_with(change), PDF, tmp_path)
    with pikepdf.open(public) as pdf:
        assert pdf.pages[0].obj.Contents[-1].read_bytes().strip() == _RENAMED


def test_a_field_that_shares_a_font_with_its_page_keeps_it(tmp_path):
    """Its look need not say what kind of drawing it is."""

    def change(pdf, page):
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        shared = pdf.make_indirect(Dictionary(Font=Dictionary(HelveticaNeueBold=font, **page.obj.Resources.Font)))
        page.obj.Resources = shared
        page.contents_add(b"BT /HelveticaNeueBold 12 Tf 60 300 Td (Form) Tj ET", prepend=False)
        looks = [pdf.make_stream(b"BT /HelveticaNeueBold 12 Tf (A) Tj ET", BBox=Array([0, 0, 9, 9])) for _ in "ab"]
        looks[0].Resources = shared
        box = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Btn, T="f", Rect=Array([60, 300, 99, 320]))
        box.AP = Dictionary(N=Dictionary(On=looks[0], Off=looks[1]))
        page.obj.Annots = Array([box])

    _, public = public_copy(leftovers.page_with(change), PDF, tmp_path)
    with pikepdf.open(public) as pdf:
        page = pdf.pages[0].obj
        assert "/N0" in page.Resources.Font
        assert [b"/N0 12 Tf" in look.read_bytes() for look in page.Annots[0].AP.N.values()] == [True, True]


def test_cells_of_a_table_find_their_headings(tmp_path):
    def change(pdf):
        root = pdf.Root.StructTreeRoot
        heading = root.K[0]
        cell = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.TD, P=root, Ref=Array([heading])))
        cell.A = Dictionary(O=Name.Table, Headers=Array([String("h1")]))
        root.K.append(cell)
        leaf = pdf.make_indirect(Dictionary(Limits=Array([String("h1")] * 2), Names=Array([String("h1"), heading])))
        root.IDTree = Dictionary(Kids=Array([leaf]))
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)

    data = making.changed(leftovers.tagged(ID=String("h1"), T=NAME), change)
    _, public = public_copy(data, PDF, tmp_path)
    with pikepdf.open(public) as pdf:
        root = pdf.Root.StructTreeRoot
        heading, cell = root.K
        leaf = root.IDTree.Kids[0]
        assert leaf.Names[0] == heading.ID == cell.A.Headers[0] and len(leaf.Limits) == 2
        assert leaf.Names[1].objgen == cell.Ref[0].objgen == heading.objgen
        assert "/T" not in heading
        assert "/DisplayDocTitle" not in pdf.Root.ViewerPreferences, "there is no title to be shown any more"


def test_fonts_and_forms_that_pages_share_stay(tmp_path):
    """One page uses what the other does not."""

    def share(pdf):
        names = Dictionary(
            A=pdf.make_stream(b"0 0 9 9 re f"), B=pdf.make_stream(b"0 0 5 5 re f"), C=pdf.make_stream(b"f")
        )
        for form in names.values():
            form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
        shared = pdf.make_indirect(names)
        for page, name in zip(pdf.pages, ("A", "B"), strict=True):
            page.obj.Resources.XObject = shared
            page.contents_add(f"q 1 0 0 1 400 20 cm /{name} Do Q".encode(), prepend=False)

    _, public = public_copy(making.changed(making.report(2), share), PDF, tmp_path)
    with pikepdf.open(public) as pdf:
        assert {*pdf.pages[0].obj.Resources.XObject.keys()} == {"/A", "/B"}


@pytest.mark.parametrize("name", CLEAN)
def test_clean_file_raises_no_alarm(name, tmp_path):
    make, mime = CLEAN[name]
    _, public = public_copy(make(), mime, tmp_path)
    assert inspect_here(public, mime, HOSTS) == []


def test_what_no_style_hides_for_good_stays(tmp_path):
    make, mime = CLEAN["EPUB with styles"]
    _, public = public_copy(make(), mime, tmp_path)
    text = " ".join(" ".join(page.text for page in extract(public, mime).pages).split())
    assert text == "Seen. Zero. One. Two. Three. Four. Five. Six. Seven. Eight. Nine. Ten. Eleven. 1 Note."


@pytest.mark.parametrize("planted", [p for p in PLANTED if cleanable(p.mime) and p.removed][::6], ids=str)
def test_same_upload_gives_the_same_public_copy(planted, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    data = planted.make()
    _, one = public_copy(data, planted.mime, tmp_path / "a")
    _, two = public_copy(data, planted.mime, tmp_path / "b")
    assert one.read_bytes() == two.read_bytes()


def test_a_place_says_page_box_and_words(tmp_path):
    (tmp_path / "file").write_bytes(pdfs.box_by_word_processor())
    (finding,) = [found for found in inspect_here(tmp_path / "file", PDF) if found.code == "text_covered"]
    (place,) = finding.places
    assert (place.page, place.words) == (1, NAME)
    left, top, right, bottom = place.box
    assert 100 < left < right < 300 and 105 < top < bottom < 130


def test_the_gate_runs_in_a_child_process(stored, tmp_path):
    original = stored(pdfs.metadata())
    public = tmp_path / "public"
    copy = clean_copy(original, public)
    assert {"metadata", "attachments", "comments"} <= set(copy.removed)
    found = inspect(original, public, PDF, hosts=HOSTS)
    assert found.remaining == []
    assert {"metadata", "attachments", "annotations", "scripts"} <= {finding.code for finding in found.removed}


def test_text_that_stays_is_the_same(tmp_path):
    original, public = public_copy(offices.word_deletion(), offices.DOCX, tmp_path)
    text = extract(public, offices.DOCX).pages[0].text
    assert "The witness saw it." in " ".join(text.split())
    assert NAME not in text


def test_turned_picture_lies_upright_and_keeps_its_copyright(tmp_path):
    _, public = public_copy(others.jpeg_turned(), "image/jpeg", tmp_path)
    with Image.open(public) as picture:
        assert picture.size == (120, 200)
        assert picture.getexif() == {0x8298: "Photo: the archive"}


def test_pages_of_a_tiff_stay(tmp_path):
    _, public = public_copy(others.tiff_pages(), "image/tiff", tmp_path)
    with Image.open(public) as picture:
        assert picture.n_frames == 2


@pytest.mark.parametrize("make", [offices.odt_author, offices.odt_versions, offices.odt_thumbnail])
def test_manifest_still_says_what_the_file_is(make, tmp_path):
    """LibreOffice opens nothing without it."""
    _, public = public_copy(make(), offices.ODT, tmp_path)
    with zipfile.ZipFile(public) as archive:
        manifest = archive.read("META-INF/manifest.xml").decode()
        named = set(re.findall(r'full-path="([^"]+)"', manifest))
        assert named == {"/", *archive.namelist()} - {"mimetype", "META-INF/manifest.xml"}


def test_workbook_still_opens_with_what_was_shown(tmp_path):
    for make in (offices.book_hidden_sheet, lambda: offices.shared(offices.book_hidden_row())):
        _, public = public_copy(make(), offices.XLSX, tmp_path)
        public = public.rename(tmp_path / "public.xlsx")
        workbook = openpyxl.load_workbook(public)
        assert workbook.sheetnames == ["Figures"]
        assert [cell.value for cell in workbook["Figures"]["A"]][3] == "Year 2022"


def test_film_keeps_its_size_and_its_picture(tmp_path):
    data = others.mp4(extra=others.place(), data_track=True)
    _, public = public_copy(data, "video/mp4", tmp_path)
    assert len(public.read_bytes()) == len(data)
    assert b"\x65" * 4000 in public.read_bytes()


def test_copy_that_shows_something_else_is_refused(tmp_path, monkeypatch):
    """The proof is made of the files, not of what the cleaner believes."""
    (tmp_path / "file").write_bytes(pdfs.done(pdfs.document()))
    drop = cleaning_pdf._clean_root

    def drops_too_much(pdf, removed):
        drop(pdf, removed)
        pdf.pages[0].obj.Contents = pdf.make_stream(b"")

    monkeypatch.setattr(cleaning_pdf, "_clean_root", drops_too_much)
    with pytest.raises(UnprovenError):
        clean(tmp_path / "file", tmp_path / "copy", PDF)

    def draws_too_much(pdf, removed):
        drop(pdf, removed)
        pdf.pages[1].contents_add(b"0 0 99 99 re f")  # the text is the same

    (tmp_path / "long").write_bytes(making.report(30))
    monkeypatch.setattr(cleaning_pdf, "_clean_root", draws_too_much)
    with pytest.raises(UnprovenError):
        clean(tmp_path / "long", tmp_path / "copy", PDF)

    (tmp_path / "word").write_bytes(offices.word_comment())
    monkeypatch.setattr(word, "_COMMENT_MARKS", ("r",))
    with pytest.raises(UnprovenError):
        clean(tmp_path / "word", tmp_path / "copy", offices.DOCX)


@pytest.mark.parametrize("mime", sorted({mime for _, mime in CLEAN.values() if cleanable(mime)}))
def test_garbage_is_refused_with_a_reason(mime, tmp_path):
    for data in (b"", b"PK\x03\x04" + bytes(500), bytes(range(256)) * 40):
        (tmp_path / "file").write_bytes(data)
        try:
            copied = clean_copy(tmp_path / "file", tmp_path / "copy", mime=mime)
        except ExtractionError as error:
            assert str(error).endswith(".")
        else:
            assert mime in ("audio/mpeg", "text/rtf") and copied.page_count == 0


def test_hidden_entities_of_xml_are_not_expanded(tmp_path):
    (tmp_path / "file").write_bytes(making.docx_of(["a"], prefix=making.BILLION_LAUGHS))
    with contextlib.suppress(ExtractionError):
        clean(tmp_path / "file", tmp_path / "copy", offices.DOCX)
    assert not (tmp_path / "copy").exists() or (tmp_path / "copy").stat().st_size < 100_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://example.org/a.", []),
        ("See http://wiki/a.", ["http://wiki/a"]),
        ("http://192.168.0.7/x and http://8.8.8.8/", ["http://192.168.0.7/x"]),
        ("http://[fd00::1]/", ["http://[fd00::1]/"]),
        ("https://cloud.intranet.example.org:8443/x", ["https://cloud.intranet.example.org:8443/x"]),
        ("ask a.b@printer.local or c@example.org", ["a.b@printer.local"]),
        (r"\\server\share\file", [r"\\server\share\file"]),
        ("file:///etc/passwd", ["file:///etc/passwd"]),
        ("notintranet.example.org http://notintranet.example.org", []),
    ],
)
def test_internal_addresses(text, found):
    assert list(internal_addresses(text, HOSTS)) == found
