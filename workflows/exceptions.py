"""What this app refuses, as typed errors with a sentence for the person who tried."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class NotApproved(PermissionDenied):
    """Content would have gone public past approval. Nothing of the attempt may be kept."""


class ApprovalRefused(PermissionDenied):
    """This person may not give this approval, or the content can't be approved as it is."""


class WithdrawalRefused(PermissionDenied):
    """This person may not withdraw, or gave no reason."""


class Overtaken(PermissionDenied):
    """The page went into review meanwhile: its reviewers decide about the text that they were shown."""
