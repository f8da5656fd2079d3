"""RTF: which groups of the text carry details, comments and deleted or hidden words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|[{}]|[^\\{}\r\n]+|[\r\n]+", re.DOTALL
)
_GROUPS: dict[bytes, tuple[str, str]] = {
    **dict.fromkeys(
        (
            b"info",
            b"userprops",
            b"rsidtbl",
            b"generator",
            b"docvar",
            b"template",
            b"revtbl",
            b"xmlnstbl",
            b"passwordhash",
            b"wgrffmtfilter",
            b"protusertbl",
        ),
        ("metadata", "metadata"),
    ),
    **dict.fromkeys(
        (
            b"annotation",
            b"atnid",
            b"atnauthor",
            b"atndate",
            b"atnref",
            b"atntime",
            b"atrfstart",
            b"atrfend",
            b"atnparent",
            b"atnicn",
        ),
        ("comments", "comments"),
    ),
    **dict.fromkeys(
        (
            b"datastore",
            b"themedata",
            b"mailmerge",
            b"ud_private",
            b"oldcprops",
            b"oldpprops",
            b"oldtprops",
            b"oldsprops",
        ),
        ("custom_data", "application data"),
    ),
    **dict.fromkeys((b"objdata", b"objclass", b"objname"), ("embedded", "embedded files")),
}
_REMOTE_FIELD = re.compile(rb"^\s*(INCLUDEPICTURE|INCLUDETEXT|LINK|DDE|DDEAUTO|IMPORT)\b", re.IGNORECASE)
_MAX_DEPTH = 500


@dataclass(frozen=True)
class Token:
    """A piece of the file; ``code`` and ``kind`` where it doesn't belong into a public copy."""

    content: bytes
    is_text: bool
    code: str = ""
    kind: str = ""


@dataclass
class _Group:
    hidden: bool = False
    deleted: bool = False
    dropped: tuple[str, str] | None = None
    begun: bool = False
    in_field: bool = False


def tokens(content: bytes) -> Iterator[Token]:
    """The file in pieces, in order: joined they are the file again."""
    groups = [_Group()]
    at = 0
    while at < len(content):
        match = _TOKEN.match(content, at)
        if match is None:  # a lone backslash at the end
            return
        word, piece, at = match.group(1), match.group(), match.end()
        if word == b"bin" and match.group(2):
            at += max(int(match.group(2)), 0)
            piece = content[match.start() : at]
        yield from _token(piece, word, match.group(2), groups, content, match.end())


def _token(
    piece: bytes, word: bytes | None, number: bytes | None, groups: list[_Group], content: bytes, end: int
) -> Iterator[Token]:
    group = groups[-1]
    if piece == b"{":
        dropped = group.dropped or _dropped_group(content, end)
        groups.append(
            _Group(
                group.hidden,
                group.deleted,
                dropped,
                in_field=group.in_field or content.startswith(b"\\*\\fldinst", end),
            )
        )
        yield _marked(piece, False, dropped)
        return
    if piece == b"}":
        if len(groups) > 1:
            groups.pop()
        yield _marked(piece, False, group.dropped)
        return
    if word == b"v":
        group.hidden = number != b"0"
    elif word == b"deleted":
        group.deleted = number != b"0"
    elif word == b"plain":
        group.hidden = group.deleted = False
    yield _judged(piece, word, group)


def _dropped_group(content: bytes, at: int) -> tuple[str, str] | None:
    """What a group that begins at ``at`` is by its first word, where it must go."""
    match = re.compile(rb"[\r\n]*(?:\\\*)?[\r\n]*\\([a-z]{1,32})").match(content, at)
    return _GROUPS.get(match.group(1)) if match else None


def _judged(piece: bytes, word: bytes | None, group: _Group) -> Token:
    is_text = (
        word in (b"u", b"tab", b"line") or piece.startswith(b"\\'") or (word is None and not piece.startswith(b"\\"))
    )
    if group.dropped:
        return _marked(piece, False, group.dropped)
    if is_text and piece.strip(b"\r\n"):
        if group.in_field and _REMOTE_FIELD.match(piece):
            return _marked(piece, False, ("remote", "external references"))
        if group.deleted:
            return _marked(piece, True, ("changes", "tracked changes"))
        if group.hidden:
            return _marked(piece, True, ("hidden_text", "hidden text"))
    if word in (
        b"revauth",
        b"revdttm",
        b"revauthdel",
        b"revdttmdel",
        b"revised",
        b"crauth",
        b"crdate",
        b"insrsid",
        b"rsidroot",
        b"charrsid",
        b"pararsid",
        b"delrsid",
        b"sectrsid",
        b"tblrsid",
        b"styrsid",
    ):
        return _marked(piece, False, ("metadata", "metadata"))
    return Token(piece, is_text and not group.in_field)


def _marked(piece: bytes, is_text: bool, why: tuple[str, str] | None) -> Token:
    return Token(piece, is_text, *why) if why else Token(piece, is_text)
