"""How the history of pages and documents words what this app writes into it."""

from __future__ import annotations

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogFormatter

from documents import wording
from documents.embargo import moment


class WithReason(LogFormatter):
    """An entry with the reason that was given."""

    def format_comment(self, log_entry: Any) -> str:
        return str(log_entry.data.get("reason", ""))


class EmbargoChanged(WithReason):
    label = _("Change the embargo of a file")

    def format_message(self, log_entry: Any) -> str:
        until = parse_datetime(str(log_entry.data.get("until", "")))
        if until is None:
            return gettext("Ended the embargo of the file")
        return gettext("Embargo of the file until %(time)s") % {"time": moment(until)}


class MovedToVersion(LogFormatter):
    label = _("Move to another version")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Draft that names version %(number)s of a file") % {"number": log_entry.data.get("version")}


class CheckOverridden(WithReason):
    label = _("Override a safety check")

    def format_message(self, log_entry: Any) -> str:
        check = wording.label(str(log_entry.data.get("check", "")))
        return gettext("Let the file pass in spite of the check “%(check)s”") % {"check": check}


class UnusedRemoved(LogFormatter):
    label = _("Remove unused files")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Removed version %(number)s, which nothing named") % {"number": log_entry.data.get("version")}


def _plain(label: Any, message: Any, base: type[LogFormatter] = LogFormatter) -> type[LogFormatter]:
    return type("Entry", (base,), {"label": label, "message": message})


ENTRIES: dict[str, type[LogFormatter]] = {
    "dossier.document.withdraw": _plain(_("Withdraw a version"), _("Version withdrawn"), WithReason),
    "dossier.document.embargo": EmbargoChanged,
    "dossier.document.move": MovedToVersion,
    "dossier.check.override": CheckOverridden,
    "dossier.document.erase": _plain(_("Erase a file"), _("A file was erased from this page")),
    "dossier.erasure.ask": _plain(_("Ask for an erasure"), _("Asked for the erasure"), WithReason),
    "dossier.erasure.confirm": _plain(_("Confirm an erasure"), _("Confirmed the erasure"), WithReason),
    "dossier.erasure.cancel": _plain(_("Cancel an erasure"), _("Cancelled the erasure")),
    "dossier.erasure.done": _plain(_("Finish an erasure"), _("Erased for good")),
    "dossier.document.unused": UnusedRemoved,
    "dossier.original.fetch": _plain(_("Fetch an uploaded file"), _("Fetched the uploaded file"), WithReason),
    "documents.retry": _plain(_("Process again"), _("Put in the queue again")),
}
"""Action -> its entry; the admin registers all of them."""
