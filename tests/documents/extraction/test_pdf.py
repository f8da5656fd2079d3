"""Text of real PDFs, page by page, and where the words stand."""

import html
import re
import shutil
import subprocess

import pypdfium2
import pytest

from documents.extraction import pdf
from documents.extraction.jobs import extract, page_image
from documents.extraction.layout import SCALE, unpack
from tests.documents import making

PDF = "application/pdf"
WORD = re.compile(r"\S+")


@pytest.fixture(params=["pdftotext", "pdfium"])
def engine(request, monkeypatch, tmp_path):
    """Both readers: with poppler on the path of the child process, and without."""
    if request.param == "pdfium":
        monkeypatch.setenv("PATH", str(tmp_path))
    elif shutil.which("pdftotext") is None:
        pytest.skip("Missing server: poppler")
    return request.param


def test_planted_phrase_is_on_its_page(stored, engine):
    found = extract(stored(making.report(60, planted={37: "The heron crossed the frontier at dawn."})), PDF)
    assert found.page_count == 60
    assert [page.number for page in found.pages] == list(range(1, 61))
    assert [page.number for page in found.pages if "heron crossed the frontier" in " ".join(page.text.split())] == [37]
    assert {page.language for page in found.pages} == {"en"}


def test_ligatures_come_out_as_letters(stored, engine):
    text = " ".join(extract(stored(making.pdf_of([making.GERMAN])), PDF).pages[0].text.split())
    for word in ("Häftlinge", "Auflagen", "Aufklärung", "offiziellen", "Schriften"):
        assert word in text


def test_shaped_arabic_with_lam_alef_is_whole(stored, engine):
    page = extract(stored(making.pdf_of([making.ARABIC], rtl=True)), PDF).pages[0]
    assert page.language == "ar"
    wanted = making.ARABIC.split()
    missing = [word for word in wanted if word not in page.text.split()]
    assert len(missing) <= len(wanted) * 0.05, missing


@pytest.fixture(scope="module")
def printed_arabic(tmp_path_factory):
    """Arabic printed by a browser: the file that every other reader turns round."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Missing server: chromium")
    folder = tmp_path_factory.mktemp("printed")
    font = making.FONTS / "NotoSansArabic-Regular.ttf"
    (folder / "page.html").write_text(
        f"<html lang=ar dir=rtl><style>@font-face{{font-family:N;src:url('{font.as_uri()}')}}body{{font-family:N}}</style>"
        f"<p>{html.escape(making.ARABIC)}</p></html>",
        encoding="utf-8",
    )
    subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-pdf-header-footer"]
        + [f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={folder / 'page.pdf'}"]
        + [(folder / "page.html").as_uri()],
        timeout=90,
        capture_output=True,
        check=True,
    )
    return folder / "page.pdf"


def test_arabic_printed_by_a_browser_is_whole(printed_arabic, engine):
    page = extract(printed_arabic, PDF).pages[0]
    words = page.text.split()
    assert page.language == "ar"
    for word in ("الإنسان", "والأطفال", "لا", "والإعلان", "القسري."):
        assert word in words
    assert pdf.impossible_pairs(page.text) == 0


def test_columns_are_read_one_after_the_other(stored, engine):
    left, right = f"The left column. {making.FILLER} " * 3, f"The right column. {making.GERMAN} " * 3
    text = " ".join(extract(stored(making.two_columns(left, right)), PDF).pages[0].text.split())
    assert left.strip() in text
    assert right.strip() in text


def test_rotated_pages_are_read(stored, engine):
    page = extract(stored(making.rotated(making.pdf_of([making.FILLER]))), PDF).pages[0]
    assert "detainee was moved" in " ".join(page.text.split())


def test_page_without_text_says_so(stored):
    def blank(document):
        document.add_blank_page()

    pages = extract(stored(making.changed(making.pdf_of([making.FILLER]), blank)), PDF).pages
    assert [(page.number, page.source, bool(page.text)) for page in pages] == [(1, "text", True), (2, "none", False)]


def _ink_in(path, page_number, layout, box):
    """The share of dark pixels of the drawn page inside a box of its layout."""
    with pypdfium2.PdfDocument(path) as document:
        picture = document[page_number - 1].render(scale=2).to_pil().convert("L")
    zoom = picture.width / layout.width
    cut = picture.crop(tuple(round(side * zoom) for side in box))
    dark = sum(cut.histogram()[:128])
    return dark / max(1, cut.width * cut.height)


@pytest.mark.parametrize(
    "make",
    [
        lambda: making.pdf_of([making.FILLER]),
        lambda: making.rotated(making.pdf_of([making.FILLER])),
        lambda: making.rotated(making.pdf_of([making.FILLER]), 180),
        lambda: making.two_columns(making.FILLER, making.GERMAN),
        lambda: making.pdf_of([making.ARABIC], rtl=True),
    ],
    ids=["plain", "turned", "upside-down", "columns", "arabic"],
)
def test_every_word_has_its_box_and_ink_is_in_it(stored, make):
    path = stored(make())
    page = extract(path, PDF).pages[0]
    layout = unpack(page.layout)
    placed = {(start, end) for start, end, *_ in layout.words}
    words = [match.span() for match in WORD.finditer(page.text)]
    assert len(placed & set(words)) >= 0.95 * len(words)
    for start, end, *box in layout.words:
        assert 0 <= box[0] < box[2] <= layout.width
        assert 0 <= box[1] < box[3] <= layout.height
        assert _ink_in(path, 1, layout, box) > 0.02, page.text[start:end]


def test_box_of_a_word_is_where_the_word_stands(stored):
    """A word drawn at a known place: the box must lie there and nowhere else."""
    document = making._document()
    document.add_page()
    document.set_xy(100, 50)
    document.cell(text="heron")
    document.set_xy(20, 200)
    document.cell(text="frontier")
    page = extract(stored(bytes(document.output())), PDF).pages[0]
    layout = unpack(page.layout)
    millimetre = 72 / 25.4 * SCALE
    at = page.text.index("heron")
    [(x0, y0, x1, y1)] = layout.boxes(at, at + 5)
    assert x0 == pytest.approx(101 * millimetre, abs=15)
    assert y0 < 53.5 * millimetre < y1
    assert 8 * millimetre < x1 - x0 < 16 * millimetre
    assert y1 - y0 < 10 * millimetre
    at = page.text.index("frontier")
    [(x0, y0, x1, y1)] = layout.boxes(at, at + 8)
    assert y0 < 203.5 * millimetre < y1


def test_boxes_of_a_phrase_are_joined_on_one_line(stored):
    page = extract(stored(making.pdf_of(["They followed the chain of command."])), PDF).pages[0]
    layout = unpack(page.layout)
    at = page.text.index("chain")
    assert len(layout.boxes(at, at + len("chain of command"))) == 1


def test_word_cut_by_a_line_end_is_one_word_with_two_boxes(stored):
    page = extract(stored(making.pdf_of(["Er gehört zur Befehls-\nkette der Armee und zu den anderen."])), PDF).pages[0]
    assert "Befehlskette" in page.text
    at = page.text.index("Befehlskette")
    boxes = unpack(page.layout).boxes(at, at + len("Befehlskette"))
    assert len(boxes) == 2
    assert boxes[0][1] < boxes[1][1]


def test_page_is_drawn_as_small_webp(stored, tmp_path):
    target = tmp_path / "page"
    width, height = page_image(stored(making.report(3)), PDF, target, number=2, width=1000)
    assert width == 1000
    assert 1400 < height < 1430
    data = target.read_bytes()
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WEBP"
    assert len(data) < 120_000
