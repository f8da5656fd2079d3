"""Elasticsearch as its operators expect it: how it is reached, what indexes look like, what is refused and how."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from search import outbox
from search.engines import get_engine
from search.engines.base import Outcome, Role
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.elasticsearch_bulk import item_result
from search.engines.elasticsearch_server import SCHEMA, Server
from search.exceptions import EngineUnavailableError, IndexLostError, RebuildError
from search.models import SearchOutbox
from tests import servers
from tests.search.conftest import Index


@pytest.fixture
def server():
    """A server that notes the headers of what it is asked, and answers as one without any index."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append({name.lower(): value for name, value in self.headers.items()})
            body = json.dumps({}).encode()
            self.send_response(200)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    http = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{http.server_port}", seen
    http.shutdown()
    thread.join()
    http.server_close()


def test_a_server_of_version_8_understands_us(server):
    address, seen = server
    assert ElasticsearchEngine(Server(f"http://{address}", "x")).targets() == {}
    assert "compatible-with=8" in seen[0]["accept"] and "compatible-with=9" not in str(seen)


def test_an_api_key_replaces_user_and_password(server):
    address, seen = server
    ElasticsearchEngine(Server(f"http://user:pa%40ss@{address}", "x")).targets()
    ElasticsearchEngine(Server(f"http://user:pa%40ss@{address}", "x", api_key="abc=")).targets()
    assert seen[0]["authorization"].startswith("Basic ") and seen[1]["authorization"] == "ApiKey abc="


def test_a_certificate_authority_of_ones_own(tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("no certificate")
    client = Server("https://localhost:1", "x", ca_file=str(path)).client()
    assert client.transport.node_pool.get().config.ca_certs == str(path)


def test_settings_and_mapping_are_those_of_the_file(elasticsearch_settings, elasticsearch_url):
    elasticsearch_settings.SEARCH_SHARDS, elasticsearch_settings.SEARCH_REPLICAS = 2, 1
    engine = get_engine()
    engine.ensure_schema()
    name = engine.targets()[Role.CURRENT]
    assert name.startswith(f"{elasticsearch_settings.SEARCH_INDEX_PREFIX}-content-v1-")
    with servers.elasticsearch(elasticsearch_url) as client:
        about = client.indices.get(index=name)[name]
        assert about["settings"]["index"]["number_of_shards"] == "2"
        assert about["settings"]["index"]["number_of_replicas"] == "1"
        assert "auto_expand_replicas" not in about["settings"]["index"]
        assert about["settings"]["index"]["search"]["slowlog"]["threshold"]["query"]["warn"] == "-1"
        assert about["mappings"]["dynamic"] == "strict"
        assert about["mappings"]["properties"] == json.loads(SCHEMA)["mappings"]["properties"]


def test_another_mapping_wants_a_rebuild(monkeypatch):
    engine = ElasticsearchEngine(Server("http://localhost:1", "x"))
    before = engine.stamp()
    monkeypatch.setattr("search.engines.elasticsearch_server.SCHEMA", SCHEMA.replace("8191", "8190"))
    assert engine.stamp() != before


@pytest.mark.parametrize(
    ("status", "kind", "outcome"),
    [
        (201, "", Outcome.WRITTEN),
        (409, "version_conflict_engine_exception", Outcome.SUPERSEDED),
        (400, "document_parsing_exception", Outcome.REFUSED),
        (429, "es_rejected_execution_exception", Outcome.BUSY),
        (503, "unavailable_shards_exception", Outcome.BUSY),
    ],
)
def test_what_each_answer_means_for_a_thing(status, kind, outcome):
    assert item_result({"_id": "a/en", "status": status, "error": {"type": kind}}).outcome == outcome


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, "index_not_found_exception"),
        (400, "index_closed_exception"),
        (403, "cluster_block_exception"),
        (429, "cluster_block_exception"),
    ],
)
def test_what_is_wrong_with_the_whole_index_is_held_against_no_thing(status, kind):
    with pytest.raises(IndexLostError):
        item_result({"_id": "a/en", "status": status, "error": {"type": kind}})


def test_missing_rights_are_held_against_no_thing():
    with pytest.raises(EngineUnavailableError):
        item_result({"_id": "a/en", "status": 403, "error": {"type": "security_exception"}})


@pytest.mark.django_db
def test_a_closed_index_keeps_everything_waiting_until_it_is_open_again(
    elasticsearch_settings, elasticsearch_url, content
):
    elasticsearch_settings.SEARCH_DRAIN_INLINE = False
    engine = get_engine()
    engine.ensure_schema()
    thing = content.add("Report")
    outbox.touch([thing.key])
    with servers.elasticsearch(elasticsearch_url) as client:
        client.indices.close(index=engine.targets()[Role.CURRENT])
        with pytest.raises(EngineUnavailableError):
            outbox.drain()
        row = SearchOutbox.objects.get()
        assert (row.attempts, row.parked) == (0, False)
        client.indices.open(index=engine.targets()[Role.CURRENT])
    SearchOutbox.objects.update(not_before=None)
    assert outbox.drain() == 1 and engine.version(thing.key)


def test_withdrawn_words_are_expunged_from_every_index(elasticsearch_settings, content, monkeypatch):
    """The server itself holds deleted things back for up to half a minute: until then it is asked again."""
    index = Index(get_engine(), content)
    thing = index.add("Quagmire")
    index.engine.swap(index.engine.begin_rebuild())
    index.put(thing)
    index.put(thing)
    merged = []
    monkeypatch.setattr(
        type(index.engine._client.indices), "forcemerge", lambda self, **options: merged.append(options)
    )
    assert index.engine.purge() is True
    names = sorted(index.engine.targets().values())
    assert len(names) == 2 and merged == [{"index": names, "only_expunge_deletes": True}]


def test_an_index_that_an_older_version_made_is_no_way_back(elasticsearch_settings, content, monkeypatch):
    engine = get_engine()
    mappings = engine._server.mappings()
    older = {name: about for name, about in mappings["properties"].items() if not name.startswith("closed_")}
    with monkeypatch.context() as patch:
        patch.setattr(Server, "mappings", lambda self: mappings | {"properties": older, "_source": {}})
        engine.ensure_schema()
    name = engine.begin_rebuild()
    engine.swap(name)
    with pytest.raises(RebuildError, match="made by an older version"):
        engine.roll_back()
    assert engine.health().target == name and engine.targets()[Role.CURRENT] == name


def test_an_index_that_comes_into_use_while_it_is_thrown_away_stays(elasticsearch_settings, content, monkeypatch):
    engine = get_engine()
    engine.ensure_schema()
    name = engine.begin_rebuild()
    targets = engine.targets

    def swapped_after_the_look():
        found = targets()
        monkeypatch.setattr(engine, "targets", targets)
        engine.swap(name)
        return found

    monkeypatch.setattr(engine, "targets", swapped_after_the_look)
    with pytest.raises(EngineUnavailableError):
        engine.abort(name)
    assert engine.targets()[Role.CURRENT] == name and engine.health().target == name
