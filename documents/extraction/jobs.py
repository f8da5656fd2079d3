"""The jobs as functions for the parent process: each runs in a limited child and gives plain values.

The folder of a child lies in that of a file that it is given or makes, which the caller has from ``documents.scratch``:
what a killed process leaves of a draft is cleared from there, and from nowhere else.
"""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from documents.extraction import converter, recognition, sandbox
from documents.extraction.errors import CrashedError, ExtractionError, PageCountError
from documents.extraction.inspection.findings import Finding
from documents.extraction.inspection.findings import from_json as from_findings
from documents.extraction.limits import Limits
from documents.extraction.outline import from_json as from_outline
from documents.extraction.registry import readable
from documents.extraction.texts import Extraction, PageText, from_json

PDF = "application/pdf"
MADE = "made"
"""What a child makes, by its name in the scratch folder: it may write nowhere else."""
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/tiff"})
TRUSTED_SHARE = 0.9
"""The part of a file's letters that its converted pages must show; less, and a font was missing."""
ROOM = 16 * 1024**2
"""Bytes by which a clean copy may be longer than its source, whatever the limit."""
IMAGE_LIMITS = Limits(cpu_seconds=30, wall_seconds=60)
"""For one picture: a reader waits for it."""
TRIAL_LIMITS = replace(converter.LIMITS, cpu_seconds=30, wall_seconds=60)
"""For a line of text that LibreOffice converts: an upload may wait for it."""
CHECK_LIMITS = Limits(cpu_seconds=10, wall_seconds=20)
"""For a look at an upload: somebody waits for it."""
CHECK_BYTES_PER_SECOND = 12_000_000
"""What a look gets a second more for: a PDF whose table of objects is lost is read from its first byte to its last."""


@dataclass(frozen=True)
class CleanCopy:
    """The clean copy of a file: its number of pages, and what was removed how often."""

    page_count: int
    removed: dict[str, int]


@dataclass(frozen=True)
class Inspection:
    """What a public copy still gives away, and what only the original did."""

    remaining: list[Finding]
    removed: list[Finding]


@dataclass(frozen=True)
class Checked:
    """Why a file is refused ("" for not at all) with the ``details`` of the sentence; its title and language, guessed."""

    refusal: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    language: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What a child is kept from here: the network (``isolated``), other files (``walled``), whatever listens at a socket (``closed``)."""

    isolated: bool = False
    walled: bool = False
    closed: bool = False


def clean_copy(source: Path, target: Path, *, mime: str = PDF, limits: Limits | None = None) -> CleanCopy:
    """Validates the file at ``source`` and writes its public copy to ``target``. Raises ExtractionError."""
    with tempfile.TemporaryDirectory(prefix="clean-", dir=target.parent) as folder:
        made = Path(folder) / MADE
        arguments = _clean_arguments(source, made, mime)
        room = _with_room(limits or Limits(), source)
        answer = sandbox.run("clean", Path(folder), room, arguments, reads=[source])
        _take(made, target)
    return _cleaned(answer)


def inspect(
    original: Path | None, public: Path, mime: str, *, hosts: Collection[str] = (), limits: Limits | None = None
) -> Inspection:
    """Looks for leaks in the public copy at ``public`` and, where it is still there, in the original.

    ``hosts`` are staff-only host names. Raises ExtractionError.
    """
    with tempfile.TemporaryDirectory(prefix="inspect-", dir=public.parent) as folder:
        arguments = _inspect_arguments(original, public.resolve(), mime, hosts)
        reads = [path for path in (original, public) if path]
        return _inspected(sandbox.run("inspect", Path(folder), limits or Limits(), arguments, reads=reads))


def clean_and_inspect(
    source: Path, target: Path, mime: str, *, original: Path | None, hosts: Collection[str], limits: Limits
) -> tuple[CleanCopy, Inspection]:
    """:func:`clean_copy`, then :func:`inspect` of what it wrote, in one child: starting one costs more than a short file.

    Raises ExtractionError.
    """
    with tempfile.TemporaryDirectory(prefix="clean-", dir=target.parent) as folder:
        made = Path(folder) / MADE
        arguments = {
            "clean": _clean_arguments(source, made, mime),
            "inspect": _inspect_arguments(original, made, mime, hosts),
        }
        reads = [path for path in (source, original) if path]
        answer = sandbox.run("clean_and_inspect", Path(folder), _with_room(limits, source), arguments, reads=reads)
        _take(made, target)
    return _cleaned(answer["clean"]), _inspected(answer["inspect"])


def _take(made: Path, target: Path) -> None:
    """Moves what a child made to its place. A link would lead where the child itself may not read."""
    if made.is_symlink() or not made.is_file():
        raise CrashedError
    shutil.move(made, target)


def _with_room(limits: Limits, source: Path) -> Limits:
    """A film's copy is as long as the film; limits are for files that unpack to more than they are."""
    return replace(limits, file_bytes=max(limits.file_bytes, source.stat().st_size + ROOM))


def _clean_arguments(source: Path, target: Path, mime: str) -> dict[str, str]:
    return {"source": str(source.resolve()), "target": str(target), "mime": mime}


def _inspect_arguments(original: Path | None, public: Path, mime: str, hosts: Collection[str]) -> dict[str, Any]:
    return {
        "original": str(original.resolve()) if original else "",
        "public": str(public),
        "mime": mime,
        "hosts": sorted(hosts),
    }


@sandbox.doubted()
def _cleaned(answer: dict[str, Any]) -> CleanCopy:
    return CleanCopy(int(answer["page_count"]), {str(what): int(count) for what, count in answer["removed"].items()})


@sandbox.doubted()
def _inspected(answer: dict[str, Any]) -> Inspection:
    return Inspection(from_findings(answer["remaining"]), from_findings(answer["removed"]))


def extract(path: Path, mime: str, *, preview: Path | None = None, limits: Limits | None = None) -> Extraction:
    """The text of the file at ``path``, page by page. Raises ExtractionError.

    A PDF's pages come with the places of their words, and with its outline; where these can't be had the text stands
    alone. So do those of a file that :func:`convert` made a ``preview`` of: slides and sheets keep the text that the
    file itself has, running text is cut as the preview's pages are. A preview that lost words or whose pages are
    others is left aside, and the result is not ``drawn``.
    """
    if not readable(mime):
        return Extraction()
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="text-", dir=path.parent) as name:
        folder = Path(name)
        found = _text(path, mime, folder, limits)
        if mime == PDF:
            return _with_layouts(found, folder, limits)
        if preview is None:
            return found
        shown = _text(preview, PDF, folder, limits)
        if found.page_count != shown.page_count:
            if found.page_count or _letters(shown) < TRUSTED_SHARE * _letters(found):
                return found
            found = shown
        return replace(_with_layouts(found, folder, limits), drawn=True)


def read_pdf(path: Path, cover: Path, *, width: int, limits: Limits) -> tuple[Extraction, tuple[int, int] | None]:
    """What :func:`extract` gives of a PDF, and its first page ``width`` pixels wide at ``cover``, in one child.

    Starting one costs more than reading a short file. Returns the extraction and the width and height of the cover, None
    where it can't be drawn. Raises ExtractionError; the long way may still give the text then.
    """
    with tempfile.TemporaryDirectory(prefix="read-", dir=path.parent) as name:
        folder, source = Path(name), str(path.resolve())
        made = folder / MADE
        arguments = {
            "source": source,
            "mime": PDF,
            "layout": {"source": source, "texts": str(folder / "texts.json")},
            "image": {"source": source, "target": str(made), "mime": PDF, "number": 1, "width": width},
        }
        answer = sandbox.run("read", folder, limits, arguments, reads=[path])
        with sandbox.doubted():
            found = from_json(answer["text"])
        found = _whole(found)
        if "layout" in answer:
            found = _laid_out(found, answer["layout"])
        if "image" not in answer:
            return found, None
        _take(made, cover)
    return found, _size(answer["image"])


def read_text(path: Path, mime: str, *, limits: Limits | None = None) -> Extraction:
    """The text alone, without the places of its words. Raises ExtractionError."""
    with tempfile.TemporaryDirectory(prefix="text-", dir=path.parent) as folder:
        return _text(path, mime, Path(folder), limits or Limits())


def _text(path: Path, mime: str, folder: Path, limits: Limits) -> Extraction:
    # The child gets a name of ours: what lies beside the file is not its business.
    source = folder / "source"
    source.unlink(missing_ok=True)
    source.symlink_to(path.resolve())
    answer = sandbox.run("text", folder, limits, {"source": str(source), "mime": mime}, reads=[path])
    with sandbox.doubted():
        found = from_json(answer)
    return _whole(found) if mime == PDF else found


def _whole(found: Extraction) -> Extraction:
    """``found`` of a PDF. Raises PageCountError where pages are missing."""
    if len(found.pages) != found.page_count:
        raise PageCountError
    return found


def _letters(found: Extraction) -> int:
    return sum(character.isalnum() for page in found.pages for character in page.text)


def _with_layouts(found: Extraction, folder: Path, limits: Limits) -> Extraction:
    """``found`` with the places of its words and the outline, both from the PDF that was read last."""
    source, texts = folder / "source", folder / "texts.json"
    with sandbox.new_file(texts) as file:
        file.write(json.dumps([page.text for page in found.pages]).encode())
    try:
        arguments = {"source": str(source), "texts": str(texts)}
        answer = sandbox.run("layout", folder, limits, arguments, reads=[source])
    except ExtractionError:
        return found  # both are a comfort; text and search do without
    return _laid_out(found, answer)


@sandbox.doubted()
def _laid_out(found: Extraction, answer: dict[str, Any]) -> Extraction:
    pages = [
        replace(page, layout=base64.b64decode(layout))
        for page, layout in zip(found.pages, answer["layouts"], strict=True)
    ]
    return Extraction(pages, found.page_count, outline=from_outline(answer["outline"], len(pages)))


def check(path: Path, mime: str, folder: Path, *, glance: bool = False) -> Checked:
    """Whether the file at ``path`` is a sound ``mime``; in ``folder`` the child may write. Raises ExtractionError.

    With ``glance`` the same child guesses title and language. Where only that kills it, the file is sound without: it
    says that it is before it guesses.
    """
    with tempfile.TemporaryDirectory(prefix="check-", dir=folder) as own:
        sound = Path(own) / "sound"
        arguments = {"source": str(path.resolve()), "mime": mime, "sound": str(sound) if glance else ""}
        try:
            answer = sandbox.run(
                "check", Path(own), _check_limits(path.stat().st_size), arguments, reads=[path], most=sandbox.SHORT
            )
        except ExtractionError:
            if not sound.is_file():
                raise
            return Checked()
    return _checked(answer)


@sandbox.doubted()
def _checked(answer: dict[str, Any]) -> Checked:
    guess = answer.get("glance") or {"title": "", "language": ""}
    title = str(guess["title"]).encode(errors="ignore").decode().replace("\x00", "")
    language = str(guess["language"])
    if len(language) != 2 or not language.isalpha():
        language = ""
    return Checked(str(answer["refusal"]), dict(answer["details"]), title, language)


def _check_limits(size: int) -> Limits:
    """For a look at a file of ``size`` bytes."""
    more = size // CHECK_BYTES_PER_SECOND
    return replace(
        CHECK_LIMITS, cpu_seconds=CHECK_LIMITS.cpu_seconds + more, wall_seconds=CHECK_LIMITS.wall_seconds + 2 * more
    )


def has_images(mime: str) -> bool:
    """Whether :func:`page_image` can draw files of this type."""
    return mime == PDF or mime in PICTURES


def page_image(
    path: Path,
    mime: str,
    target: Path,
    *,
    number: int = 1,
    width: int,
    boxes: Sequence[Sequence[float]] = (),
    limits: Limits = IMAGE_LIMITS,
) -> tuple[int, int]:
    """Draws page ``number`` as WebP, ``width`` pixels wide, to ``target``. Returns width and height in pixels.

    ``boxes`` are marked on it: left, top, right, bottom in points from the upper left. Raises ExtractionError.
    """
    with tempfile.TemporaryDirectory(prefix="image-", dir=target.parent) as folder:
        made = Path(folder) / MADE
        answer = sandbox.run(
            "image",
            Path(folder),
            limits,
            {
                "source": str(path.resolve()),
                "target": str(made),
                "mime": mime,
                "number": number,
                "width": width,
                "boxes": [list(box) for box in boxes],
            },
            reads=[path],
            most=sandbox.SHORT,
        )
        _take(made, target)
    return _size(answer)


@sandbox.doubted()
def _size(answer: dict[str, Any]) -> tuple[int, int]:
    return int(answer["width"]), int(answer["height"])


@cache
def surroundings() -> Surroundings:
    """What really keeps a child from everything else here, as a child found it. Tried once."""
    with tempfile.TemporaryDirectory(prefix="dossier-probe-") as folder:
        try:
            return Surroundings(**sandbox.run("probe", Path(folder), IMAGE_LIMITS, {}))
        except (ExtractionError, OSError):
            return Surroundings()


@cache
def can_convert() -> bool:
    """Whether office files can be converted here: a line of text is, by LibreOffice behind walls and without a network.

    Tried once; it takes a second or two. Only that it starts says little: without half of its parts it still does.
    """
    if converter.program() is None:
        return False
    with tempfile.TemporaryDirectory(prefix="dossier-probe-") as folder:
        source = Path(folder) / "source"
        source.write_bytes(rb"{\rtf1 One line.}")
        try:
            convert(source, "text/rtf", source.with_name("target"), to="pdf", limits=TRIAL_LIMITS)
        except (ExtractionError, OSError):
            return False
    return True


def convert(path: Path, mime: str, target: Path, *, to: str, limits: Limits = converter.LIMITS) -> None:
    """Writes the office file at ``path`` as ``to`` (``pdf``, ``docx``, …) to ``target``. Raises ExtractionError."""
    with tempfile.TemporaryDirectory(prefix="convert-", dir=target.parent) as folder:
        made = Path(folder) / MADE
        arguments = {"source": str(path.resolve()), "target": str(made), "mime": mime, "to": to}
        sandbox.run("convert", Path(folder), limits, arguments, reads=[path])
        _take(made, target)


def recognise_page(
    path: Path, mime: str, number: int, packs: Sequence[str], *, limits: Limits = recognition.LIMITS
) -> PageText:
    """Page ``number`` of a scan or picture as recognised with ``packs`` (``recognition.packs_for``).

    An empty text where there is nothing to read. Raises ExtractionError.
    """
    with tempfile.TemporaryDirectory(prefix="scan-", dir=path.parent) as folder:
        answer = sandbox.run(
            "recognise",
            Path(folder),
            limits,
            {"source": str(path.resolve()), "mime": mime, "number": number, "languages": list(packs)},
            reads=[path],
        )
    with sandbox.doubted():
        return PageText(number, str(answer["language"]), str(answer["text"]), "ocr", base64.b64decode(answer["layout"]))
