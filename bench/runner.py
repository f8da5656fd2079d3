"""``make bench``: runs the benchmarks, each in a process and on a database of its own, and prints a table.

    python -m bench.runner                 all
    python -m bench.runner page_view file  only those named

A module ``bench/bench_<name>.py`` is a benchmark: its ``run()`` returns ``Result``s, each with a floor or peer that was
measured in the same run. It finds a migrated database with the demo content below ``VAR_DIR``. The results are written to
``bench/results/<name>.json``. Exit code 1 where a benchmark failed or went over its limit.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import Result

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results"


def names() -> list[str]:
    """All benchmarks there are."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def prepare(folder: Path) -> None:
    """A migrated database with the demo content below ``folder``. Made once, copied for each benchmark."""
    environ = os.environ | {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "settings.dev"}
    for command in (
        ["migrate", "--verbosity", "0"],
        ["collectstatic", "--no-input", "--verbosity", "0"],
        ["load_demo"],
    ):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environ, check=True)


def run_one(name: str) -> None:
    """In a benchmark's own process: runs it and writes its results."""
    write(name, importlib.import_module(f"bench.bench_{name}").run())


def write(name: str, results: list[Result]) -> None:
    """Writes what a benchmark measured to ``bench/results/<name>.json``."""
    RESULTS.mkdir(exist_ok=True)
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "results": [asdict(result) | {"ratio": round(result.ratio, 3), "kept": result.kept} for result in results],
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n")


def table(name: str) -> bool:
    """Prints a benchmark's results. Returns whether all limits were kept."""
    rows = json.loads((RESULTS / f"{name}.json").read_text())["results"]
    for row in rows:
        limit = "" if row["limit"] is None else f"limit {row['limit']:g}"
        print(
            f"{row['name']:<34} {row['ours']:>9.1f} {row['unit']:<4} {row['floor_name']:>14} {row['floor']:>9.1f} "
            f"ratio {row['ratio']:>7.2f}  {limit:<10} {'' if row['kept'] else 'OVER THE LIMIT '}{row['note']}",
            flush=True,
        )
    return all(row["kept"] for row in rows)


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only these: " + ", ".join(names()))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        run_one(arguments.one)
        return 0
    if unknown := set(arguments.names) - set(names()):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    good = True
    with tempfile.TemporaryDirectory(prefix="dossier-bench-") as folder:
        demo = Path(folder) / "demo"
        print("Demo content …", flush=True)
        prepare(demo)
        for name in arguments.names or names():
            own = Path(folder) / name
            shutil.copytree(demo, own)
            environ = os.environ | {"VAR_DIR": str(own), "DJANGO_SETTINGS_MODULE": "bench.settings"}
            done = subprocess.run(
                [sys.executable, "-m", "bench.runner", "--one", name], cwd=ROOT, env=environ, check=False
            )
            if done.returncode:
                print(f"{name}: failed", flush=True)
            good = done.returncode == 0 and table(name) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
