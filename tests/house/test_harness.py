"""The fixtures that all tests rely on do what they say."""

import os
import uuid
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from tests import depth, servers

ROOT = Path(__file__).resolve().parents[2]


def test_state_lies_outside_the_checkout():
    for name in ("VAR_DIR", "DOCUMENTS_ROOT", "MEDIA_ROOT", "SEARCH_DIR"):
        assert not Path(getattr(django_settings, name)).is_relative_to(ROOT), name


def test_each_test_has_an_empty_search_folder(settings):
    assert list(settings.SEARCH_DIR.iterdir()) == []
    (settings.SEARCH_DIR / "left-over").touch()


test_and_so_does_the_next_one = test_each_test_has_an_empty_search_folder


def test_samples_leave_nothing_out_for_ever(monkeypatch):
    monkeypatch.setattr(depth, "DEEP", False)
    turns = [depth.some("abcdefg", 3, turn) for turn in range(7)]
    assert {len(turn) for turn in turns} == {3}
    assert {each for turn in turns[:3] for each in turn} == set("abcdefg")
    monkeypatch.setattr(depth, "DEEP", True)
    assert depth.some("abcdefg", 3, 0) == "abcdefg"


def test_a_missing_server_skips_by_name(monkeypatch):
    monkeypatch.delenv("REQUIRE_SERVICES", raising=False)
    with pytest.raises(pytest.skip.Exception, match="missing server: Gopher"):
        servers.require("Gopher", found=False)


def test_a_missing_server_fails_where_it_is_required(monkeypatch):
    monkeypatch.setenv("REQUIRE_SERVICES", "1")
    with pytest.raises(pytest.fail.Exception, match="missing server: Gopher"):
        servers.require("Gopher", found=False)


def test_s3_keeps_what_the_storage_writes(s3_settings):
    content = os.urandom(1000)
    storage = storages["documents"]
    assert type(storage).__name__ == "PrivateS3Storage"
    name = storage.save(f"documents/{uuid.uuid4()}", ContentFile(content))
    with storage.open(name) as stored:
        assert stored.read() == content
    storage.delete(name)
    assert not storage.exists(name)


def test_elasticsearch_answers_under_a_prefix_of_its_own(elasticsearch_settings):
    name = f"{elasticsearch_settings.SEARCH_INDEX_PREFIX}-x"
    with servers.elasticsearch(elasticsearch_settings.SEARCH_URL) as client:
        client.indices.create(index=name, settings={"number_of_replicas": 0})
        assert client.indices.exists(index=name)


def test_redis_answers(redis_url):
    import redis

    assert redis.Redis.from_url(redis_url).ping()
