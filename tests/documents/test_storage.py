"""One contract for both storages: the same class runs on disk and on a real S3 server."""

from __future__ import annotations

import hashlib
import time

import pytest
import requests
from botocore.exceptions import ClientError
from django.core import checks
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError

from documents.actions import add_document
from documents.exceptions import StorageError
from documents.models import Document, Image
from documents.moving import move
from documents.storage import (
    STORAGE_FAULTS,
    PrivateFileStorage,
    PrivateS3Storage,
    discard,
    read_range,
    store,
    whole,
)
from documents.verification import ORPHAN_AGE, sha256_of, verify
from tests import servers
from tests.documents.conftest import new_image, small_pdf, upload, without_versions
from tests.factories import PublicationPageFactory

BYTES = bytes(range(256)) * 4096


@pytest.fixture(params=["files", "s3"])
def storage(request, settings):
    """The storage of the run, empty."""
    if request.param == "s3":
        request.getfixturevalue("s3_settings")
        found = PrivateS3Storage()
        yield found
        for folder in ("documents", "images", "renditions", "derived"):
            for key, _ in list(found.keys(folder)):
                found.delete(key)
        return
    settings.DOCUMENTS_ROOT = request.getfixturevalue("tmp_path") / "documents"
    yield PrivateFileStorage()


@pytest.fixture
def site_storage(storage, monkeypatch):
    """The same, as the storage that the models write to."""
    for model in (Document,):
        for name in ("original", "file"):
            monkeypatch.setattr(model._meta.get_field(name), "storage", storage)
    monkeypatch.setattr(Image._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr(Image.get_rendition_model()._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr("documents.actions.document_storage", lambda: storage)
    return storage


class TestContract:
    def test_what_was_stored_is_read(self, storage):
        key = store(ContentFile(BYTES), "documents/one", storage)
        assert key == "documents/one"
        assert storage.exists(key)
        assert storage.size(key) == len(BYTES)
        assert b"".join(read_range(storage, key, 0, len(BYTES) - 1)) == BYTES
        with storage.open(key, "rb") as file:
            assert file.read() == BYTES

    @pytest.mark.parametrize(("start", "end"), [(0, 0), (1, 300_000), (len(BYTES) - 1, len(BYTES) - 1)])
    def test_a_part(self, storage, start, end):
        store(ContentFile(BYTES), "documents/part", storage)
        assert b"".join(read_range(storage, "documents/part", start, end)) == BYTES[start : end + 1]

    def test_the_whole_as_a_file_where_it_lies_on_this_machine(self, storage):
        store(ContentFile(BYTES), "documents/whole", storage)
        content = whole(storage, "documents/whole", len(BYTES))
        assert isinstance(content, File) == isinstance(storage, PrivateFileStorage)
        assert b"".join(content.chunks() if isinstance(content, File) else content) == BYTES
        if isinstance(content, File):
            content.close()
        with pytest.raises(StorageError):
            whole(storage, "documents/none", 4)

    def test_chunks_are_small(self, storage):
        store(ContentFile(BYTES), "documents/chunks", storage)
        chunks = list(read_range(storage, "documents/chunks", 0, len(BYTES) - 1))
        assert max(map(len, chunks)) <= 256 * 1024

    def test_a_reader_may_leave_early(self, storage):
        store(ContentFile(BYTES), "documents/early", storage)
        chunks = read_range(storage, "documents/early", 0, len(BYTES) - 1)
        next(chunks)
        chunks.close()

    def test_missing_fails_at_once(self, storage):
        with pytest.raises(StorageError):
            read_range(storage, "documents/none", 0, 3)
        with pytest.raises(STORAGE_FAULTS):
            storage.read_range("documents/none", 0, 3)
        with pytest.raises(STORAGE_FAULTS):
            list(storage.read_range("documents/none", 0, -1))

    def test_nothing_is_overwritten(self, storage):
        store(ContentFile(b"first"), "documents/same", storage)
        assert store(ContentFile(b"second"), "documents/same", storage) != "documents/same"
        assert b"".join(read_range(storage, "documents/same", 0, 4)) == b"first"

    def test_deleting_twice_and_nothing_is_harmless(self, storage):
        store(ContentFile(b"x"), "documents/gone", storage)
        storage.delete("documents/gone")
        discard("documents/gone", storage)
        storage.delete("")
        discard(None, storage)
        assert not storage.exists("documents/gone")

    def test_keys_with_their_time(self, storage):
        assert list(storage.keys("documents")) == []
        store(ContentFile(b"x"), "documents/k", storage)
        store(ContentFile(b"x"), "derived/k", storage)
        ((key, written),) = storage.keys("documents")
        assert key == "documents/k"
        assert abs(written - time.time()) < 120

    def test_no_address(self, storage):
        store(ContentFile(b"x"), "documents/private", storage)
        with pytest.raises(NotImplementedError):
            storage.url("documents/private")

    def test_the_delete_task_of_the_cms_works_and_holds_no_secret(self, storage, settings):
        from wagtail.tasks import delete_file_from_storage_task

        store(ContentFile(b"x"), "documents/task", storage)
        path, args, kwargs = type(storage)().deconstruct() if hasattr(storage, "deconstruct") else (None, None, None)
        assert (args, kwargs) == ((), {}) or (list(args), kwargs) == ([], {})
        delete_file_from_storage_task.enqueue((path, args, kwargs), "documents/task")
        assert not storage.exists("documents/task")

    @pytest.mark.django_db
    def test_upload_serve_and_verify(self, site_storage, client, people, no_processing):
        content = small_pdf(3)
        document = add_document(upload(content), title="T", user=people["author"])
        Document.objects.filter(pk=document.pk).finish(
            file=document.original.name,
            sha256=document.original_sha256,
            size=document.size,
            page_count=3,
        )
        document = Document.objects.get(pk=document.pk)
        PublicationPageFactory(published=True, files=[document])
        whole = client.get(document.url)
        assert b"".join(whole.streaming_content) == content
        part = client.get(document.url, headers={"range": "bytes=5-9"})
        assert (part.status_code, b"".join(part.streaming_content)) == (206, content[5:10])
        picture = new_image(people["author"])
        rendition = picture.get_rendition("max-20x20")
        PublicationPageFactory(published=True, lead_image=picture)
        assert client.get(rendition.url).status_code == 200
        verdict = verify(site_storage)
        assert (verdict.ok, verdict.checked) == (True, 3)

    @pytest.mark.django_db
    def test_verify_finds_missing_changed_and_orphaned(self, site_storage, no_processing, monkeypatch):
        good, changed, missing = (add_document(upload(small_pdf(n)), title=str(n), user=None) for n in (1, 2, 3))
        site_storage.delete(missing.original.name)
        site_storage.delete(changed.original.name)
        site_storage.save(changed.original.name, ContentFile(b"tampered"))
        site_storage.save("documents/orphan", ContentFile(b"x"))
        verdict = verify(site_storage)
        assert verdict.missing == [missing.original.name]
        assert verdict.changed == [changed.original.name]
        assert verdict.orphaned == []
        monkeypatch.setattr("documents.verification.ORPHAN_AGE", -60.0)
        verdict = verify(site_storage)
        assert verdict.orphaned == ["documents/orphan"]
        assert not verdict.ok
        assert verify(site_storage, clean=True).removed == 1
        assert not site_storage.exists("documents/orphan")
        assert site_storage.exists(good.original.name)
        assert ORPHAN_AGE == 24 * 3600


def test_what_may_not_be_destroyed_is_deleted_and_the_rest_is_named(versioned_bucket, monkeypatch, caplog):
    storage = PrivateS3Storage()
    store(ContentFile(b"x"), "documents/gone", storage)
    with monkeypatch.context() as patch:
        without_versions(patch)
        discard("documents/gone", storage, for_good=True)
    assert not storage.exists("documents/gone")
    assert "Old versions may stay in the bucket" in caplog.text
    discard("documents/gone", storage, for_good=True)
    assert list(versioned_bucket.object_versions.all()) == []


@pytest.mark.django_db
def test_parts_of_an_upload_that_never_ended_are_found_and_dropped_after_a_day(s3_settings, monkeypatch):
    storage = PrivateS3Storage()
    part = storage.bucket.Object("documents/half").initiate_multipart_upload()
    part.Part(1).upload(Body=b"x" * 100)
    assert verify(storage, clean=True).orphaned == []
    monkeypatch.setattr("documents.verification.ORPHAN_AGE", -60)
    assert verify(storage).orphaned == ["documents/half"]
    found = verify(storage, clean=True)
    assert (found.orphaned, found.removed) == (["documents/half"], 1)
    assert list(storage.abandoned()) == []


class TestS3IsPrivate:
    @pytest.fixture
    def s3(self, s3_settings):
        storage = PrivateS3Storage()
        storage.save("documents/x", ContentFile(b"secret"))
        yield storage
        storage.delete("documents/x")

    def test_a_stranger_is_refused(self, s3, settings):
        for path in ("", "/documents/x"):
            url = f"{settings.AWS_S3_ENDPOINT_URL}/{settings.AWS_STORAGE_BUCKET_NAME}{path}"
            assert requests.get(url, timeout=10).status_code == 403

    def run(self):
        return {message.id for message in checks.run_checks(tags=["documents"], include_deployment_checks=True)}

    def test_the_check_passes_on_a_private_bucket(self, s3):
        assert self.run() <= {"documents.I013"}

    def test_the_check_finds_a_public_bucket(self, s3):
        client = s3.connection.meta.client
        for acl in ("public-read",):
            client.put_bucket_acl(Bucket=s3.bucket_name, ACL=acl)
        try:
            assert "documents.E011" in self.run()
        finally:
            client.put_bucket_acl(Bucket=s3.bucket_name, ACL="private")

    def test_the_check_finds_a_public_object(self, s3):
        client = s3.connection.meta.client
        client.put_object_acl(Bucket=s3.bucket_name, Key="documents/x", ACL="public-read")
        assert "documents.E011" in self.run()

    def test_the_check_finds_a_wrong_bucket(self, s3, settings):
        settings.AWS_STORAGE_BUCKET_NAME = "there-is-no-such-bucket"
        settings.STORAGES = dict(settings.STORAGES)
        assert "documents.W010" in self.run()

    def test_versioning_is_advised_only_where_it_is_off(self, s3_settings):
        s3 = PrivateS3Storage()
        assert "documents.I013" in self.run()
        client = s3.connection.meta.client
        with servers.bucket(
            s3_settings.AWS_S3_ENDPOINT_URL, s3_settings.AWS_S3_ACCESS_KEY_ID, s3_settings.AWS_S3_SECRET_ACCESS_KEY
        ) as name:
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
            s3_settings.AWS_STORAGE_BUCKET_NAME = name
            s3_settings.STORAGES = dict(s3_settings.STORAGES)
            assert self.run() == {"documents.W020"}
            ends = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}}
            ends["NoncurrentVersionExpiration"] = {"NoncurrentDays": 30}
            client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [ends]})
            assert self.run() == set()
            assert list(storages["documents"].bucket.object_versions.all()) == []

    def test_a_key_that_may_delete_no_version_is_found(self, s3, monkeypatch):
        def refused(self, name):
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "ListObjectVersions")

        monkeypatch.setattr(PrivateS3Storage, "destroy", refused)
        assert "documents.W019" in self.run()

    def test_a_bucket_that_takes_nothing_is_found(self, s3, monkeypatch):
        def refused(self, name, content):
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")

        monkeypatch.setattr(PrivateS3Storage, "_save", refused)
        assert "documents.W019" in self.run()


class TestChecks:
    def run(self):
        return {message.id for message in checks.run_checks(tags=["documents"])}

    def test_the_project_passes(self):
        assert self.run() == set()

    def test_options_are_refused(self, settings):
        private = {"BACKEND": "documents.storage.PrivateFileStorage", "OPTIONS": {"secret": "x"}}
        settings.STORAGES = settings.STORAGES | {"documents": private}
        assert self.run() == {"documents.E001"}

    def test_another_storage_is_refused(self, settings):
        stock = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
        settings.STORAGES = settings.STORAGES | {"default": stock}
        assert self.run() == {"documents.E002"}

    def test_the_serve_method_is_held(self, settings):
        settings.WAGTAILDOCS_SERVE_METHOD = "redirect"
        assert self.run() == {"documents.E003"}

    def test_files_are_for_their_owner_only(self, settings, tmp_path):
        settings.DOCUMENTS_ROOT = tmp_path / "d"
        storage = PrivateFileStorage()
        storage.save("documents/x", ContentFile(b"x"))
        assert (tmp_path / "d" / "documents" / "x").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
class TestVerifyCommand:
    def test_all_well(self, capsys, no_processing):
        add_document(upload(small_pdf()), title="T", user=None)
        call_command("verify_documents")
        assert "1 files checked, 0 missing, 0 changed" in capsys.readouterr().out

    def test_trouble_is_named_without_titles(self, capsys, no_processing):
        document = add_document(upload(small_pdf()), title="secret title", user=None)
        storages["documents"].delete(document.original.name)
        with pytest.raises(SystemExit) as ended:
            call_command("verify_documents")
        out = capsys.readouterr().out
        assert ended.value.code == 1
        assert f"missing: {document.original.name} (document {document.series} version 1)" in out
        assert "secret" not in out

    def test_help_has_an_example(self, capsys):
        for name in ("verify_documents", "move_documents"):
            with pytest.raises(SystemExit):
                call_command(name, "--help")
            assert "Example:" in capsys.readouterr().out


@pytest.mark.django_db
class TestMove:
    @pytest.fixture
    def both(self, s3_settings, tmp_path, monkeypatch, no_processing):
        s3_settings.DOCUMENTS_ROOT = tmp_path / "documents"
        disk, s3 = PrivateFileStorage(), PrivateS3Storage()
        monkeypatch.setattr("documents.actions.document_storage", lambda: disk)
        documents = [add_document(upload(small_pdf(n)), title=str(n), user=None) for n in (1, 2, 3)]
        yield disk, s3, documents
        for key, _ in list(s3.keys("documents")):
            s3.delete(key)

    def test_there_and_back_and_again(self, both, capsys):
        disk, s3, documents = both
        call_command("move_documents", "--to", "s3")
        assert "3 files copied, 0 were there already, 0 failed, 0 deleted" in capsys.readouterr().out
        for document in documents:
            assert sha256_of(s3, document.original.name)[0] == document.original_sha256
            assert disk.exists(document.original.name)
        s3.delete(documents[0].original.name)
        s3.delete(documents[1].original.name)
        s3.save(documents[1].original.name, ContentFile(b"half"))
        call_command("move_documents", "--to", "s3", "--delete")
        assert "2 files copied, 1 were there already, 0 failed, 3 deleted" in capsys.readouterr().out
        assert not disk.exists(documents[0].original.name)
        call_command("move_documents", "--to", "files")
        assert sha256_of(disk, documents[2].original.name)[0] == documents[2].original_sha256

    def test_nothing_is_deleted_while_one_fails(self, both, capsys):
        disk, s3, documents = both
        disk.delete(documents[0].original.name)
        disk.save(documents[0].original.name, ContentFile(b"tampered"))
        with pytest.raises(SystemExit):
            call_command("move_documents", "--to", "s3", "--delete")
        assert "1 failed, 0 deleted" in capsys.readouterr().out
        assert disk.exists(documents[1].original.name)
        assert not s3.exists(documents[0].original.name)

    def test_pictures_without_a_recorded_hash_are_compared_with_their_source(self, both):
        disk, s3, _ = both
        image = new_image()
        disk.save(image.file.name, ContentFile(b"bytes"))
        assert move(disk, s3, delete=False).copied == 4
        assert move(disk, s3, delete=False).present == 4
        s3.delete(image.file.name)

    def test_without_a_bucket_it_says_so(self, settings):
        settings.AWS_STORAGE_BUCKET_NAME = ""
        with pytest.raises(CommandError, match="S3_BUCKET"):
            call_command("move_documents", "--to", "s3")


def test_the_hash_is_that_of_the_bytes(storage):
    store(ContentFile(BYTES), "documents/h", storage)
    assert sha256_of(storage, "documents/h") == (hashlib.sha256(BYTES).hexdigest(), len(BYTES))


class TestEncryption:
    @pytest.fixture
    def deaf(self, s3_settings, monkeypatch):
        """A server that accepts the request for encryption and ignores it, as some do: the request never reaches it."""
        s3_settings.S3_ENCRYPTION = "AES256"
        stock = PrivateS3Storage.get_default_settings
        monkeypatch.setattr(
            PrivateS3Storage, "get_default_settings", lambda self: stock(self) | {"object_parameters": {}}
        )
        s3_settings.STORAGES = dict(s3_settings.STORAGES)
        return PrivateS3Storage()

    def run(self):
        return {message.id for message in checks.run_checks(tags=["documents"], include_deployment_checks=True)}

    def test_what_is_stored_in_clear_is_not_kept(self, deaf):
        with pytest.raises(StorageError, match="doesn't encrypt"):
            store(ContentFile(b"secret"), "documents/clear", deaf)
        assert not deaf.exists("documents/clear")

    def test_nor_as_an_old_version(self, deaf, versioned_bucket):
        with pytest.raises(StorageError, match="doesn't encrypt"):
            store(ContentFile(b"secret"), "documents/clear", PrivateS3Storage())
        assert list(versioned_bucket.object_versions.all()) == []

    def test_the_check_says_so_and_leaves_nothing(self, deaf):
        assert "documents.E014" in self.run()
        assert list(deaf.keys("quarantine")) == []

    def test_a_server_that_refuses_is_found_too(self, s3_settings):
        s3_settings.S3_ENCRYPTION = "AES256"  # this one wants TLS for it
        s3_settings.STORAGES = dict(s3_settings.STORAGES)
        assert "documents.E014" in self.run()
        with pytest.raises(StorageError):
            store(ContentFile(b"secret"), "documents/refused", PrivateS3Storage())

    def test_what_the_server_encrypts_is_kept(self, deaf, monkeypatch):
        # The only thing that this server can't do: the answer is put in its mouth.
        monkeypatch.setattr(PrivateS3Storage, "encryption_of", lambda self, name: "AES256")
        assert store(ContentFile(b"secret"), "documents/kept", deaf) == "documents/kept"
        deaf.delete("documents/kept")
