"""Rows of tables: cells that go on with the one above them, whose words no program shows."""

from __future__ import annotations


class Rows:
    """Where in which row a reader is. A row says before its cells where each ends, and which are merged."""

    def __init__(self) -> None:
        self._begun: set[int] = set()
        self._below: set[int] = set()
        self._cells = self._at = 0
        self._said = b""
        self._is_in = self._is_nested = False

    @property
    def is_below(self) -> bool:
        """Whether text here stands in a cell that goes on with another."""
        return self._is_in and self._at in self._below

    def says(self, word: bytes, number: int | None) -> None:
        """Takes in a word."""
        match word:
            case b"nesttableprops" | b"nestrow":  # of a table in a cell, whose own cells are not followed
                self._is_nested = word == b"nesttableprops"
            case b"trowd" if not self._is_nested:
                self._below, self._cells, self._said = set(), 0, b""
            case b"clvmgf" | b"clvmrg":
                self._said = word
            case b"cellx" if not self._is_nested:
                self._ends(number or 0)
            case b"pard" | b"intbl":
                self._is_in = word == b"intbl"
            case b"cell" | b"row":
                self._at = self._at + 1 if word == b"cell" else 0

    def _ends(self, right: int) -> None:
        """A cell; it goes on with one that ends at the same place."""
        if self._said == b"clvmgf":
            self._begun.add(right)
        elif not self._said:
            self._begun.discard(right)
        elif right in self._begun:
            self._below.add(self._cells)
        self._cells, self._said = self._cells + 1, b""
