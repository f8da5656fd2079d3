"""Tags for what surrounds a page. They compute nothing of their own: see ``cms.core.frame`` and ``metadata``."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from django import template
from django.http import HttpRequest

from cms.core import languages
from cms.core.frame import Frame, frame_of
from cms.core.metadata import Metadata, describe
from cms.core.models import BasePage

register = template.Library()

register.filter("language_name", languages.language_name)
register.filter("autonym", languages.autonym)
register.filter("direction", languages.direction)


@register.simple_tag(takes_context=True)
def site_frame(context: MutableMapping[str, Any]) -> Frame | None:
    """The frame of the page, or of a view that shows no page. None where there is no request (a 500)."""
    request = context.get("request")
    if not isinstance(request, HttpRequest) or not hasattr(request, "user"):
        return None
    page = context.get("page")
    return frame_of(request, page if isinstance(page, BasePage) else None)


@register.simple_tag(takes_context=True)
def page_metadata(context: MutableMapping[str, Any]) -> Metadata | None:
    """What machines read of the page; None where no page is shown."""
    page, frame = context.get("page"), context.get("frame")
    return describe(page, frame) if isinstance(page, BasePage) and isinstance(frame, Frame) else None
