"""What an administrator sets once for the whole site."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


def _page_field(label: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        "wagtailcore.Page", verbose_name=label, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )


@register_setting(icon="site")
class SiteSettings(BaseSiteSetting):
    """Name, footer and contacts. Pages are chosen in one language; readers get theirs."""

    name = models.CharField(_("name of the site"), max_length=100, default="Dossier")
    tagline = models.CharField(
        _("tagline"), max_length=150, blank=True, help_text=_("Who you are, in a few words, beside the name.")
    )
    publisher = models.CharField(
        _("publisher"), max_length=200, blank=True, help_text=_("The organisation, as it should be cited.")
    )
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    security_email = models.EmailField(
        _("security contact"), blank=True, help_text=_("Where people report a weakness of this site.")
    )
    footer_note = models.TextField(_("footer note"), blank=True, max_length=600)
    privacy_page = _page_field(_("privacy page"))
    accessibility_page = _page_field(_("accessibility page"))
    imprint_page = _page_field(_("imprint"))

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("tagline"), FieldPanel("publisher")], _("Who you are")),
        MultiFieldPanel([FieldPanel("contact_email"), FieldPanel("security_email")], _("Contacts")),
        MultiFieldPanel(
            [
                FieldPanel("privacy_page"),
                FieldPanel("accessibility_page"),
                FieldPanel("imprint_page"),
                FieldPanel("footer_note"),
            ],
            _("Footer"),
        ),
    ]

    class Meta:
        verbose_name = _("site settings")

    def __str__(self) -> str:
        return self.name
