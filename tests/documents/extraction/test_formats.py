"""Formats without pages, and formats that nothing reads."""

import json
import subprocess
import sys

import pytest

from documents.extraction.errors import BrokenFileError, EncryptedFileError, TooLargeError
from documents.extraction.jobs import extract, page_image
from documents.extraction.texts import Extraction
from tests.documents import making


def test_word_document_with_its_table(stored):
    found = extract(stored(making.docx_of([making.FILLER, "Letzter Absatz"], table=[["Name", "Datum"]])), making.DOCX)
    assert found.page_count == 0
    assert len(found.pages) == 1
    for words in ("duty rosters", "Letzter Absatz", "Name", "Datum"):
        assert words in " ".join(found.pages[0].text.split())


def test_long_word_document_comes_in_parts(stored):
    found = extract(stored(making.docx_of([f"{number} {making.FILLER}" for number in range(300)])), making.DOCX)
    assert len(found.pages) > 5
    assert [page.number for page in found.pages] == list(range(1, len(found.pages) + 1))


@pytest.mark.parametrize(
    "data",
    [
        making.GERMAN.encode(),
        b"\xef\xbb\xbf" + making.GERMAN.encode(),
        making.GERMAN.encode("utf-16"),
        making.GERMAN.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "windows"],
)
def test_plain_text_in_its_encoding(stored, data):
    page = extract(stored(data), "text/plain").pages[0]
    assert "Häftlinge" in page.text
    assert page.language == "de"


def test_html_gives_its_text_only(stored):
    page = "<html><head><title>t</title><style>p{}</style></head><body><p>One<b>two</b></p><script>evil()</script><p>3 &amp; 4"
    found = extract(stored(page.encode()), "text/html")
    assert found.pages[0].text.split("\n")[0] == "Onetwo"
    assert "3 & 4" in found.pages[0].text
    assert "evil" not in found.pages[0].text


@pytest.mark.parametrize("mime", ["audio/mpeg", "video/mp4", ""])
def test_formats_without_a_reader_have_no_text(stored, mime):
    found = extract(stored(b"anything"), mime)
    assert found == Extraction([], 0)
    assert not found.has_text


def test_zip_bomb_is_refused_before_it_unpacks(stored):
    with pytest.raises(TooLargeError):
        extract(stored(making.docx_bomb()), making.DOCX)


def test_billion_laughs_end_in_an_error_or_in_nothing(stored):
    data = making.docx_of(["&i;"], prefix=making.BILLION_LAUGHS)
    try:
        found = extract(stored(data), making.DOCX)
    except BrokenFileError:
        return
    assert sum(len(page.text) for page in found.pages) < 10_000


def test_protected_word_document_says_so(stored):
    with pytest.raises(EncryptedFileError):
        extract(stored(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000), making.DOCX)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not really", b"\0" * 5000])
def test_damaged_word_document_says_so(stored, data):
    with pytest.raises(BrokenFileError):
        extract(stored(data), making.DOCX)


def test_picture_file_is_drawn_without_its_metadata(stored, tmp_path):
    import PIL.Image

    picture = PIL.Image.new("RGB", (3000, 2000), "white")
    exif = picture.getexif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 30.0)}
    path = tmp_path / "photo"
    picture.save(path, "JPEG", exif=exif)
    target = tmp_path / "cover"
    assert page_image(path, "image/jpeg", target, width=400) == (400, 600)
    with PIL.Image.open(target) as drawn:
        assert not drawn.getexif()


def test_the_parent_process_never_loads_the_readers():
    """A reader's library in the web process would see strangers' files one day; it also costs memory."""
    program = (
        "import documents.extraction.jobs, json, sys; "
        "print(json.dumps([m for m in ('pikepdf', 'pypdf', 'pypdfium2', 'docx2python', 'pptx', 'openpyxl', 'lxml', 'striprtf', 'PIL') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == []
