"""Links from a text to pages and files of this site: to what the visitor may see, in their language where it is there.

Wagtail writes the address of whatever page or file a text names, drafts and restricted ones too; an address
is made of the title. Here the words stay and the link goes. Where nobody is known to be looking (an
export, a task), a text is written for strangers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any, Self

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


class Addresses:
    """Addresses by primary key, None for what the visitor may not see; many are read in one query."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self._known: dict[tuple[int, str | None], str | None] = {}

    @classmethod
    def of(cls, visitor: Visitor) -> Self:
        """Those of the answer to this visitor's request."""
        return visitor.own(cls, lambda: cls(visitor))

    @classmethod
    def for_reader(cls) -> Self:
        """Those for whoever is looking now; for strangers where nobody is known to."""
        request = _request.get()
        return cls.of(Visitor.of(request) if request is not None else Visitor())

    def load(self, pks: Iterable[int]) -> None:
        """Reads what isn't known yet. One query, or none."""
        language = get_language()
        wanted = {pk for pk in pks if (pk, language) not in self._known}
        if wanted:
            found = self.read(wanted)
            self._known |= {(pk, language): found.get(pk) for pk in wanted}

    def read(self, pks: Collection[int]) -> Mapping[int, str]:
        """The addresses of those of ``pks`` that the visitor may see."""
        raise NotImplementedError

    def opening_tags(self, attrs_list: list[dict[str, str]]) -> list[str]:
        """What Wagtail wants of a handler. A tag without an address is no link, and a screen reader says none."""
        pks = [_number(attrs) for attrs in attrs_list]
        self.load(pks)
        addresses = [self._known[pk, get_language()] for pk in pks]
        return [f'<a href="{escape(address)}">' if address else "<a>" for address in addresses]


class PageAddresses(Addresses):
    """Those of pages, or of their translations into the active language."""

    def read(self, pks: Collection[int]) -> Mapping[int, str]:
        keys = Page.objects.filter(pk__in=pks).values("translation_key")
        pages = list(Page.objects.filter(translation_key__in=Subquery(keys)).select_related("locale"))
        key_by_pk = {page.pk: page.translation_key for page in pages}
        own = {page.pk: page for page in pages if is_visible(page, self.visitor)}
        local = {page.translation_key: page for page in own.values() if page.locale.language_code == get_language()}
        shown = {pk: local.get(key_by_pk.get(pk)) or own.get(pk) for pk in pks}
        return {pk: page.get_url(_request.get()) or "" for pk, page in shown.items() if page}


class FileAddresses(Addresses):
    """Those of files."""

    def read(self, pks: Collection[int]) -> Mapping[int, str]:
        return {pk: file.url for pk, file in readable_by(self.visitor).in_bulk(pks).items()}


class VisiblePageLinkHandler(PageLinkHandler):
    """The handler of links to pages in place of Wagtail's."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """The opening tags."""
        return PageAddresses.for_reader().opening_tags(attrs_list)


class ReadableDocumentLinkHandler(DocumentLinkHandler):
    """The handler of links to files in place of Wagtail's."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        """The opening tags."""
        return FileAddresses.for_reader().opening_tags(attrs_list)


def load_links(pages: Iterable[Page], visitor: Visitor) -> None:
    """Reads the addresses of all to which the texts of ``pages`` link. Two queries at most."""
    found: dict[str, set[int]] = {"page": set(), "document": set()}
    for page in pages:
        for text in _texts(page):
            for tag in FIND_A_TAG.findall(text):
                attrs = extract_attrs(tag)
                found.get(attrs.get("linktype", ""), set()).add(_number(attrs))
    PageAddresses.of(visitor).load(found["page"])
    FileAddresses.of(visitor).load(found["document"])


def _number(attrs: Mapping[str, str]) -> int:
    """What a tag names; 0 for nothing, and for more than a column holds."""
    number = attrs.get("id", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def _texts(page: Page) -> Iterator[str]:
    for field in page._meta.fields:
        if isinstance(field, StreamField):
            yield from _strings(list(getattr(page, field.name).raw_data))
        elif isinstance(field, RichTextField):
            yield getattr(page, field.name) or ""


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
