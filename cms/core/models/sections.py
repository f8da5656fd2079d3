"""The free structure of a site: sections in sections, as folders in Plone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from access.visitor import Visitor
from cms.core.blocks import BODY_BLOCKS
from cms.core.models.base import BasePage


class SectionPage(BasePage):
    """A text with pages below it: About us, Privacy, a campaign."""

    parent_page_types = ["home.HomePage", "cms_core.SectionPage"]
    subpage_types = ["cms_core.SectionPage", "publications.PublicationIndexPage", "cases.CaseIndexPage"]

    body = StreamField(BODY_BLOCKS, verbose_name=_("text"), blank=True)

    content_panels = [*BasePage.content_panels, *BasePage.image_panels, FieldPanel("body"), *BasePage.place_panels]

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.core.listing import Listing  # it needs the models

        context = super().get_context(request, *args, **kwargs)
        below = Page.objects.child_of(self).order_by("path") if self.pk else Page.objects.none()
        context["children"] = Listing.of(below, self, request, Visitor.of(request), specific=True)
        return context
