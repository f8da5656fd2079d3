"""Sound and film inside the archives: MP3 and MP4 lose their tags, of other formats nothing stays."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import Any

from documents.extraction.inspection.boxes import boxes, empty, patches
from documents.extraction.inspection.media import sound_in
from documents.extraction.packages.package import Package, Trace, find, local, source_of, take_out

_SOUND = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")
_FILM_AT, _FILM = 4, b"ftyp"
_KINDS = ("video", "audio", "media")


def is_recording(content: bytes) -> bool:
    """Whether this begins as a recording that can be read here."""
    return content.startswith(_SOUND) or content.startswith(_FILM, _FILM_AT)


def plain_recording(content: bytes) -> bytes | None:
    """The same recording without its tags; None where it is none that can be read here."""
    file = io.BytesIO(content)
    if content.startswith(_SOUND):
        start, end = sound_in(file, len(content))
        return content[start:end] or None
    if content.startswith(_FILM, _FILM_AT):
        if not any(box.kind == b"moov" for box in boxes(file, 0, len(content))):
            return None
        for patch in list(patches(file, len(content))):
            empty(file, patch)
        return file.getvalue()
    return None


def recording_traces(package: Package, gone: tuple[str, ...] = ()) -> Iterator[Trace]:
    """One for each recording that says more than one hears and sees, and for each that can't be read."""
    shown = _shown(package)
    for name in package.names():
        if name.startswith(gone):
            continue
        content = package.read(name)
        without = plain_recording(content)
        if without is not None and without != content:
            yield Trace("metadata", "metadata of recordings", name, partial(_rewrite, package, name))
        elif without is None and name in shown:
            yield Trace("embedded", "embedded files", name, partial(_drop, package, name))


def _rewrite(package: Package, name: str) -> None:
    if name in package and (without := plain_recording(package.read(name))) is not None:
        package.write(name, without)


def _shown(package: Package) -> set[str]:
    """The parts that an Office file plays."""
    return {
        package.target(source_of(rels), relation)
        for rels in package.names()
        if rels.endswith(".rels")
        for relation in package.xml(rels)
        if str(relation.get("Type", "")).endswith(tuple(f"/{kind}" for kind in _KINDS))
    }


def _drop(package: Package, name: str) -> None:
    """The recording, what names it, and on its slide the order of events, which would start it. Its picture stays."""
    for rels in [part for part in package.names() if part.endswith(".rels")]:
        source = source_of(rels)
        ids = {relation.get("Id") for relation in package.xml(rels) if package.target(source, relation) == name}
        if ids and source in package.xml_names():
            _forget(package.xml(source), ids)
    package.drop(name)


def _forget(root: Any, ids: set[str]) -> None:
    for element in [element for element in root.iter() if isinstance(element.tag, str)]:
        if ids & {text for key, text in element.attrib.items() if "relationships" in key}:
            holder = next((up for up in element.iterancestors() if local(up) in ("ext", "sndAc")), element)
            take_out(holder)
    for timing in find(root, "timing"):
        take_out(timing)
