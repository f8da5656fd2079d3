"""The panel by which other page types choose topics."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import InlinePanel

TOPIC_PANELS = [
    InlinePanel("topics", heading=_("Topics"), label=_("Topic"), help_text=_("The most important one first."))
]
