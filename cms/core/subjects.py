"""What an administrator may ask about who wants to know why a page isn't found: the pages that they may know of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from access.boundary import HIDDEN, NOBODY, closing, page_tokens
from access.editorial import knowable_pages
from cms.core.keys import key_of, with_keys
from cms.core.signal_handlers import is_indexed
from documents.access import readable_by
from documents.models import Document, DocumentRelease, DocumentUse
from search.subjects import Subject

if TYPE_CHECKING:
    from access.visitor import Visitor

AT_MOST = 10
LOOKED_AT = 50
"""Pages with the title, among which are some that are never found by themselves."""
_FILE = re.compile(r"/d/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?:v([0-9]{1,6})/)?")


class PageSubjects:
    """See ``search.subjects.Subjects``."""

    def find(self, text: str, visitor: Visitor) -> list[Subject]:
        """Pages by a piece of their title, by their address, or by the address of a file that they name."""
        text = text.strip()
        if not text:
            return []
        pages = _knowable(visitor)
        if file := _FILE.search(text):
            pages = pages.filter(pk__in=_naming(file[1], file[2], visitor))
        elif text.startswith(("/", "http://", "https://")):
            path = _path(text)
            same = pages.filter(slug=path.rpartition("/")[2])
            pages = pages.filter(pk__in=[page.pk for page in same if (page.get_url() or "").rstrip("/") == path])
        else:
            pages = pages.filter(title__icontains=text)
        rows = pages.order_by("-live", "title", "pk")[:LOOKED_AT]
        return [_subject(page, visitor) for page in [page for page in rows if is_indexed(page)][:AT_MOST]]

    def known(self, keys: Iterable[str], visitor: Visitor) -> dict[str, Subject]:
        """Pages by their keys."""
        return {key_of(page): _subject(page, visitor) for page in _knowable(visitor).filter(with_keys(keys))}


def _path(address: str) -> str:
    """The path of an address as it was pasted; empty where it is none."""
    try:
        return urlsplit(address).path.rstrip("/")
    except ValueError:
        return ""


def _knowable(visitor: Visitor) -> QuerySet[Page]:
    if not visitor.user.is_authenticated:
        return Page.objects.none()
    return knowable_pages(visitor.user).filter(depth__gt=2).select_related("locale")


def _naming(series: str, number: str | None, visitor: Visitor) -> set[int]:
    """Primary keys of the pages that name a file; none where ``visitor`` may not read it."""
    files = readable_by(visitor).filter(series=series)
    if number:
        files = files.filter(number=int(number))
    return set(DocumentUse.objects.filter(document__in=files.order_by().values("pk")).values_list("page_id", flat=True))


def _subject(page: Page, visitor: Visitor) -> Subject:
    reason = _why_not_public(page)
    return Subject(
        key=key_of(page),
        title=page.title,
        language=page.locale.language_code,
        kind=str(page.page_type_display_name),
        edit_url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
        is_public=not reason,
        publication=reason or _("It is published."),
        readers=_readers(page),
        reads_all=_reads_all(page, visitor),
    )


def _why_not_public(page: Page) -> str:
    now = timezone.now()
    if page.expire_at and page.expire_at <= now:
        return _("Its time is over: it has expired.")
    if page.go_live_at and page.go_live_at > now:
        return _("Its time has not come yet.")
    if not page.live:
        return _("It isn’t published.")
    return _("A section above it isn’t published.") if HIDDEN in closing(page) else ""


def _readers(page: Page) -> str:
    tokens = page_tokens(page)
    if "public" in tokens:
        return _("Everybody may read it.")
    if "login" in tokens:
        return _("Only those who are signed in may read it.")
    if NOBODY in tokens:
        return _("Its restrictions let nobody read it.")
    ways = [[int(pk) for pk in token.removeprefix("g:").split("+")] for token in sorted(tokens)]
    names = dict(Group.objects.filter(pk__in={pk for way in ways for pk in way}).values_list("pk", "name"))
    groups = "; ".join(" + ".join(names.get(pk, "?") for pk in way) for way in ways)
    return _("Only members of these groups may read it: %(groups)s") % {"groups": groups}


def _reads_all(page: Page, visitor: Visitor) -> bool:
    """Whether ``visitor`` may read every file that was released with the page: its words may be in the index."""
    released = DocumentRelease.objects.filter(document=OuterRef("pk"))
    named: Any = DocumentUse.objects.filter(revision=page.live_revision_id).values("document")
    files = Document.objects.filter(Exists(released), pk__in=named)
    return not files.exclude(pk__in=readable_by(visitor).order_by().values("pk")).exists()
