"""Files that were whole once: cut, flipped, blanked, doubled and swapped, outside and inside of what is packed."""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]
_NUMBER = re.compile(rb"(?<![\w.])\d{1,4}(?![\w.])")


def mutated(data: bytes, seed: str) -> bytes:
    """``data`` with one to three things gone wrong; the same for the same ``seed``."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        inside = data[:4] == b"PK\x03\x04" and chance.random() < 0.6
        mutate = chance.choice(MUTATIONS)
        data = _in_a_part(data, mutate, chance) if inside else mutate(data, chance)
    return data


def _in_a_part(data: bytes, mutate: Mutation, chance: random.Random) -> bytes:
    """The archive itself stays whole: what is wrong is found by whoever reads the part."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(entry, archive.read(entry)) for entry in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, ValueError):
        return mutate(data, chance)
    victim = chance.randrange(len(parts)) if parts else -1
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # names that come twice are what some of these are made of
        for number, (entry, content) in enumerate(parts):
            archive.writestr(entry.filename, mutate(content, chance) if number == victim else content)
    return target.getvalue()


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randint(1, max(len(data), 1))]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(max(1, len(data) // chance.choice((50, 500, 5000)))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _blanked(data: bytes, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + bytes(end - start) + data[end:]


def _noise(data: bytes, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + chance.randbytes(end - start) + data[end:]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    return data[:end] + data[start:end] * chance.randint(1, 50) + data[end:]


def _swapped(data: bytes, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    middle = (start + end) // 2
    return data[:start] + data[middle:end] + data[start:middle] + data[end:]


def _grown(data: bytes, chance: random.Random) -> bytes:
    """Numbers that say how much of something there is, and lie."""
    huge = (b"0", b"-1", b"65536", b"2147483647", b"99999999999999999999")
    return _NUMBER.sub(lambda match: chance.choice(huge) if chance.random() < 0.05 else match[0], data)


def _nested(data: bytes, chance: random.Random) -> bytes:
    start, _end = _span(data, chance)
    opening, closing = chance.choice(((b"<a>", b"</a>"), (b"[", b"]"), (b"<<", b">>"), (b"{", b"}")))
    depth = chance.choice((100, 20_000))
    return data[:start] + opening * depth + closing * depth + data[start:]


def _span(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(len(data), start + chance.randint(1, max(1, len(data) // 4)))


def misheaded(data: bytes, seed: str) -> bytes:
    """An archive with up to four wrong bytes in the heads and names of its entries."""
    chance = random.Random(seed)
    heads = [match.start() for match in re.finditer(rb"PK(\x01\x02|\x03\x04|\x05\x06)", data)]
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        position = chance.choice(heads) + chance.randint(4, 80)
        if position < len(changed):
            changed[position] = chance.randrange(256)
    return bytes(changed)


MUTATIONS: tuple[Mutation, ...] = (_cut, _flipped, _blanked, _noise, _doubled, _swapped, _grown, _nested)
