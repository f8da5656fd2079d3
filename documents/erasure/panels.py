"""What the admin's home page shows to those who may erase: requests that somebody has to decide."""

from __future__ import annotations

from typing import Any

from wagtail.admin.ui.components import Component

from documents.models import Erasure


class WaitingErasuresPanel(Component):
    """Erasures that were asked for and are neither confirmed nor cancelled; nothing where there is none."""

    name = "erasures_waiting"
    template_name = "documents/erasure/waiting.html"
    order = 80

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"erasures": Erasure.objects.filter(state=Erasure.State.ASKED).order_by("asked_at")}
