"""What a file says, page by page, read in a separate process that may die without harm.

Nothing in this package knows Django or the database: paths in, plain values out. The
functions below are all that the rest of the project calls.
"""

from documents.extraction.errors import ExtractionError
from documents.extraction.jobs import CleanCopy, Inspection, clean_and_inspect, clean_copy, extract, inspect, page_image
from documents.extraction.limits import Limits
from documents.extraction.texts import Extraction, OutlineEntry, PageText

__all__ = [
    "CleanCopy",
    "Extraction",
    "ExtractionError",
    "Inspection",
    "Limits",
    "OutlineEntry",
    "PageText",
    "clean_and_inspect",
    "clean_copy",
    "extract",
    "inspect",
    "page_image",
]
