"""What pictures and recordings are called inside an archive: a name that somebody gave them may name somebody.

``photo-of-anna.jpg`` becomes ``media1.jpg``, and whatever speaks of it says so. Names that programs make
(``image1.png``, the hash of the content) stay, and so do those of chapters, fonts and style sheets.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote

from documents.extraction.inspection.metafiles import is_metafile
from documents.extraction.packages.package import MANIFEST, Package, find, local, value
from documents.extraction.packages.pictures import is_picture
from documents.extraction.packages.recordings import is_recording

_MADE = re.compile(
    r"(?:(?:image|media|audio|video|picture|hdphoto|cover)[-_]?\d{0,5}|\d{1,6}|[0-9A-Fa-f]{20,64})\.\w{2,5}|Object \d{1,5}",
    re.IGNORECASE,
)
"""Names that programs make."""
_ENDING = re.compile(r"\.[a-z0-9]{2,5}")
_ADDRESSES = ("src", "href", "data", "poster", "altimg", "clip-path", "fill")
_NUMBERS = ("id", "idref", "fallback", "media-overlay")
_IN_STYLE = re.compile(r"(url\(\s{0,9}['\"]?)([^)'\"]{1,300})(['\"]?\s{0,9}\))", re.IGNORECASE)
_TEXTS = (".xhtml", ".html", ".htm", ".xml", ".svg", ".opf", ".ncx", ".smil", ".pls")


def plain_names(package: Package, kind: str) -> int:
    """Renames them; ``kind`` is the module that reads the format. Returns how many had a name of their own."""
    rename = {"epub": _rename_in_book, "opendocument": _rename_in_text}.get(kind, Package.rename)
    count = 0
    for name in package.names():
        base = posixpath.basename(name)
        if _MADE.fullmatch(base) or not _is_shown(package, name):
            continue
        rename(package, name, _free(package, name))
        count += 1
    return count


def _is_shown(package: Package, name: str) -> bool:
    content = package.read(name)
    return name.lower().endswith(".svg") or is_picture(content) or is_recording(content) or is_metafile(content, name)


def _free(package: Package, name: str) -> str:
    """A name in the same folder that no part has, with the ending that says what it is."""
    folder = posixpath.dirname(name)
    ending = _ENDING.fullmatch(posixpath.splitext(name)[1].lower())
    number = 1
    while package.named(new := posixpath.join(folder, f"media{number}{ending[0] if ending else ''}")):
        number += 1
    return new


def _rename_in_text(package: Package, name: str, new: str) -> None:
    """OpenDocument: texts, styles and the list of parts name a part by its whole path."""
    for part in [part for part in package.names() if part.endswith(("content.xml", "styles.xml"))]:
        for element in package.xml(part).iter():
            for key, said in _attributes(element):
                if local(key) == "href" and unquote(said).removeprefix("./") == name:
                    element.set(key, new)
    if MANIFEST in package:
        for entry in find(package.xml(MANIFEST), "file-entry"):
            for key, said in _attributes(entry):
                if local(key) == "full-path" and said == name:
                    entry.set(key, new)
    package.rename(name, new)


def _rename_in_book(package: Package, name: str, new: str) -> None:
    """EPUB: whatever has an address, from where it stands; and style sheets."""
    for part in package.names():
        ending = part.lower()
        exchanged = partial(_exchanged, package, part, name, new)
        if ending.endswith(".css"):
            text = package.read(part).decode("utf-8", "replace")
            if (said := _restyled(text, exchanged)) != text:
                package.write(part, said.encode())
        elif ending.endswith(_TEXTS):
            for element in package.xml(part).iter():
                _readdress(element, exchanged)
    for opf in [part for part in package.names() if part.lower().endswith(".opf")]:
        for item in [
            item for item in find(package.xml(opf), "item") if value(item, "href").endswith(posixpath.basename(new))
        ]:
            _renumber(package.xml(opf), value(item, "id"), posixpath.splitext(posixpath.basename(new))[0])
    package.rename(name, new)


def _renumber(root: Any, name: str, new: str) -> None:
    """The list of a book calls its parts by names again, which programs make of those of the files."""
    taken = {value(element, "id") for element in root.iter() if isinstance(element.tag, str)}
    while new in taken:
        new += "-"
    for element in root.iter():
        for key, said in _attributes(element):
            if said == name and (local(key) in _NUMBERS or value(element, "name") == "cover"):
                element.set(key, new)
            elif said == f"#{name}" and local(key) == "refines":
                element.set(key, f"#{new}")


def _exchanged(package: Package, part: str, name: str, new: str, address: str) -> str:
    """The address with the other name if it leads from ``part`` to ``name``, else as it is."""
    path, sign, place = address.partition("#")
    if not path or ":" in path or path.startswith("/"):
        return address
    target = package.named(posixpath.normpath(posixpath.join(posixpath.dirname(part), unquote(path))))
    folder = path.rpartition("/")[0]
    return f"{posixpath.join(folder, posixpath.basename(new))}{sign}{place}" if target == name else address


def _readdress(element: Any, exchanged: Callable[[str], str]) -> None:
    for key, said in _attributes(element):
        if local(key) == "srcset" and "data:" not in said:
            each = [one.strip().partition(" ") for one in said.split(",")]
            element.set(key, ", ".join(f"{exchanged(path)}{gap}{size}" for path, gap, size in each))
        elif local(key) in _ADDRESSES:
            element.set(key, exchanged(_restyled(said, exchanged)))
        elif local(key) == "style":
            element.set(key, _restyled(said, exchanged))
    if local(element) == "style" and element.text:
        element.text = _restyled(element.text, exchanged)


def _restyled(text: str, exchanged: Callable[[str], str]) -> str:
    return _IN_STYLE.sub(lambda match: f"{match[1]}{exchanged(match[2].strip())}{match[3]}", text)


def _attributes(element: Any) -> Iterator[tuple[str, str]]:
    """Names and values, as a list: they are changed on the way."""
    return iter([(str(key), str(said)) for key, said in element.attrib.items()] if isinstance(element.tag, str) else [])
