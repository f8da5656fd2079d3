"""E-mails of this app. They name no file and no finding: mail is read on the way."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override
from wagtail.admin.mail import send_mail
from wagtail.users.models import UserProfile

from access.models import User
from access.roles import LEGAL


def tell_legal_of_findings() -> None:
    """Tells Legal review, each in their language, that a check finds something in a public file. A mail that can't be
    sent is in nobody's way: the home page of the admin says the same."""
    address = f"{settings.WAGTAILADMIN_BASE_URL}{reverse('wagtailadmin_home')}"
    for user in User.objects.filter(groups__name=LEGAL, is_active=True).exclude(email=""):
        with override(UserProfile.get_for_user(user).get_preferred_language()):
            subject = gettext("A check finds something in a published file")
            message = gettext("Readers have the file. Decide whether it is withdrawn: %(address)s") % {
                "address": address
            }
            send_mail(subject, message, [user.email], fail_silently=True)
