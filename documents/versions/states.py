"""What a version is to the public, in a word or two: for lists of versions in the admin."""

from __future__ import annotations

from django.utils.translation import gettext

from access.visitor import Visitor
from documents.access import can_read
from documents.models import Document


def state_of(document: Document) -> str:
    """Public, replaced, withdrawn, or never published. Three queries at most."""
    releases = list(document.releases.values_list("withdrawn_at", flat=True))
    if not releases:
        return gettext("never published")
    if all(withdrawn is not None for withdrawn in releases):
        return gettext("withdrawn")
    return gettext("public") if can_read(Visitor(), document) else gettext("not public now")
