"""What pictures and recordings are called inside an archive: a name that somebody gave them may name somebody.

``photo-of-anna.jpg`` becomes ``media1.jpg``, and what speaks of it says so. Names that programs make (``image1.png``, the
hash of the content) stay, and so do those of folders, chapters, fonts and style sheets. Where a name is still spoken of
once all addresses are changed, the part keeps it: a picture that isn't shown any more would be worse.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import unquote

from lxml import etree

from documents.extraction.inspection.metafiles import is_metafile
from documents.extraction.packages import epub
from documents.extraction.packages.package import MANIFEST, Package, find, local, value
from documents.extraction.packages.pictures import is_picture
from documents.extraction.packages.recordings import is_recording

_MADE = re.compile(
    r"(?:(?:image|media|audio|video|picture|hdphoto|cover)[-_]?\d{0,5}|\d{1,6}|[0-9A-Fa-f]{20,64})\.\w{2,5}|Object \d{1,5}",
    re.IGNORECASE,
)
"""Names that programs make."""
_MADE_ID = re.compile(r"(?:cover|image|img|picture|pic|media|fig|figure|item|id|x)?[-_.]?\d{0,6}", re.IGNORECASE)
_ENDINGS = frozenset({
    "png", "jpg", "jpeg", "jpe", "jfif", "gif", "webp", "tif", "tiff", "bmp", "svg", "emf", "wmf", "emz", "wmz", "wdp",
    "mp3", "mp4", "m4a", "m4v", "mov", "wav", "ogg", "oga", "ogv", "avi", "wmv", "wma", "mid",
})  # fmt: skip
"""A part with another ending keeps its name: by it alone programs know some of them."""
_NUMBERS = ("id", "idref", "fallback", "media-overlay")
_IN_STYLE = re.compile(
    r"""(url\(\s{0,9})(?:"([^"]{1,300})"|'([^']{1,300})'|([^)'"\s]{1,300}+))(\s{0,9}\))""", re.IGNORECASE
)

Exchange = Callable[[str], str]
"""An address as it is to be from now on."""
Written = dict[str, Any]
"""Parts as they are to be from now on: root elements, and bytes of style sheets."""


def plain_names(package: Package, kind: str) -> int:
    """Renames them; ``kind`` is the module that reads the format. Returns how many had a name of their own."""
    renamed = _wanted(package)
    rewrite = {"epub": _book, "opendocument": _text}.get(kind)
    if rewrite is not None:
        renamed = _spoken_of(package, renamed, rewrite)
    for name, new in renamed.items():
        package.rename(name, new)
    return len(renamed)


def _wanted(package: Package) -> dict[str, str]:
    """The parts with names of their own and how each is to be called: in its folder, with its ending."""
    renamed: dict[str, str] = {}
    number = 0
    for name in package.names():
        folder, base = posixpath.split(name)
        ending = posixpath.splitext(base)[1].lower()
        is_own = folder == "META-INF" or bool(_MADE.fullmatch(base))  # there a name decides whether it may stay
        if is_own or ending[1:] not in _ENDINGS or not _is_shown(package.read(name), name):
            continue
        number += 1
        while package.named(new := posixpath.join(folder, f"media{number}{ending}")):
            number += 1
        renamed[name] = new
    return renamed


def _is_shown(content: bytes, name: str) -> bool:
    is_drawing = name.lower().endswith(".svg")
    return is_drawing or is_picture(content) or is_recording(content) or is_metafile(content, name)


def _spoken_of(
    package: Package, renamed: dict[str, str], rewrite: Callable[[Package, Mapping[str, str]], Written]
) -> dict[str, str]:
    """Writes the new names into the parts that speak of them; those that are still spoken of by the old ones are left out."""
    while renamed:
        written = rewrite(package, renamed)
        texts = [
            part if isinstance(part, bytes) else etree.tostring(part, encoding="UTF-8") for part in written.values()
        ]
        left = [name for name in renamed if any(_says(text, posixpath.basename(name)) for text in texts)]
        if not left:
            for part, content in written.items():
                package.put(part, content)
            break
        renamed = {name: new for name, new in renamed.items() if name not in left}
    return renamed


def _says(content: bytes, base: str) -> bool:
    text = content.decode("utf-8", "replace").casefold()
    plain = html.unescape(text)
    return any(unquote(base).casefold() in each for each in (text, plain, unquote(plain), plain.replace("\\", "")))


def _text(package: Package, renamed: Mapping[str, str]) -> Written:
    """OpenDocument: texts, styles and the list of parts name a part by its whole path."""
    written: Written = {}
    for part in package.names():
        if not part.endswith(("content.xml", "styles.xml")) and part != MANIFEST:
            continue
        root = deepcopy(package.xml(part))
        for element in root.iter():
            for key, said in _attributes(element):
                if local(key) in ("href", "full-path"):
                    name = package.named(said.removeprefix("./"))
                    if name in renamed:
                        element.set(key, said[: said.rfind("/") + 1] + posixpath.basename(renamed[name]))
        written[part] = root
    return written


def _book(package: Package, renamed: Mapping[str, str]) -> Written:
    """EPUB: whatever has an address, from where it stands; style sheets; and the numbers in the lists of parts."""
    written: Written = {}
    lists = epub.books(package)
    for part in dict.fromkeys([*lists, *epub.pages(package), *epub.lists(package)]):
        exchange = _exchange(package, part, renamed)
        root = deepcopy(package.xml(part))
        numbers = dict(_numbers(root, exchange)) if part in lists else {}
        for element in root.iter():
            _readdress(element, exchange)
            _renumber(element, numbers)
        written[part] = root
    for part in package.names():
        if part.lower().endswith(".css"):
            text = package.read(part).decode("utf-8", "replace")
            said = _restyled(text, _exchange(package, part, renamed))
            written[part] = (
                package.read(part) if said == text else said.encode()
            )  # in another encoding it stays as it is
    return written


def _exchange(package: Package, part: str, renamed: Mapping[str, str]) -> Exchange:
    bases = {posixpath.basename(unquote(name)).casefold() for name in renamed}

    def exchange(address: str) -> str:
        path = re.split(r"[?#]", address, maxsplit=1)[0]
        if posixpath.basename(unquote(path)).casefold() not in bases or ":" in path:
            return address
        place = "" if path.startswith("/") else posixpath.dirname(part)
        name = package.named(posixpath.normpath(posixpath.join(place, path.lstrip("/"))))
        if name not in renamed:
            return address
        return path[: path.rfind("/") + 1] + posixpath.basename(renamed[name]) + address[len(path) :]

    return exchange


def _readdress(element: Any, exchange: Exchange) -> None:
    """Any attribute may be an address; of those that are none nothing leads to a part."""
    for key, said in _attributes(element):
        if local(key) == "srcset":
            each = [one.strip().partition(" ") for one in said.split(",")]
            new = ", ".join(f"{exchange(path)}{gap}{size}" for path, gap, size in each)
        else:
            new = _restyled(said, exchange) if "url(" in said.lower() else exchange(said)
        if new != said:
            element.set(key, new)
    if local(element) == "style" and element.text:
        element.text = _restyled(element.text, exchange)


def _restyled(text: str, exchange: Exchange) -> str:
    def other(match: re.Match[str]) -> str:
        address = match[2] or match[3] or match[4]
        new = exchange(address)
        return match[0] if new == address else match[0].replace(address, new)

    return _IN_STYLE.sub(other, text)


def _numbers(root: Any, exchange: Exchange) -> Iterator[tuple[str, str]]:
    """What the list of a book calls the renamed parts, which programs make of the names of files, and what it will be."""
    taken = {value(element, "id") for element in root.iter() if isinstance(element.tag, str)}
    for item in find(root, "item"):
        number, address = value(item, "id"), value(item, "href")
        new = posixpath.splitext(posixpath.basename(exchange(address)))[0]
        if exchange(address) != address and not _MADE_ID.fullmatch(number):
            while new in taken:
                new += "-"
            taken.add(new)
            yield number, new


def _renumber(element: Any, numbers: Mapping[str, str]) -> None:
    is_cover = value(element, "name") == "cover"
    for key, said in _attributes(element):
        if said in numbers and (local(key) in _NUMBERS or (is_cover and local(key) == "content")):
            element.set(key, numbers[said])
        elif local(key) == "refines" and said[1:] in numbers:
            element.set(key, f"#{numbers[said[1:]]}")


def _attributes(element: Any) -> list[tuple[str, str]]:
    """Names and values, as they are now: they are changed on the way."""
    return [(str(key), str(said)) for key, said in element.attrib.items()] if isinstance(element.tag, str) else []
