"""Normal form, languages and parts: pure functions."""

import pytest

from documents.extraction.language import detect, fits
from documents.extraction.pdf import impossible_pairs
from documents.extraction.texts import PART_LENGTH, normalise, parts, with_paragraphs
from tests.documents.making import ARABIC, FILLER, GERMAN


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("of\ufb01cial \ufb02ag", "official flag"),
        ("\ufefb \ufeef", "لا ى"),
        ("\u202bمرحبا\u202c \u200fبك\u2069", "مرحبا بك"),
        ("Befehls-\nkette", "Befehlskette"),
        ("Anti-\nFolter-Komitee", "Anti-Folter-Komitee"),
        ("1990-\n1995", "1990-\n1995"),
        ("soft\u00adhyphen", "softhyphen"),
        ("nul\x00byte \x1b[0m", "nulbyte [0m"),
        ("a \u00a0 b\t\tc", "a b c"),
        ("one \r\n two\r\n\r\n\r\n\r\nthree", "one\ntwo\n\nthree"),
        ("\ufeffstart", "start"),
    ],
)
def test_text_is_normalised(raw, wanted):
    assert normalise(raw) == wanted


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (FILLER, "en"),
        (GERMAN, "de"),
        (ARABIC, "ar"),
        (
            "Nul ne sera soumis à une disparition forcée et aucune circonstance ne peut être invoquée pour la justifier.",
            "fr",
        ),
        (
            "Nadie será sometido a una desaparición forzada y en ningún caso podrán invocarse circunstancias como esas.",
            "es",
        ),
        ("Chapter 4: The chain of command", "en"),
        ("", ""),
        ("1 2 3 4 | 5", ""),
        ("Никто не может быть подвергнут насильственному исчезновению.", ""),
        (
            "هیچ‌کس نباید در معرض ناپدیدسازی قهری قرار گیرد و هیچ شرایطی نمی‌تواند آن را توجیه کند که پیگیری چگونه گذشت",
            "",
        ),
        ("The Hague Den Haag La Haye", ""),
    ],
)
def test_language_is_detected_or_left_open(text, language):
    assert detect(text) == language


def test_short_page_takes_the_language_of_its_document_only_in_the_same_script():
    assert fits("Annex B", "de")
    assert not fits("Приложение", "de")
    assert not fits("Annex B", "ar")
    assert fits("ملحق", "ar")
    assert not fits("17", "en")


def test_impossible_pairs_tell_a_turned_ligature():
    assert impossible_pairs("حقوق الإنسان والأطفال") == 0
    assert impossible_pairs("حقوق اإلنسان واألطفال") == 2
    assert impossible_pairs("ةدايقلا ةلسلس") == 2


def test_parts_lose_nothing_and_break_between_paragraphs():
    paragraphs = [f"Paragraph {number} of the text. {FILLER}" for number in range(200)]
    found = parts("\n\n".join(paragraphs))
    assert len(found) > 5
    assert all(len(part) <= PART_LENGTH for part in found)
    assert "\n\n".join(found).split("\n\n") == paragraphs


def test_a_text_without_breaks_is_cut_all_the_same():
    assert "".join(parts("x" * (PART_LENGTH * 3 + 5))) == "x" * (PART_LENGTH * 3 + 5)


def test_paragraphs_are_found_where_the_reader_left_none():
    text = "4.2 Orders\nWritten orders are rare in the files of\na security service.\nThree questions have proved useful in\npractice."
    assert with_paragraphs(text).split("\n\n") == [
        "4.2 Orders",
        "Written orders are rare in the files of\na security service.",
        "Three questions have proved useful in\npractice.",
    ]


def test_paragraphs_of_the_reader_stand():
    assert with_paragraphs("A.\n\nB is a longer line\nC") == "A.\n\nB is a longer line\nC"
