"""Files on disk, and documents in every state of safety."""

from tests.documents.extraction.conftest import stored

__all__ = ["stored"]
