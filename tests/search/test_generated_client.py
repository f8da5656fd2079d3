"""A client that a program made from our description, with nothing by hand, finds what is there."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from search import exports, limits
from search.openapi import document
from tests.search.fakes import FakeFile

NAME = "dossier_client"


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The package that ``openapi-python-client`` makes; a warning of it is a fault of the description."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "schema.json").write_text(json.dumps(document()))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", folder / "schema.json"]
    # It tidies what it made with the linter, which stands beside this Python.
    tools = {"PATH": str(Path(sys.executable).parent), "PYTHONPATH": ":".join(sys.path), "HOME": str(folder)}
    done = subprocess.run(
        [*command, "--output-path", folder / NAME, "--meta", "none", "--fail-on-warning"],
        env=tools,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))
    for name in [each for each in sys.modules if each.partition(".")[0] == NAME]:
        del sys.modules[name]


@pytest.fixture
def site(db):
    """The running site. Not ``live_server``, which empties the whole database afterwards: what is found lives in memory."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def ask(generated, site):
    """``ask("search", q=…)``: the answer of the running site, with its status, headers and parsed content.

    ``address`` is where a web server in front says that it comes from.
    """

    def asked(name, address="", **parameters):
        operation = importlib.import_module(f"{NAME}.api.default.{name}")
        client = generated.Client(base_url=site.url, headers={"X-Real-IP": address} if address else {})
        with client:
            return operation.sync_detailed(client=client, **parameters)

    return asked


def test_it_searches_filters_exports_completes_and_reads_errors(ask, publish, monkeypatch, settings):
    from dossier_client import models  # made by the fixture

    monkeypatch.setattr(exports, "EXPORT_SIZE", 2)
    file = FakeFile([("en", "nothing"), ("en", "The chain of command.")])
    publish("Report on command", summary="On orders.", files=(file,))
    publish("Report on command in a case", kind="case", published=datetime(2019, 5, 1, tzinfo=UTC))
    publish("Report on command, old", published=datetime(2001, 5, 1, tzinfo=UTC))
    publish("Report on command, hidden", acl=frozenset({"login"}))

    found = ask("search", q="command", kind=["publication"], year=["2020..2030"])
    assert found.status_code == 200 and isinstance(found.parsed, models.SearchAnswer)
    (hit,) = found.parsed.results
    assert (found.parsed.total, hit.title, hit.date) == (1, "Report on command", date(2024, 6, 1))
    assert "<mark>" in hit.snippets[0].html and str(hit.snippets[0].document) == file.series
    kinds = {each.value: (each.count, each.selected) for each in found.parsed.facets.kind}
    assert kinds == {"publication": (1, True)} and found.parsed.instead is None

    unchanged = ask(
        "search", q="command", kind=["publication"], year=["2020..2030"], if_none_match=found.headers["etag"]
    )
    assert unchanged.status_code == 304 and unchanged.parsed is None

    titles, cursor = [], None
    while True:
        part = ask("export", q="command", **({"cursor": cursor} if cursor else {}))
        titles += [row.title for row in part.parsed.results]
        cursor = part.parsed.cursor
        assert part.parsed.total == 3
        if not cursor:
            break
    assert titles == ["Report on command", "Report on command in a case", "Report on command, old"]

    words = ask("suggest", q="comm", lang=models.SuggestLang.EN).parsed.suggestions
    assert {each.kind for each in words} == {"publication", "case"}

    wrong = ask("search", q="command", kind=["nothing"])
    assert wrong.status_code == 400 and isinstance(wrong.parsed, models.Error)
    assert (wrong.parsed.error.code, wrong.parsed.error.parameter) == ("invalid_value", "kind")

    settings.RATE_LIMITS = True
    settings.CLIENT_ADDRESS_HEADER = "X-Real-IP"
    monkeypatch.setattr(limits._limits, "wait", lambda network: 3)
    assert ask("search", q="command").status_code == 200, "nobody says where it comes from"
    refused = ask("search", address="93.184.215.14", q="command")
    assert refused.status_code == 429 and refused.headers["retry-after"] == "3"
    assert refused.parsed.error.code == "too_many_requests"
