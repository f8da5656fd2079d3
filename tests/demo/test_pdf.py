"""The demo's PDFs, read back by the product's own extraction."""

import io

import pypdf
import pytest

from documents.extraction.jobs import extract
from home.demo.pdf.long import PLANTED_PAGE
from home.demo.pdf.manuscripts import FileSpec, compose, specs, text_of

PDF = "application/pdf"
EPUB = "application/epub+zip"


def spec_of(key, language="en", edition=1):
    return next(s for s in specs() if (s.key, s.language, s.edition) == (key, language, edition))


def pages_of(spec, tmp_path):
    path = tmp_path / "file.pdf"
    path.write_bytes(compose(spec))
    return [" ".join(page.text.split()) for page in extract(path, PDF).pages]


LONG = [
    ("who-gave-the-order", "proceedings", "The chain of command is not proved by a chart"),
    ("before-during-after", "situations", "A safety plan fits on one page"),
    ("ten-years-of-universal-jurisdiction", "chronicle", "silence is not an answer, it is a second arrest"),
]


@pytest.mark.parametrize(("key", "composer", "phrase"), LONG)
def test_a_long_file_has_its_phrase_on_one_page_only(key, composer, phrase, tmp_path):
    spec = spec_of(key)
    assert spec.composer == composer
    pages = pages_of(spec, tmp_path)
    assert len(pages) >= 60
    assert [number for number, text in enumerate(pages, start=1) if phrase in text] == [PLANTED_PAGE[composer]]
    assert len(set(pages)) == len(pages)


def test_the_phrase_of_the_readme_stands_on_page_37_of_its_file_and_in_no_long_file_besides(tmp_path):
    assert PLANTED_PAGE["proceedings"] == 37
    for key, _composer, _phrase in LONG[1:]:
        assert not any("chain of command" in text for text in pages_of(spec_of(key), tmp_path))


def test_the_contents_name_the_right_pages(tmp_path):
    pages = pages_of(spec_of("who-gave-the-order"), tmp_path)
    contents = " ".join(pages[1:4])
    for number in (1, 20, 48):
        heading = f"Proceeding {number}: "
        page = next(n for n, text in enumerate(pages, 1) if n > 4 and heading in text)
        after = contents.split(heading, 1)[1]
        assert f" {page} " in f"{after[:80]} "


def test_german_ligatures_are_drawn_and_read_as_letters(tmp_path):
    spec = spec_of("who-gave-the-order", "de")
    text = " ".join(pages_of(spec, tmp_path))
    assert "häufig" in text and "offizielle" in text and "Auflage" in text
    assert not any(sign in text for sign in "ﬁﬂﬀﬃ")
    assert drawn_as_one_glyph(compose(spec), "fi")


def test_arabic_lam_alef_is_drawn_as_one_sign_and_read_in_order(tmp_path):
    spec = spec_of("statement-koblenz", "ar")
    text = " ".join(pages_of(spec, tmp_path))
    for word in ("الإقليمية", "الأقارب", "للأطراف", "الولاية القضائية العالمية"):
        assert word in text
    assert "اإل" not in text and "األ" not in text
    assert drawn_as_one_glyph(compose(spec), "لا")


def drawn_as_one_glyph(content, letters):
    """Whether a font of the file maps one glyph to all these letters."""
    wanted = letters.encode("utf-16-be").hex().upper()
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():
            table = font.get_object()["/ToUnicode"].get_object().get_data().decode("latin-1").upper()
            if f"<{wanted}>" in table:
                return True
    return False


def test_the_bulletin_is_set_in_two_columns():
    lefts = set()
    reader = pypdf.PdfReader(io.BytesIO(compose(spec_of("bulletin-spring-2025"))))
    reader.pages[1].extract_text(visitor_text=lambda text, cm, tm, font, size: lefts.add(round(tm[4])))
    width = float(reader.pages[1].mediabox.width)
    assert any(left < width * 0.2 for left in lefts) and any(width * 0.5 < left < width * 0.6 for left in lefts)


def test_a_file_says_who_made_it_so_that_the_clean_copy_has_something_to_remove():
    metadata = pypdf.PdfReader(io.BytesIO(compose(spec_of("hashes-and-custody")))).metadata
    assert metadata.author == "Jonas Feldt" and "workstation" in metadata.creator and metadata.title


def test_the_same_file_is_the_same_bytes_and_the_second_edition_is_not():
    first, second = spec_of("hashes-and-custody"), spec_of("hashes-and-custody", edition=2)
    assert compose(first) == compose(first) != compose(second)


def test_an_ebook_says_what_its_pdf_says(tmp_path):
    book = next(spec for spec in specs() if spec.format == "epub")
    path = tmp_path / "file.epub"
    path.write_bytes(compose(book))
    assert compose(book) == path.read_bytes()
    parts = [" ".join(part.text.split()) for part in extract(path, EPUB).pages]
    assert book.title in parts[0]
    whole, printed = " ".join(parts), " ".join(pages_of(spec_of(book.key), tmp_path))
    text = text_of(book)
    for sentence in (text["summary"], *text.points):
        assert sentence in whole and sentence.split()[-1] in printed


@pytest.mark.parametrize("language", ["de", "fr", "es", "ar"])
def test_a_file_in_each_language_names_its_title(language, tmp_path):
    spec = next(s for s in specs() if s.language == language)
    assert isinstance(spec, FileSpec)
    pages = pages_of(spec, tmp_path)
    assert spec.title in pages[0] and len(pages) >= 4
