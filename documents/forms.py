"""Forms of documents and pictures in the admin. Every way in through the admin passes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from documents import actions, scanning
from documents.exceptions import DocumentError
from documents.intake import inspect
from documents.models import Document, Image
from documents.models.querysets import NAMED, STATED, UNDER_REVIEW
from documents.rights import Licence


def language_choices() -> list[tuple[str, Any]]:
    """The site's languages; the empty choice lets processing detect the language."""
    return [("", _("Detect from the text")), *settings.LANGUAGES]


class DocumentForm(BaseDocumentForm):
    """Files a new document, or edits what may still change about one: never its bytes.

    Core's form deletes the old blob when a file is replaced, so there is no file field on edit; a
    new version is a document of its own. Title and language are fixed by the first release, and with licence and
    credit while a page that names the file is under review.
    """

    language = forms.ChoiceField(label=_("Language"), choices=language_choices, required=False)
    licence_url = forms.URLField(label=_("Address of the other terms"), required=False, assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("file", None)
            if Document.objects.filter(pk=self.instance.pk).under_review().exists():
                self._fix(NAMED | STATED, UNDER_REVIEW)
            if self.instance.releases.exists():
                self._fix(NAMED, _("Fixed, because the document is public or was. Add a new version."))
        elif "file" in self.fields:
            self.fields["file"].required = True

    def _fix(self, names: Iterable[str], why: Any) -> None:
        for name in names:
            self.fields[name].disabled = True
            self.fields[name].help_text = why

    def clean(self) -> dict[str, Any]:
        """Other terms are for those who chose them, and need a name or an address."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("licence") != Licence.OTHER:
            return data | {"licence_text": "", "licence_url": ""}
        if "licence_url" in data and not (data.get("licence_text") or data["licence_url"]):
            self.add_error("licence_text", _("Say what the terms are, or where they can be read."))
        return data

    def _post_clean(self) -> None:
        """Judges and stores the file last, when everything else is in order, so that nothing is stored in vain."""
        super()._post_clean()
        upload = self.cleaned_data.get("file")
        if self.instance.pk or not isinstance(upload, File):
            return
        self.instance.file = ""
        try:
            inspected = inspect(upload, upload.name or "")
            if not self.errors:
                actions.seal(self.instance, upload, inspected)
        except DocumentError as err:
            self.add_error("file", str(err))


class ImageForm(BaseImageForm):
    """Files a new picture, or edits what is said about one: never its bytes.

    A picture is small and waits for no worker: the scanner is asked before the field decodes it, and one that doesn't
    answer is a refusal.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("file", None)
        elif field := self.fields.get("file"):
            field.to_python = partial(_scanned, field.to_python)

    def _post_clean(self) -> None:
        """Stores the picture last, without its metadata, so that a failing storage is a sentence and not an error."""
        super()._post_clean()
        if self.instance.pk or self.errors or not self.cleaned_data.get("file"):
            return
        image: Image = self.instance
        try:
            image.store_clean()
        except DocumentError as err:
            self.add_error("file", str(err))


def _scanned(decode: Callable[[Any], Any], upload: Any) -> Any:
    """What ``decode`` gives of an upload that the scanner found clean. Raises ValidationError."""
    if upload:
        try:
            scanning.require_clean(upload)
        except scanning.ScannerDownError as err:
            sentence = gettext("The virus scanner doesn't answer, so the picture was not taken. Try again later.")
            raise forms.ValidationError(sentence) from err
        except scanning.ScanError as err:
            raise forms.ValidationError(str(err)) from err
        upload.seek(0)
    return decode(upload)


class NamingForm(forms.Form):
    """What a file is called, and its language."""

    title = forms.CharField(label=_("Title"), max_length=255)
    language = forms.ChoiceField(label=_("Language"), choices=language_choices, required=False)


class DirectUploadForm(NamingForm):
    """What comes with a file that lies in the bucket already; without a title it is called by its ``name``."""

    title = forms.CharField(max_length=255, required=False)
    name = forms.CharField()


class NewVersionForm(NamingForm):
    """A file that becomes the next version of a document."""

    file = forms.FileField(label=_("File"))
    judged = ""

    def clean_file(self) -> File[bytes]:
        """Judges the file, once: ``judged`` is its hash then. The sentence of a refusal belongs to this field."""
        upload: File[bytes] = self.cleaned_data["file"]
        try:
            self.judged = inspect(upload, upload.name or "").sha256
        except DocumentError as err:
            raise forms.ValidationError(str(err)) from err
        return upload
