"""Pictures on the pages of a PDF: without what cameras wrote into them, and without what their masks hide."""

from __future__ import annotations

from collections import Counter

from pikepdf import Dictionary, Name, Object, Pdf, Stream

from documents.extraction.inspection.embedded import (
    UNREADABLE,
    as_list,
    camera_file,
    cut,
    differs,
    is_small,
    mask_of,
    samples,
    seen,
    without_hidden,
)


def clean_images(pdf: Pdf, removed: Counter[str]) -> None:
    """Counts in ``removed`` what went from how many pictures."""
    for stream in pdf.objects:
        if isinstance(stream, Stream):
            _clean_camera_file(pdf, stream, removed)
            _clean_hidden_parts(stream, removed)


def _clean_camera_file(pdf: Pdf, stream: Object, removed: Counter[str]) -> None:
    """A photo keeps what its camera wrote into it when a program puts it on a page."""
    found = camera_file(pdf, stream)
    if found is None:
        return
    kind, content = found
    shown = cut(kind, content)
    if shown != content:
        parameters = as_list(stream.get("/DecodeParms"))[-1:]
        held = parameters[0] if parameters and isinstance(parameters[0], Dictionary) else None
        stream.write(shown, filter=Name(kind), decode_parms=held)
        removed["metadata of pictures"] += 1


def _clean_hidden_parts(image: Object, removed: Counter[str]) -> None:
    """Only where it costs no pixel that is seen; of other pictures the inspection tells."""
    mask = mask_of(image)
    if mask is None or "/Width" not in image or not is_small(image) or not is_small(mask):
        return
    try:
        picture = samples(image)
        visible = seen(image, mask) if picture else None
    except UNREADABLE:
        return
    if picture and visible and differs(picture, visible, 0):
        shown = without_hidden(picture, visible).tobytes()
        if shown != picture.tobytes():
            image.write(shown)
            removed["hidden parts of pictures"] += 1
