"""The virus scanner's gate, with a real clamd: clean passes, infected is locked away, no answer holds."""

from __future__ import annotations

import datetime
import io
import socket
import threading

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from access.visitor import Visitor
from cms.core.keys import key_of
from documents import actions, originals, scanning
from documents.access import readable_by, released_to
from documents.checks import blocking
from documents.exceptions import OriginalRefused
from documents.models import (
    Document,
    DocumentImage,
    DocumentPageText,
    DocumentRecognition,
    DocumentTokens,
    Image,
)
from documents.processing import process, unfinished
from documents.system_checks import scanner_answers
from documents.tasks import process_document
from search import registry
from search.pages import pack
from tests.documents import making
from tests.documents.conftest import picture, small_pdf
from tests.documents.test_intake import docx
from tests.factories import DocumentFactory, PublicationPageFactory
from tests.servers import CLAMD_MEGABYTES, EICAR

pytestmark = pytest.mark.django_db
Scan = Document.Scan


def infected_pdf() -> bytes:
    """A proper PDF with a virus in a stream that isn't compressed."""

    def plant(pdf):
        pdf.Root.Secret = pdf.make_indirect(pdf.make_stream(EICAR))

    return making.changed(small_pdf(), plant)


def filed(data, name="a.pdf", **values):
    return actions.add_document(ContentFile(data, name=name), **{"title": "Report", "user": None} | values)


def again(document):
    return Document.objects.get(pk=document.pk)


@pytest.fixture
def scanner_down(settings, tmp_path):
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody.ctl"
    return settings


class TestProcessing:
    @pytest.mark.parametrize("address", [0, 1], ids=["socket", "tcp"])
    def test_a_clean_file_becomes_ready(self, settings, clamd_urls, address):
        settings.CLAMD_URL = clamd_urls[address]
        document = filed(making.pdf_of(["Text."]))
        assert process(document.pk)
        assert again(document).scan == Scan.CLEAN
        assert blocking([document.pk]) == []

    @pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.docx"])
    def test_an_infected_file_is_locked_away(self, scanner, people, name):
        data = {"a.pdf": infected_pdf(), "a.txt": EICAR, "a.docx": docx(**{"word/media/x": EICAR})}[name]
        document = filed(data, name, user=people["author"])
        assert not process(document.pk)
        document = again(document)
        assert (document.state, document.scan, document.failure) == (
            Document.State.FAILED,
            Scan.INFECTED,
            scanning.InfectedError.sentence,
        )
        assert not document.file
        assert not document.page_texts.exists()
        assert not document.drawn_images.exists()
        assert "malware" in blocking([document.pk])[0]

    def test_nothing_reads_a_file_before_the_scanner(self, scanner, monkeypatch):
        monkeypatch.setattr("documents.processing._read", lambda *args: pytest.fail("it was read"))
        process(filed(infected_pdf()).pk)

    def test_an_infected_file_is_given_to_nobody(self, scanner, people, client):
        document = filed(infected_pdf(), user=people["author"])
        process(document.pk)
        for name in ("author", "editor", "legal", "superuser"):
            client.force_login(people[name])
            assert client.get(f"/d/{document.series}/v1/").status_code == 404
            answer = client.post(reverse("document_original", args=[document.pk]), {"reason": "I want it"})
            assert EICAR not in b"".join(answer.streaming_content if answer.streaming else [answer.content])
        with pytest.raises(OriginalRefused, match="malware"):
            originals.fetch(again(document), people["legal"], "I want it")

    def test_its_uploader_reads_why(self, scanner, people, client):
        document = filed(infected_pdf(), user=people["author"])
        process(document.pk)
        client.force_login(people["author"])
        for url in (reverse("document_processing"), reverse("wagtaildocs:edit", args=[document.pk])):
            assert "The virus scanner found malware in this file." in client.get(url).content.decode()

    def test_without_the_scanner_a_file_is_held_and_tried_again(self, scanner_down, people, client):
        document = filed(small_pdf(), user=people["author"])
        assert not process(document.pk)
        document = again(document)
        assert (document.state, document.scan) == (Document.State.WAITING, Scan.NONE)
        assert document.retry_at > timezone.now()
        assert blocking([document.pk])
        client.force_login(people["author"])
        assert "The virus scanner doesn&#x27;t answer." in client.get(reverse("document_processing")).content.decode()
        later = timezone.now() - datetime.timedelta(seconds=1)
        Document.objects.filter(pk=document.pk).retry(later, document.failure)
        assert document.pk in unfinished(process_document.module_path)

    def test_a_held_file_passes_once_the_scanner_is_back(self, scanner_down, clamd_urls):
        document = filed(making.pdf_of(["Text."]))
        process(document.pk)
        scanner_down.CLAMD_URL = clamd_urls[0]
        assert process(document.pk)
        assert (again(document).scan, again(document).failure) == (Scan.CLEAN, "")

    def test_a_cleared_file_passes_when_it_is_tried_again(self, scanner, people):
        """A wrong alarm, and signatures that were mended since."""
        document = filed(making.pdf_of(["Text."]), user=people["author"])
        Document.objects.filter(pk=document.pk).scanned(Scan.INFECTED)
        Document.objects.filter(pk=document.pk).fail(scanning.InfectedError.sentence)
        assert actions.retry(again(document), user=people["author"])
        assert process(document.pk)
        assert again(document).scan == Scan.CLEAN

    def test_without_a_setting_nobody_is_asked(self, settings):
        settings.CLAMD_URL = ""
        document = filed(making.pdf_of(["Text."]))
        assert process(document.pk)
        assert again(document).scan == Scan.NONE
        assert blocking([document.pk]) == []


class TestLimits:
    """What the scanner didn't look at to its end is not clean."""

    @pytest.mark.parametrize("megabytes", [2, CLAMD_MEGABYTES + 8], ids=["its largest file", "its largest stream"])
    def test_a_file_that_is_too_large_for_the_scanner(self, scanner, megabytes):
        document = filed(b"text\n" * (megabytes * 1024 * 1024 // 5), "a.txt")
        assert not process(document.pk)
        assert again(document).failure == scanning.NotScannableError.sentence
        assert again(document).scan == Scan.PARTIAL


class TestAnswers:
    """Only one answer means clean. A stand-in for clamd says what a real one can't be made to say."""

    @pytest.fixture
    def says(self, settings):
        server = socket.create_server(("127.0.0.1", 0))
        settings.CLAMD_URL = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def say(answer: bytes):
            def serve():
                connection, _ = server.accept()
                with connection:
                    while not connection.recv(65536).endswith(b"\0\0\0\0"):
                        pass
                    connection.sendall(answer)

            threading.Thread(target=serve, daemon=True).start()

        yield say
        server.close()

    @pytest.mark.parametrize(
        "answer", [b"", b"stream: \0", b"OK\0", b"stream: OK but not\0", b"stream: Can't allocate memory ERROR\0"]
    )
    def test_an_odd_answer_is_none(self, says, answer):
        says(answer)
        with pytest.raises(scanning.ScannerDownError):
            scanning.require_clean(ContentFile(b"text"))

    def test_a_scanner_that_falls_silent(self, settings, monkeypatch):
        monkeypatch.setattr(scanning, "ANSWER_SECONDS", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as server:
            settings.CLAMD_URL = f"tcp://127.0.0.1:{server.getsockname()[1]}"
            with pytest.raises(scanning.ScannerDownError):
                scanning.require_clean(ContentFile(b"text"))


class TestPictures:
    """By each form that takes one; Pillow doesn't see it before."""

    @pytest.fixture
    def sent(self, client, people):
        client.force_login(people["author"])

        def send(way, data):
            file = SimpleUploadedFile("a.png", data)
            if way == "add":
                return client.post(reverse("wagtailimages:add"), {"title": "T", "file": file}).content.decode()
            if way == "multiple":
                answer = client.post(reverse("wagtailimages:add_multiple"), {"files[]": file, "title": "T"})
                return answer.json().get("error_message", "")
            sent = {"image-chooser-upload-title": "T", "image-chooser-upload-file": file}
            return client.post(reverse("wagtailimages_chooser:create"), sent).content.decode()

        return send

    @pytest.mark.parametrize("way", ["add", "multiple", "chooser"])
    def test_an_infected_picture_is_not_taken(self, scanner, sent, way, monkeypatch):
        monkeypatch.setattr("willow.Image.open", lambda *args: pytest.fail("it was decoded"))
        assert "malware" in sent(way, picture() + EICAR)
        assert not Image.objects.exists()

    def test_a_clean_one_is(self, scanner, sent):
        sent("add", picture())
        assert Image.objects.get().width == 64

    def test_without_the_scanners_answer_none_is(self, scanner_down, sent):
        assert "so the picture was not taken" in sent("add", picture())
        assert not Image.objects.exists()


class TestOlderFiles:
    """Files that were ready before a scanner was configured."""

    def test_an_unscanned_file_blocks_approval_until_the_sweep_scanned_it(self, scanner, settings):
        settings.CLAMD_URL, address = "", settings.CLAMD_URL
        document = filed(making.pdf_of(["Text."]))
        process(document.pk)
        settings.CLAMD_URL = address
        assert blocking([document.pk]) == ["“Report” (version 1) was not scanned for viruses yet."]
        assert scanning.scan_older() == 1
        assert blocking([document.pk]) == []
        assert scanning.scan_older() == 0

    def test_an_infected_public_file_is_public_no_more(self, scanner, people, client):
        document = DocumentFactory(title="Old", content=EICAR.decode("latin-1"), uploaded_by_user=people["author"])
        page = PublicationPageFactory(published=True, files=[document])
        DocumentTokens.objects.create(document=document, blob=pack([("en", "A wombat.")]))
        DocumentPageText.objects.create(document=document, number=1, language="en", text="A wombat.")
        address = f"/d/{document.series}/v1/"
        assert client.get(address).status_code == 200
        assert len(registry.documents([key_of(page)])[key_of(page)].files) == 1
        assert scanning.scan_older() == 1
        assert client.get(address).status_code == 404
        assert len(registry.documents([key_of(page)])[key_of(page)].files) == 0, "the index would quote it"
        assert document not in released_to(Visitor())
        client.force_login(people["author"])
        assert document in readable_by(Visitor(people["author"]))
        assert client.get(address).status_code == 404
        assert {client.get(address + part).status_code for part in ("p/1/", "search/?q=wombat", "text.html")} == {404}
        DocumentImage.objects.create(document=document, kind="page", number=1, width=1000, file="documents/x")
        assert client.get(f"{address}p/1/image.webp").status_code == 404
        assert "malware" in blocking([document.pk])[0]

    def test_one_too_large_for_the_scanner_says_why_and_is_scanned_again(self, scanner, people, client, monkeypatch):
        """By a click, or by the command, after the scanner's limits were raised."""
        document = DocumentFactory(title="Old", uploaded_by_user=people["author"])
        page = PublicationPageFactory(files=[document], owner=people["author"])
        with monkeypatch.context() as limits:
            limits.setattr(scanning, "_answer", lambda connection: f"stream: {scanning._LIMITS}.MaxFileSize FOUND")
            assert scanning.scan_older() == 1
        assert again(document).scan == Scan.PARTIAL
        assert blocking([document.pk], page.pk)[0].endswith(scanning.NotScannableError.sentence)
        client.force_login(people["author"])
        shown = client.get(reverse("document_processing")).content.decode()
        assert "Not scanned to its end" in shown
        assert "raise the scanner&#x27;s limits" in shown and "Try again" in shown
        client.post(reverse("document_retry", args=[document.pk]))
        assert again(document).scan == Scan.NONE
        assert "not scanned" in blocking([document.pk])[0], "nothing passes before the scanner looked"
        assert scanning.scan_older() == 1
        assert blocking([document.pk]) == []
        Document.objects.filter(pk=document.pk).scanned(Scan.PARTIAL)
        out = io.StringIO()
        call_command("reextract", "--failed", "--series", str(document.series), stdout=out)
        assert "1 wait for the virus scanner." in out.getvalue()
        assert scanning.scan_older() == 1
        assert again(document).scan == Scan.CLEAN

    def test_without_a_scanner_another_try_is_for_what_else_failed(self, settings, people):
        """The scanner was switched off, and the row still says that it didn't look to the end."""
        settings.CLAMD_URL = ""
        document = DocumentFactory(uploaded_by_user=people["author"])
        Document.objects.filter(pk=document.pk).scanned(Scan.PARTIAL)
        assert not actions.retry(document, user=people["author"]), "nothing failed"
        state = DocumentRecognition.State
        record, _ = DocumentRecognition.objects.update_or_create(document=document, defaults={"state": state.FAILED})
        assert actions.retry(document, user=people["author"])
        record.refresh_from_db()
        assert record.state != state.FAILED
        out = io.StringIO()
        call_command("reextract", "--failed", "--series", str(document.series), stdout=out)
        assert "wait for the virus scanner" not in out.getvalue()
        assert again(document).scan == Scan.PARTIAL

    def test_the_sweep_waits_for_the_scanner(self, scanner_down):
        document = DocumentFactory()
        assert scanning.scan_older() == 0
        assert again(document).scan == Scan.NONE

    def test_a_lost_file_does_not_stop_the_sweep(self, scanner):
        kept, lost = DocumentFactory(), DocumentFactory()
        lost.file.storage.delete(lost.file.name)
        assert scanning.scan_older() == 1
        assert (again(kept).scan, again(lost).scan) == (Scan.CLEAN, Scan.NONE)

    def test_no_sweep_without_a_scanner(self, settings):
        settings.CLAMD_URL = ""
        DocumentFactory()
        assert scanning.scan_older() == 0


def test_the_start_says_that_the_scanner_is_missing(scanner, tmp_path):
    assert scanner_answers(None) == []
    scanner.CLAMD_URL = f"unix://{tmp_path}/nobody.ctl"
    assert [found.id for found in scanner_answers(None)] == ["documents.W015"]
    scanner.CLAMD_URL = ""
    assert scanner_answers(None) == []
