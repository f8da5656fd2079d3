"""Broken and hostile files of every kind: none ends the worker, none hangs, each ends with a reason.

Two of each real file in each run, six in a deep one: more than three hundred (HOSTILE_EACH).
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from documents import processing
from documents.actions import add_document
from documents.exceptions import IntakeError
from documents.extraction.checking import check
from documents.extraction.containers import PACKED
from documents.extraction.errors import RefusedError
from documents.intake import _REFUSALS
from documents.models import Document
from documents.names import EXTENSIONS
from tests import depth
from tests.documents.hostile.mutating import MUTATIONS, misheaded, mutated
from tests.documents.safety.test_leaks import CLEAN

pytestmark = pytest.mark.django_db

EACH = depth.number("HOSTILE_EACH", usual=2, deep=6)
LIMIT = 20.0
"""Seconds that one file may take here; 600 on a site."""
RTF = [name for name, (_make, mime) in CLEAN.items() if mime == "text/rtf"]
BROKEN = [name for name in CLEAN if name not in RTF[1:]]
"""What is broken. LibreOffice reads each of the RTF files, for seconds, and one is broken like another."""
GROWTH = 30
"""Megabytes by which the worker may grow while it goes through two dozen of them."""


@pytest.fixture(autouse=True)
def little_time(monkeypatch):
    monkeypatch.setattr(processing, "BUDGET", LIMIT)


def outcome(data: bytes, mime: str) -> str:
    """What became of a file: "refused", "ready" or "failed"; a refusal and a failure have said why."""
    try:
        document = add_document(ContentFile(data, name=f"file.{EXTENSIONS[mime]}"), title="Broken", user=None)
    except IntakeError as refusal:
        assert len(str(refusal)) > 10
        return "refused"
    processing.process(document.pk)
    document = Document.objects.get(pk=document.pk)
    assert document.state in (Document.State.READY, Document.State.FAILED), document.state
    assert document.state == Document.State.READY or document.failure
    return str(document.state)


def resident() -> int:
    """Megabytes of this process."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_ends_in_time_with_a_reason(name):
    make, mime = CLEAN[name]
    whole = make()
    for number in range(EACH):
        began = time.monotonic()
        outcome(mutated(whole, f"{name} {number}"), mime)
        assert time.monotonic() - began < LIMIT + 10, number


@pytest.mark.parametrize("mime", sorted({mime for _make, mime in CLEAN.values()}))
def test_unbroken_it_is_read(mime):
    """What is refused as it is says nothing about its broken likes."""
    make = next(make for make, of in CLEAN.values() if of == mime)
    assert outcome(make(), mime) == Document.State.READY


@pytest.mark.parametrize("mime", sorted(PACKED))
def test_an_archive_whose_heads_lie_is_refused_or_read(mime, stored):
    """Asked of the check itself, which says why: in a child a fault that nobody thought of would be a refusal too."""
    whole = next(make for make, of in CLEAN.values() if of == mime)()
    for number in range(20 * EACH):
        try:
            check(stored(misheaded(whole, f"{mime} {number}")), mime)
        except RefusedError as refusal:
            assert refusal.code in _REFUSALS


def test_readers_see_broken_files_too():
    """Were all of them refused at the door, nothing would be known of those who read."""
    make, mime = CLEAN[next(iter(CLEAN))]
    outcomes = {outcome(mutated(make(), f"outcome {number}"), mime) for number in range(16)}
    assert outcomes == {"refused", Document.State.READY, Document.State.FAILED}


def test_the_worker_does_not_grow():
    make, mime = CLEAN[next(iter(CLEAN))]
    whole, sizes = make(), []
    for number in range(24):
        outcome(mutated(whole, f"memory {number}"), mime)
        sizes.append(resident())
    assert sizes[-1] - sizes[3] < GROWTH, sizes


def test_every_way_of_breaking_changes_the_file():
    import random

    whole = CLEAN[next(iter(CLEAN))][0]()
    for mutate in MUTATIONS:
        assert any(mutate(whole, random.Random(seed)) != whole for seed in range(3)), mutate.__name__
