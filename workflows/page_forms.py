"""What the form of a page may name: files, pictures and pages that the person at it may know of.

Choosers offer nothing else, but their fields take any number. A form that is refused for whatever
reason is drawn again with the titles of all that was posted, and a preview shows them too: so the
numbers are judged before anything is shown.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.fields import StreamField
from wagtail.models import Page, ReferenceIndex

from access.editorial import knowable_pages
from documents import naming
from documents.uses import Named, named_by
from workflows.refusals import note_refusal


class PageForm(WagtailAdminPageForm):
    """The form of every page type. Naming something out of reach ends the request: nothing is kept, nothing shown."""

    def is_valid(self) -> bool:
        """Raises NamingDenied or PermissionDenied, valid or not, where something was posted that the user may not know of."""
        valid = bool(super().is_valid())
        if self.is_bound and self.for_user is not None:
            try:
                self._assert_within_reach()
            except PermissionDenied as refusal:
                note_refusal(refusal)
                raise
        return valid

    def _assert_within_reach(self) -> None:
        posted, stored = self._posted(), _stored(self.instance)
        old, new = _files_named_by(stored), _files_named_by(posted)
        naming.check(self.for_user, old.documents, new.documents, old.images, new.images)
        pages = Page.objects.filter(pk__in=_pages_named_by(posted) - _pages_named_by(stored))
        if pages.exclude(pk__in=knowable_pages(self.for_user).order_by().values("pk")).exists():
            raise PermissionDenied(_("This page names a page that you may not see. Choose it in the chooser."))

    def _posted(self) -> list[Model]:
        """The page and its child rows as posted; what was refused is in them as it came."""
        page = copy.copy(self.instance)
        for name in self.errors.keys() & self.fields.keys():
            if isinstance(page._meta.get_field(name), StreamField):
                setattr(page, name, self[name].value())
        rows = [form.instance for formset in self.formsets.values() for form in formset.forms]
        return [page, *rows]


def _stored(page: Page) -> list[Model]:
    """What the page says by now: its latest revision, or its row where it has none; nothing for a new page."""
    if page.latest_revision_id:
        return [page.latest_revision.as_object()]
    return list(type(page)._default_manager.filter(pk=page.pk))


def _files_named_by(items: Iterable[Model]) -> Named:
    each = [named_by(item) for item in items]
    return Named(
        frozenset().union(*(named.documents for named in each)), frozenset().union(*(named.images for named in each))
    )


def _pages_named_by(items: Iterable[Model]) -> set[int]:
    page_type = ContentType.objects.get_for_model(Page).pk
    return {
        int(object_id)
        for item in items
        for content_type, object_id, _model_path, _content_path in ReferenceIndex._extract_references_from_object(item)
        if content_type == page_type and str(object_id).isdecimal()
    }
