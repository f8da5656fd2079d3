"""What the admin's home page shows to translators: the work that waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail.admin.ui.components import Component

from translations.board import waiting_for

if TYPE_CHECKING:
    from access.models import User


class WaitingTranslationsPanel(Component):
    """Translations that were asked for and are not published, the most urgent first; says so when there is none."""

    name = "translations_waiting"
    template_name = "translations/waiting.html"
    order = 90

    def __init__(self, user: User) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"rows": waiting_for(self.user)}
