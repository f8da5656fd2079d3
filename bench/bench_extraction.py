"""How long reading a PDF of 200 pages takes, beside pdftotext (or pypdfium2 where that is missing) alone."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.measure import Result, medians

PAGES = 200


def write_pdf(path: Path) -> None:
    """A PDF of running text, 200 pages."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=10)
    for number in range(1, PAGES + 1):
        pdf.add_page()
        pdf.multi_cell(0, 5, f"Page {number}. " + "The commission heard the witness on the chain of command. " * 45)
    pdf.output(str(path))


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


def run() -> list[Result]:
    """Milliseconds for all pages: the limited child process, its checks and its comparison against the bare reader."""
    from documents.extraction import extract

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        write_pdf(path)
        name, read = floor(path)
        pages = extract(path, "application/pdf").pages
        assert len(pages) == PAGES and "chain of command" in pages[PAGES - 1].text
        times = medians({"ours": lambda: extract(path, "application/pdf"), "floor": read}, 5, 1)
    speed = PAGES / times["ours"] * 1000
    return [
        Result(f"extraction of {PAGES} pages", times["ours"], name, times["floor"], "ms", note=f"{speed:.0f} pages/s")
    ]
