"""A report that names a witness, everywhere where such a report leaves traces; and a search for the name in all of it."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import zlib
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import connection
from django_tasks_db.models import DBTaskResult
from wagtail.log_actions import log
from wagtail.models import Comment, Page
from wagtail_localize.models import TranslationSource

from access.models import User
from access.roles import AUTHORS, EDITORS, LEGAL
from cms.publications.models import PublicationFile, PublicationPage
from documents.actions import add_document, add_version
from documents.erasure import actions, targets
from documents.models import Document, Erasure
from documents.reader.pictures import picture_of
from search.outbox import drain
from tests import servers
from tests.documents.conftest import upload
from tests.documents.making import FILLER, pdf_of
from tests.factories import CasePageFactory, PublicationPageFactory, UserFactory

NAME = "Quillbramble"
PHRASE = "Zarqa Nettlewick"
TRACES = ("quillbr", "nettlew")
"""Parts of the erased words, in lower case, that no store may have any more."""


@dataclass
class World:
    """The page, its file in two versions (the second one without the names), and the people."""

    page: PublicationPage
    first: Document
    second: Document
    people: dict[str, Any]
    keys: list[str] = field(default_factory=list)

    def ask(self, **options) -> Erasure:
        options = {"scope": Erasure.Scope.VERSION, "words": [NAME, PHRASE], "passages": True} | options
        return actions.ask(self.first, self.people["legal"], "Her life is in danger.", **options)

    def confirm(self, erasure, who="legal2") -> Erasure:
        erasure.refresh_from_db()
        actions.confirm(erasure, self.people[who], targets.seen(erasure))
        erasure.refresh_from_db()
        return erasure

    def erase(self, **options) -> Erasure:
        erasure = self.confirm(self.ask(**options))
        assert erasure.state == Erasure.State.DONE, (erasure.trouble, erasure.done)
        return erasure

    def shown(self) -> PublicationPage:
        return Page.objects.get(pk=self.page.pk).specific


def _copied(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), closing(sqlite3.connect(":memory:")) as before:
        connection.ensure_connection()
        connection.connection.backup(before)
        yield
        before.backup(connection.connection)


def _emptied(transactional_db):
    yield


committed_db = pytest.fixture(_copied if connection.vendor == "sqlite" else _emptied, name="committed_db")
"""A database in which every transaction is real, and which is as before at the end.

On SQLite it is copied: to empty all tables and to set up the site again takes two seconds a test.
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The world as it was made first, once for each process."""
    with closing(sqlite3.connect(":memory:")) as database:
        yield Made(database, tmp_path_factory.mktemp("made"))


@pytest.fixture
def world(committed_db, made, settings, tmp_path) -> World:
    settings.DOCUMENTS_ROOT = tmp_path / "documents"  # a ledger of its own
    if connection.vendor != "sqlite":
        return make_world()
    if made.keys is None:
        made.keep(make_world())
    # Other folders than those of the first one: the search engine may have a file of them open.
    settings.DOCUMENTS_ROOT, settings.SEARCH_DIR = tmp_path / "brought_back", tmp_path / "search_brought_back"
    return made.brought_back()


@dataclass
class Made:
    """A copy of a world, taken from its stores, from which each test gets one of its own. On SQLite and disk only."""

    database: sqlite3.Connection
    folder: Path
    keys: dict[str, Any] | None = None

    def keep(self, world: World) -> None:
        people = {name: user.pk for name, user in world.people.items()}
        self.keys = {"page": world.page.pk, "first": world.first.pk, "second": world.second.pk, "people": people}
        connection.connection.backup(self.database)
        for name in ("DOCUMENTS_ROOT", "SEARCH_DIR"):
            shutil.copytree(getattr(django_settings, name), self.folder / name)

    def brought_back(self) -> World:
        cache.clear()
        self.database.backup(connection.connection)
        for name in ("DOCUMENTS_ROOT", "SEARCH_DIR"):
            shutil.copytree(self.folder / name, getattr(django_settings, name))
        return World(
            PublicationPage.objects.get(pk=self.keys["page"]),
            Document.objects.get(pk=self.keys["first"]),
            Document.objects.get(pk=self.keys["second"]),
            {name: User.objects.get(pk=pk) for name, pk in self.keys["people"].items()},
        )


def make_world() -> World:
    people = {
        "author": UserFactory(groups=[AUTHORS]),
        "editor": UserFactory(groups=[EDITORS]),
        "legal": UserFactory(groups=[LEGAL]),
        "legal2": UserFactory(groups=[LEGAL]),
    }
    told = [f"{FILLER} The witness {NAME} lives here.", f"{FILLER} So says {PHRASE}, on the second page."]
    first = add_document(
        upload(pdf_of(told, title=f"About {NAME}"), f"{NAME}.pdf"), title=f"Report on {NAME}", user=people["author"]
    )
    first = Document.objects.get(pk=first.pk)
    assert first.is_ready
    picture_of(first, 1)
    page = PublicationPageFactory(
        published=True, title="Detained", files=[first], summary=f"What {NAME.upper()} saw.", abstract=abstract(first)
    )
    second = add_version(
        first, upload(pdf_of([FILLER, "A witness lives here."])), user=people["author"], title="Report"
    )
    second = Document.objects.get(pk=second.pk)
    draft = page.get_latest_revision_as_object()
    draft.files = [PublicationFile(document=first), PublicationFile(document=second, sort_order=1)]
    draft.title = f"Detained with {PHRASE}"
    draft.save_revision(user=people["author"], log_action=True)
    log(instance=first, action="wagtail.edit", user=people["author"], data={"title": f"about {NAME}"})
    Comment.objects.create(page=page, user=people["author"], text=f"Ask {PHRASE}.", contentpath="summary")
    TranslationSource.get_or_create_from_instance(page)
    DBTaskResult.objects.create(
        args_kwargs={"args": [first.pk], "kwargs": {}},
        task_path="documents.tasks.process_document",
        backend_name="default",
        status="FAILED",
        exception_class_path="builtins.ValueError",
        traceback=f"ValueError: {NAME}",
    )
    drain()
    return World(page, first, second, people)


def abstract(document) -> str:
    return (
        f'<p>She, <b>Zarqa</b> Nettlewick, <a id="{document.pk}" linktype="document">spoke</a>. The files of a security '
        "service seldom name the act.</p>"
    )


def texts_in_database() -> dict[str, str]:
    """``{"table.column": all its text in lower case}`` of every column that can hold text, whatever Django knows of it."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    found[f"{table}.{column}"] = found.get(f"{table}.{column}", "") + text.lower()
    return found


def traces_in_database() -> set[str]:
    """Places where one of the traces is left. On SQLite the bytes of the file are searched too, free pages included."""
    found = {place for place, text in texts_in_database().items() for trace in TRACES if trace in text}
    if connection.vendor == "sqlite":
        raw = connection.connection.serialize().lower()
        found |= {"the file itself" for trace in TRACES if trace.encode() in raw}
    return found


def blobs() -> dict[str, bytes]:
    """Every stored piece, kept versions of a bucket too, and what waits on the disk to be filed."""
    storage = storages["documents"]
    waiting = {
        str(path): path.read_bytes() for path in (Path(django_settings.VAR_DIR) / "uploads").glob("*") if path.is_file()
    }
    if hasattr(storage, "bucket"):
        versions = [one for one in storage.bucket.object_versions.all() if one.size is not None]
        return waiting | {f"{one.object_key}@{one.id}": one.get()["Body"].read() for one in versions}
    root = Path(django_settings.DOCUMENTS_ROOT)
    return waiting | {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def traces_in_storage() -> set[str]:
    """Keys of blobs that hold a trace: in their bytes, or in the text and unpacked streams of a PDF."""
    return {key for key, data in blobs().items() if any(trace in readable(data) for trace in TRACES)}


def readable(data: bytes) -> str:
    """The bytes, and what a PDF's streams unpack to and its pages say, in lower case."""
    text = data.decode("latin-1")
    if data.startswith(b"%PDF"):
        import pypdfium2

        with pikepdf.open(io.BytesIO(data)) as pdf:
            for item in pdf.objects:
                if isinstance(item, pikepdf.Stream):
                    try:
                        text += item.read_bytes().decode("latin-1")
                    except (pikepdf.PdfError, zlib.error):
                        continue
            text += str(pdf.docinfo)
        with pypdfium2.PdfDocument(data) as read:
            text += "".join(page.get_textpage().get_text_range() for page in read)
    return text.lower()


def traces_in_index() -> set[str]:
    """Files of the embedded engine, or documents in Elasticsearch, with a trace."""
    if django_settings.SEARCH_URL:
        client = servers.elasticsearch(django_settings.SEARCH_URL)
        name = f"{django_settings.SEARCH_INDEX_PREFIX}-*"
        client.indices.refresh(index=name)
        hits = client.search(index=name, query={"query_string": {"query": " OR ".join(f"*{t}*" for t in TRACES)}})
        every = client.search(index=name, size=1000, query={"match_all": {}})["hits"]["hits"]
        return {hit["_id"] for hit in hits["hits"]["hits"]} | {
            hit["_id"] for hit in every if any(trace in json.dumps(hit).lower() for trace in TRACES)
        }
    folder = Path(django_settings.SEARCH_DIR)
    return {
        path.name
        for path in folder.iterdir()
        if path.is_file() and any(trace.encode() in path.read_bytes().lower() for trace in TRACES)
    }


def published_case(document):
    """A case that shows the file too."""
    return CasePageFactory(published=True, documents=[document])


def assert_nothing_left(world, erasure):
    assert erasure.state == Erasure.State.DONE, (erasure.trouble, erasure.done)
    assert erasure.left == {}
    assert traces_in_database() == set()
    assert traces_in_storage() == set()
    assert traces_in_index() == set()
    assert not Document.objects.filter(pk=world.first.pk).exists()


def keys_of(document):
    return {document.original.name, document.file.name, *document.drawn_images.values_list("file", flat=True)}
