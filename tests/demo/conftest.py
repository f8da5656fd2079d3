"""The whole demo, loaded once for all that look at it or attack it, in transactions that are taken back at the end."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from tests.demo.world import World, plant


def pytest_collection_modifyitems(items):
    """The demo first and together; looked at as it was loaded before anything is planted in it."""

    def turn(item):
        names = getattr(item, "fixturenames", ())
        return 1 if "world" in names else 0 if "demo" in names else 2

    items.sort(key=turn)


@pytest.fixture(scope="package")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo, as ``make run`` loads it. Its tests are ``shared_search``."""
    folder = {"SEARCH_DIR": tmp_path_factory.mktemp("search")}
    if settings.SEARCH_URL:
        folder["SEARCH_INDEX_PREFIX"] = f"{settings.SEARCH_INDEX_PREFIX}-demo"
    with django_db_blocker.unblock(), override_settings(DEMO_LOGINS=True, **folder), transaction.atomic():
        cache.clear()  # what other tests left is of other pages with the same numbers
        call_command("load_demo")
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def world(demo, django_db_blocker):
    """The demo, what was planted in it, and what of all that nobody may learn."""
    with django_db_blocker.unblock(), transaction.atomic():
        plant()
        yield World.read()
        transaction.set_rollback(True)
