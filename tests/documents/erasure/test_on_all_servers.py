"""The words of an erased file are gone from S3 that keeps versions, and from Elasticsearch; from PostgreSQL where the
whole run is on it.
"""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from documents.erasure import running
from tests.documents.erasure.conftest import (
    assert_nothing_left,
    keys_of,
    make_world,
    traces_in_index,
    traces_in_storage,
)


@pytest.fixture
def world(versioned_bucket, elasticsearch_settings, committed_db):
    return make_world()


def test_no_store_has_the_words_any_more(world, versioned_bucket):
    storage = storages["documents"]
    names = keys_of(world.first)
    assert len(names) >= 3
    storage.delete(world.first.drawn_images.first().file.name)  # an old cover: a marker covers it
    world.first.drawn_images.first().delete()
    assert traces_in_index() and traces_in_storage()
    assert_nothing_left(world, world.erase())
    left = {version.object_key for version in versioned_bucket.object_versions.all()}
    assert not names & left
    assert {key.split("/")[0] for key in left} == {"documents", "derived", "erasures"}


def test_a_repetition_leaves_no_version_either(world, versioned_bucket):
    """It may not empty the bin: an older database doesn't know what lies there."""
    storage = storages["documents"]
    data = {key: storage.open(key).read() for key in (world.first.original.name, world.first.file.name)}
    world.erase()
    for key, content in data.items():
        storage.save(key, ContentFile(content))
    storage.save("documents/deleted", ContentFile(b"by mistake"))
    storage.delete("documents/deleted")
    assert running.erase_again(everything=True) == 1
    left = {version.object_key for version in versioned_bucket.object_versions.all()}
    assert not data.keys() & left and "documents/deleted" in left
