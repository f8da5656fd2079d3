"""The form that asks for translations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput
from wagtail.models import Locale


class RequestForm(forms.Form):
    """Languages, due date and a note for the translator."""

    languages = forms.MultipleChoiceField(label=_("Languages"), widget=forms.CheckboxSelectMultiple)
    due_date = forms.DateField(label=_("Due date"), required=False, widget=AdminDateInput)
    note = forms.CharField(
        label=_("Note for the translator"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the translator should know. It is never published."),
    )

    def __init__(self, *args: Any, locales: list[Locale], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._locales = {locale.language_code: locale for locale in locales}
        self.fields["languages"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (code, locale.get_display_name()) for code, locale in self._locales.items()
        ]

    def chosen_locales(self) -> list[Locale]:
        """The chosen locales, in the order shown."""
        return [self._locales[code] for code in self.cleaned_data["languages"]]
