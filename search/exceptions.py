"""What can go wrong with an engine."""

from __future__ import annotations


class SearchError(Exception):
    """Anything that an engine reports."""


class EngineUnavailableError(SearchError):
    """The engine can't be reached, is too slow, too busy or not set up. Trying again later may help."""


class EngineBusyError(EngineUnavailableError):
    """The engine takes no more at the moment; less at once may help."""


class IndexLostError(EngineUnavailableError):
    """One index can't be written, whatever the rest of the engine does: closed, read-only, damaged or missing."""


class TooMuchAskedError(EngineUnavailableError):
    """This one question took too long or was refused; the engine may be well."""


class RebuildError(SearchError):
    """A rebuild was given up; the index that was in use still is."""


class OverBudgetError(SearchError):
    """The network that asks used up its budget while much is searched. ``seconds`` from now it may ask again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("The budget of this network is used up.")
        self.seconds = seconds
