"""The child process: ``python -m documents.extraction FOLDER`` does the job described in ``FOLDER/job.json``.

It limits itself before it imports a library that reads files, and answers with ``FOLDER/result.json``:
the result, or ``{"error": code}``.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from documents.extraction.errors import BrokenFileError, ExtractionError, TooMuchMemoryError
from documents.extraction.limits import Limits, confine
from documents.extraction.sockets import close_sockets
from documents.extraction.walls import raise_walls

Arguments = dict[str, Any]
"""What the parent says, and whether these are out of reach: the network (``isolated``), other files (``walled``),
whatever listens at a socket (``closed``)."""
Answer = dict[str, Any]


# Each imports what it needs by itself: after the limits are set, and nothing more.


def _clean(arguments: Arguments) -> Answer:
    from documents.extraction.cleaning import clean

    return clean(Path(arguments["source"]), Path(arguments["target"]), arguments["mime"])


def _inspect(arguments: Arguments) -> Answer:
    from documents.extraction.inspection import as_json, compare

    original = Path(arguments["original"]) if arguments["original"] else None
    remaining, gone = compare(original, Path(arguments["public"]), arguments["mime"], arguments["hosts"])
    return {"remaining": as_json(remaining), "removed": as_json(gone)}


def _clean_and_inspect(arguments: Arguments) -> Answer:
    return {"clean": _clean(arguments["clean"]), "inspect": _inspect(arguments["inspect"])}


def _text(arguments: Arguments) -> Answer:
    from documents.extraction.registry import extractor_for
    from documents.extraction.texts import as_json

    return as_json(extractor_for(arguments["mime"]).extract(Path(arguments["source"])))


def _check(arguments: Arguments) -> Answer:
    """Why the file is refused, "" for not at all. Where a guess is asked for too, the file ``sound`` says first that it
    isn't refused: guessing may end this process."""
    from documents.extraction.checking import check
    from documents.extraction.errors import RefusedError

    try:
        check(Path(arguments["source"]), arguments["mime"])
    except RefusedError as refused:
        return {"refusal": refused.code, "details": refused.details}
    answer: Answer = {"refusal": "", "details": {}}
    if arguments["sound"]:
        Path(arguments["sound"]).touch()
        with contextlib.suppress(Exception):
            answer["glance"] = _glance(arguments)
    return answer


def _glance(arguments: Arguments) -> Answer:
    from documents.extraction.glance import glance

    return glance(Path(arguments["source"]), arguments["mime"])


def _layout(arguments: Arguments) -> Answer:
    from documents.extraction.layout import layouts
    from documents.extraction.outline import outline

    source, texts = Path(arguments["source"]), Path(arguments["texts"])
    return {"layouts": layouts(source, texts), "outline": outline(source, texts)}


def _image(arguments: Arguments) -> Answer:
    from documents.extraction.images import draw

    return draw(
        Path(arguments["source"]),
        Path(arguments["target"]),
        mime=arguments["mime"],
        number=arguments["number"],
        width=arguments["width"],
        boxes=arguments.get("boxes", ()),
    )


def _read(arguments: Arguments) -> Answer:
    """Text, and where they can be had the places of its words and a picture: both are a comfort."""
    found = _text(arguments)
    Path(arguments["layout"]["texts"]).write_text(
        json.dumps([text for _number, _language, text, _source in found["pages"]]), "utf-8"
    )
    answer = {"text": found}
    for name, job in (("layout", _layout), ("image", _image)):
        with contextlib.suppress(Exception):
            answer[name] = job(arguments[name])
    return answer


def _convert(arguments: Arguments) -> Answer:
    from documents.extraction.converter import convert

    return convert(
        Path(arguments["source"]),
        Path(arguments["target"]),
        mime=arguments["mime"],
        to=arguments["to"],
        isolated=arguments["isolated"],
    )


def _recognise(arguments: Arguments) -> Answer:
    from documents.extraction.recognition import recognise

    return recognise(
        Path(arguments["source"]),
        mime=arguments["mime"],
        number=arguments["number"],
        languages=arguments["languages"],
    )


def _probe(arguments: Arguments) -> Answer:
    return {name: arguments[name] for name in ("isolated", "walled", "closed")}


JOBS: dict[str, Callable[[Arguments], Answer]] = {
    "clean": _clean,
    "inspect": _inspect,
    "clean_and_inspect": _clean_and_inspect,
    "text": _text,
    "check": _check,
    "layout": _layout,
    "image": _image,
    "read": _read,
    "convert": _convert,
    "recognise": _recognise,
    "probe": _probe,
}


def main(folder: Path) -> None:
    """Does the job of ``folder`` and writes its result there."""
    task = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    alone = confine(Limits(**task["limits"]))
    walled = raise_walls(folder, [Path(path) for path in task["reads"]])
    closed = close_sockets(office=task["job"] == "convert")
    means = {"isolated": alone or closed, "walled": walled, "closed": closed}
    try:
        answer = JOBS[task["job"]](task["arguments"] | means)
    except ExtractionError as error:
        answer = {"error": error.code}
    except MemoryError:
        answer = {"error": TooMuchMemoryError.code}
    except Exception:  # noqa: BLE001  # the border of the process: a reader may raise anything on a hostile file
        answer = {"error": BrokenFileError.code}
    with (folder / "result.json").open("w", encoding="utf-8") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
