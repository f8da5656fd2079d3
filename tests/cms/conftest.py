"""A filled site, made once for all tests of a module: it takes its time."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from tests.cms.library import Library


@pytest.fixture(scope="module")
def library(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """``indirect`` says how many publications it has, 40 unless told. Tests that use it are ``shared_search``."""
    prefix = f"{settings.SEARCH_INDEX_PREFIX}-{uuid.uuid4().hex[:8]}"
    folder = tmp_path_factory.mktemp("library")
    with (
        django_db_blocker.unblock(),
        override_settings(SEARCH_DIR=folder, SEARCH_INDEX_PREFIX=prefix, SEARCH_DRAIN_INLINE=False),
        transaction.atomic(),
    ):
        cache.clear()
        yield Library(getattr(request, "param", 40))
        transaction.set_rollback(True)
    cache.clear()
