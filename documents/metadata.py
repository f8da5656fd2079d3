"""Pictures without what they tell about the people who took them.

A photo carries the place, the device and its serial number, the editor's name, comments and a
thumbnail of what was cropped away. Kept are the colour profile and the copyright notice; the
orientation is applied, because it is metadata too.
"""

from __future__ import annotations

import io
from typing import IO, Any

from PIL import Image as Picture
from PIL import ImageOps

COPYRIGHT = 0x8298
"""The EXIF tag of the copyright notice."""
FORMATS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "TIFF": "TIFF"}
"""Formats that are kept, by what Pillow calls the upload's; anything else becomes PNG. Only the first frame is kept."""


def without_metadata(file: IO[bytes]) -> bytes:
    """The bytes of the picture in ``file``, upright, with colour profile and copyright, without anything else.

    Raises ``PIL.UnidentifiedImageError`` (an OSError) where it isn't a picture.
    """
    file.seek(0)
    with Picture.open(file) as source:
        name = FORMATS.get(source.format or "", "PNG")
        options = _kept(source, name)
        upright = ImageOps.exif_transpose(source)
        picture = upright if upright is not None and upright.size != (0, 0) else source
        if name == "JPEG":
            options |= {"quality": 92, "optimize": True}
            if picture.mode not in ("L", "RGB", "CMYK"):
                picture = picture.convert("RGB")
        elif name == "WEBP":
            options |= {"quality": 90}
        picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
        out = io.BytesIO()
        picture.save(out, format=name, **options)
    return out.getvalue()


def _kept(source: Picture.Image, name: str) -> dict[str, Any]:
    """What goes into the clean file on purpose."""
    options: dict[str, Any] = {}
    if profile := source.info.get("icc_profile"):
        options["icc_profile"] = profile
    if notice := source.getexif().get(COPYRIGHT):
        exif = Picture.Exif()
        exif[COPYRIGHT] = notice
        options["exif"] = exif if name == "TIFF" else exif.tobytes()
    return options
