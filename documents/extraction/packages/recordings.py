"""Sound and film inside the archives: MP3 and MP4 lose their tags, of other formats nothing stays."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import Any

from documents.extraction.errors import BrokenFileError
from documents.extraction.inspection.boxes import boxes, empty, patches
from documents.extraction.inspection.media import sound_in
from documents.extraction.packages.package import Package, Trace, find, local, take_out

_FILM_AT, _FILM = 4, b"ftyp"
RECORDED = frozenset({"video", "audio", "media"})
"""Ends of the types of relationships that lead to recordings."""


def is_recording(content: bytes) -> bool:
    """Whether this is a recording that can be read here."""
    return plain_recording(content) is not None


@lru_cache(maxsize=2)
def plain_recording(content: bytes) -> bytes | None:
    """The same recording without its tags; None where it is none that can be read here."""
    if content.startswith(_FILM, _FILM_AT):
        return _plain_film(content)
    start, end = sound_in(io.BytesIO(content), len(content))
    start += len(content[start:end]) - len(content[start:end].lstrip(b"\0"))
    return content[start:end] if _is_frame(content[start : start + 4]) else None


def _is_frame(head: bytes) -> bool:
    """Whether a frame of MP3 begins so: eleven bits, a version, a layer, a rate of bits and one of samples that there are."""
    return (
        len(head) == 4
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x18 != 0x08
        and head[1] & 0x06 != 0
        and head[2] & 0xF0 != 0xF0
        and head[2] & 0x0C != 0x0C
    )


def _plain_film(content: bytes) -> bytes | None:
    file, size = io.BytesIO(content), len(content)
    kinds = {box.kind: box for box in boxes(file, 0, size)}
    if b"moov" not in kinds or b"ftyp" not in kinds:
        return None
    try:
        found = list(patches(file, size))
    except BrokenFileError:
        return None
    if any(patch.end > size or patch.start < kinds[b"ftyp"].end for patch in found):
        return None  # where its data lies is not what it says
    for patch in found:
        empty(file, patch)
    return file.getvalue()


def recording_traces(package: Package, names: Iterable[str]) -> Iterator[Trace]:
    """One for each of these parts that says more than one hears and sees, and for each recording that can't be read."""
    played = {
        target
        for _source, relation, target in package.relationships()
        if str(relation.get("Type", "")).rpartition("/")[2] in RECORDED
    }
    for name in names:
        content = package.read(name)
        without = plain_recording(content)
        if without is not None and without != content:
            yield Trace("metadata", "metadata of recordings", name, partial(_rewrite, package, name))
        elif without is None and name in played:
            yield Trace("embedded", "embedded files", name, partial(_drop, package, name))


def _rewrite(package: Package, name: str) -> None:
    if name in package and (without := plain_recording(package.read(name))) is not None:
        package.write(name, without)


def _drop(package: Package, name: str) -> None:
    """The recording, what names it, and on its slide the order of events, which would start it. Its picture stays."""
    named: dict[str, set[str]] = {}
    for source, relation, target in package.relationships():
        if target == name and source in package.xml_names():
            named.setdefault(source, set()).add(str(relation.get("Id", "")))
    for source, ids in named.items():
        _forget(package.xml(source), ids)
    package.drop(name)


def _forget(root: Any, ids: set[str]) -> None:
    for element in [element for element in root.iter() if isinstance(element.tag, str)]:
        if ids & {text for key, text in element.attrib.items() if "relationships" in key}:
            holder = next((up for up in element.iterancestors() if local(up) in ("ext", "sndAc")), element)
            take_out(holder)
    for timing in find(root, "timing"):
        take_out(timing)
