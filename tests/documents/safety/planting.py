"""What the leak tests share: a planted file, and a search that sees through compression."""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf

NAME = "Quellwitz"
"""The name that must not get out: no demo text, font or library holds it."""


_BASE64 = re.compile(rb"(?:>|;base64,)([A-Za-z0-9+/\s]{20,})")
"""Bytes inside of XML."""


@dataclass(frozen=True)
class Planted:
    """A file with a leak: what the inspection must call it, and whether the public copy loses it.

    ``trace`` is what a byte search of the original finds (empty where the leak is no text); ``removed``: the
    clean copy takes it out, so that it must not be found there.
    """

    name: str
    make: Callable[[], bytes]
    code: str
    mime: str = "application/pdf"
    removed: bool = False
    trace: str = NAME

    def __str__(self) -> str:
        return self.name


def holds(data: bytes, trace: str) -> bool:
    """Whether ``trace`` is anywhere in a file: its bytes, its unpacked streams and parts, in four encodings."""
    wanted = [trace.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")]
    wanted += [code.hex().encode() for code in wanted] + [code.hex().upper().encode() for code in wanted]
    return any(word in layer for layer in layers(data) for word in wanted)


def layers(data: bytes, depth: int = 0):
    """The bytes themselves and everything that is packed in them."""
    yield data
    if depth > 3:
        return
    if data[:5] == b"{\\rtf":
        yield data.translate(None, b"\r\n")  # digits of a picture run over lines
        plain = re.sub(rb"\\'([0-9a-fA-F]{2})", lambda found: bytes.fromhex(found[1].decode()), data)
        yield re.sub(rb"\\u(-?\d+) ?\??", lambda found: chr(int(found[1]) % 0x10000).encode("utf-8", "replace"), plain)
    if data[:5] == b"%PDF-":
        yield from _pdf_layers(data, depth)
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield member.encode()
                content = archive.read(member)
                yield from layers(content, depth + 1)
                yield from map(_decoded, _BASE64.findall(content))
    elif data[:3] == b"\x1f\x8b\x08":
        yield from layers(gzip.decompress(data), depth + 1)
    else:
        yield from _deflated(data)


def _decoded(text: bytes) -> bytes:
    text = text.translate(None, b" \n\t")
    return base64.b64decode(text[: len(text) // 4 * 4])


def _pdf_layers(data: bytes, depth: int):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(
            out,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
        for holder in pdf.objects:
            if isinstance(holder, pikepdf.Stream):
                try:
                    yield from layers(holder.read_bytes(), depth + 1)
                except pikepdf.PdfError:
                    yield holder.read_raw_bytes()
        for holder in pdf.objects:
            if isinstance(holder, pikepdf.Dictionary):
                yield " ".join(str(value) for _, value in holder.items() if isinstance(value, pikepdf.String)).encode()
    yield out.getvalue()


def _deflated(data: bytes):
    """zTXt and iTXt chunks of PNG and the like."""
    for head in (b"\x78\x9c", b"\x78\xda", b"\x78\x01", b"\x78\x5e"):
        at = data.find(head)
        while at >= 0:
            with contextlib.suppress(zlib.error):
                yield zlib.decompressobj().decompress(data[at:])
            at = data.find(head, at + 1)
