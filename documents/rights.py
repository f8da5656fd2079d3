"""Under what terms a file may be used and who is to be named with it.

A document has them twice: as they are stated now, which its editors may change, and as they were
approved with the page that made the file public. Readers get the second only (``docs/adr``, 15).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from urllib.parse import quote

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

CREATIVE_COMMONS = "https://creativecommons.org"


class Licence(models.TextChoices):
    """Terms of a file. The values are identifiers of SPDX in lower case, as far as there is one."""

    CC_BY = "cc-by-4.0", "CC BY 4.0"
    CC_BY_SA = "cc-by-sa-4.0", "CC BY-SA 4.0"
    CC_BY_ND = "cc-by-nd-4.0", "CC BY-ND 4.0"
    CC_BY_NC = "cc-by-nc-4.0", "CC BY-NC 4.0"
    CC_BY_NC_SA = "cc-by-nc-sa-4.0", "CC BY-NC-SA 4.0"
    CC_BY_NC_ND = "cc-by-nc-nd-4.0", "CC BY-NC-ND 4.0"
    CC0 = "cc0-1.0", "CC0 1.0"
    ALL_RIGHTS = "all-rights-reserved", _("All rights reserved")
    OTHER = "other", _("Other terms")

    __empty__ = _("That of the publication")


LICENCE_URLS = {
    Licence.CC0.value: f"{CREATIVE_COMMONS}/publicdomain/zero/1.0/",
    **{
        licence.value: f"{CREATIVE_COMMONS}/licenses/{licence.value[3:-4]}/4.0/"
        for licence in Licence
        if licence.value.startswith("cc-")
    },
}
"""Where a licence of Creative Commons can be read."""

web_address = URLValidator(schemes=["http", "https"])
"""Refuses every address that a browser would run instead of opening it."""


@dataclass(frozen=True)
class Rights:
    """The statement: ``licence`` is a value of ``Licence``; text and address of other terms; the credit line."""

    licence: str = ""
    licence_text: str = ""
    licence_url: str = ""
    credit: str = ""

    def __bool__(self) -> bool:
        """Whether anything is stated."""
        return bool(self.licence or self.credit)

    @property
    def name(self) -> str:
        """What the licence is called; the address of other terms that have no name; empty for none."""
        if self.licence == Licence.OTHER:
            return self.licence_text or self.licence_url
        return str(Licence(self.licence).label) if self.licence in Licence.values else ""

    @property
    def url(self) -> str:
        """Where the licence can be read; empty where there is no such place."""
        return self.licence_url if self.licence == Licence.OTHER else LICENCE_URLS.get(self.licence, "")

    @property
    def link(self) -> str:
        """The licence as a value of the header ``Link``; empty without an address."""
        return f'<{quote(self.url, safe=SAFE)}>; rel="license"' if self.url else ""

    def as_json(self) -> dict[str, str]:
        """What is kept of it; ``Rights(**value)`` reads it again."""
        return {name: value for name, value in asdict(self).items() if value}


SAFE = ":/?#[]@!$&'()*+,;=%~"
"""Characters of an address that stand for themselves in a header: no bracket that would end it."""
