"""Compares the licences of what we depend on, as the installed packages state them, with ``docs/reference/licences.md``.

Fails for a licence that is not known to go with BSD-3-Clause, and where the table lacks a package, names one that we no
longer ask for, or states another licence.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = ROOT / "docs" / "reference" / "licences.md"
ALLOWED = {
    **{name: name for name in ("BSD-3-Clause", "MIT", "MIT-CMU", "Apache-2.0", "MPL-2.0", "LGPL-3.0-only")},
    "BSD": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "The MIT License (MIT)": "MIT",
    "MIT, BSD": "MIT, BSD-3-Clause",
    "Apache License 2.0": "Apache-2.0",
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause, Apache-2.0",
}
"""What packages state -> what the table says. MPL and LGPL hold for those packages, which we use as they are."""


def stated(name: str) -> str:
    """The licence by the package's metadata; else the first line of its licence file."""
    package = distribution(name)
    said = next((package.metadata[key] for key in ("License-Expression", "License") if key in package.metadata), "")
    if not said:
        files = [file for file in package.files or () if file.name.upper().startswith("LICEN")]
        said = next((line for file in files for line in file.read_text().splitlines() if line.strip()), "")
    return said.strip()


def compare(table: str, requirements: list[str]) -> list[str]:
    """Sentences on what in ``table`` doesn't fit ``requirements``, and on licences that nobody looked at yet."""
    rows = dict(re.findall(r"^\| ([\w.-]+) \| ([^|]+?) \|", table, re.MULTILINE)[1:])
    wanted = [Requirement(text).name for text in requirements]
    wrong = [f"{name}: we no longer depend on it." for name in rows if name not in wanted]
    for name in wanted:
        licence = stated(name)
        if licence not in ALLOWED:
            wrong.append(f"{name}: the licence {licence[:80]!r} is on no list. May it go with BSD-3-Clause?")
        elif rows.get(name) != ALLOWED[licence]:
            wrong.append(f"{name}: the table says {rows.get(name, 'nothing')}, the package {ALLOWED[licence]}.")
    return wrong


def main() -> int:
    """Prints what is wrong. Returns the exit code."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wrong = compare(TABLE.read_text(encoding="utf-8"), project["dependencies"])
    print("\n".join(wrong) or "All licences are known and go with ours.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
