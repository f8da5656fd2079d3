"""RTF: what a public copy keeps, beside the planted leaks that it loses."""

from __future__ import annotations

import time

import pytest

from documents.extraction.cleaning import clean
from documents.extraction.errors import BrokenFileError
from documents.extraction.rtf import tokens
from tests.documents.safety.others import RTF, rtf, rtf_picture
from tests.documents.safety.planting import NAME


def copy_of(data, folder):
    """The public copy, as bytes."""
    (folder / "original").write_bytes(data)
    clean(folder / "original", folder / "public", RTF)
    return (folder / "public").read_bytes()


def shown(data):
    """What a reader sees."""
    return "".join(token.text for token in tokens(data) if not token.kind)


def test_empty_lines_before_a_word_cost_no_time():
    data = b"{\\rtf1 {" + b"\n" * 60_000 + b"x}}"
    started = time.process_time()
    assert shown(data) == "x"
    assert time.process_time() - started < 1


def test_what_goes_in_the_middle_of_a_group_leaves_its_brace(tmp_path):
    for gone in (rf"\*\ourcase {NAME}", rf"\xe {NAME}"):
        copy = copy_of(rtf(rf"{{\b Seen{gone}}} and {{\i heard}}."), tmp_path)
        assert copy.count(b"{") == copy.count(b"}")
        assert NAME.encode() not in copy
        assert shown(copy).endswith("Seen and heard.\n")


def test_numbers_and_bullets_of_lists_stay(tmp_path):
    data = rtf(r"{\listtext\pard\plain\f3 \'b7\tab}a {\pntext\f0 12.3)\tab}b {\listtext\f3 \u-3913?\tab}c")
    assert copy_of(data, tmp_path) == data


def test_stand_ins_go_with_their_characters(tmp_path):
    copy = copy_of(rtf(r"Seen{\deleted\revauthdel1 \u1605?\u1606\'3f\u8212\emdash\par}."), tmp_path)
    assert b"?" not in copy and b"emdash" not in copy and b"3f" not in copy


def test_number_of_stand_ins_may_change_while_one_is_awaited():
    assert shown(rtf(rf"\u1604\uc10 \u1605 {NAME}?.")).endswith("\u0644\u0645.\n")
    assert shown(rtf(rf"\uc5\u1604\uc0 ????\u1605 {NAME}.")).endswith(f"\u0644\u0645{NAME}.\n")


def test_stand_ins_spell_no_name(tmp_path):
    letters = "".join(rf"\u1604 {letter}" for letter in NAME)
    symbols = "".join(rf"\u1604\'{ord(letter):x}" for letter in NAME)
    pairs = "".join(rf"\u1604 {NAME[at : at + 2]}" for at in range(0, len(NAME), 2))
    copy = copy_of(rtf(rf"{letters}{{\uc2 {pairs}}}{symbols}."), tmp_path)
    assert copy.count(b"?") == 3 * len(NAME)
    assert set(copy.partition(b"heard the case.")[2]) <= set(b"\\paru1604?{}uc2 .\n")


@pytest.mark.parametrize(
    "picture", [b"\xff\xd8\xff\xe0\0\4ab?\xff\xe1\0\4ab\xff\xd9", b"\x89PNG\r\n\x1a\n" + bytes(20)]
)
def test_picture_without_an_end_is_refused(picture, tmp_path):
    with pytest.raises(BrokenFileError):
        copy_of(rtf(rtf_picture(picture)), tmp_path)


def test_field_with_a_large_picture_stays(tmp_path):
    """Word writes drawings into the code of their field."""
    picture = rtf_picture(b"\x01" * 20_000)
    data = rtf(rf"{{\field{{\*\fldinst {{ SHAPE  \\* MERGEFORMAT }}{picture}}}{{\fldrslt Seen}}}}")
    assert copy_of(data, tmp_path) == data


def test_codes_of_fields_in_one_another_cost_no_time():
    for word in (b"fldinst", b"listtext"):
        data = b"{\\rtf1 " + (b"{\\%s" % word) * 1400 + b" 1" + b"}" * 1401
        started = time.process_time()
        assert shown(data) == ""
        assert time.process_time() - started < 3
