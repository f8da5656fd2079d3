"""Files that the stories upload."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF


def report_pdf(path: Path, *, pages: int, planted: dict[int, str]) -> Path:
    """A PDF of ``pages`` pages of prose; ``planted`` maps a page number to a sentence that stands only there."""
    pdf = FPDF(format="A4")
    pdf.set_title("Internal working title")
    pdf.set_author("The author's own name")
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.set_font("Helvetica", size=16)
        pdf.multi_cell(0, 10, f"Chapter {number}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Helvetica", size=11)
        for paragraph in range(4):
            text = f"Paragraph {paragraph + 1} of page {number} describes how the archive of the ministry was kept. "
            pdf.multi_cell(0, 6, text * 3, new_x="LMARGIN", new_y="NEXT")
        if number in planted:
            pdf.multi_cell(0, 6, planted[number] + ".", new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(path))
    return path
