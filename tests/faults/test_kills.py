"""kill -9 of web and worker at random moments while people upload: what was answered is there, and nothing is left over.

Three moments in each run, fifty in a deep one (FAULT_KILLS).
"""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest
import requests

from documents.holding import HELD_FOR
from tests import depth
from tests.e2e.making import report_pdf
from tests.faults.test_faults import CLEAN_UP, SLACK, until, upload

KILLS = depth.number("FAULT_KILLS", usual=3, deep=50)
PEOPLE = ("author", "author2")
SETTLED = ("ready", "failed")


class Uploader(threading.Thread):
    """Files one document after the other, whatever happens; ``accepted`` are those that were answered with success."""

    def __init__(self, site, person: str, data: bytes) -> None:
        super().__init__(daemon=True)
        self.site, self.person, self.data = site, person, data
        self.accepted: list[str] = []
        self.enough = threading.Event()

    def run(self) -> None:
        session, number = None, 0
        while not self.enough.is_set():
            title = f"Killed {self.person} {number}"
            number += 1
            try:
                session = session or self.site.person(self.person)
                answer = upload(session, self.site, self.data, title)
            except (requests.RequestException, AssertionError, KeyError):
                session = None  # the site is away
                self.enough.wait(0.5)
                continue
            if answer.history and answer.ok:
                self.accepted.append(title)


@pytest.fixture(scope="module")
def short_report(tmp_path_factory) -> bytes:
    path: Path = report_pdf(tmp_path_factory.mktemp("files") / "short.pdf", pages=3, planted={2: "The lantern"})
    return path.read_bytes()


@pytest.mark.timeout(max(400, KILLS * 12))
def test_nothing_answered_is_lost_and_nothing_unnamed_stays(site, short_report):
    chance = random.Random(random.random())  # by the seed that pytest-randomly names
    uploaders = [Uploader(site, person, short_report) for person in PEOPLE]
    for uploader in uploaders:
        uploader.start()
    for _ in range(KILLS):
        threading.Event().wait(chance.uniform(0.3, 2.5))
        name = chance.choice(("web", "worker"))
        site.product.kill(name)
        site.product.start(name)
        if name == "web":
            site.product.wait_until_it_answers()
    for uploader in uploaders:
        uploader.enough.set()
    for uploader in uploaders:
        uploader.join(60)
    until(lambda: set(states(site).values()) <= set(SETTLED), HELD_FOR + SLACK + SLACK)
    accepted = {title for uploader in uploaders for title in uploader.accepted}
    found = states(site)
    assert accepted and accepted <= found.keys()
    assert {found[title] for title in accepted} == {"ready"}
    assert site.product.manage("shell", "-c", CLEAN_UP).splitlines()[-1] == "True []"


def states(site) -> dict[str, str]:
    rows = site.product.rows("SELECT title, state FROM documents_document WHERE title LIKE 'Killed %'")
    return {str(title): str(state) for title, state in rows}
