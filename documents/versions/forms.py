"""Forms of the screens about versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.models import Document, DocumentRelease
from documents.versions.companions import Companion


class CompanionsField(forms.MultipleChoiceField):
    """What goes too. What somebody else withdrew since the form was shown is in the way of nothing."""

    def valid_value(self, value: str) -> bool:
        return super().valid_value(value) or (value.isdecimal() and len(value) < 10 and _is_withdrawn(int(value)))


def _is_withdrawn(document_id: int) -> bool:
    releases = DocumentRelease.objects.filter(document=document_id)
    return releases.exists() and not releases.active().exists()


class WithdrawForm(forms.Form):
    """Which versions and files go, and what their readers are told. ``companions`` may say the same; ticked are those that do."""

    reason = forms.CharField(
        label=_("Public reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever opens the old address reads this. Name nobody who must not be named."),
    )
    all_before = forms.BooleanField(
        label=_("All older versions too"),
        required=False,
        initial=True,
        help_text=_("A correction that takes a name back must not leave it readable in an older version."),
    )
    together = CompanionsField(
        label=_("Withdraw with it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is ticked says the same. Look at the others: they belong to the same work."),
    )

    def __init__(self, *args: Any, companions: Sequence[Companion] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = {str(each.document.pk): each.document for each in companions}
        if not companions:
            del self.fields["together"]
            return
        field = cast(forms.MultipleChoiceField, self.fields["together"])
        field.choices = [(str(each.document.pk), str(each)) for each in companions]
        field.initial = [str(each.document.pk) for each in companions if each.is_same]

    @property
    def others(self) -> list[Document]:
        """The chosen ones of the companions; for a valid form."""
        return [self.documents[key] for key in self.cleaned_data.get("together", []) if key in self.documents]
