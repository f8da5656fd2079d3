"""Forms of the screens about versions."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class WithdrawForm(forms.Form):
    """Which versions go, and what their readers are told."""

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
