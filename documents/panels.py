"""What the admin's home page shows to those who oversee safety: public files in which a check finds something by now."""

from __future__ import annotations

from typing import Any

from wagtail.admin.ui.components import Component

from documents import safety

SHOWN = 20


class FoundAfterwardsPanel(Component):
    """Files that readers have though a check blocks them, each with the way to withdraw it; nothing where there is none."""

    name = "found_afterwards"
    template_name = "documents/found_afterwards.html"
    order = 70

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        found = safety.found_afterwards().prefetch_related("checks").order_by("-pk")
        return {"documents": found[:SHOWN], "more": max(found.count() - SHOWN, 0)}
