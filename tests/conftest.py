"""What all tests share: folders of their own, real servers, the browser, and the names of what was missing."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import shutil
import tempfile
import uuid
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import modelsearch.signal_handlers
import pytest
import wagtail.signal_handlers
from django.conf import settings as django_settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase
from django.utils import translation

from documents.extraction import sandbox
from search import bridge, words
from search.board import counting, promotions
from search.engines import get_engine
from tests import depth, migrated, servers

INDEXING = (
    (wagtail.signal_handlers, "update_reference_index_task"),
    (modelsearch.signal_handlers, "insert_or_update_object_task"),
)
INDEXES = re.compile("wagtailcore_referenceindex|wagtailsearch_indexentry")


def pytest_configure(config: pytest.Config) -> None:
    """Gives this process its own state, so that parallel workers and a developer's ``var/`` never meet."""
    config.addinivalue_line("markers", "shared_search: the search index of the worker's folder stays between tests")
    config.addinivalue_line("markers", "slow: takes longer than ten seconds")
    config.addinivalue_line("markers", "deep: only where DEEP=1, which `make test-deep` sets")
    stack = ExitStack()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dossier-test-", ignore_cleanup_errors=True)))
    django_settings.VAR_DIR = folder
    for name in ("DOCUMENTS_ROOT", "MEDIA_ROOT", "SEARCH_DIR", "STATIC_ROOT"):
        path = folder / name.lower()
        path.mkdir(mode=0o700)
        setattr(django_settings, name, path)
    # The pass on the full stack (DATABASE_URL, SEARCH_URL, S3_*): never a bucket or an index of the developer's.
    if django_settings.AWS_STORAGE_BUCKET_NAME:
        django_settings.AWS_STORAGE_BUCKET_NAME = stack.enter_context(
            servers.bucket(
                django_settings.AWS_S3_ENDPOINT_URL,
                django_settings.AWS_S3_ACCESS_KEY_ID,
                django_settings.AWS_S3_SECRET_ACCESS_KEY,
            )
        )
    if django_settings.SEARCH_URL:
        django_settings.SEARCH_INDEX_PREFIX = stack.enter_context(servers.index_prefix(django_settings.SEARCH_URL))
    config.add_cleanup(stack.close)


def _is_of_a_browser_pass(item: pytest.Item) -> bool:
    """Browser tests, and faults, which run the product's own processes against the pass's servers."""
    return bool({"e2e", "a11y", "faults"} & set(item.path.parts))


def _asks_an_engine_of_the_other_pass(item: pytest.Item) -> bool:
    """Where units run on both databases, each search engine is asked beside the database that sites use it with."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    asked, here = parameters.get("engine", parameters.get("everywhere")), os.environ.get("TEST_ENGINE")
    return bool(asked and here and asked != here)


def _shared(item: pytest.Item) -> str:
    """The module or package whose fixtures this test shares with others; empty where it shares none."""
    definitions = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009  # what pytest itself has
    scopes = {definition[-1].scope for definition in definitions if definition}
    if "package" in scopes:
        return str(item.path.parent)
    return str(item.path) if "module" in scopes else ""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keeps together what shares something costly, before xdist reads the groups.

    With ``--dist=loadgroup`` tests that share a fixture of their module or package run in one process, so that
    it is made once.
    """
    if shared := _shared(item):
        item.add_marker(pytest.mark.xdist_group(shared))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out browser tests of a mixed run, whose event loop breaks async views in the same process, the search
    engine of the other pass, and what only a deep run asks.

    ``make test`` runs browser tests on their own; so does ``pytest tests/e2e tests/a11y tests/faults``. Slow tests come
    first, so that no process waits in the end for the one that got a slow one last.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    browser_tests = [item for item in items if _is_of_a_browser_pass(item)]
    elsewhere = set(browser_tests if len(browser_tests) < len(items) else ())
    elsewhere |= {item for item in items if _asks_an_engine_of_the_other_pass(item)}
    elsewhere |= {item for item in items if item.get_closest_marker("deep") and not depth.DEEP}
    if elsewhere:
        config.hook.pytest_deselected(items=list(elsewhere))
        items[:] = [item for item in items if item not in elsewhere]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Takes what is loaded by now out of the garbage collector's sight: going through it again and again cost an eighth
    of the processor time of all tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 100)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says by name which servers were missing and how many tests that cost."""
    counts: Counter[str] = Counter()
    for outcome in ("skipped", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            text = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
            if servers.MISSING in text:
                counts[text.split(servers.MISSING, 1)[1].split(",")[0].strip()] += 1
    for name, count in sorted(counts.items()):
        terminalreporter.write_line(f"Missing server: {name} ({count} tests could not run)", yellow=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, django_db_modify_db_settings_parallel_suffix):
    """pytest-django's hook: test databases are copies of the run's migrated one, where there is one.

    Browsers ask for several things at once: on SQLite their database is a file, as on a site. One in memory is a single
    connection of all threads of the live server, which can't begin two transactions.
    """
    if connection.vendor == "sqlite" and all(_is_of_a_browser_pass(item) for item in request.session.items):
        connection.settings_dict["TEST"]["NAME"] = str(django_settings.VAR_DIR / "test.sqlite3")
    if not migrated.of_this_run():
        return
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.of_this_run()
    else:
        connection_created.connect(lambda connection, **_: migrated.fill(connection), weak=False)


@pytest.fixture(scope="session", autouse=True)
def copied_again():
    """Tests outside of a transaction leave a copy of the run's migrated database, where there is one."""

    def restore(_case):
        migrated.restore(connection)
        ContentType.objects.clear_cache()

    with pytest.MonkeyPatch.context() as patch:
        if migrated.of_this_run():
            patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield


@pytest.fixture(scope="session", autouse=True)
def measured_children():
    """Under coverage the processes that read files are measured too; they get a clean environment otherwise.

    They can write into their own folder only: what was measured lies there, and is taken out when they have ended.
    """
    measured = os.environ.get("COVERAGE_PROCESS_CONFIG")
    if not measured:
        yield
        return
    from coverage.config import CoverageConfig

    clean, wait = sandbox._environment, sandbox._wait_for
    wanted = CoverageConfig.deserialize(measured).data_file

    def environment(folder):
        config = CoverageConfig.deserialize(measured)
        config.data_file = str(folder / ".coverage")
        return clean(folder) | {"COVERAGE_PROCESS_CONFIG": config.serialize()}

    def wait_for(folder, limits, messages):
        try:
            return wait(folder, limits, messages)
        finally:
            for data in folder.glob(".coverage*"):
                shutil.move(data, f"{wanted}.{uuid.uuid4().hex}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "_environment", environment)
        patch.setattr(sandbox, "_wait_for", wait_for)
        yield


@pytest.fixture(autouse=True)
def language_of_the_site():
    """The last request of another test may have left its language switched on."""
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def patience():
    """What is found is judged, not how soon: on a busy machine an engine may take its time."""
    with pytest.MonkeyPatch.context() as patch:
        for engine in ("fts5", "elasticsearch"):
            for name in ("SEARCH_TIMEOUT_SECONDS", "SUGGEST_TIMEOUT_SECONDS"):
                patch.setattr(f"search.engines.{engine}.{name}", 60.0)
        yield


@pytest.fixture(autouse=True)
def own_names():
    """No name, word, number or promotion that the search remembers from another test."""
    bridge.forget()
    counting.forget()
    promotions.forget()
    words.forget()


@pytest.fixture(autouse=True)
def own_search_index(request, settings, tmp_path_factory):
    """An empty index per test, since the database is rolled back to empty too."""
    if request.node.get_closest_marker("shared_search"):
        return
    settings.SEARCH_DIR = tmp_path_factory.mktemp("search")
    if settings.SEARCH_URL:
        settings.SEARCH_INDEX_PREFIX = f"{settings.SEARCH_INDEX_PREFIX}-{uuid.uuid4().hex[:8]}"


@pytest.fixture(autouse=True)
def wagtails_indexes(monkeypatch):
    """Wagtail's own indexes are written when a test asks them and not at each save: a third of what publishing costs.

    On a site the worker writes them, some time later.
    """
    waiting: dict[tuple[Any, ...], None] = {}
    for module, name in INDEXING:
        task = getattr(module, name)
        monkeypatch.setattr(module, name, Mock(enqueue=lambda *args, task=task: waiting.setdefault((task, *args))))

    def write_what_is_asked(execute, sql, *arguments):
        if waiting and sql.startswith("SELECT") and INDEXES.search(sql):
            due = list(waiting)
            waiting.clear()
            for task, *args in due:
                with contextlib.suppress(ObjectDoesNotExist):
                    task.call(*args)
        return execute(sql, *arguments)

    with connection.execute_wrapper(write_what_is_asked):
        yield


@pytest.fixture(scope="session")
def require():
    """``require(name, found)``: skips with the server's name, or fails under REQUIRE_SERVICES=1."""
    return servers.require


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """The address of a real Elasticsearch."""
    return servers.url("TEST_SEARCH_URL", "Elasticsearch")


@pytest.fixture
def elasticsearch_settings(elasticsearch_url, settings):
    """This test searches with Elasticsearch, under an index prefix of its own."""
    with servers.index_prefix(elasticsearch_url) as prefix:
        settings.SEARCH_URL = elasticsearch_url
        settings.SEARCH_INDEX_PREFIX = prefix
        yield settings


@pytest.fixture(params=["fts5", "elasticsearch"])
def everywhere(request, settings):
    """The same answer from both engines: the name of the one that this run asks."""
    if request.param == "elasticsearch":
        request.getfixturevalue("elasticsearch_settings")
        get_engine().ensure_schema()
    else:
        settings.SEARCH_URL = ""
    return request.param


@pytest.fixture(scope="session")
def s3_bucket():
    """(endpoint, key, secret, bucket): a private bucket of this worker's on a real S3 server."""
    endpoint = servers.url("TEST_S3_ENDPOINT_URL", "S3")
    key, secret = os.environ["TEST_S3_ACCESS_KEY_ID"], os.environ["TEST_S3_SECRET_ACCESS_KEY"]
    with servers.bucket(endpoint, key, secret) as name:
        yield endpoint, key, secret, name


@pytest.fixture
def s3_settings(s3_bucket, settings):
    """This test keeps its files in S3, in a bucket that is empty: those of the worker's other tests are gone."""
    endpoint, key, secret, name = s3_bucket
    servers.empty(endpoint, key, secret, name)
    settings.AWS_S3_ENDPOINT_URL = endpoint
    settings.AWS_S3_ACCESS_KEY_ID = key
    settings.AWS_S3_SECRET_ACCESS_KEY = secret
    settings.AWS_STORAGE_BUCKET_NAME = name
    s3 = {"BACKEND": "documents.storage.PrivateS3Storage"}
    settings.STORAGES = settings.STORAGES | {"default": s3, "documents": s3}
    return settings


@pytest.fixture(scope="session")
def clamd_urls(tmp_path_factory):
    """A real virus scanner of this worker's: its addresses (Unix socket, TCP)."""
    with servers.clamd(tmp_path_factory.mktemp("clamd")) as urls:
        yield urls


@pytest.fixture
def scanner(clamd_urls, settings):
    """This test has its files scanned."""
    settings.CLAMD_URL = clamd_urls[0]
    return settings


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The address of a real Redis."""
    return servers.url("TEST_REDIS_URL", "Redis")


@pytest.fixture(scope="session")
def browser():
    """Chromium, driven by Playwright: only for tests in ``tests/e2e`` and ``tests/a11y``."""
    from playwright.sync_api import sync_playwright

    path = servers.chromium()
    # live_server works in threads beside the event loop that Playwright runs in this one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser):
    """A page in a fresh browser context: no cookies, no cache."""
    context = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def js_off_page(browser):
    """The same without JavaScript."""
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    yield context.new_page()
    context.close()
