"""The whole demo, loaded once for all that attack it, in one transaction that is taken back at the end."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from tests.security.demo.world import World, plant


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Keeps the tests of the demo together: the fixture lives as long as its package is not left."""
    ours = [item for item in items if "world" in getattr(item, "fixturenames", ())]
    items[:] = [*ours, *(item for item in items if item not in ours)]


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo, what was planted in it, and what of all that nobody may learn."""
    folder = {"SEARCH_DIR": tmp_path_factory.mktemp("search")}
    if settings.SEARCH_URL:
        folder["SEARCH_INDEX_PREFIX"] = f"{settings.SEARCH_INDEX_PREFIX}-demo"
    with django_db_blocker.unblock(), override_settings(DEMO_LOGINS=True, **folder), transaction.atomic():
        call_command("load_demo")
        plant()
        yield World.read()
        transaction.set_rollback(True)
