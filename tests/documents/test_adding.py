"""The screen "Add files" and the pieces in which files arrive."""

from __future__ import annotations

import base64
import datetime
import io
import os
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from access.models import User
from documents import scanning, tasks
from documents.actions import add_document
from documents.adding import filing as filing_module
from documents.adding import guessing, pending
from documents.adding.filing import file_upload
from documents.exceptions import IntakeError
from documents.models import Document, PendingUpload, document_storage
from tests.documents import making
from tests.documents.conftest import picture, small_pdf, upload
from tests.documents.test_intake import REFUSED, blobs
from tests.factories import UserFactory
from tests.servers import EICAR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_processing", "uploads_folder")]

ENGLISH = "The witness of the chain of command was in the room when they were told that the order had been given. "
GERMAN = "Die Zeugin war in dem Raum, als ihnen gesagt wurde, dass der Befehl von oben kam und nicht zu ändern sei. "
PIECE = "application/offset+octet-stream"


@pytest.fixture
def uploads_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path / "uploads"


class Sender:
    """A tus client, by hand."""

    def __init__(self, client):
        self.client = client

    def create(self, name, length, *, version="1.0.0", **more):
        known = {"filename": name, **more}
        packed = ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in known.items())
        return self.client.post(
            reverse("document_uploads"),
            content_type="application/octet-stream",
            headers={"Tus-Resumable": version, "Upload-Length": str(length), "Upload-Metadata": packed},
        )

    def piece(self, address, offset, data, **headers):
        return self.client.generic(
            "PATCH",
            address,
            data,
            content_type=headers.pop("content_type", PIECE),
            headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)},
        )

    def head(self, address):
        return self.client.head(address, headers={"Tus-Resumable": "1.0.0"})

    def send(self, name, data, **more):
        """All of it in one piece, and judged; the row as HTML."""
        created = self.create(name, len(data), **more)
        assert created.status_code == 201, created.content.decode()
        assert self.piece(created["Location"], 0, data).status_code == 204
        return self.arrived(created["Location"])

    def arrived(self, address):
        return self.client.post(reverse("document_adding"), {"arrived": address.split("/")[-2]}).content.decode()


@pytest.fixture
def author(client, people):
    client.force_login(people["author"])
    return client


@pytest.fixture
def sender(author):
    return Sender(author)


def filing(*rows, **changes):
    """What the form of the screen sends for the uploads of ``rows``."""
    sent = {"do": "file", "upload": [str(one.pk) for one in rows]}
    for one in rows:
        sent[f"{one.pk}-title"] = guessing.title_of(one.name)
        sent[f"{one.pk}-language"] = one.guessed_language
    return sent | changes


def waiting(name=None):
    return PendingUpload.objects.get(**({"name": name} if name else {}))


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


class TestPieces:
    def test_a_file_arrives_in_pieces_and_is_whole(self, sender, people):
        data = making.pdf_of([ENGLISH])
        created = sender.create("report.pdf", len(data))
        assert (created.status_code, created["Tus-Resumable"]) == (201, "1.0.0")
        assert created["Upload-Expires"].endswith("GMT")
        address = created["Location"]
        assert sender.piece(address, 0, data[:1000])["Upload-Offset"] == "1000"
        assert sender.head(address)["Upload-Offset"] == "1000"
        assert sender.head(address)["Upload-Length"] == str(len(data))
        assert sender.head(address)["Cache-Control"] == "private, no-store"
        assert sender.piece(address, 1000, data[1000:]).status_code == 204
        sender.arrived(address)
        assert waiting().is_accepted
        assert pending.path_of(waiting()).read_bytes() == data
        assert waiting().user == people["author"]
        assert not Document.objects.exists()

    def test_a_broken_line_costs_the_piece_and_not_the_file(self, sender, people):
        """The sender goes away in the middle of a piece: what came is kept, and the upload goes on behind it."""

        class Broken(io.BytesIO):
            def read(self, size=-1):
                part = super().read(min(size, 300))
                if not part:
                    raise OSError("the sender has gone")
                return part

        data = small_pdf(3)
        one = pending.begin(people["author"], "a.pdf", len(data))
        assert pending.append(one, 0, Broken(data[:400]).read, len(data)) == 400
        address = reverse("document_upload", args=[one.pk])
        assert sender.head(address)["Upload-Offset"] == "400"
        assert sender.piece(address, 400, data[400:]).status_code == 204
        assert pending.path_of(one).read_bytes() == data

    def test_a_piece_that_does_not_fit_is_refused(self, sender):
        address = sender.create("a.pdf", 100)["Location"]
        sender.piece(address, 0, b"x" * 10)
        assert sender.piece(address, 0, b"x" * 10).status_code == 409
        assert sender.piece(address, 20, b"x" * 10).status_code == 409
        assert sender.piece(address, 10, b"x" * 91).status_code == 409
        assert sender.piece(address, 10, b"x", content_type="text/plain").status_code == 415
        assert sender.head(address)["Upload-Offset"] == "10"

    def test_two_writers_at_once(self, sender, people):
        one = pending.begin(people["author"], "a.pdf", 100)
        with pending._alone(one):
            answer = sender.piece(reverse("document_upload", args=[one.pk]), 0, b"x" * 10)
        assert answer.status_code == 423

    def test_a_full_disk_is_a_sentence(self, sender, people, monkeypatch):
        """A small piece fails when its buffer is written, a large one at once."""
        address = sender.create("a.pdf", 10**6)["Location"]
        monkeypatch.setattr(pending, "path_of", lambda upload: Path("/dev/full"))
        for size in (10, 10**6):
            answer = sender.piece(address, 0, b"x" * size)
            assert (answer.status_code, "disk is full" in answer.content.decode()) == (507, True)

    def test_another_version_of_the_protocol(self, sender):
        assert sender.create("a.pdf", 10, version="0.2.2").status_code == 412

    def test_what_the_server_can_do(self, author, settings):
        answer = author.options(reverse("document_uploads"))
        assert (answer.status_code, answer["Tus-Version"]) == (204, "1.0.0")
        assert answer["Tus-Max-Size"] == str(settings.DOCUMENT_MAX_SIZE)
        assert answer["Tus-Extension"] == "creation,expiration,termination"

    @pytest.mark.parametrize("header", ["", "-1", "1e3", "²", "9" * 19])
    def test_a_length_that_is_none(self, sender, header):
        assert sender.create("a.pdf", header).status_code == 400

    def test_a_name_that_can_not_be_read(self, author):
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": "filename %%%,x"}
        answer = author.post(reverse("document_uploads"), content_type="application/octet-stream", headers=headers)
        assert answer.status_code == 400

    @pytest.mark.parametrize("name", ["a\0.pdf", "a\n.pdf", "a\x9f.pdf"])
    def test_control_characters_are_no_part_of_a_name(self, sender, name):
        assert sender.create(name, 10, modified="7\0").status_code == 201
        assert (waiting().name, waiting().modified) == ("a.pdf", "7")

    def test_a_name_keeps_the_signs_that_its_script_needs(self, sender):
        sender.create("می\u200cخواهم.pdf", 10)
        assert waiting().name == "می\u200cخواهم.pdf"

    @pytest.mark.parametrize("page", ["1" * 5000, "²", "9" * 18, "\0"])
    def test_a_page_that_is_none(self, sender, page):
        assert sender.create("a.pdf", 10, page=page).status_code == (201 if page == "\0" else 413)

    @pytest.mark.parametrize(
        ("name", "length", "words"),
        [
            ("a.exe", 10, "not accepted"),
            ("a.svg", 10, "scripts"),
            ("a.pdf", 10**12, "too large"),
            ("a.pdf", 0, "empty"),
        ],
    )
    def test_what_can_be_refused_before_it_arrives(self, sender, name, length, words):
        answer = sender.create(name, length)
        assert (answer.status_code, words in answer.content.decode()) == (413, True)
        assert not PendingUpload.objects.exists()

    def test_an_upload_is_its_owners_alone(self, sender, people, client):
        address = sender.create("a.pdf", 100)["Location"]
        for name in ("author2", "editor", "superuser"):
            client.force_login(people[name])
            other = Sender(client)
            assert other.head(address).status_code == 404
            assert other.piece(address, 0, b"x").status_code == 404
            assert client.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
            assert client.post(reverse("document_adding"), {"arrived": str(waiting().pk)}).status_code == 404
            client.post(reverse("document_adding"), {"remove": str(waiting().pk)})
        assert PendingUpload.objects.count() == 1
        client.logout()
        assert Sender(client).head(address).status_code == 302

    def test_who_may_add_nothing_has_no_such_screen(self, client):
        reader = UserFactory()
        reader.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(reader)
        assert client.get("/admin/").status_code == 200
        assert client.get(reverse("document_adding")).status_code == 404
        assert Sender(client).create("a.pdf", 10).status_code == 404

    def test_termination(self, sender, uploads_folder):
        address = sender.create("a.pdf", 100)["Location"]
        sender.piece(address, 0, b"x" * 10)
        assert sender.client.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
        assert not PendingUpload.objects.exists()
        assert list(uploads_folder.iterdir()) == []

    def test_a_piece_brings_no_bytes_back_that_were_removed(self, sender, uploads_folder, monkeypatch):
        """The upload is removed between the look at its row and the opening of its file."""
        address = sender.create("a.pdf", 100)["Location"]
        append = pending.append

        def late(upload, *args):
            pending.forget(upload)
            return append(upload, *args)

        monkeypatch.setattr(pending, "append", late)
        assert sender.piece(address, 0, b"x" * 10).status_code == 404
        assert list(uploads_folder.iterdir()) == []

    def test_no_piece_after_the_end(self, sender):
        sender.send("a.pdf", small_pdf())
        address = reverse("document_upload", args=[waiting().pk])
        assert sender.piece(address, 0, b"x").status_code == 410
        assert sender.head(address)["Upload-Offset"] == str(len(small_pdf()))

    def test_a_slow_line_locks_no_table(self):
        """Requests are transactions by default, and a writing one keeps all others from a SQLite database."""
        for url in (
            "/admin/documents/adding/uploads/6f1c0000-0000-4000-8000-000000000000/",
            "/admin/documents/adding/",
            reverse("publication_add_files", args=[1]),
        ):
            assert "default" in resolve(url).func._non_atomic_requests

    def test_bytes_are_for_nobody_else_on_the_machine(self, sender, uploads_folder):
        sender.send("a.pdf", small_pdf())
        assert uploads_folder.stat().st_mode & 0o777 == 0o700
        assert pending.path_of(waiting()).stat().st_mode & 0o777 == 0o600


class TestLimits:
    def test_so_many_and_no_more(self, sender, monkeypatch):
        monkeypatch.setattr(pending, "MOST", 2)
        assert [sender.create("a.pdf", 10).status_code for _ in range(3)] == [201, 201, 413]

    def test_so_many_bytes_and_no_more(self, sender, settings):
        settings.UPLOADS_MAX_SIZE = 100
        assert sender.create("a.pdf", 60).status_code == 201
        answer = sender.create("a.pdf", 60)
        assert (answer.status_code, "together" in answer.content.decode()) == (413, True)

    def test_the_limit_is_one_persons(self, sender, settings, people, client):
        settings.UPLOADS_MAX_SIZE = 100
        sender.create("a.pdf", 60)
        client.force_login(people["author2"])
        assert Sender(client).create("a.pdf", 60).status_code == 201

    def test_a_disk_without_room(self, sender, monkeypatch):
        monkeypatch.setattr(pending, "ROOM_LEFT", 10**18)
        assert "no room" in sender.create("a.pdf", 10).content.decode()

    def test_a_disk_that_fills_up_takes_no_further_piece(self, sender, monkeypatch):
        address = sender.create("a.pdf", 10)["Location"]
        monkeypatch.setattr(pending, "ROOM_LEFT", 10**18)
        answer = sender.piece(address, 0, b"x" * 10)
        assert (answer.status_code, "disk is full" in answer.content.decode()) == (507, True)
        assert sender.head(address)["Upload-Offset"] == "0"

    def test_limits_are_counted_under_a_lock(self, people):
        """Of two uploads that begin at once, the second must count the first."""
        with CaptureQueriesContext(connection) as queries:
            pending.begin(people["author"], "a.pdf", 10)
        reads = [one["sql"] for one in queries if one["sql"].startswith("SELECT")]
        assert f'FROM "{User._meta.db_table}"' in reads[0]
        assert ("FOR NO KEY UPDATE" in reads[0]) == connection.features.has_select_for_update

    def test_what_nobody_carried_on_is_removed(self, people, uploads_folder):
        old, new = (pending.begin(people["author"], f"{name}.pdf", 10) for name in ("old", "new"))
        for one in (old, new):
            pending.append(one, 0, io.BytesIO(b"x" * 5).read, 5)
        PendingUpload.objects.filter(pk=old.pk).update(touched_at=timezone.now() - pending.KEPT)
        stray = uploads_folder / "stray"
        stray.write_bytes(b"x")
        fresh = uploads_folder / "fresh"
        fresh.write_bytes(b"x")
        day_before = (timezone.now() - pending.KEPT - datetime.timedelta(minutes=1)).timestamp()
        os.utime(stray, (day_before, day_before))
        assert pending.sweep() == 2
        assert list(PendingUpload.objects.all()) == [new]
        assert {path.name for path in uploads_folder.iterdir()} == {str(new.pk), "fresh"}

    def test_sweeping_and_judging_are_on_schedule(self):
        from access import schedule

        assert {pending.sweep, tasks.judge_held} <= {job.run for job in schedule.jobs()}


class TestRows:
    def test_a_row_brings_title_and_language(self, sender):
        row = sender.send("final_report-2024_v3.pdf", making.pdf_of([GERMAN * 3]))
        assert 'value="Final report-2024 v3"' in row
        assert '<option value="de" selected>' in row

    def test_the_title_in_the_file_is_only_proposed(self, sender):
        row = sender.send("report.pdf", making.pdf_of([ENGLISH], title="Internal working title"))
        assert 'value="Report"' in row
        assert 'data-use="Internal working title"' in row

    @pytest.mark.parametrize("case", sorted(set(REFUSED) - {"empty", "unknown type", "no type", "svg"}))
    def test_a_refused_file_shows_its_sentence_and_leaves_no_bytes(self, sender, case, uploads_folder):
        name, content, words = REFUSED[case]
        row = sender.send(name, content)
        assert words in row.replace("&#x27;", "'")
        assert waiting().is_refused
        assert list(uploads_folder.iterdir()) == []

    def test_an_infected_file_is_refused_in_its_row(self, sender, scanner, uploads_folder):
        assert "malware" in sender.send("a.txt", b"Notes\n" + EICAR)
        assert list(uploads_folder.iterdir()) == []

    def test_without_the_scanners_answer_a_file_is_held_and_read_by_nobody(
        self, sender, settings, tmp_path, monkeypatch
    ):
        settings.CLAMD_URL = f"unix://{tmp_path}/nobody.ctl"
        with monkeypatch.context() as patched:
            patched.setattr("documents.adding.filing.inspect", lambda *args, **more: pytest.fail("it was read"))
            assert "held until it could be checked" in sender.send("report.pdf", making.pdf_of([GERMAN * 3]))
            PendingUpload.objects.update(touched_at=timezone.now() - filing_module.BROWSERS)
            assert filing_module.judge_held() == 0
        assert waiting().state == PendingUpload.State.ARRIVING
        settings.CLAMD_URL = ""
        assert filing_module.judge_held() == 1
        assert (waiting().is_accepted, waiting().guessed_language) == (True, "de")

    def test_the_worker_refuses_in_the_language_of_the_uploader(self, sender, people):
        data = b"%PDF-1.7\nnonsense"
        address = sender.create("a.pdf", len(data))["Location"]
        sender.piece(address, 0, data)
        UserProfile.objects.update_or_create(user=people["author"], defaults={"preferred_language": "de"})
        PendingUpload.objects.update(touched_at=timezone.now() - filing_module.BROWSERS)
        assert filing_module.judge_held() == 1
        assert "beschädigt" in waiting().refusal

    def test_one_upload_that_nobody_thought_of_holds_up_no_other(self, people, monkeypatch):
        """It was judged first, each minute, until it was too old: nobody's file was judged meanwhile."""
        for name in ("first.pdf", "second.pdf"):
            one = pending.begin(people["author"], name, len(small_pdf()))
            pending.append(one, 0, io.BytesIO(small_pdf()).read, len(small_pdf()))
        PendingUpload.objects.update(touched_at=timezone.now() - filing_module.BROWSERS)
        inspect = filing_module.inspect
        monkeypatch.setattr(
            filing_module,
            "inspect",
            lambda file, name, **more: 1 / (name != "first.pdf") and inspect(file, name, **more),
        )
        assert filing_module.judge_held() == 2
        assert waiting("first.pdf").refusal == "The file could not be read."
        assert waiting("second.pdf").is_accepted

    def test_the_worker_leaves_alone_what_is_still_arriving(self, sender):
        address = sender.create("a.pdf", 100)["Location"]
        sender.piece(address, 0, b"x" * 50)
        PendingUpload.objects.update(touched_at=timezone.now() - filing_module.BROWSERS)
        assert filing_module.judge_held() == 0
        assert waiting().state == PendingUpload.State.ARRIVING

    def test_the_same_file_is_told_to_those_who_may_read_it(self, sender, people):
        data = small_pdf(3)  # made twice, it would have two dates
        add_document(upload(data), title="Mine", user=people["author"])
        row = sender.send("again.pdf", data)
        assert "filed already, as “Mine”" in row
        assert waiting().is_accepted

    def test_of_a_file_that_one_may_not_read_there_is_no_hint(self, sender, people):
        data = small_pdf(4)
        plain = sender.send("b.pdf", data)
        PendingUpload.objects.all().delete()
        add_document(upload(data), title="Secret", user=people["author2"])
        hidden = sender.send("b.pdf", data)
        assert "filed already" not in hidden
        assert "Secret" not in hidden
        one_upload = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
        assert re.sub(one_upload, "", hidden) == re.sub(one_upload, "", plain)

    def test_the_same_file_twice_in_the_list(self, sender, author):
        data = small_pdf()
        sender.send("a.pdf", data)
        assert "further up in this list" in sender.send("b.pdf", data)
        assert author.get(reverse("document_adding")).content.decode().count("further up in this list") == 1

    def test_the_screen_shows_what_is_half_there(self, sender, author):
        address = sender.create("half.pdf", 100, modified=77)["Location"]
        sender.piece(address, 0, b"x" * 50)
        text = author.get(reverse("document_adding")).content.decode()
        assert "50 % of this file arrived" in text
        assert 'data-modified="77"' in text
        assert f'data-url="{address}"' in text

    def test_nobody_sees_the_uploads_of_others(self, sender, people, client):
        sender.send("secret.pdf", small_pdf())
        client.force_login(people["superuser"])
        assert "secret" not in client.get(reverse("document_adding")).content.decode()


class TestFiling:
    def test_rows_are_filed_with_what_was_said_about_them(
        self, sender, author, people, uploads_folder, django_capture_on_commit_callbacks
    ):
        data = small_pdf()
        sender.send("a.pdf", data)
        sender.send("b_ar.pdf", small_pdf(2))
        first, second = PendingUpload.objects.all()
        with django_capture_on_commit_callbacks(execute=True):
            sent = filing(first, second, **{f"{first.pk}-title": " A title "})
            answer = author.post(reverse("document_adding"), sent)
        assert answer.status_code == 302
        assert "2 files were filed" in said(answer)
        filed = Document.objects.order_by("pk")
        assert [(one.title, one.language, one.original_name) for one in filed] == [
            ("A title", "", "a.pdf"),
            ("B", "ar", "b_ar.pdf"),
        ]
        assert {one.uploaded_by_user for one in filed} == {people["author"]}
        assert filed[0].original.read() == data
        assert not PendingUpload.objects.exists()
        assert list(uploads_folder.iterdir()) == []

    def test_a_row_with_a_mistake_stays_and_the_others_go_on(self, sender, author):
        sender.send("a.pdf", small_pdf())
        sender.send("b.pdf", small_pdf(2))
        sender.send("c.pdf", b"%PDF-1.7\nnonsense")
        first, second, third = PendingUpload.objects.all()
        answer = author.post(reverse("document_adding"), filing(first, second, **{f"{first.pk}-title": " "}))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "This field is required." in text
        assert "damaged" in text
        assert Document.objects.get().original_name == "b.pdf"
        assert set(PendingUpload.objects.all()) == {first, third}

    def test_a_failing_storage_keeps_the_upload(self, sender, author, monkeypatch):
        sender.send("a.pdf", small_pdf())
        one = waiting()

        def dead(self, *args, **kwargs):
            raise OSError("gone")

        monkeypatch.setattr(type(document_storage()), "_save", dead)
        text = author.post(reverse("document_adding"), filing(one, **{f"{one.pk}-title": "Mended"})).content.decode()
        assert "Nothing was kept" in text
        assert 'value="Mended"' in text
        assert waiting() == one
        assert pending.path_of(one).exists()

    def test_a_change_on_the_disk_is_noticed(self, sender, author):
        """What was judged must be what is filed."""
        sender.send("a.pdf", small_pdf())
        pending.path_of(waiting()).write_bytes(b"MZ something else")
        assert "something else" in author.post(reverse("document_adding"), filing(waiting())).content.decode()
        assert not Document.objects.exists()

    def test_lost_bytes_are_a_sentence(self, sender, author):
        sender.send("a.pdf", small_pdf())
        pending.path_of(waiting()).unlink()
        assert "Upload the file again" in author.post(reverse("document_adding"), filing(waiting())).content.decode()

    def test_what_takes_too_long_is_filed_by_the_next_press(self, sender, author, monkeypatch):
        sender.send("a.pdf", small_pdf())
        monkeypatch.setattr("documents.adding.views.SECONDS", -1)
        assert "no time left" in author.post(reverse("document_adding"), filing(waiting())).content.decode()
        assert waiting().is_accepted

    def test_nothing_is_filed_twice(self, sender, author):
        sender.send("a.pdf", small_pdf())
        sent = filing(waiting())
        author.post(reverse("document_adding"), sent)
        assert "no file that could be filed" in said(author.post(reverse("document_adding"), sent))
        assert Document.objects.count() == 1

    def test_two_presses_at_once_file_one_document(self, sender, people):
        """Both saw the row before either of them filed it."""
        sender.send("a.pdf", small_pdf())
        first, second = waiting(), waiting()
        file_upload(first, title="A", language="")
        with pytest.raises(IntakeError, match="filed or removed already"):
            file_upload(second, title="A", language="")
        assert Document.objects.count() == 1

    def test_bytes_go_with_the_commit_and_not_before(self, sender, people):
        data = small_pdf()
        sender.send("a.pdf", data)
        one = waiting()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            file_upload(one, title="A", language="")
            raise ZeroDivisionError
        assert waiting().is_accepted
        assert pending.path_of(one).read_bytes() == data

    def test_what_was_removed_while_it_was_judged_stays_removed(self, sender, monkeypatch):
        address = sender.create("a.pdf", len(small_pdf()))["Location"]
        sender.piece(address, 0, small_pdf())
        monkeypatch.setattr(scanning, "require_clean", lambda file: pending.forget(waiting()))
        answer = sender.client.post(reverse("document_adding"), {"arrived": address.split("/")[-2]})
        assert answer.status_code == 404
        assert not PendingUpload.objects.exists()

    def test_bytes_that_are_lost_before_they_are_judged_are_a_sentence(self, sender, monkeypatch):
        address = sender.create("a.pdf", len(small_pdf()))["Location"]
        monkeypatch.setattr("documents.adding.filing.received", lambda one: one.length)
        pending.path_of(waiting()).unlink(missing_ok=True)
        assert "Upload the file again" in sender.arrived(address)

    def test_nobody_files_or_removes_the_uploads_of_others(self, sender, client, people):
        sender.send("a.pdf", small_pdf())
        client.force_login(people["author2"])
        client.post(reverse("document_adding"), filing(waiting()))
        assert not Document.objects.exists()
        assert waiting().is_accepted

    def test_an_unfinished_or_refused_upload_can_not_be_filed(self, sender, author):
        sender.create("a.pdf", 100)
        sender.send("b.pdf", b"%PDF-1.7\nnonsense")
        author.post(reverse("document_adding"), filing(*PendingUpload.objects.all()))
        assert not Document.objects.exists()

    def test_removing_a_row_keeps_what_was_typed_into_the_others(self, sender, author, uploads_folder):
        sender.send("a.pdf", small_pdf())
        sender.send("b.pdf", small_pdf(2))
        first, second = PendingUpload.objects.all()
        sent = filing(first, second, remove=str(first.pk), **{f"{second.pk}-title": "Typed"})
        text = author.post(reverse("document_adding"), sent).content.decode()
        assert 'value="Typed"' in text
        assert list(PendingUpload.objects.all()) == [second]
        assert [path.name for path in uploads_folder.iterdir()] == [str(second.pk)]

    def test_garbage_is_no_server_error(self, author):
        for sent in ({"remove": "x"}, {"do": "file", "upload": "x"}, {"do": "upload"}, {}):
            assert author.post(reverse("document_adding"), sent).status_code in (200, 302)
        assert author.post(reverse("document_adding"), {"arrived": "x"}).status_code == 404


class TestWithoutJavaScript:
    def test_what_there_is_no_time_for_is_judged_by_the_worker(self, author, monkeypatch):
        """Two hundred files took longer than servers in front wait."""
        monkeypatch.setattr("documents.adding.views.SECONDS", -1)
        files = [SimpleUploadedFile("a.pdf", small_pdf()), SimpleUploadedFile("b.pdf", b"not a PDF at all")]
        text = author.post(reverse("document_adding"), {"files": files}, follow=True).content.decode()
        assert text.count("It is held until it could be checked") == 2
        monkeypatch.setattr("documents.adding.filing.BROWSERS", datetime.timedelta(0))
        assert filing_module.judge_held() == 2
        assert (waiting("a.pdf").is_accepted, waiting("b.pdf").is_refused) == (True, True)

    def test_many_files_in_one_request(self, author, people):
        files = [
            SimpleUploadedFile("report_en.pdf", making.pdf_of([ENGLISH * 3])),
            SimpleUploadedFile("bericht.pdf", making.pdf_of([GERMAN * 3])),
            SimpleUploadedFile("evil.exe", b"MZ"),
            SimpleUploadedFile("liar.pdf", picture()),
        ]
        before = blobs()
        answer = author.post(reverse("document_adding"), {"files": files, "do": "upload"}, follow=True)
        text = answer.content.decode()
        assert "evil.exe: Files of the type “.exe” are not accepted." in text
        assert "its content is something else" in text
        accepted = PendingUpload.objects.filter(state="accepted")
        assert set(accepted.values_list("name", "guessed_language")) == {("report_en.pdf", "en"), ("bericht.pdf", "de")}
        assert blobs() == before

    def test_too_many_files(self, author, monkeypatch):
        monkeypatch.setattr(pending, "MOST", 1)
        files = [SimpleUploadedFile(f"{n}.pdf", small_pdf()) for n in range(2)]
        text = author.post(reverse("document_adding"), {"files": files}, follow=True).content.decode()
        assert "Choose at most 1 files at once." in text
        assert not PendingUpload.objects.exists()

    def test_no_file_chosen(self, author):
        answer = author.post(reverse("document_adding"), {"do": "upload"}, follow=True)
        assert "Choose at least one file." in answer.content.decode()

    def test_the_button_of_the_documents_leads_here(self, author):
        answer = author.get(reverse("wagtaildocs:add_multiple"))
        assert (answer.status_code, answer["Location"]) == (302, reverse("document_adding"))


class TestGuessing:
    @pytest.mark.parametrize(
        ("name", "title"),
        [
            ("annual_report.pdf", "Annual report"),
            ("Annual-Report-2024.docx", "Annual Report 2024"),
            ("Anti-torture law.pdf", "Anti-torture law"),
            ("bericht_de.pdf", "Bericht"),
            ("report (FR).pdf", "Report"),
            ("report_xx.pdf", "Report xx"),
            ("de.pdf", "De"),
            ("تقرير_ar.pdf", "تقرير"),
            ("___.pdf", "___"),
            (".pdf", "Pdf"),
        ],
    )
    def test_a_title_from_the_name(self, name, title):
        assert guessing.title_of(name) == title

    @pytest.mark.parametrize(
        ("inside", "title"),
        [
            ("Beyond impunity", "Beyond impunity"),
            ("Microsoft Word - Draft 3.docx", "Draft 3"),
            ("Untitled", ""),
            ("report", ""),
            ("report.pdf", ""),
            ("x", ""),
            ("", ""),
        ],
    )
    def test_a_title_from_the_file(self, inside, title):
        assert guessing.title_inside(inside, "report.pdf") == title

    @pytest.mark.parametrize(
        ("name", "code"), [("a_de.pdf", "de"), ("a-AR.pdf", "ar"), ("a_xx.pdf", ""), ("a.pdf", "")]
    )
    def test_a_language_from_the_name(self, name, code):
        assert guessing.language_in(name) == code
