"""What can go wrong with a file, each with a sentence that can be shown to the person who asked."""

from __future__ import annotations


class DocumentError(Exception):
    """Base of this app's errors; ``str()`` is a sentence for people."""


class IntakeError(DocumentError):
    """A file was refused at the door."""


class StorageError(DocumentError):
    """The storage could not be reached or refused; nothing was kept."""


class AppendOnlyError(DocumentError):
    """Something tried to change what never changes: a file's bytes, hash, size or name."""


class OverrideRefused(DocumentError):
    """A safety check can't be overridden like this, or not by this person."""


class OriginalRefused(DocumentError):
    """An original can't be fetched, or not by this person."""


class EmbargoRefused(DocumentError):
    """An embargo can't be changed like this, or not by this person."""


class InUseError(DocumentError):
    """A file is named by a page, or was public once: it can't be deleted."""


class ErasureRefused(DocumentError):
    """A file can't be erased like this, or not by this person."""


class ClaimLostError(DocumentError):
    """A process was thought dead, and another one took its work over."""
