"""What the drawing instructions of a PDF say beside what they draw: comments, and data of programs at marked content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, PdfError, Stream, Token, TokenType

from documents.extraction.inspection.embedded import as_list
from documents.extraction.inspection.keys import KEYS

MAX_BRANCHES = 60
"""Levels of the tree of pages that are looked at for what a page inherits."""
STRING = rb"\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+\)?+"
_USUAL = (
    rb"<<(?:\s*+/(?:MCID|Lang|ActualText|Alt|E|Type|Subtype|Attached|BBox)\s*+"
    rb"(?:-?[\d.]++|/\w++|\[[^\[\]()<>]*+\]|" + STRING + rb"|<[0-9A-Fa-f\s]*+>))*+\s*+>>"
)
_ODD = re.compile(STRING + rb"|" + _USUAL + rb"|(%|<<)", re.DOTALL)
"""The third is what the first two do not account for. Possessive throughout: linear on any bytes."""
_PICTURE = re.compile(rb"\bID\s")
_CALLING = frozenset({b"Do", b"Tf", b"gs", b"cs", b"CS", b"scn", b"SCN", b"sh", b""})
"""Operators that name resources; the last is the end of a stream, which may be anywhere between two tokens."""
_MARKING = frozenset({b"BDC", b"DP"})
"""These name one after the tag."""
_INLINE = frozenset(KEYS["properties"]) | frozenset(KEYS["parameters"])
_NAME = re.compile(rb"/[^\0\s()<>\[\]{}/%]+")
_NUMBERED = re.compile(rb"#([0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Drawing:
    """Streams of drawing instructions with the resources that they name (None: those of who calls them).

    ``at`` is the same for those that share one dictionary of resources.
    """

    resources: Object | None
    at: tuple[int, int]
    streams: list[Object]


def drawings(pdf: Pdf) -> Iterator[Drawing]:
    """The pages, and all that pages call: forms, patterns, letters that are drawn, looks of annotations."""
    for page in pdf.pages:
        contents = page.obj.get("/Contents")
        streams = list(contents) if isinstance(contents, Array) else [contents]
        yield _drawing(*_inherited(page.obj), [stream for stream in streams if isinstance(stream, Stream)])
        for annotation in as_list(page.obj.get("/Annots")):
            if isinstance(annotation, Dictionary) and isinstance(looks := annotation.get("/AP"), Dictionary):
                yield from (_drawing(look.get("/Resources"), look.objgen, [look]) for look in _looks(looks))
    for holder in pdf.objects:
        if isinstance(holder, Stream):
            if _is_form(holder) or holder.get("/PatternType") == 1:
                yield _drawing(holder.get("/Resources"), holder.objgen, [holder])
        elif isinstance(holder, Dictionary) and holder.get("/Subtype") == Name.Type3:
            letters = holder.get("/CharProcs", Dictionary())
            yield _drawing(
                holder.get("/Resources"),
                holder.objgen,
                [part for _, part in letters.items() if isinstance(part, Stream)],
            )


def _is_form(stream: Object) -> bool:
    """Programs show some without their kind too; only what is drawn has resources."""
    return stream.get("/Subtype") == Name.Form or ("/Subtype" not in stream and "/Resources" in stream)


def _looks(looks: Object) -> Iterator[Object]:
    """The drawings of an annotation, one a state or several, whatever they say they are."""
    for look in looks.values():
        parts = list(look.values()) if isinstance(look, Dictionary) else [look]
        yield from (part for part in parts if isinstance(part, Stream) and part.get("/Subtype") != Name.Image)


def contents(pdf: Pdf) -> Iterator[bytes]:
    """All drawing instructions, each stream once."""
    seen: set[tuple[int, int]] = set()
    for drawing in drawings(pdf):
        for stream in drawing.streams:
            if stream.objgen not in seen and (content := unpacked(stream)) is not None:
                yield content
            seen.add(stream.objgen)


def unpacked(stream: Object) -> bytes | None:
    """The bytes of a stream; None where it can't be unpacked: programs show nothing of it then."""
    try:
        return stream.read_bytes()
    except PdfError:
        return None


def _drawing(resources: Object | None, owner: tuple[int, int], streams: list[Object]) -> Drawing:
    if not isinstance(resources, Dictionary):
        return Drawing(None, owner, streams)
    return Drawing(resources, resources.objgen if resources.is_indirect else owner, streams)


def _inherited(page: Object) -> tuple[Object | None, tuple[int, int]]:
    """The resources of a page and the object that holds them: pages may have those of their branch."""
    holder = page
    for _ in range(MAX_BRANCHES):
        if "/Resources" in holder or not isinstance(holder.get("/Parent"), Dictionary):
            break
        holder = holder.Parent
    return holder.get("/Resources"), holder.objgen


def names_in(content: bytes) -> set[str]:
    """All names in drawing instructions; some more where a string looks like one."""
    return {plain_name(name) for name in _NAME.findall(content)}


def plain_name(raw: bytes) -> str:
    """A name as pikepdf has it, of the bytes that write it."""
    return _NUMBERED.sub(lambda found: bytes.fromhex(found[1].decode()), raw).decode("utf-8", "surrogateescape")


def is_odd(content: bytes) -> bool:
    """Whether there may be a comment or data of programs in drawing instructions. Quick; errs to yes."""
    if b"BI" in content and _PICTURE.search(content):
        return True  # a picture among them may look like a comment, or like the beginning of a string
    return any(found[1] for found in _ODD.finditer(content))


class Plain(pikepdf.TokenFilter):
    """Drawing instructions without comments and data of programs, otherwise bit for bit; ``found`` is what went.

    Names of resources are written as ``renamed`` says.
    """

    def __init__(self, renamed: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.found: list[str] = []
        self._renamed = renamed or {}
        self._open: list[bytes] = []
        self._depth = 0
        self._operands: list[Token] = []

    def handle_token(self, token: Token = None) -> Token | list[Token] | None:
        """What takes the place of ``token``."""
        kind = token.type_
        if kind == TokenType.comment:
            self.found.append(token.raw_value[1:].decode("utf-8", "replace").strip())
            return None
        self._depth += (kind == TokenType.dict_open) - (kind == TokenType.dict_close)
        if self._depth > 0 and kind != TokenType.eof:
            self._open.append(token.raw_value)
            return None
        if self._open:
            raw = b"".join([*self._open, token.raw_value])
            self._open, self._depth = [], 0
            self._operands.append(Token(TokenType.word, self._shown(raw)))
        elif kind not in (TokenType.word, TokenType.eof):
            self._operands.append(token)
        if kind not in (TokenType.word, TokenType.eof):
            return None
        operands, self._operands = self._operands, []
        return [*self._named(operands, token.raw_value), token]

    def _named(self, operands: list[Token], operator: bytes) -> list[Token]:
        """The same with new names of resources; what is called alike but is none (a tag, a device's colours) stays."""
        if not self._renamed:
            return operands
        given = [token for token in operands if token.type_ != TokenType.space]
        if operator in _MARKING:
            given = given[-1:]
        elif operator == b"ID":
            given = [value for key, value in pairwise(given) if key.raw_value in (b"/CS", b"/ColorSpace")]
        elif operator not in _CALLING:
            return operands
        calls = {id(token) for token in given if token.type_ == TokenType.name_}
        return [self._called(token) if id(token) in calls else token for token in operands]

    def _called(self, token: Token) -> Token:
        new = self._renamed.get(plain_name(token.raw_value))
        return Token(TokenType.word, new.encode()) if new else token

    def _shown(self, raw: bytes) -> bytes:
        try:
            entries = Object.parse(raw)
        except PdfError:
            return raw
        strange = [key for key in entries if key not in _INLINE]
        for key in strange:
            self.found.append(f"{key[1:]}: {entries[key]}")
            del entries[key]
        return entries.unparse() if strange else raw


def plain_content(pdf: Pdf, content: bytes, plain: Plain) -> bytes:
    """Drawing instructions as ``plain`` leaves them."""
    form = Stream(pdf, content, Subtype=Name.Form)
    return pikepdf.Page(form).get_filtered_contents(plain)
