"""The public copy has the pages and nothing about the people behind them."""

import pikepdf
import pytest

from documents.extraction.jobs import clean_copy, extract
from documents.extraction.limits import Limits
from tests.documents import making
from tests.documents.safety import others


@pytest.fixture
def cleaned(stored, tmp_path):
    source = stored(making.with_secrets(making.pdf_of([making.FILLER, making.GERMAN], title="Report")))
    target = tmp_path / "clean"
    return clean_copy(source, target), target


def test_names_scripts_attachments_and_comments_are_gone(cleaned):
    outcome, target = cleaned
    with pikepdf.open(target) as pdf:
        assert "/Info" not in pdf.trailer
        for key in ("/Metadata", "/OpenAction", "/AA", "/PieceInfo", "/AF"):
            assert key not in pdf.Root
        assert not pdf.attachments
        assert "/AA" not in pdf.pages[0].obj
        kinds = {str(a.Subtype) for a in pdf.pages[0].obj.Annots}
        assert kinds == {"/Highlight", "/Link"}
        # Streams unpacked: what is left anywhere in the file.
        everything = b"".join(obj.read_bytes() for obj in pdf.objects if isinstance(obj, pikepdf.Stream))
        pdf.save(target.with_name("open"), compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    everything += target.with_name("open").read_bytes()
    for words in (b"Somebody Inside", b"informant", b"witness", b"who said", b"evil.exe", b"app.alert"):
        assert words not in everything
    assert outcome.page_count == 2
    assert {"metadata", "attachments", "actions", "comments"} <= set(outcome.removed)


def test_text_links_and_descriptions_that_a_page_says_stay(cleaned):
    _, target = cleaned
    assert "duty rosters" in " ".join(extract(target, "application/pdf").pages[0].text.split())
    with pikepdf.open(target) as pdf:
        link = next(a for a in pdf.pages[0].obj.Annots if "/A" in a)
        assert str(link.A.URI) == "https://example.org/"
        assert str(link.Contents) == "duty rosters"


def test_same_upload_gives_the_same_bytes(stored, tmp_path):
    source = stored(making.with_secrets(making.report(3)))
    clean_copy(source, tmp_path / "one")
    clean_copy(source, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_film_may_be_longer_than_what_a_reader_may_write(tmp_path):
    source, target = tmp_path / "film", tmp_path / "clean"
    source.write_bytes(others.mp4(top=others.box(b"skip", bytes(2_000_000))))
    clean_copy(source, target, mime="video/mp4", limits=Limits(file_bytes=1_000_000))
    assert target.stat().st_size == source.stat().st_size
