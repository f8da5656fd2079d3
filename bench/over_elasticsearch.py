"""``make bench-search``: the search of a large archive on PostgreSQL and Elasticsearch, beside the engine's own speed.

``BENCH_PUBLICATIONS`` sets the size (default 100000; ten file pages each), ``BENCH_SMALL`` that of the archive which the
growth is measured from (default 2000). Fills a database and indexes of its own on the servers that ``DATABASE_URL`` and
``SEARCH_URL`` name and removes them at the end. Exit code 1 where a limit was broken.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote_plus

import django

from bench import runner
from bench.elasticsearch_raw import RAW_SAMPLE, Raw, asked_by, raw_bulk
from bench.measure import Client, Result, medians, server

NAME = "over_elasticsearch"
FULL = int(os.environ.get("BENCH_PUBLICATIONS", "100000"))
SMALL = min(int(os.environ.get("BENCH_SMALL", "2000")), FULL)
ROUNDS = 30
MANY_HITS = 1000
"""With fewer the engine has next to nothing to do, and the ratio says only what a page costs anyway."""
PUBLISHED = 20
PAGE_LIMIT, GROWTH_LIMIT, REBUILD_LIMIT = 3.0, 3.0, 0.5
SQL_ALLOWED, FINDING_ALLOWED_MS, FINDABLE_ALLOWED_MS = 10.0, 300.0, 3000.0
BEGAN = time.monotonic()


def say(text: str) -> None:
    """A line for whoever waits, with the minutes so far."""
    print(f"[{(time.monotonic() - BEGAN) / 60:5.1f} min] {text}", file=sys.stderr, flush=True)


def queries() -> dict[str, str]:
    """What is searched, by what is particular to it."""
    from bench.big_archive import vocabulary

    words = vocabulary()
    return {
        "word in every title": "report",
        "three words": "chain of command",
        "phrase": '"filed the order"',
        "frequent word in files": words[300],
        "two words in files": f"{words[100]} {words[1000]}",
        "rare word in files": words[20_000],
    }


def rebuilt() -> tuple[int, float]:
    """The product's rebuild: how many things, and how many a second until the new index is in use.

    What follows (the nightly sweep, the words of the speller) keeps no reader waiting.
    """
    from search.models import SearchRebuild
    from search.rebuilding import rebuild

    done = rebuild(lambda done, total: say(f"index: {done} of {total}") if done % 5000 < 500 else None)
    row = SearchRebuild.objects.latest("pk")
    assert row.ended_at is not None
    return done, done / (row.ended_at - row.asked_at).total_seconds()


def searches(size: int, *, judged: bool) -> tuple[dict[str, float], list[Result]]:
    """Milliseconds of the result page by query, and the lines of page, API and SQL beside the engine's raw call."""
    pages: dict[str, float] = {}
    floors: list[float] = []
    results = []
    raw = Raw()
    with server() as port:
        client = Client(port)
        for name, text in queries().items():
            query = quote_plus(text)
            path = f"/en/search/?q={query}"
            asked = asked_by(path)
            call = asked.calls[0]
            total = raw.send(*call)["hits"]["total"]["value"]
            times = medians(
                {
                    "page": partial(client.get, path),
                    "api": partial(client.get, f"/api/v1/search?q={query}&lang=en"),
                    "raw": partial(raw.send, *call),
                },
                ROUNDS,
            )
            pages[name] = times["page"]
            floors.append(times["raw"])
            note = f"{total} hits in {size}, {len(asked.calls)} calls"
            limit = PAGE_LIMIT if judged and total >= MANY_HITS else None
            results += [
                Result(f"page: {name}", times["page"], "raw call", times["raw"], "ms", limit, note=note),
                Result(f"api: {name}", times["api"], "raw call", times["raw"], "ms", note=note),
                Result(f"sql: {name}", asked.statements, "allowed", SQL_ALLOWED, "", 1.0 if judged else None),
            ]
    middle = statistics.median(pages.values()), statistics.median(floors)
    results.append(Result("page: p50 of all", middle[0], "raw call", middle[1], "ms", PAGE_LIMIT if judged else None))
    return pages, results


def findings() -> list[Result]:
    """Pages found in ten files of 600: in their tokens, as the result page does, and by the page that lists them."""
    from bench.big_archive import big_files, vocabulary
    from documents.models import DocumentTokens
    from search.languages import searched
    from search.matching import plan
    from search.pages import page_hits, unpack
    from search.query import parse

    text = f"{vocabulary()[100]} {vocabulary()[1000]}"
    files = big_files()
    blobs = [bytes(row.blob) for row in DocumentTokens.objects.filter(document__in=files)]
    wanted = plan(parse(text), searched())
    together = medians({"all": lambda: [page_hits(unpack(blob), wanted) for blob in blobs]}, ROUNDS)["all"]
    with server() as port:
        client = Client(port)
        paths = [f"/d/{file.series}/v1/search/?q={quote_plus(text)}" for file in files]
        times = medians({path: partial(client.get, path) for path in paths}, 5, warm_up=1)
    slowest = max(times.values())
    return [
        Result(f"pages in {len(files)} files of 600, together", together, "allowed", FINDING_ALLOWED_MS, "ms", 1.0),
        Result("page of finds in one, the slowest", slowest, "allowed", FINDING_ALLOWED_MS, "ms", 1.0),
    ]


@contextmanager
def worker() -> Iterator[None]:
    """The worker as it runs in production, once it has done what it does first: the jobs of the day."""
    process = subprocess.Popen([sys.executable, "manage.py", "run_worker"], cwd=runner.ROOT)
    try:
        end, before = time.monotonic() + 900, -1
        while time.monotonic() < end:
            time.sleep(5)
            ticks = sum(map(int, Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
            if before >= 0 and ticks - before < 0.2 * 5 * os.sysconf("SC_CLK_TCK"):
                break
            before = ticks
        yield
    finally:
        process.terminate()
        process.wait(60)


def publish(word: str) -> None:
    """Approves and publishes the draft with the key ``word`` in one transaction, as an import does."""
    from django.db import transaction

    from access.models import User
    from cms.publications.models import PublicationPage
    from workflows import approvals

    user = User.objects.get(username="admin")
    page = PublicationPage.objects.get(key=word)
    revision = page.latest_revision
    with transaction.atomic():
        approvals.record_import([(page, revision)], user)
        revision.publish(user=user, skip_permission_checks=True)


def publish_to_findable() -> Result:
    """From the call that publishes until a reader finds it. Asked over the export: it offers no other spelling for no hits."""
    from bench.big_archive import drafts

    words = ["".join(chr(97 + int(sign, 16)) for sign in uuid.uuid4().hex[:12]) for _ in range(PUBLISHED)]
    drafts(words)
    times = []
    with server() as port, worker():
        client = Client(port)
        say("publishing …")
        for word in words:
            began = time.perf_counter()
            publish(word)
            while not json.loads(client.get(f"/api/v1/export?q={word}&lang=en"))["total"]:
                assert time.perf_counter() - began < 120, "what was published isn't found"
                time.sleep(0.05)
            times.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    note = f"median {statistics.median(times):.0f} ms"
    return Result("publish to findable, p95", p95, "allowed", FINDABLE_ALLOWED_MS, "ms", 1.0, note=note)


def filled(size: int) -> tuple[int, float]:
    """Fills the archive up to ``size`` and rebuilds: how many things, and how many a second."""
    from bench.big_archive import fill

    say(f"{size} publications …")
    fill(size, lambda done: say(f"publications: {done} of {size}") if done % 5000 == 0 else None)
    return rebuilt()


def run() -> list[Result]:
    """All that is measured: at the small size only what the growth is measured from."""
    django.setup()
    filled(SMALL)
    say("searching the small archive …")
    before, results = searches(SMALL, judged=False)
    things, speed = filled(FULL)
    say("raw bulk …")
    floor = raw_bulk()
    note = f"{things} things; raw: one in {max(1, things // RAW_SAMPLE)}"
    results.append(Result("rebuild", speed, "raw bulk", floor, "1/s", REBUILD_LIMIT, higher_is_better=True, note=note))
    say("searching the full archive …")
    after, more = searches(FULL, judged=True)
    results += more
    for name, milliseconds in after.items():
        results.append(
            Result(f"growth: {name}", milliseconds, f"in {SMALL}", before[name], "ms", GROWTH_LIMIT, note=f"in {FULL}")
        )
    say("finding pages …")
    results += findings()
    results.append(publish_to_findable())
    return results


def main() -> int:
    """The command line. Returns the exit code."""
    from tests.e2e.product import own_database
    from tests.servers import index_prefix

    if missing := [name for name in ("DATABASE_URL", "SEARCH_URL") if not os.environ.get(name)]:
        print(f"{', '.join(missing)} not set: call make services first.", file=sys.stderr)
        return 2
    with (
        tempfile.TemporaryDirectory(prefix="dossier-bench-") as folder,
        own_database(os.environ["DATABASE_URL"]) as database,
        index_prefix(os.environ["SEARCH_URL"]) as prefix,
    ):
        os.environ |= {
            "DATABASE_URL": database,
            "SEARCH_INDEX_PREFIX": prefix,
            "SITE_URL": f"http://{prefix}.localhost",  # its keys in a shared cache
            "S3_BUCKET": "",
            "VAR_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
        }
        say("demo content …")
        runner.prepare(Path(folder))
        runner.write(NAME, run())
        return 0 if runner.table(NAME) else 1


if __name__ == "__main__":
    sys.exit(main())
