"""A file of import rows and its import, for the benchmarks that want more than the demo content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cms.publications.importing import Summary

TEXT = "The commission heard the witness on the chain of command and filed the order of the archive. "


def write_rows(path: Path, rows: int, texts: int = 0) -> None:
    """``rows`` publications without files, as small as an honest one can be, or with ``texts`` sentences each."""
    with path.open("w", encoding="utf-8") as lines:
        for number in range(rows):
            row = {
                "key": f"bench-{number}",
                "language": "en",
                "title": f"Report number {number}",
                "summary": f"What was found in the year {1990 + number % 30}.",
                "date": f"{1990 + number % 30}-06-01",
            }
            if texts:
                row |= {"body": f"<p>{TEXT * texts}</p>", "topics": [f"Topic {number % 20}"], "places": ["Brussels"]}
            lines.write(json.dumps(row) + "\n")


def import_rows(path: Path) -> Summary:
    """Imports and publishes the rows as the administrator."""
    from access.models import User
    from cms.publications.importing import Importer

    importer = Importer(user=User.objects.get(username="admin"), publish=True)
    with path.open(encoding="utf-8") as lines:
        return importer.run(lines)
