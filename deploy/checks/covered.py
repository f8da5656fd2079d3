"""Is enough of the code run by the tests? Reads what a pytest with ``--cov`` left in ``.coverage``.

The share for all code and the modules that must be whole are in ``pyproject.toml`` under
``tool.dossier.coverage``. The whole ones decide who may see what, and what goes public: a branch there
that no test takes is a rule that nobody tried.

    python deploy/checks/covered.py            after: pytest tests --cov --cov-report=
"""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import coverage

ROOT = Path(__file__).resolve().parent.parent.parent
WORST = 8
"""Modules that are named as the least covered ones."""


def report() -> dict[str, Any]:
    """Coverage's own JSON report. Raises coverage.exceptions.NoDataError where nothing was measured."""
    measured = coverage.Coverage(data_file=str(ROOT / ".coverage"), config_file=str(ROOT / "pyproject.toml"))
    measured.load()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.json"
        measured.json_report(outfile=str(path))
        found: dict[str, Any] = json.loads(path.read_text())
    return found


def findings(found: dict[str, Any], least: float, whole: list[str]) -> list[str]:
    """One sentence for each thing that is not as it must be.

    ``found`` is coverage's report, ``least`` percent of all lines and of all branches, ``whole`` are
    patterns of paths that miss nothing; a pattern that fits no file is a finding too.
    """
    totals, files = found["totals"], found["files"]
    branches = 100 * totals["covered_branches"] / max(totals["num_branches"], 1)
    wrong = [
        f"{what} are covered to {share:.1f} %, less than {least} %"
        for what, share in (("Lines and branches", totals["percent_covered"]), ("Branches", branches))
        if share < least
    ]
    for pattern in whole:
        names = [name for name in files if fnmatch(name, pattern)]
        wrong += [f"{pattern}: no such module was measured"] if not names else []
        wrong += [sentence for name in names if (sentence := _gaps(name, files[name]))]
    return wrong


def _gaps(name: str, file: dict[str, Any]) -> str:
    lines = ", ".join(str(line) for line in file["missing_lines"])
    branches = ", ".join(f"{start}->{'exit' if end < 0 else end}" for start, end in file["missing_branches"])
    parts = [f"lines {lines}" if lines else "", f"branches {branches}" if branches else ""]
    missing = "; ".join(part for part in parts if part)
    return f"{name}: no test takes {missing}" if missing else ""


def main() -> int:
    """Prints the figures and the findings. Returns 1 where there is one."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dossier"]["coverage"]
    try:
        found = report()
    except coverage.exceptions.CoverageException as err:
        print(f"Nothing was measured ({err}). Run: pytest tests --cov --cov-report=")
        return 1
    totals = found["totals"]
    worst = sorted(found["files"].items(), key=lambda item: item[1]["summary"]["percent_covered"])[:WORST]
    print(
        f"Coverage {totals['percent_covered']:.1f} %; "
        f"branches {totals['covered_branches']} of {totals['num_branches']}. Least: "
        + ", ".join(f"{name} {file['summary']['percent_covered']:.0f} %" for name, file in worst)
    )
    wrong = findings(found, wanted["least"], wanted["whole"])
    print("\n".join(wrong) or f"{len(wanted['whole'])} security modules are covered whole.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
