"""MP4 films: a tree of boxes. Which of them tell about people, machines and places, and which bytes those are.

Boxes are not taken out but made empty (``free``, zeros) at the same size, so that no offset changes and the
packed picture and sound are untouched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from documents.extraction.errors import BrokenFileError

MAX_BOXES = 20_000
MAX_TABLE = 64 * 1024**2
CHUNK = 1024**2
_HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"moof", b"traf", b"mvex"})
_TELLING = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip"})
_TOP = _HOLDERS | _TELLING | {b"ftyp", b"mdat", b"wide", b"styp", b"sidx", b"ssix", b"mfra", b"pdin"}
"""What a film is made of: other boxes on the first level are somebody's own."""
_TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_SHOWN = frozenset({b"vide", b"soun", b"sbtl", b"subt", b"text", b"clcp", b"subp", b"tmcd", b"hint"})
_PLACES = (b"\xa9xyz", b"location.ISO6709", b"loci", b"GPS")


@dataclass(frozen=True)
class Box:
    """A box: its type, where it and what it holds begin, where it ends, and the types of the boxes that hold it."""

    kind: bytes
    start: int
    body: int
    end: int
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class Patch:
    """Bytes that must become ``free`` and zeros, and what they are: the code of a finding."""

    start: int
    end: int
    code: str
    is_box: bool = True


def boxes(file: IO[bytes], start: int, end: int, path: tuple[bytes, ...] = ()) -> Iterator[Box]:
    """All boxes between two offsets, those that hold others before these."""
    at, seen = start, 0
    while at + 8 <= end and seen < MAX_BOXES:
        file.seek(at)
        head = file.read(16)
        size, kind, body = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16], "big"), at + 16
        stop = end if size == 0 else at + size
        if stop <= at or stop > end:
            return
        box = Box(kind, at, body, stop, path)
        yield box
        if kind in _HOLDERS and len(path) < 8:
            yield from boxes(file, body, stop, (*path, kind))
        at, seen = stop, seen + 1


def patches(file: IO[bytes], size: int) -> Iterator[Patch]:
    """What has to be emptied."""
    data_tracks: list[Box] = []
    track: Box | None = None
    yield from _beside(file, size)
    for box in boxes(file, 0, size):
        if box.kind == b"trak":
            track = box
        if box.kind in _TELLING and _holds_something(file, box):
            code = "place" if box.kind != b"free" and _names_place(file, box) else "metadata"
            yield Patch(box.start, box.end, code)
        elif box.kind in _TIMED:
            yield from _times(file, box)
        elif box.kind == b"hdlr" and box.path[-1:] == (b"mdia",) and track is not None:
            file.seek(box.body + 8)
            if file.read(4) not in _SHOWN:
                data_tracks.append(track)
    for data in data_tracks:
        yield from (Patch(start, end, "data_track", is_box=False) for start, end in _samples(file, data))
        yield Patch(data.start, data.end, "data_track")


def _beside(file: IO[bytes], size: int) -> Iterator[Patch]:
    """Boxes that belong to no film, and what follows the last one. Raises BrokenFileError where that is more film."""
    end = 0
    for box in boxes(file, 0, size):
        if not box.path:
            end = box.end
            if box.kind not in _TOP and _says_something(file, box.body, box.end):
                yield Patch(box.start, box.end, "metadata")
    if end:
        file.seek(end)
        if file.read(8)[4:] in _TOP - {b"free", b"skip"}:
            raise BrokenFileError  # a box that is cut off, or more of them than are looked at
    if end and _says_something(file, end, size):
        yield Patch(end, size, "metadata", is_box=False)


def empty(file: IO[bytes], patch: Patch) -> None:
    """Makes the bytes of a patch what it asks for, in place."""
    start = patch.start
    if patch.is_box:
        file.seek(start)
        long_size = int.from_bytes(file.read(4), "big") == 1
        file.write(b"free")
        start += 16 if long_size else 8
    file.seek(start)
    left = patch.end - start
    while left > 0:
        file.write(bytes(min(left, CHUNK)))
        left -= CHUNK


def _holds_something(file: IO[bytes], box: Box) -> bool:
    return box.kind not in (b"free", b"skip") or _says_something(file, box.body, box.end)


def _says_something(file: IO[bytes], start: int, end: int) -> bool:
    """Whether there are other bytes than zeros."""
    file.seek(start)
    left = end - start
    while left > 0:
        chunk = file.read(min(left, CHUNK))
        if not chunk or chunk.strip(b"\0"):
            return bool(chunk)
        left -= len(chunk)
    return False


def _names_place(file: IO[bytes], box: Box) -> bool:
    file.seek(box.body)
    content = file.read(min(box.end - box.body, 4 * 1024 * 1024))
    return any(word in content for word in _PLACES)


def _times(file: IO[bytes], box: Box) -> Iterator[Patch]:
    """When the film and its tracks were made and changed."""
    file.seek(box.body)
    width = 8 if file.read(1) == b"\x01" else 4
    file.seek(box.body + 4)
    if file.read(2 * width).strip(b"\0"):
        yield Patch(box.body + 4, box.body + 4 + 2 * width, "metadata", is_box=False)


def _samples(file: IO[bytes], track: Box) -> Iterator[tuple[int, int]]:
    """Where the data of a track lies."""
    tables = {
        box.kind: box for box in boxes(file, track.body, track.end, (b"moov", b"trak")) if box.path[-1:] == (b"stbl",)
    }
    offsets = _table(file, tables.get(b"stco"), 8, 4, 1) or _table(file, tables.get(b"co64"), 8, 8, 1)
    runs = _table(file, tables.get(b"stsc"), 8, 4, 3)
    sizes = _sizes(file, tables.get(b"stsz"))
    sample = 0
    for number, (offset,) in enumerate(offsets, 1):
        each = next((run[1] for run in reversed(runs) if run[0] <= number), 0)
        length = sum(sizes[sample : sample + each])
        sample += each
        yield offset, offset + length


def _table(file: IO[bytes], box: Box | None, head: int, width: int, columns: int) -> list[tuple[int, ...]]:
    if box is None or box.end - box.body > MAX_TABLE:
        return []
    file.seek(box.body)
    content = file.read(box.end - box.body)[head:]
    step = width * columns
    return [
        tuple(int.from_bytes(content[at + width * part : at + width * (part + 1)], "big") for part in range(columns))
        for at in range(0, len(content) - step + 1, step)
    ]


def _sizes(file: IO[bytes], box: Box | None) -> list[int]:
    if box is None:
        return []
    file.seek(box.body + 4)
    each, count = int.from_bytes(file.read(4), "big"), int.from_bytes(file.read(4), "big")
    if each:
        return [each] * min(count, MAX_TABLE // 4)
    return [row[0] for row in _table(file, box, 12, 4, 1)]
