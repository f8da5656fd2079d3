"""Links from a text to pages and files of this site: to what the visitor may see, in their language where it is there.

Wagtail writes the address of whatever page or file a text names, drafts and restricted ones too; an address
is made of the title. Here the words stay and the link goes. Where nobody is known to be looking (an
export, a task), a text is written for strangers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

from django.db.models import Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.html import escape
from django.utils.translation import get_language
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler
from wagtail.rich_text.rewriters import FIND_A_TAG, extract_attrs

from access.visibility import is_visible
from access.visitor import Visitor
from documents.access import readable_by

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


class ReaderMiddleware:
    """Lets the texts of an answer know for whom they are written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)


class Links:
    """Addresses of pages by primary key, None for what the visitor may not see; many are read in one query."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self._known: dict[tuple[int, str | None], str | None] = {}

    @classmethod
    def of(cls, visitor: Visitor) -> Links:
        """Those of the answer to this visitor's request."""
        known = visitor.memo.get(cls)
        if not isinstance(known, cls):
            known = visitor.memo[cls] = cls(visitor)
        return known

    def address(self, pk: int) -> str | None:
        """The address of the page, or of its translation into the active language."""
        self.load([pk])
        return self._known[pk, get_language()]

    def load(self, pks: Iterable[int]) -> None:
        """Reads what isn't known yet. One query, or none."""
        language = get_language()
        wanted = {pk for pk in pks if (pk, language) not in self._known}
        if not wanted:
            return
        keys = Page.objects.filter(pk__in=wanted).values("translation_key")
        pages = list(Page.objects.filter(translation_key__in=Subquery(keys)).select_related("locale"))
        key_by_pk = {page.pk: page.translation_key for page in pages}
        own = {page.pk: page for page in pages if is_visible(page, self.visitor)}
        local = {page.translation_key: page for page in own.values() if page.locale.language_code == language}
        for pk in wanted:
            page = local.get(key_by_pk.get(pk)) or own.get(pk)
            self._known[pk, language] = page.get_url(_request.get()) if page else None


class VisiblePageLinkHandler(PageLinkHandler):
    """The handler of links to pages in place of Wagtail's."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """The opening tags; one without an address is no link, and a screen reader says none."""
        request = _request.get()
        links = Links.of(Visitor.of(request) if request is not None else Visitor())
        pks = [_pk(attrs) for attrs in attrs_list]
        links.load(pk for pk in pks if pk is not None)
        addresses = [links.address(pk) if pk is not None else None for pk in pks]
        return [f'<a href="{escape(address)}">' if address else "<a>" for address in addresses]


class ReadableDocumentLinkHandler(DocumentLinkHandler):
    """The handler of links to files in place of Wagtail's."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """The opening tags; one to a file that the visitor may not read is no link. A query for each text, as before."""
        request = _request.get()
        visitor = Visitor.of(request) if request is not None else Visitor()
        numbers = [int(pk) if (pk := attrs.get("id", "")).isdecimal() else 0 for attrs in attrs_list]
        files = readable_by(visitor).in_bulk(set(numbers))
        return [f'<a href="{escape(files[pk].url)}">' if pk in files else "<a>" for pk in numbers]


def linked_from(page: Page) -> set[int]:
    """Primary keys of the pages to which the texts of ``page`` link. Asks nothing of the database."""
    found = set()
    for field in page._meta.fields:
        if isinstance(field, StreamField):
            texts = _strings(list(getattr(page, field.name).raw_data))
        elif isinstance(field, RichTextField):
            texts = iter([getattr(page, field.name) or ""])
        else:
            continue
        for text in texts:
            found |= {pk for tag in FIND_A_TAG.findall(text) if (pk := _pk(extract_attrs(tag))) is not None}
    return found


def _pk(attrs: dict[str, str]) -> int | None:
    """The page that a tag names."""
    number = attrs.get("id", "")
    return int(number) if attrs.get("linktype") == "page" and number.isdecimal() else None


def _strings(value: Any) -> Iterator[str]:
    """All strings inside raw stream data that may have a link."""
    if isinstance(value, str):
        if "linktype" in value:
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
