"""``make test``: everything that proves the product, on SQLite and on PostgreSQL, units and browser.

Starts the real servers that it finds or can install, runs four pytest processes one after the other, stops the servers
that it started, and ends with what was missing, what was skipped and one line of totals. With COVERAGE=1 the
first pass is measured: it fails where it covers less of the code than ``pyproject.toml`` demands.

    python tests/run.py                      all four
    python tests/run.py --only units         one of: units, browser, units-postgresql, browser-full
    KEEP_SERVICES=1, REQUIRE_SERVICES=1, WORKERS=2
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "deploy" / "services"))
import services  # noqa: E402

BROWSER = ["tests/e2e", "tests/a11y", "tests/faults"]
"""What drives a browser or whole processes of the product."""
SAME_ON_EVERY_DATABASE = [
    *("tests/cms/test_import_scale.py", "tests/cms/test_queries.py", "tests/documents/erasure/test_returning.py"),
    *("tests/house", "tests/look", "tests/demo", "tests/documents/safety", "tests/documents/hostile"),
    *sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests/documents/extraction").glob("test_*.py")
        if path.stem != "test_processing"
    ),
]
"""What reads files, or asks the loaded demo for everything: half of the time, and the database makes no difference."""
SAME_ON_EVERY_STACK = ["tests/a11y", "tests/e2e/test_page_scripts.py"]
"""What looks at pages and not at what is behind them: on SQLite only."""
ONCE_ON_ALL_SERVERS = [
    *("tests/e2e/test_adding.py", "tests/e2e/test_direct.py", "tests/e2e/test_reader.py"),
    "tests/faults/test_kills.py",
]
"""Single screens that lean on storage and search, and random kills: on the full stack only. The story is told on both."""
PRODUCTION = ("DATABASE_URL", "SEARCH_URL", "S3_BUCKET", "S3_ENDPOINT_URL", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
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


def passes(workers: str) -> list[Pass]:
    """The four passes in the order in which they run."""
    units = ["tests", "-n", workers, *(f"--ignore={folder}" for folder in BROWSER)]
    on_postgresql = [*units, *(f"--ignore={path}" for path in SAME_ON_EVERY_DATABASE)]
    embedded = [*BROWSER, *(f"--ignore={path}" for path in ONCE_ON_ALL_SERVERS)]
    on_the_full_stack = [*BROWSER, *(f"--ignore={path}" for path in SAME_ON_EVERY_STACK)]
    return [
        Pass("units", "units on SQLite", (), units, measured=os.environ.get("COVERAGE") == "1"),
        Pass("browser", "browser on SQLite, disk, embedded search", (), embedded),
        Pass("units-postgresql", "units on PostgreSQL", ("PostgreSQL",), on_postgresql),
        Pass(
            "browser-full",
            "browser on PostgreSQL, S3, Elasticsearch, Redis",
            ("PostgreSQL", "S3", "Elasticsearch", "Redis"),
            on_the_full_stack,
            full=True,
        ),
    ]


def environment(one: Pass, servers: dict[str, str]) -> dict[str, str]:
    """The environment of a pass: nothing of the developer's own, the servers by their test names."""
    clean = {name: value for name, value in os.environ.items() if name not in {*PRODUCTION, "CACHE_URL"}}
    clean |= {name: value for name, value in servers.items() if name.startswith("TEST_")}
    clean["DJANGO_SETTINGS_MODULE"] = "settings.test"
    if one.needs:
        # One database name per checkout, so that two of them can test on one server.
        name = f"dossier_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
        clean["DATABASE_URL"] = servers["TEST_POSTGRES_URL"].rsplit("/", 1)[0] + f"/{name}"
    if one.full:
        clean |= {name: servers[name] for name in PRODUCTION if name != "DATABASE_URL"}
        clean["CACHE_URL"] = servers["TEST_REDIS_URL"].rsplit("/", 1)[0] + "/1"
    return clean


def run(one: Pass, servers: dict[str, str], totals: Totals, extra: list[str]) -> None:
    """Runs one pass and adds its figures to ``totals``."""
    if not one.arguments:
        return
    print(f"\n== {one.title}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dossier-run-") as folder:
        report = Path(folder) / "junit.xml"
        # --create-db: a test database that an interrupted run left is replaced without a question.
        command = [sys.executable, "-m", "pytest", *one.arguments, "--timeout=300", "--create-db", "--dist=loadgroup"]
        measured = one.measured and not extra  # a part of the tests says nothing about what is covered
        command += ["--cov", "--cov-report="] if measured else []
        done = subprocess.run(
            [*command, f"--junitxml={report}", *extra], cwd=ROOT, env=environment(one, servers), check=False
        )
        before = totals.failed
        if report.exists():
            totals.add(report)
        if done.returncode not in (0, NO_TESTS) and totals.failed == before:
            totals.failed += 1
            totals.not_run.append(f"{one.title}: pytest ended with {done.returncode}")
        if measured and subprocess.run([sys.executable, "deploy/checks/covered.py"], cwd=ROOT, check=False).returncode:
            totals.failed += 1
            totals.not_run.append(f"{one.title}: covered less than pyproject.toml demands")
    print(f"== {one.title}: {time.monotonic() - began:.0f} s", flush=True)


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
    try:
        for one in passes(os.environ.get("WORKERS", "2")):
            if arguments.only and one.name not in arguments.only:
                continue
            if absent := [name for name in one.needs if name in missing]:
                totals.not_run.append(f"{one.title}, because {', '.join(absent)} is missing")
                totals.failed += required
                continue
            run(one, servers, totals, extra)
    finally:
        if not there_before and os.environ.get("KEEP_SERVICES") != "1":
            services.stop()
    if required and missing:
        totals.failed = max(totals.failed, 1)
    summary(totals)
    return 1 if totals.failed else 0


if __name__ == "__main__":
    sys.exit(main())
