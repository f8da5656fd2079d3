"""What can be wrong with an imported row, each with a sentence for the person who imports."""

from __future__ import annotations


class RowError(Exception):
    """A row was refused; the others go in."""
