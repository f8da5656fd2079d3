"""``make test``: what proves the product, on SQLite and on PostgreSQL, units, browser and faults.

Starts the real servers that it finds or can install, runs five pytest processes (those that mostly wait side by side),
stops the servers that it started, and ends with what was missing, what was skipped and one line of totals. With
COVERAGE=1 the first pass runs all units and is measured: it fails where it covers less of the code than
``pyproject.toml`` demands. With DEEP=1 nothing is left to a sample (``tests/depth.py``) or to one of the stacks.

    python tests/run.py                      all of them
    python tests/run.py --only units         one of: units, units-postgresql, browser, browser-full, faults-full; DEEP=1: faults
    KEEP_SERVICES=1, REQUIRE_SERVICES=1, WORKERS=2
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "deploy" / "services"))
import depth  # noqa: E402
import migrated  # noqa: E402
import services  # noqa: E402

BROWSER = ["tests/e2e", "tests/a11y"]
FAULTS = ["tests/faults"]
"""Kills the product's own processes, and waits until others take their work up."""
SAME_ON_EVERY_DATABASE = [
    *("tests/house", "tests/look", "tests/demo", "tests/home"),
    *(
        "tests/search/test_elasticsearch_server.py",
        "tests/relevance/test_relevance.py",
        "tests/relevance/test_metrics.py",
    ),
    *(
        f"tests/cms/test_{name}.py"
        for name in ("import_scale", "queries", "pages", "caching", "weight", "machine_readable", "links", "blocks")
    ),
    *(f"tests/documents/{folder}" for folder in ("safety", "hostile", "reader")),
    *(f"tests/documents/erasure/test_{name}.py" for name in ("erasing", "returning")),
    *(
        f"tests/documents/test_{name}.py"
        for name in ("traps", "recognition", "storage", "serving", "delivery", "scanning", "naming", "intake", "admin")
    ),
    *sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests/documents/extraction").glob("test_*.py")
        if path.stem != "test_processing"
    ),
]
"""What reads or serves files, draws pages, or asks the loaded demo for everything: most of the time, and the database
makes no difference. Rules of access, queues and locks, import and search are asked on both."""
ON_POSTGRESQL_WHERE_IT_IS = [
    *("tests/security", "tests/translations", "tests/access"),
    *(
        f"tests/workflows/test_{name}.py"
        for name in ("review", "bypasses", "files_held_elsewhere", "permissions", "gate", "time")
    ),
    *(
        f"tests/cms/test_{name}.py"
        for name in (
            "publication_files",
            "format_groups",
            "related",
            "visibility",
            "vocabulary",
            "deleting",
            "large_archive",
        )
    ),
    *(f"tests/documents/test_{name}.py" for name in ("access", "embargo", "adding", "board", "rights", "uses")),
    *("tests/documents/versions", "tests/documents/erasure/test_four_eyes.py", "tests/search/test_board_screens.py"),
]
"""What people do at screens, and what each of them sees: once, on the database of production. On SQLite where that is
all there is, where coverage is measured, and in a deep run."""
SAME_ON_EVERY_STACK = ["tests/a11y", "tests/e2e/test_page_scripts.py", "tests/e2e/test_editor.py"]
"""What looks at pages and not at what is behind them: on SQLite only."""
ONCE_ON_ALL_SERVERS = [
    *("tests/e2e/test_adding.py", "tests/e2e/test_direct.py", "tests/e2e/test_reader.py"),
    *("tests/e2e/test_file_stories.py", "tests/e2e/test_big_files.py", "tests/faults"),
]
"""Single screens and stories that lean on storage and search, and what is killed or away: on the full stack only. The
story of a publication is told on both, and in a deep run so are all the others."""
PRODUCTION = ("DATABASE_URL", "SEARCH_URL", "S3_BUCKET", "S3_ENDPOINT_URL", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
ROUNDS = (("units",), ("units-postgresql",), ("browser", "browser-full", "faults", "faults-full"))
"""Passes that run side by side: units take all processors, the others wait most of the time for something."""
NOT_OURS = ("CACHE_URL", "PYTHONDONTWRITEBYTECODE", "VAR_DIR")
"""Of the developer's environment; without byte code each of hundreds of child processes compiles anew what it imports."""
NO_TESTS = 5


@dataclass
class Totals:
    """What all passes together came to."""

    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    not_run: list[str] = field(default_factory=list)

    def add(self, report: Path) -> None:
        """Adds the cases of a JUnit report."""
        for case in ElementTree.parse(report).iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed += 1
            elif (skip := case.find("skipped")) is not None:
                self.skipped[skip.get("message", "")] += 1
            else:
                self.passed += 1


@dataclass(frozen=True)
class Pass:
    """One pytest process: what it is called, which servers it can't do without, what it gets."""

    name: str
    title: str
    needs: tuple[str, ...]
    arguments: list[str]
    full: bool = False
    measured: bool = False
    engine: str = ""
    """The search engine that tests of both engines ask here; empty: both, one after the other."""


def passes(workers: str, *, postgresql: bool) -> list[Pass]:
    """The passes; ``postgresql`` says whether units run there too."""
    measured = os.environ.get("COVERAGE") == "1"
    split = postgresql and not measured and not depth.DEEP
    units = ["tests", "-n", workers, *_without([*BROWSER, *FAULTS])]
    return [
        Pass(
            "units",
            "units on SQLite",
            (),
            [*units, *_without(ON_POSTGRESQL_WHERE_IT_IS if split else [])],
            measured=measured,
            engine="fts5" if split else "",
        ),
        Pass(
            "units-postgresql",
            "units on PostgreSQL",
            ("PostgreSQL",),
            [*units, *_without([] if depth.DEEP else SAME_ON_EVERY_DATABASE)],
            engine="elasticsearch" if split else "",
        ),
        *_by_stack("browser", "browser", BROWSER),
        *_by_stack("faults", "faults", FAULTS),
    ]


def _by_stack(name: str, title: str, folders: list[str]) -> Iterator[Pass]:
    """What is tried on the embedded parts and on all servers: one pass each, where there is something for it."""
    if embedded := _named(folders, ONCE_ON_ALL_SERVERS):
        yield Pass(name, f"{title} on SQLite, disk, embedded search", (), embedded)
    if served := _named(folders, SAME_ON_EVERY_STACK):
        needs = ("PostgreSQL", "S3", "Elasticsearch", "Redis")
        yield Pass(f"{name}-full", f"{title} on PostgreSQL, S3, Elasticsearch, Redis", needs, served, full=True)


def _named(folders: list[str], elsewhere: list[str]) -> list[str]:
    """Arguments for ``folders`` without what runs ``elsewhere``. A folder that is named is collected, whatever is ignored."""
    if depth.DEEP:
        return folders
    named = [folder for folder in folders if folder not in elsewhere]
    return [*named, *_without(elsewhere)] if named else []


def _without(paths: list[str]) -> list[str]:
    return [f"--ignore={path}" for path in paths]


@dataclass
class Running:
    """A pass at work: its process, where it reports, and the file that takes its output."""

    one: Pass
    process: subprocess.Popen[bytes]
    report: Path
    output: IO[str] | None

    def count(self, totals: Totals, *, whole: bool) -> None:
        """Adds what came of it, once it has ended; a part of the tests (not ``whole``) says nothing about coverage."""
        before, title = totals.failed, self.one.title
        if self.report.exists():
            totals.add(self.report)
        if self.process.returncode not in (0, NO_TESTS) and totals.failed == before:
            totals.failed += 1
            totals.not_run.append(f"{title}: pytest ended with {self.process.returncode}")
        covered = [sys.executable, "deploy/checks/covered.py"]
        if self.one.measured and whole and subprocess.run(covered, cwd=ROOT, check=False).returncode:
            totals.failed += 1
            totals.not_run.append(f"{title}: covered less than pyproject.toml demands")


def _short(name: str) -> str:
    """A name per checkout, so that several can test on one server."""
    return hashlib.sha256(f"{ROOT}{name}".encode()).hexdigest()[:8]


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in {*PRODUCTION, *NOT_OURS}}


def environment(one: Pass, servers: dict[str, str], copied: dict[bool, str]) -> dict[str, str]:
    """The environment of a pass: nothing of the developer's own, the servers by their test names.

    ``copied`` are the databases that the pass's own are copies of.
    """
    clean = _clean()
    clean |= {name: value for name, value in servers.items() if name.startswith("TEST_")}
    clean |= {"DJANGO_SETTINGS_MODULE": "settings.test", "TEST_ENGINE": one.engine}
    clean["TEST_MIGRATED"] = copied[bool(one.needs)]
    if one.needs:
        clean["DATABASE_URL"] = servers["TEST_POSTGRES_URL"].rsplit("/", 1)[0] + f"/dossier_{_short(one.name)}"
    if one.full:
        clean |= {name: servers[name] for name in PRODUCTION if name != "DATABASE_URL"}
        clean["CACHE_URL"] = servers["TEST_REDIS_URL"].rsplit("/", 1)[0] + "/1"
    return clean


@contextlib.contextmanager
def started(one: Pass, surroundings: dict[str, str], extra: list[str], output: IO[str] | None) -> Iterator[Running]:
    """Starts the pytest process of a pass, which ends at the latest with this context. ``output`` None: our own."""
    with tempfile.TemporaryDirectory(prefix="dossier-run-") as folder:
        report = Path(folder) / "junit.xml"
        # --create-db: a test database that an interrupted run left is replaced without a question.
        command = [sys.executable, "-m", "pytest", *one.arguments, "--timeout=300", "--create-db", "--dist=loadgroup"]
        command += ["--cov", "--cov-report="] if one.measured and not extra else []
        command += [f"--junitxml={report}", *extra]
        process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=output, stderr=output)
        try:
            yield Running(one, process, report, output)
        finally:
            process.kill()
            process.wait()


def run(together: list[tuple[Pass, dict[str, str]]], totals: Totals, extra: list[str]) -> None:
    """Runs passes, each with its environment, side by side and adds their figures to ``totals``.

    Where it is more than one, each prints when it ends.
    """
    with contextlib.ExitStack() as stack:
        running = []
        for one, surroundings in together:
            print(f"\n== {one.title}", flush=True)
            output = stack.enter_context(tempfile.TemporaryFile("w+")) if len(together) > 1 else None
            running.append(stack.enter_context(started(one, surroundings, extra, output)))
        began = time.monotonic()
        while running:
            for ended in [one for one in running if one.process.poll() is not None]:
                running.remove(ended)
                if ended.output is not None:
                    ended.output.seek(0)
                    print(ended.output.read())
                ended.count(totals, whole=not extra)
                print(f"== {ended.one.title}: {time.monotonic() - began:.0f} s", flush=True)
            time.sleep(0.2)


def summary(totals: Totals) -> None:
    """What could not run and what was skipped, by name; the totals alone on the last line."""
    print("\n== Summary")
    for line in totals.not_run:
        print(f"Could not run: {line}")
    for reason, count in sorted(totals.skipped.items()):
        print(f"Skipped {count}: {reason}")
    if not totals.not_run and not totals.skipped:
        print("Nothing was skipped; every server was there.")
    print(f"{totals.passed} passed, {totals.failed} failed")


def main() -> int:
    """The command line. Returns 1 on a failure, and under REQUIRE_SERVICES=1 on a missing server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", help="run only this pass (can be given again)")
    arguments, extra = parser.parse_known_args()
    required = os.environ.get("REQUIRE_SERVICES") == "1"
    totals = Totals()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # so that the servers are stopped then too

    there_before = set(services.variables())
    totals.not_run += services.start(install=os.environ.get("NO_INSTALL") != "1")
    servers = services.variables()
    missing = [server.name for server in services.SERVERS if not set(server.variables) & set(servers)]
    # What one pass leaves to another must not be left out where the other isn't run.
    wants_postgresql = not arguments.only or "units-postgresql" in arguments.only
    try:
        chosen = [
            one
            for one in passes(
                os.environ.get("WORKERS", "2"), postgresql=wants_postgresql and "PostgreSQL" not in missing
            )
            if not arguments.only or one.name in arguments.only
        ]
        for one in [one for one in chosen if set(one.needs) & set(missing)]:
            totals.not_run.append(f"{one.title}, because {', '.join(set(one.needs) & set(missing))} is missing")
            totals.failed += required
            chosen.remove(one)
        server = servers.get("TEST_POSTGRES_URL", "")
        with migrated.databases(
            _clean(), server if any(one.needs for one in chosen) else "", f"dossier_{_short('migrated')}"
        ) as copied:
            for names in ROUNDS:
                if together := [(one, environment(one, servers, copied)) for one in chosen if one.name in names]:
                    run(together, totals, extra)
    finally:
        if not there_before and os.environ.get("KEEP_SERVICES") != "1":
            services.stop()
    if required and missing:
        totals.failed = max(totals.failed, 1)
    summary(totals)
    return 1 if totals.failed else 0


if __name__ == "__main__":
    sys.exit(main())
