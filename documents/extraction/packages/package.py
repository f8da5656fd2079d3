"""A ZIP archive of XML parts in memory: read with care, changed, written so that the same input gives the same bytes."""

from __future__ import annotations

import contextlib
import html.entities
import posixpath
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from documents.extraction.archives import check_archive
from documents.extraction.errors import BrokenFileError

TYPES = "[Content_Types].xml"
MANIFEST = "META-INF/manifest.xml"
_DATE = (1980, 1, 1, 0, 0, 0)
_WITH_DOCTYPE = (".xhtml", ".html", ".htm", ".xht")
_XML = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx", ".rdf", ".vml")


@dataclass(frozen=True)
class Trace:
    """Something that doesn't belong into a public copy.

    ``code`` is that of a finding, ``kind`` the name under which its removal is listed, ``words`` where it is or
    what it says. Without ``remove`` it has to be mended by the editor.
    """

    code: str
    kind: str
    words: str = ""
    remove: Callable[[], None] | None = None


class Package:
    """All parts of an archive. Elements that :meth:`xml` gives are written back by :meth:`save`."""

    def __init__(self, path: Path) -> None:
        check_archive(path)
        self._parsed: dict[str, Any] = {}
        try:
            with zipfile.ZipFile(path) as archive:
                self._parts = {
                    member.filename: archive.read(member) for member in archive.infolist() if not member.is_dir()
                }
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise BrokenFileError from error
        self._folded = {_folded(name): name for name in self._parts}

    def named(self, path: str) -> str:
        """The part that a path means, whose letters may be large or small or written in percent signs; "" for none."""
        if path in self._parts:
            return path
        name = self._folded.get(_folded(path), "")
        return name if name in self._parts else ""

    def names(self, prefix: str = "") -> list[str]:
        """Names of the parts that begin with ``prefix``."""
        return [name for name in self._parts if name.startswith(prefix)]

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def read(self, name: str) -> bytes:
        """The bytes of a part as they were stored."""
        return self._parts[name]

    def write(self, name: str, content: bytes) -> None:
        """Exchanges the bytes of a part."""
        self._parsed.pop(name, None)
        self._parts[name] = content

    def put(self, name: str, content: Any) -> None:
        """Exchanges a part for bytes, or for the root element that it shall have."""
        if isinstance(content, bytes):
            self.write(name, content)
        else:
            self._parsed[name] = content

    def xml(self, name: str) -> Any:
        """The root element of a part. Raises BrokenFileError. No entity is expanded, nothing is fetched."""
        if name not in self._parsed:
            parser = etree.XMLParser(
                resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
            )
            try:
                self._parsed[name] = etree.fromstring(self._parts[name], parser)
            except (etree.XMLSyntaxError, KeyError) as error:
                raise BrokenFileError from error
            _spell_out(self._parsed[name])
        return self._parsed[name]

    def xml_names(self, prefix: str = "") -> list[str]:
        """Names of the parts below ``prefix`` that are XML."""
        return [name for name in self.names(prefix) if name.lower().endswith(_XML)]

    def relations(self, name: str) -> Any:
        """The element with the relationships of a part ("" for the package), or None."""
        rels = rels_name(name)
        return self.xml(rels) if rels in self else None

    def relationships(self) -> Iterator[tuple[str, Any, str]]:
        """Of every relationship between parts: who has it ("" for the package), its element, and to what it leads."""
        for rels in [part for part in self.names() if part.endswith(".rels")]:
            source = source_of(rels)
            for relation in list(self.xml(rels)):
                yield source, relation, self.target(source, relation)

    def target(self, name: str, relation: Any) -> str:
        """The part that a relationship of ``name`` leads to; "" for one outside of the package and for none at all."""
        if relation.get("TargetMode") == "External":
            return ""
        target = str(relation.get("Target", ""))
        if target.startswith("/"):
            return self.named(target[1:])
        return self.named(posixpath.normpath(posixpath.join(posixpath.dirname(name), target)))

    def rename(self, name: str, new: str) -> None:
        """Gives a part another name in the same folder, and tells its relationships, those that lead to it, and its type."""
        overrides = find(self.xml(TYPES), "Override") if TYPES in self else ()
        typed = [each for each in overrides if self.named(str(each.get("PartName", "")).removeprefix("/")) == name]
        for _source, relation, target in self.relationships():
            if target == name:
                said = str(relation.get("Target"))
                relation.set("Target", said[: said.rfind("/") + 1] + posixpath.basename(new))
        for old, other in ((name, new), (rels_name(name), rels_name(new))):
            for parts in (self._parts, self._parsed):
                if old in parts:
                    parts[other] = parts.pop(old)
            self._folded.pop(_folded(old), None)
            self._folded[_folded(other)] = other
        for override in typed:
            override.set("PartName", f"/{new}")

    def drop(self, name: str) -> None:
        """Removes a part, its relationships and every one that leads to it, and what is said of its type."""
        if name in self:
            for _source, relation, target in self.relationships():
                if target == name and relation.getparent() is not None:
                    relation.getparent().remove(relation)
        for gone in (name, rels_name(name)):
            self._parts.pop(gone, None)
            self._parsed.pop(gone, None)
        if TYPES in self:
            for override in list(self.xml(TYPES)):
                if str(override.get("PartName", "")).lower() == f"/{name}".lower():
                    self.xml(TYPES).remove(override)
        folder = name.rpartition("/")[0] + "/"
        # Not in an e-book, whose manifest of this name means nothing.
        for entry in find(self.xml(MANIFEST), "file-entry") if MANIFEST in self and "content.xml" in self else ():
            path = value(entry, "full-path")
            is_empty_folder = path == folder != "/" and not self.names(folder)  # "/" is the file itself
            if path == name or is_empty_folder:
                take_out(entry)

    def rewrite(self, name: str) -> None:
        """Stores a part as it is read: without comments and processing instructions.

        One that is gone by now stays gone, and one that is no XML stays what it is.
        """
        if name in self:
            with contextlib.suppress(BrokenFileError):
                self.xml(name)
                self._parts[name] = self._bytes(name)

    def save(self, path: Path) -> None:
        """Writes the archive: no dates, no comments, no data beside the parts."""
        first = [name for name in ("mimetype", TYPES) if name in self._parts]
        with zipfile.ZipFile(path, "w") as archive:
            for name in [*first, *(name for name in self._parts if name not in first)]:
                member = zipfile.ZipInfo(name, _DATE)
                member.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
                member.external_attr = 0o600 << 16
                archive.writestr(member, self._bytes(name))

    def _bytes(self, name: str) -> bytes:
        if name in self._parsed:
            root = self._parsed[name]
            written: bytes = etree.tostring(
                root,
                xml_declaration=True,
                encoding="UTF-8",
                standalone=True if name.endswith((".xml", ".rels")) else None,
                # Not the file's own: it may name a path, and its declarations may say anything.
                doctype="<!DOCTYPE html>" if name.lower().endswith(_WITH_DOCTYPE) else None,
            )
            return written
        return self._parts[name]


def comment_traces(package: Package, names: Iterable[str]) -> Iterator[Trace]:
    """Notes between the lines of the markup of these parts."""
    for name in names:
        if b"<!--" in package.read(name):
            yield Trace("comments", "comments", name, partial(package.rewrite, name))


def _spell_out(root: Any) -> None:
    """The characters that HTML has names for, as such: what declares the names may say more, and goes.

    Raises BrokenFileError for a name of the page's own.
    """
    for entity in list(root.iter(etree.Entity)):
        said = html.entities.html5.get(f"{entity.name};")
        if said is None:
            raise BrokenFileError
        entity.tail = said + (entity.tail or "")
        take_out(entity)


def _folded(name: str) -> str:
    return unquote(name).lower()


def rels_name(name: str) -> str:
    """The part with the relationships of ``name``."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def source_of(rels: str) -> str:
    """The reverse of :func:`rels_name`; "" for the package itself."""
    folder, base = posixpath.split(rels)
    return posixpath.join(posixpath.dirname(folder), base.removesuffix(".rels"))


def local(element: Any) -> str:
    """The name of an element or attribute without its namespace; "" for comments and entities."""
    tag = element if isinstance(element, str) else element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find(root: Any, *names: str) -> Iterator[Any]:
    """All elements below ``root`` with one of these local names, in order; safe against changes on the way."""
    yield from list(root.iter(*(f"{{*}}{name}" for name in names)))


def value(element: Any, name: str, default: str = "") -> str:
    """An attribute by its local name, whatever its namespace."""
    full = f"}}{name}"
    for key, text in element.attrib.items():
        if key == name or key.endswith(full):
            return str(text)
    return default


def take_out(element: Any) -> None:
    """Removes an element with all it holds; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    _keep_tail(element, parent)
    parent.remove(element)


def unwrap(element: Any) -> None:
    """Removes an element but not what it holds."""
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    children = list(element)
    _keep_tail(element, parent)
    parent.remove(element)
    for child in reversed(children):
        parent.insert(at, child)


def _keep_tail(element: Any, parent: Any) -> None:
    if not element.tail:
        return
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + element.tail
    else:
        before.tail = (before.tail or "") + element.tail


def text_of(element: Any, limit: int = 120) -> str:
    """The text below an element, for the editor."""
    return " ".join("".join(element.itertext()).split())[:limit]


def without_attributes(root: Any, *names: str) -> Iterator[tuple[Any, str]]:
    """Elements and full names of the attributes below ``root`` with one of these local names."""
    wanted = frozenset(names)
    for element in root.iter():
        if isinstance(element.tag, str):
            for key in [key for key in element.attrib if local(key) in wanted]:
                yield element, key


def drop_attributes(marked: list[tuple[Any, str]]) -> None:
    """Removes what :func:`without_attributes` found."""
    for element, key in marked:
        element.attrib.pop(key, None)
