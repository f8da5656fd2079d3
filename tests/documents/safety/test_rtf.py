"""RTF: what a public copy keeps, beside the planted leaks that it loses."""

from __future__ import annotations

import io
import time

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from documents.extraction.cleaning import clean
from documents.extraction.errors import BrokenFileError
from documents.extraction.inspection import compare
from documents.extraction.rtf import tokens
from tests import servers
from tests.documents import office
from tests.documents.safety import offices, others, pdfs
from tests.documents.safety.others import RTF, picture_file, rtf, rtf_picture
from tests.documents.safety.planting import NAME, holds


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


@pytest.mark.parametrize(
    "text",
    [
        others.rows("", NAME) + others.rows(r"\clvmrg", NAME),
        others.rows(r"\clvmgf", NAME) + others.rows(r"\clvmgf", NAME),
        others.rows(r"\clvmgf", NAME) + others.rows("", NAME),
        others.rows(r"\clvmgf", "One") + others.rows(r"\clvmrg", "") + rf"{NAME}\par {NAME}",
    ],
)
def test_cells_that_go_on_with_none_and_what_follows_them_stay(text, tmp_path):
    assert copy_of(rtf(text), tmp_path).count(NAME.encode()) == 2


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
    picture = rtf_picture(picture_file("JPEG", quality=100))
    data = rtf(rf"{{\field{{\*\fldinst {{ SHAPE  \\* MERGEFORMAT }}{picture}}}{{\fldrslt Seen}}}}")
    assert copy_of(data, tmp_path) == data


def test_blank_before_the_first_word_of_a_table(tmp_path):
    """As some programs indent it."""
    data = rb"{\rtf1 { \fonttbl { \f0 Arial;} }{\fs28 Seen.}}"
    assert shown(data).strip() == "Seen."
    assert copy_of(data, tmp_path) == data


def test_own_number_of_a_list_keeps_its_form(tmp_path):
    level = r"{\listlevel\levelnfc0{\leveltext\'02\'00.;}{\levelnumbers\'01;}}"
    tables = rf"{{\*\listtable{{\list{level}{{\listname ;}}\listid7}}}}"
    tables += rf"{{\*\listoverridetable{{\listoverride\listid7{{\lfolevel\listoverrideformat{level}}}\ls1}}}}"
    data = rtf(r"\ls1 Seen.", tables)
    assert copy_of(data, tmp_path) == data


def test_what_a_real_program_leaves_is_gone(tmp_path):
    """LibreOffice as the one that is at hand: what Word wrote, saved as RTF."""
    servers.libreoffice()
    document = offices.word("The court heard the case.", "It was adjourned.")
    document.core_properties.author = document.core_properties.last_modified_by = NAME
    document.add_comment(document.paragraphs[0].runs, text=NAME, author=NAME, initials="Q")
    document.paragraphs[0].add_run(f" {NAME} hid.").font.hidden = True
    document.add_picture(io.BytesIO(pdfs.photo()))
    change = f'w:id="9" w:author="{NAME}" w:date="2024-01-01T00:00:00Z"'
    for kind, run in (("del", f"<w:delText>{NAME}</w:delText>"), ("ins", '<w:t xml:space="preserve"> Later.</w:t>')):
        xml = f"<w:{kind} {nsdecls('w')} {change}><w:r>{run}</w:r></w:{kind}>"
        document.paragraphs[1]._p.append(parse_xml(xml))
    data = office.by_libreoffice(office.saved(document), "a.docx", "rtf")
    assert data.count(NAME.encode()) >= 4
    copy = copy_of(data, tmp_path)
    remaining, removed = compare(tmp_path / "original", tmp_path / "public", RTF, [])
    assert remaining == []
    assert {"metadata", "comments", "changes", "hidden_text"} <= {finding.code for finding in removed}
    assert not holds(copy, NAME)
    assert " ".join(shown(copy).split()) == "The court heard the case. It was adjourned. Later."
    assert copy.count(b"{") == copy.count(b"}") and b"\\pict" in copy


def test_codes_of_fields_in_one_another_cost_no_time():
    for word in (b"fldinst", b"listtext"):
        data = b"{\\rtf1 " + (b"{\\%s" % word) * 1400 + b" 1" + b"}" * 1401
        started = time.process_time()
        assert shown(data) == ""
        assert time.process_time() - started < 3
