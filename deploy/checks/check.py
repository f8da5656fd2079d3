"""``make check``: the static gate. Runs every check, two at a time, and shows the output of those that fail.

python deploy/checks/check.py            all
python deploy/checks/check.py types      only those named
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
APPS = ["access", "search", "documents", "workflows", "translations", "cms", "home", "settings"]


@dataclass(frozen=True)
class Check:
    """A name, a command, and what it needs in its environment."""

    name: str
    command: list[str]
    environ: dict[str, str] = field(default_factory=dict)


def _tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def checks(folder: str) -> list[Check]:
    """All checks; ``folder`` takes the state of those that start Django. The slowest come first."""
    templates = [str(path.relative_to(ROOT)) for app in APPS for path in sorted((ROOT / app).rglob("*.html"))]
    production = {
        "DJANGO_SETTINGS_MODULE": "settings.production",
        "SECRET_KEY": "for-this-check-only-" + os.urandom(32).hex(),
        "ALLOWED_HOSTS": "archive.example.org",
        "SITE_URL": "https://archive.example.org",
        "CLIENT_ADDRESS_HEADER": "X-Real-IP",
        "DATABASE_URL": f"sqlite:///{folder}/production.sqlite3",
        "VAR_DIR": folder,
    }
    test = {"DJANGO_SETTINGS_MODULE": "settings.test", "VAR_DIR": folder}
    found = [
        Check("types", _tool("mypy", *APPS, "deploy"), test),
        Check("migrations", _python("manage.py", "makemigrations", "--check", "--dry-run"), test),
        Check("deploy", _python("manage.py", "check", "--deploy", "--fail-level", "WARNING"), production),
        Check("catalogues", _python("deploy/catalogues.py", "check")),
        Check("format", _tool("ruff", "format", "--check", ".")),
        Check("lint", _tool("ruff", "check", "--output-format=concise", ".")),
        Check("layers", _tool("lint-imports")),
        Check("pins", _python("deploy/checks/pins.py")),
        Check("licences", _python("deploy/checks/licences.py")),
    ]
    if templates:
        found += [
            Check("template-format", _tool("djhtml", "--check", *templates)),
            Check("template-rules", _python("deploy/checks/templates.py", *templates), test),
        ]
    return found


def run(check: Check) -> tuple[Check, int, str, float]:
    """Runs one check. Returns it with exit code, output and seconds."""
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=os.environ | check.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return check, done.returncode, done.stdout.strip(), time.monotonic() - began


def main() -> int:
    """The command line. Returns 1 where a check failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only these checks")
    names = parser.parse_args().names
    failed = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        wanted = [check for check in checks(folder) if not names or check.name in names]
        for check, code, output, seconds in pool.map(run, wanted):
            print(f"{'ok    ' if code == 0 else 'FAILED'} {check.name} ({seconds:.0f} s)", flush=True)
            if code:
                failed.append(check.name)
                print("\n".join(f"    {line}" for line in output.splitlines()), flush=True)
    print(
        f"{len(wanted) - len(failed)} checks passed, {len(failed)} failed{': ' + ', '.join(failed) if failed else ''}"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
