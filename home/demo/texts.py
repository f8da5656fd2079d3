"""Reads the demo texts: Markdown files, one per language and kind of page, in a small dialect of our own.

``## key`` starts an entry, ``name: value`` lines are its fields, and after an empty line comes its text:
paragraphs, ``- `` lists, ``### `` headings, ``> `` quotations with their source after a dash, and parts
between ``::: kind`` and ``:::``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

CONTENT = Path(__file__).resolve().parent / "content"
LANGUAGES = ("en", "de", "fr", "es", "ar")
VIDEO = {"provider": "youtube", "video_id": "M7lc1UVf-VE"}
NAMESPACE = uuid5(NAMESPACE_URL, "https://dossier.example/demo")

Block = dict[str, Any]


@dataclass
class Entry:
    """One text: its fields as they stand in the file, and the lines of its body."""

    key: str
    fields: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    def several(self, name: str) -> list[str]:
        """A field that holds several values, separated by semicolons."""
        return [part.strip() for part in self[name].split(";") if part.strip()]

    @property
    def paragraphs(self) -> list[str]:
        """The plain paragraphs of the body, without lists and headings."""
        return [line for line in self.lines if line and not line.startswith(("- ", "#", ">", ":::"))]

    @property
    def points(self) -> list[str]:
        """The items of the lists in the body."""
        return [line[2:] for line in self.lines if line.startswith("- ")]


def identifier(kind: str, key: str) -> UUID:
    """The translation key of a demo thing: the same in every database, so that loading twice finds it again."""
    return uuid5(NAMESPACE, f"{kind}/{key}")


@cache
def structure(name: str) -> Any:
    """A JSON file: what is the same in all languages."""
    return json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))


@cache
def entries(language: str, name: str) -> dict[str, Entry]:
    """All entries of ``name`` ("topics") in ``language``, by key. Long lists are spread over ``name-*.md``."""
    found: dict[str, Entry] = {}
    for path in sorted((CONTENT / language).glob(f"{name}.md")) + sorted((CONTENT / language).glob(f"{name}-*.md")):
        found |= read(path)
    return found


def read(path: Path) -> dict[str, Entry]:
    """The entries of one file."""
    found: dict[str, Entry] = {}
    entry = Entry("")
    in_fields = False
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if line.startswith("## "):
            entry = Entry(line[3:])
            found[entry.key] = entry
            in_fields = True
        elif in_fields and line and not line.startswith(("- ", "#", ">")):
            name, _colon, value = line.partition(":")
            entry.fields[name.strip()] = value.strip()
        else:
            in_fields = False
            entry.lines.append(line)
    return found


def html(entry: Entry) -> str:
    """The body as rich text: paragraphs, lists and headings."""
    parts: list[str] = []
    items: list[str] = []
    for line in [*entry.lines, ""]:
        if line.startswith("- "):
            items.append(f"<li>{escape(line[2:], quote=False)}</li>")
            continue
        if items:
            parts.append(f"<ul>{''.join(items)}</ul>")
            items = []
        if line.startswith("### "):
            parts.append(f"<h3>{escape(line[4:], quote=False)}</h3>")
        elif line:
            parts.append(f"<p>{escape(line, quote=False)}</p>")
    return "".join(parts)


def blocks(entry: Entry, seed: str) -> list[Block]:
    """The body as the raw value of a StreamField; ``seed`` makes the ids, the same in every language."""
    found: list[tuple[str, Any]] = []
    text = Entry(entry.key)
    lines = iter([*entry.lines, "### "])
    for line in lines:
        special = line.startswith(("### ", "> ", ":::"))
        if not special:
            text.lines.append(line)
            continue
        if any(text.lines):
            found.append(("text", html(text)))
            text = Entry(entry.key)
        if line.startswith(":::"):
            found.append(_part(line[3:].strip(), lines, f"{seed}/{len(found)}"))
        elif line.startswith("> "):
            found.append(_quote(line, lines))
        elif line[4:]:
            found.append(("heading", {"text": line[4:], "level": "h2"}))
    return [
        {"type": kind, "value": value, "id": str(identifier("block", f"{seed}/{number}"))}
        for number, (kind, value) in enumerate(found)
    ]


def _quote(line: str, lines: Any) -> tuple[str, Any]:
    said = next(lines).removeprefix("> — ")
    value = {"text": f"<p>{escape(line[2:], quote=False)}</p>", "attribution": said}
    return "quote", {**value, "source": "", "source_url": "", "language": ""}


def _part(kind: str, lines: Any, seed: str) -> tuple[str, Any]:
    """A part between ``::: kind`` and ``:::``."""
    fields: dict[str, str] = {}
    events: list[list[str]] = []
    for line in lines:
        if line == ":::":
            break
        if line.startswith("- "):
            events.append([cell.strip() for cell in line[2:].split("|")])
        else:
            name, _colon, said = line.partition(":")
            fields[name.strip()] = said.strip()
    if kind == "timeline":
        return kind, {"heading": fields["heading"], "events": _events(events, seed)}
    rich = "transcript" if kind == "video" else "text"
    value: dict[str, Any] = {**fields, rich: f"<p>{escape(fields[rich], quote=False)}</p>"}
    return kind, {**value, **(VIDEO | {"poster": None} if kind == "video" else {"tone": "key"})}


def _events(rows: list[list[str]], seed: str) -> list[Block]:
    return [
        {
            "type": "item",
            "id": str(identifier("event", f"{seed}/{number}")),
            "value": {"when": when, "date": day, "title": title, "text": f"<p>{escape(text, quote=False)}</p>"},
        }
        for number, (when, day, title, text) in enumerate(rows)
    ]
