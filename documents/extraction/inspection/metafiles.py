"""Drawings kept as instructions to draw: they hold words beside those that they show, notes, names of programs and printers.

They are known by how they begin, whatever they are called: that is how the programs know them that show them.
"""

from __future__ import annotations

import re

from documents.extraction.inspection.jpeg import JPEG
from documents.extraction.inspection.png import PNG

_BEGINNINGS = (
    b"\xd7\xcd\xc6\x9a",  # WMF with its size before it
    b"\x01\x00\x09\x00",  # WMF
    b"\x02\x00\x09\x00",
    b"VCLMTF",  # SVM: LibreOffice's own, in which it keeps what charts and other objects look like
    b"SVGDI",
    b"\x1f\x8b\x08",  # packed by gzip: EMZ, WMZ, PCZ; nothing else in an office file is
    b"\xc5\xd0\xd3\xc6",  # PostScript with a preview
    b"%!PS",
    b"%PDF-",
)
_EMF_AT, _EMF = 40, b" EMF"
_EMF_BEGINS = b"\x01\x00\x00\x00"
_PICT, _PICT_AT = (b"\x00\x11\x02", b"\x11\x01"), (10, 522)
"""PICT has no beginning of its own: the version follows the frame, in a file 512 bytes further on."""
_ENDINGS = tuple(
    f".{ending}"
    for ending in [
        "emf",
        "wmf",
        "emz",
        "wmz",
        "svm",
        "pict",
        "pct",
        "pcz",
        "eps",
        "ps",
        "pdf",
        "cgm",
        "met",
        "cdr",
        "dxf",
    ]
)
_PICTURES = (PNG, JPEG, b"GIF8")
"""What a program shows as such, whatever the name says and whatever stands further on."""
_MARKUP = (b"<", b"\xef\xbb\xbf<")
_DXF = re.compile(rb"\s*(999\s[^\n]*\n\s*)*0[ \t]*\r?\n\s*SECTION\b")


def is_metafile(content: bytes, name: str = "") -> bool:
    """Whether this is such a drawing, or is called one while nothing else is known to show it."""
    if content.startswith(_PICTURES):
        return False
    return (
        content.startswith(_BEGINNINGS)
        or (content.startswith(_EMF_BEGINS) and content.startswith(_EMF, _EMF_AT))
        or (not content.startswith(_MARKUP) and any(content.startswith(_PICT, at) for at in _PICT_AT))
        or _DXF.match(content) is not None
        or name.lower().endswith(_ENDINGS)
    )
