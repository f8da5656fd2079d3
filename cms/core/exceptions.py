"""What can be refused here, each with a sentence for the person at the screen."""

from __future__ import annotations


class MergeRefused(Exception):
    """Two entries can't be merged now."""
