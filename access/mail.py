"""E-mails of the product to people with accounts, each in their language."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext, override
from wagtail.admin.mail import send_mail
from wagtail.users.models import UserProfile

from access.models import User


def tell(users: QuerySet[User], subject: str, message: str, path: str) -> None:
    """Sends ``subject`` and ``message``, msgids of the catalogues, to those of ``users`` that have an address.

    ``%(address)s`` in the message becomes that of ``path`` on this site. Neither may name a text, a file or a person:
    mail is read on the way. A mail that can't be sent is in nobody's way.
    """
    address = f"{settings.WAGTAILADMIN_BASE_URL}{path}"
    for user in users.filter(is_active=True).exclude(email=""):
        with override(UserProfile.get_for_user(user).get_preferred_language()):
            send_mail(gettext(subject), gettext(message) % {"address": address}, [user.email], fail_silently=True)
