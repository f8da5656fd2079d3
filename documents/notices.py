"""E-mails of this app. They name no file and no finding: mail is read on the way."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_noop

from access.mail import tell
from access.models import User
from access.roles import LEGAL


def tell_legal_of_findings() -> None:
    """Tells Legal review that a check finds something in a public file, as the home page of the admin does."""
    tell(
        User.objects.filter(groups__name=LEGAL),
        gettext_noop("A check finds something in a published file"),
        gettext_noop("Readers have the file. Decide whether it is withdrawn: %(address)s"),
        reverse("wagtailadmin_home"),
    )
