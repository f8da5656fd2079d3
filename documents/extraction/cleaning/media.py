"""Sound and film without their tags. The packed sound and picture are copied bit for bit, in constant memory."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from documents.extraction.errors import BrokenFileError, UnprovenError
from documents.extraction.inspection.boxes import CHUNK, Patch, boxes, empty, patches
from documents.extraction.inspection.media import sound_of

_KINDS = {"metadata": "metadata", "place": "places", "data_track": "data tracks"}


def clean(source: Path, target: Path, removed: Counter[str], mime: str) -> int:
    """Writes the clean copy of the recording at ``source``; returns 0. Raises BrokenFileError, UnprovenError."""
    if mime == "audio/mpeg":
        _clean_sound(source, target, removed)
    else:
        _clean_film(source, target, removed)
    return 0


def _clean_sound(source: Path, target: Path, removed: Counter[str]) -> None:
    start, end = sound_of(source)
    if start >= end:
        raise BrokenFileError
    removed["metadata"] += (start > 0) + (end < source.stat().st_size)
    with source.open("rb") as file, target.open("wb") as copy:
        file.seek(start)
        left = end - start
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            copy.write(chunk)
            left -= len(chunk)
    if sound_of(target) != (0, end - start):
        raise UnprovenError
    if not removed["metadata"]:
        del removed["metadata"]


def _clean_film(source: Path, target: Path, removed: Counter[str]) -> None:
    size = source.stat().st_size
    with source.open("rb") as file:
        if not any(box.kind == b"moov" for box in boxes(file, 0, size)):
            raise BrokenFileError
        found = list(patches(file, size))
    shutil.copyfile(source, target)
    with target.open("r+b") as copy:
        for patch in found:
            empty(copy, patch)
            removed[_KINDS[patch.code]] += 1
    _prove(source, target, found)


def _prove(source: Path, target: Path, found: list[Patch]) -> None:
    """Outside of what was emptied, both files have the same bytes, and nothing is left to be emptied."""
    with source.open("rb") as before, target.open("rb") as after:
        at = 0
        for patch in [*sorted(found, key=lambda patch: patch.start), Patch(source.stat().st_size, 0, "")]:
            before.seek(at)
            after.seek(at)
            while at < patch.start:
                step = min(CHUNK, patch.start - at)
                if before.read(step) != after.read(step):
                    raise UnprovenError
                at += step
            at = max(at, patch.end)
        if source.stat().st_size != target.stat().st_size or any(patches(after, target.stat().st_size)):
            raise UnprovenError
