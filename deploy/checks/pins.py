"""Compares ``pyproject.toml`` with the pinned ``requirements*.txt``, without asking the network.

Fails where a dependency is not pinned, a pin lies outside the range that we ask for, a pin is there for a dependency
that we no longer ask for, or the two files pin the same package differently. ``make pins`` compiles them again.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = "dossier (pyproject.toml)"


def pins(path: Path) -> tuple[dict[str, str], set[str]]:
    """{name: version} of all pins in ``path``, and the names of those that it says we ask for ourselves."""
    versions: dict[str, str] = {}
    direct: set[str] = set()
    name = ""
    for line in path.read_text().splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", line):
            name = canonicalize_name(match[1])
            versions[name] = match[2]
        elif OURS in line:
            direct.add(name)
    return versions, direct


def compare(title: str, path: Path, requirements: list[str]) -> list[str]:
    """Sentences on what in ``path`` doesn't fit ``requirements``."""
    versions, direct = pins(path)
    wrong = []
    wanted = {canonicalize_name(item.name): item for item in map(Requirement, requirements)}
    for name, requirement in wanted.items():
        if name not in versions:
            wrong.append(f"{title}: {name} is not pinned.")
        elif not requirement.specifier.contains(versions[name], prereleases=True):
            wrong.append(f"{title}: {name} is pinned at {versions[name]}, pyproject.toml asks for {requirement}.")
    wrong += [f"{title}: {name} is pinned, but no longer asked for." for name in sorted(direct - set(wanted))]
    return wrong


def main() -> int:
    """Prints what is wrong. Returns the exit code."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    base, dev = project["dependencies"], project["optional-dependencies"]["dev"]
    wrong = compare("requirements.txt", ROOT / "requirements.txt", base)
    wrong += compare("requirements-dev.txt", ROOT / "requirements-dev.txt", base + dev)
    run, develop = pins(ROOT / "requirements.txt")[0], pins(ROOT / "requirements-dev.txt")[0]
    wrong += [
        f"{name} is pinned at {run[name]} and, for development, at {develop.get(name, 'nothing')}."
        for name in run
        if develop.get(name) != run[name]
    ]
    print("\n".join(wrong) or "The pins fit pyproject.toml.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
