"""What the admin's home page shows to translators: the work that waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail.admin.ui.components import Component

from translations.board import rows_of, waiting_for

if TYPE_CHECKING:
    from access.models import User

SHOWN = 10


class WaitingTranslationsPanel(Component):
    """Translations that were asked for and are not published, the most urgent first; says so when there is none.

    Shows a few, and how many there are.
    """

    name = "translations_waiting"
    template_name = "translations/waiting.html"
    order = 90

    def __init__(self, user: User) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        jobs = waiting_for(self.user)
        return {"rows": rows_of(jobs[:SHOWN]), "count": jobs.count()}
