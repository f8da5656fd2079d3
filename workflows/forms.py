"""What people say when they decide, withdraw, or publish in an emergency."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class WithdrawForm(forms.Form):
    """The public reason of a withdrawal."""

    reason = forms.CharField(
        label=_("Public reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everyone who opens the address reads this. Name no one who must be protected."),
    )


class EmergencyForm(forms.Form):
    """The reason for going past approval."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept for good, with your name, in the record of this page."),
    )


class DecisionForm(forms.Form):
    """A reviewer's decision."""

    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    decision = forms.ChoiceField(choices=[("approve", _("Approve")), ("reject", _("Request changes"))])
