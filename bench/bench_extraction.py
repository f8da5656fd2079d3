"""How many pages a second are read out of a PDF, beside pdftotext (or pypdfium2 where that is missing) alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.measure import ROOT, Result, medians

PAGES = 2000
ROUNDS = 5
FILES = 4
"""Files that one worker, and two side by side, read in the second measurement."""
LIMIT, TWO_WORKERS = 0.8, 1.8

_READ = """
import sys
from pathlib import Path
from documents.extraction.jobs import read_text
for _ in range(int(sys.argv[2])):
    read_text(Path(sys.argv[1]), "application/pdf")
"""


def write_pdf(path: Path) -> None:
    """Running text in an embedded font, as word processors write it."""
    from tests.documents import making

    path.write_bytes(making.pdf_of([f"{making.FILLER} " * 12] * PAGES))


def floor(path: Path) -> tuple[str, object]:
    """The name of the bare reader and a function that runs it."""
    if shutil.which("pdftotext"):
        return "pdftotext", lambda: subprocess.run(["pdftotext", str(path), "-"], stdout=subprocess.DEVNULL, check=True)
    import pypdfium2

    def read() -> None:
        with pypdfium2.PdfDocument(path) as document:
            for page in document:
                page.get_textpage().get_text_range()

    return "pypdfium2", read


def workers(path: Path, count: int) -> float:
    """Pages a second of ``count`` processes that read ``FILES`` files together."""
    began = time.perf_counter()
    command = [sys.executable, "-c", _READ, str(path), str(FILES // count)]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(count)]
    assert [process.wait() for process in processes] == [0] * count
    return FILES * PAGES / (time.perf_counter() - began)


def run() -> list[Result]:
    """Pages a second: the limited child process with its checks, normal form and languages against the bare reader."""
    from documents.extraction.jobs import extract, read_text

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        write_pdf(path)
        name, read = floor(path)
        pages = read_text(path, "application/pdf").pages
        assert len(pages) == PAGES and "duty rosters" in pages[PAGES - 1].text
        times = medians({"ours": lambda: read_text(path, "application/pdf"), "floor": read}, ROUNDS, 1)
        speed = {key: PAGES / value * 1000 for key, value in times.items()}
        began = time.perf_counter()
        extract(path, "application/pdf")
        placed = PAGES / (time.perf_counter() - began)
        one, two = workers(path, 1), workers(path, 2)
    return [
        Result(
            name=f"text of {PAGES} pages",
            ours=speed["ours"],
            floor_name=name,
            floor=speed["floor"],
            unit="pages/s",
            limit=LIMIT,
            higher_is_better=True,
            note=f"with the places of the words {placed:.0f} pages/s",
        ),
        Result("two workers", two, "one worker", one, "pages/s", TWO_WORKERS, higher_is_better=True),
    ]
