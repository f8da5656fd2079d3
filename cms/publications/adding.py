"""Files for a publication, all languages at once: dropped, sorted by language, filed, and named in a new draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from pathlib import PurePath
from typing import Any, cast

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.models import Page

from access.models import User
from cms.core.languages import language_name
from cms.publications.models import PublicationFile, PublicationPage
from documents.adding.views import AddFilesView, Row, RowForm
from documents.locks import hold_pages
from documents.models import Document, PendingUpload
from documents.permissions import document_policy
from documents.versions.references import exchange
from documents.versions.usage import obstacle

Filed = list[tuple[Document, dict[str, Any]]]


class PublicationRowForm(RowForm):
    """What is asked about a file of a publication. Its language is no guess here: readers choose by it."""

    language = forms.ChoiceField(label=_("Language"), choices=lambda: [("", _("Choose…")), *settings.LANGUAGES])
    role = forms.ChoiceField(label=_("Role"), choices=PublicationFile.Role.choices)
    label = forms.CharField(
        label=_("Label"), max_length=200, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    format_group = forms.CharField(
        label=_("Same thing as"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("The same word for all formats of one thing."),
    )
    version_of = forms.TypedChoiceField(label=_("Filed as"), required=False, empty_value=None)

    def __init__(self, *args: Any, versions: Mapping[str, Document], **kwargs: Any) -> None:
        """``versions`` are the documents that the file may be the next version of, by what the form calls them."""
        super().__init__(*args, **kwargs)
        if not versions:
            del self.fields["version_of"]
            return
        named = [
            (
                key,
                gettext("New version of “%(title)s” (version %(number)d)")
                % {"title": each.title, "number": each.number},
            )
            for key, each in versions.items()
        ]
        field = cast(forms.TypedChoiceField, self.fields["version_of"])
        field.choices, field.coerce = [("", gettext("A new file")), *named], versions.__getitem__


@method_decorator(transaction.non_atomic_requests, name="dispatch")  # the mark of the base is on its own dispatch
class PublicationFilesView(AddFilesView):
    """The screen "Add files" for one publication; what is filed becomes part of its draft."""

    template_name = "publications/admin/add_files.html"
    form_class = PublicationRowForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 for those who may not edit the page; back to the page, with a sentence, where it can't be changed now."""
        user = cast(User, request.user)
        if not self.page.permissions_for_user(user).can_edit():
            raise Http404
        if reason := obstacle(self.page, user):
            messages.error(request, reason)
            return redirect("wagtailadmin_pages:edit", self.page.pk)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def page(self) -> PublicationPage:
        """The publication. Raises Http404."""
        page = PublicationPage.objects.filter(pk=self.kwargs["page_id"]).select_related("locale").first()
        if page is None:
            raise Http404
        return page

    @property
    def address(self) -> str:
        """Of this screen."""
        return reverse("publication_add_files", args=[self.page.pk])

    @property
    def form_options(self) -> dict[str, Any]:
        """Which files a row may be the next version of."""
        return {"versions": self._versions}

    @cached_property
    def _versions(self) -> dict[str, Document]:
        """The files of the draft to which this person may add versions, by their primary keys."""
        mine = document_policy.instances_user_has_any_permission_for(cast(User, self.request.user), ["change"])
        draft = self.page.get_latest_revision_as_object()
        named = Document.objects.filter(pk__in=[row.document_id for row in draft.files.all()])
        return {
            str(each.pk): each for each in named.filter(pk__in=mine.order_by().values("pk")).order_by("title", "pk")
        }

    def initial(self, upload: PendingUpload) -> dict[str, Any]:
        """The guesses, and the role that most files have. What is called like a file of the page, in its language and
        format, is taken for its next version."""
        guessed = super().initial(upload)
        older = self._older(upload.name, guessed["title"], guessed["language"])
        if older:
            guessed |= {"title": older.title, "version_of": str(older.pk)}
        return {**guessed, "role": PublicationFile.Role.FULL}

    def _older(self, name: str, title: str, language: str) -> Document | None:
        """The one file of the page that a file with this name and title continues: by its own name rather than by its
        title, and none where several might be meant."""
        alike = [
            each for each in self._versions.values() if each.language == language and _extension(name) in _formats(each)
        ]
        named = [each for each in alike if each.original_name.casefold() == name.casefold()]
        called = {name.casefold(), title.casefold()}
        found = named or [each for each in alike if each.title.casefold() in called]
        return found[0] if len(found) == 1 else None

    def rows(self, *, bound: bool = False) -> list[Row]:
        """Besides, those are refused that are to be the next version of one file: which comes last is not for us to say."""
        rows = super().rows(bound=bound)
        chosen = [(row.form.cleaned_data.get("version_of"), row) for row in rows if row.form.is_valid()]
        counts = Counter(document.pk for document, _row in chosen if document)
        for document, row in chosen:
            if document and counts[document.pk] > 1:
                sentence = gettext("Another file here is chosen as the next version of the same file. Decide for one.")
                row.form.add_error("version_of", sentence)
        return rows

    def to_file(self, data: dict[str, Any]) -> dict[str, Any]:
        """Besides, what it is the next version of."""
        return {**super().to_file(data), "version_of": data.get("version_of")}

    def sections(self, rows: list[Row]) -> list[tuple[str, str, list[Row]]]:
        """One for what has no language yet, then one for each: the page's own first."""
        headings = [("", gettext("Language not known yet")), *((code, language_name(code)) for code in self._languages)]
        return [(code, heading, [row for row in rows if row.language == code]) for code, heading in headings]

    def filed(self, filed: Filed) -> HttpResponse:
        """Names the new documents in a draft of the page."""
        user = cast(User, self.request.user)
        with transaction.atomic():
            hold_pages(Page.objects.filter(pk=self.page.pk))
            page = PublicationPage.objects.get(pk=self.page.pk)  # filing took its time: others may have saved since
            reason = obstacle(page, user)
            if not reason:
                self._name(page, filed, user)
        if reason:
            sentence = gettext(
                "The files were filed, but the page can't be changed at the moment. Choose them there later."
            )
            messages.error(self.request, f"{reason} {sentence}")
        else:
            sentence = ngettext(
                "%(count)d file was added to the draft of this publication. It becomes public with its approval.",
                "%(count)d files were added to the draft of this publication. They become public with its approval.",
                len(filed),
            )
            messages.success(self.request, sentence % {"count": len(filed)})
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        return redirect(f"{edit}#panel-child-content-files-section")

    @property
    def _languages(self) -> list[str]:
        own = self.page.locale.language_code
        return [own, *(code for code, _name in settings.LANGUAGES if code != own)]

    def _name(self, page: PublicationPage, filed: Filed, user: User) -> None:
        draft = page.get_latest_revision_as_object()
        order = {code: place for place, code in enumerate(self._languages)}
        for document, data in sorted(filed, key=lambda one: order.get(one[1]["language"], len(order))):
            rows = list(draft.files.all())
            versions = [row.document for row in rows if row.document.series == document.series]
            if versions:
                exchange(draft, {each.id: document.id for each in versions if each.number < document.number})
                continue
            values = {name: data[name] for name in ("language", "role", "label", "format_group")}
            draft.files = [*rows, PublicationFile(document=document, sort_order=len(rows), **values)]
        draft.save_revision(user=user, log_action=True)


def _extension(name: str) -> str:
    return PurePath(name).suffix.casefold().removeprefix(".")


def _formats(document: Document) -> set[str]:
    """Extensions of a file as it came and as readers get it: an old format is public in today's."""
    return {_extension(document.original_name), document.file_extension}
