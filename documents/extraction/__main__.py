"""The child process: ``python -m documents.extraction FOLDER`` does the job described in ``FOLDER/job.json``.

It limits itself before it imports a library that reads files, and answers with ``FOLDER/result.json``:
the result, or ``{"error": code}``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from documents.extraction.errors import BrokenFileError, ExtractionError, TooMuchMemoryError
from documents.extraction.limits import Limits, confine


def _perform(job: str, arguments: dict[str, Any], *, isolated: bool) -> dict[str, Any]:
    # Imported here: after the limits are set, and only what this job needs.
    if job == "clean":
        from documents.extraction.cleaning import clean

        return clean(Path(arguments["source"]), Path(arguments["target"]), arguments["mime"])
    if job == "inspect":
        from documents.extraction.inspection import as_json as findings_as_json
        from documents.extraction.inspection import compare

        original = Path(arguments["original"]) if arguments["original"] else None
        remaining, gone = compare(original, Path(arguments["public"]), arguments["mime"], arguments["hosts"])
        return {"remaining": findings_as_json(remaining), "removed": findings_as_json(gone)}
    if job == "text":
        from documents.extraction.registry import extractor_for
        from documents.extraction.texts import as_json

        return as_json(extractor_for(arguments["mime"]).extract(Path(arguments["source"])))
    if job == "glance":
        from documents.extraction.glance import glance

        return glance(Path(arguments["source"]), arguments["mime"])
    if job == "layout":
        from documents.extraction.layout import layouts

        return {"layouts": layouts(Path(arguments["source"]), Path(arguments["texts"]))}
    if job == "image":
        from documents.extraction.images import draw

        return draw(
            Path(arguments["source"]),
            Path(arguments["target"]),
            mime=arguments["mime"],
            number=arguments["number"],
            width=arguments["width"],
            boxes=arguments.get("boxes", ()),
        )
    if job == "convert":
        from documents.extraction.converter import convert

        return convert(
            Path(arguments["source"]),
            Path(arguments["target"]),
            mime=arguments["mime"],
            to=arguments["to"],
            isolated=isolated,
        )
    if job == "recognise":
        from documents.extraction.recognition import recognise

        return recognise(
            Path(arguments["source"]),
            mime=arguments["mime"],
            number=arguments["number"],
            languages=arguments["languages"],
        )
    if job == "probe":
        return {"isolated": isolated}
    raise ValueError(f"There is no job {job!r}.")


def main(folder: Path) -> None:
    """Does the job of ``folder`` and writes its result there."""
    task = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    isolated = confine(Limits(**task["limits"]))
    try:
        answer = _perform(task["job"], task["arguments"], isolated=isolated)
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
