"""Fields that every language keeps for itself."""

from __future__ import annotations

from django.db import models
from wagtail_localize.fields import BaseTranslatableField


class OwnField(BaseTranslatableField):
    """A field, such as a page's files, that is neither translated nor copied from the source.

    For ``override_translatable_fields``; without it every save of a translation would put the
    source's rows back.
    """

    def is_editable(self, obj: models.Model) -> bool:
        """Never editable from the translation side: wagtail-localize leaves it alone."""
        return False

    def __repr__(self) -> str:
        return f"<OwnField {self.field_name}>"
