"""The panel by which other page types name the terms that they use."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import InlinePanel

TERM_PANELS = [
    InlinePanel(
        "glossary_terms",
        heading=_("Glossary"),
        label=_("Term"),
        help_text=_("Terms that readers of this page should be able to look up."),
    )
]
