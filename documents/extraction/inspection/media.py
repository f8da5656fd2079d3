"""Sound and film: tags about people, machines and places around the recording."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import IO

from documents.extraction.inspection.boxes import patches
from documents.extraction.inspection.findings import Findings, Place

_TAIL = 128 * 1024
MAX_TAGS = 16


def inspect(path: Path, hosts: Collection[str], findings: Findings, mime: str) -> None:
    """Adds the findings of the recording at ``path``."""
    if mime == "audio/mpeg":
        start, end = sound_of(path)
        if start > 0:
            findings.add("metadata", Place(words="ID3"))
        if end < path.stat().st_size:
            findings.add("metadata", Place(words="ID3v1, APE"))
        return
    with path.open("rb") as file:
        for patch in patches(file, path.stat().st_size):
            findings.add(patch.code)


def sound_of(path: Path) -> tuple[int, int]:
    """Where the sound of an MP3 file begins and ends between its tags."""
    with path.open("rb") as file:
        return sound_in(file, path.stat().st_size)


def sound_in(file: IO[bytes], size: int) -> tuple[int, int]:
    """The same of an open file of ``size`` bytes."""
    start = 0
    for _ in range(MAX_TAGS):
        file.seek(start)
        head = file.read(10)
        if head[:3] != b"ID3" or len(head) < 10:
            break
        length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        start += 10 + length + (10 if head[5] & 0x10 else 0)
    start = min(start, size)
    file.seek(max(start, size - _TAIL))
    tail = file.read()
    return start, start + max(size - start - len(tail), 0) + _length_without_tags(tail)


def _length_without_tags(tail: bytes) -> int:
    """How much of the file's end is sound: ID3v1, APE and Lyrics3 tags lie behind it."""
    end = len(tail)
    for _ in range(MAX_TAGS):
        before = end
        if end >= 128 and tail[end - 128 : end - 125] == b"TAG":
            end -= 128
        if end >= 227 and tail[end - 227 : end - 223] == b"TAG+":
            end -= 227
        if tail[end - 9 : end] == b"LYRICS200":
            end = max(tail.rfind(b"LYRICSBEGIN", 0, end), 0)
        if end >= 32 and tail[end - 32 : end - 24] == b"APETAGEX":
            length = int.from_bytes(tail[end - 20 : end - 16], "little")
            has_head = tail[end - 9] & 0x80
            end = max(end - length - (32 if has_head else 0), 0)
        if end == before:
            break
    return end
