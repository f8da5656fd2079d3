"""Forms of the vocabulary's own screens: names in all languages, and merging."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale


class NamesForm(forms.Form):
    """The name of one entry in every language of the site; its own language's is required."""

    def __init__(self, *args: Any, entry: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry
        rows = type(entry).objects.filter(translation_key=entry.translation_key)
        self.rows = {row.locale_id: row for row in rows}
        self.locales = list(Locale.objects.all())
        length = entry._meta.get_field("name").max_length
        for locale in self.locales:
            row = self.rows.get(locale.pk)
            self.fields[locale.language_code] = forms.CharField(
                label=locale.get_display_name(),
                initial=row.name if row else "",
                max_length=length,
                required=row is not None,
                widget=forms.TextInput(attrs={"lang": locale.language_code, "dir": "auto"}),
            )

    def changed_rows(self) -> list[Any]:
        """The rows to save: renamed ones, and new ones where a language had none. Nothing is saved yet."""
        found = []
        for locale in self.locales:
            name, row = self.cleaned_data[locale.language_code].strip(), self.rows.get(locale.pk)
            if not name or (row and row.name == name):
                continue
            row = row or self.entry.copy_for_translation(locale)
            row.name = name
            found.append(row)
        return found


class MergeForm(forms.Form):
    """Into which entry of the same language another one goes."""

    def __init__(self, *args: Any, entry: Any, among: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = among.filter(locale=entry.locale_id).exclude(translation_key=entry.translation_key)
        self.fields["into"] = forms.ModelChoiceField(label=_("Merge into"), queryset=rows)
