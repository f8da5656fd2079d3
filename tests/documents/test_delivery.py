"""Big public files sent by nginx or by the bucket: the same rule, the same bytes, and nothing that outlives a withdrawal."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core import checks
from django.core.files.base import ContentFile

from documents import delivery
from documents.models import Document
from documents.releases import withdraw_releases
from documents.storage import PrivateS3Storage
from tests.e2e.product import free_port
from tests.factories import DocumentFactory, PublicationPageFactory
from tests.servers import require

pytestmark = pytest.mark.django_db

BYTES = b"%PDF-1.7 " + b"0123456789" * 10_000


@pytest.fixture
def published(settings):
    """``published()``: a public document of 100 kB, and its page."""
    settings.DOCUMENT_DELIVERY_FROM = 1000

    def make() -> tuple[Document, object]:
        document = DocumentFactory(title="Big", content=BYTES.decode())
        return document, PublicationPageFactory(published=True, files=[document])

    return make


class TestByTheBucket:
    @pytest.fixture
    def document(self, s3_settings, published, monkeypatch):
        s3_settings.DOCUMENT_DELIVERY = "redirect"
        storage = PrivateS3Storage()
        monkeypatch.setattr(Document._meta.get_field("file"), "storage", storage)
        document, _page = published()
        storage.save(document.file.name, ContentFile(BYTES))
        yield document
        storage.delete(document.file.name)

    def test_a_reader_is_sent_to_an_address_that_works_for_half_a_minute(self, client, document):
        answer = client.get(document.url)
        assert (answer.status_code, answer["Cache-Control"]) == (302, "private, no-store")
        assert parse_qs(urlsplit(answer.url).query)["X-Amz-Expires"] == [str(delivery.EXPIRES)]
        assert delivery.EXPIRES <= 60
        got = requests.get(answer.url, timeout=10)
        assert (got.content, got.headers["Content-Type"]) == (BYTES, "application/pdf")
        assert got.headers["Content-Disposition"] == 'inline; filename="Big-en-v1.pdf"'
        part = requests.get(answer.url, headers={"Range": "bytes=0-3"}, timeout=10)
        assert (part.status_code, part.content) == (206, b"%PDF")

    def test_an_old_address_gives_nothing(self, client, document, monkeypatch):
        monkeypatch.setattr(delivery, "EXPIRES", 1)
        address = client.get(document.url).url
        time.sleep(2.5)
        assert requests.get(address, timeout=10).status_code == 403

    def test_the_rule_comes_first(self, client, document):
        withdraw_releases([document.uses.get().page_id], "A name had to go.")
        assert client.get(document.url).status_code in (404, 410)

    def test_what_is_read_by_ones_own_right_is_never_handed_over(self, client, document, people):
        client.force_login(people["superuser"])
        answer = client.get(document.url)
        assert (answer.status_code, b"".join(answer.streaming_content)) == (200, BYTES)

    def test_conditions_are_answered_here(self, client, document):
        assert client.get(document.url, headers={"if-none-match": f'"{document.sha256}"'}).status_code == 304
        assert client.head(document.url).status_code == 200

    def test_small_files_are_streamed(self, client, document, settings):
        settings.DOCUMENT_DELIVERY_FROM = len(BYTES) + 1
        assert b"".join(client.get(document.url).streaming_content) == BYTES


class TestByNginx:
    """A real nginx in front of a live server, with the location of ``docs/how-to/deploy.md``."""

    @pytest.fixture
    def nginx(self, live_server, settings, tmp_path):
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        require("nginx", program)
        settings.DOCUMENT_DELIVERY = "accel"
        port = free_port()
        configuration = tmp_path / "nginx.conf"
        configuration.write_text(f"""
            daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; user root; worker_processes 1;
            events {{ }}
            http {{
                access_log off;
                server {{
                    listen 127.0.0.1:{port};
                    location / {{ proxy_pass {live_server.url}; proxy_set_header Host localhost; }}
                    location /internal-documents/ {{
                        internal;
                        alias {settings.DOCUMENTS_ROOT}/;
                        etag off;
                        add_header ETag $upstream_http_etag;
                        add_header Link $upstream_http_link;
                        add_header Content-Security-Policy "default-src 'none'; sandbox" always;
                        add_header X-Content-Type-Options nosniff always;
                    }}
                }}
            }}""")
        process = subprocess.Popen([program, "-c", str(configuration)], stderr=subprocess.DEVNULL)
        for _ in range(50):
            try:
                requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        process.wait()

    @pytest.mark.django_db(transaction=True)
    def test_nginx_sends_the_bytes_with_our_headers(self, nginx, published):
        document, page = published()
        got = requests.get(nginx + document.url, timeout=10)
        assert (got.status_code, got.content) == (200, BYTES)
        assert got.headers["ETag"] == f'"{document.sha256}"'
        assert got.headers["Content-Type"] == "application/pdf"
        assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert got.headers["Cache-Control"] == "no-cache"
        assert "X-Accel-Redirect" not in got.headers
        part = requests.get(nginx + document.url, headers={"Range": "bytes=1-3"}, timeout=10)
        assert (part.status_code, part.content) == (206, BYTES[1:4])
        assert (
            requests.get(nginx + document.url, headers={"If-None-Match": got.headers["ETag"]}, timeout=10).status_code
            == 304
        )
        # Nobody reaches the location but by our answer.
        assert requests.get(f"{nginx}/internal-documents/{document.file.name}", timeout=10).status_code == 404
        withdraw_releases([page.pk], "A name had to go.")
        assert requests.get(nginx + document.url, timeout=10).status_code in (404, 410)


@pytest.mark.parametrize(("way", "fits"), [("stream", True), ("accel", True), ("redirect", False)])
def test_a_way_that_the_storage_does_not_know_is_named(settings, way, fits):
    settings.DOCUMENT_DELIVERY = way
    found = {message.id for message in checks.run_checks(tags=["documents"])}
    assert found == (set() if fits else {"documents.E005"})
