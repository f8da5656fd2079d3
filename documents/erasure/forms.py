"""The form that asks for an erasure."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.models import Erasure


class AskForm(forms.Form):
    """What shall go, why, and which words may be found nowhere any more."""

    scope = forms.ChoiceField(
        label=_("What goes"),
        choices=Erasure.Scope.choices,
        initial=Erasure.Scope.OLDER,
        widget=forms.RadioSelect,
        help_text=_("Every other document with the same bytes goes with it."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept for good, with your name. Name nobody who must not be named."),
    )
    words = forms.CharField(
        label=_("Names and words that may be found nowhere any more"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "One on each line, each spelling on a line of its own; capitals and accents don't matter. They are taken "
            "out of pages, drafts, histories, comments and translations. They themselves are not kept."
        ),
    )
    passages = forms.BooleanField(
        label=_("Take out of these pages what they quote from the file"),
        required=False,
        initial=True,
        help_text=_("Eight words in a row and more, unless a version that stays has them too."),
    )

    def clean_words(self) -> list[str]:
        """The lines with something on them."""
        return [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]
