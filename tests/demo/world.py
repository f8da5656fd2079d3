"""What the demo hides, read from the database: by the states that its own list of publications names.

Nothing here asks the access rule: an oracle that asks the accused acquits.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from taggit.models import Tag
from wagtail.models import Page, Revision, TaskState

from access.models import User
from cms.core.models import Place, PublicationKind, SiteSettings, WorkKind
from cms.publications.models import PublicationFile, PublicationPage
from documents.models import Document, DocumentPageText, DocumentUse, Image, ImageUse
from home.demo.states import LANGUAGE, REQUESTED
from home.demo.texts import identifier, structure
from search.outbox import drain
from tests.documents.conftest import picture
from tests.factories import DocumentFactory, SectionPageFactory
from translations.models import TranslationJob
from workflows.models import ApprovalRecord, Withdrawal

WORD = re.compile(r"\w{5,}")
PLANTED = "Zollstock"
"""Every text that is planted here has a word with this beginning in it; nothing else has."""


def words(text: str) -> set[str]:
    """The longer words of a text, folded."""
    return {word.casefold() for word in WORD.findall(text)}


def page_of(key: str, language: str = LANGUAGE) -> PublicationPage:
    """The demo's publication with this key."""
    return PublicationPage.objects.get(translation_key=identifier("publication", key), locale__language_code=language)


def plant() -> None:
    """What the demo lacks: traps that only its author may see.

    An unpublished change on a public page; a file of an unpublished third edition; a file with a tag
    and a picture that no page names; a picture of a draft; a public page below a draft.
    """
    author = User.objects.get(username="author")
    public = page_of("who-gave-the-order")
    public.title = f"{PLANTED}abel"
    public.summary = f"{PLANTED}baker."
    public.save_revision(user=author)

    replaced = page_of("hashes-and-custody")
    second = replaced.files.get().document
    third = DocumentFactory(
        series=second.series, number=3, title=f"{PLANTED}casar, third edition", uploaded_by_user=author
    )
    _one_page(third, f"{PLANTED}dorian stands in the third edition.")
    replaced.files = [PublicationFile(document=third, language="en")]
    replaced.save_revision(user=author)

    orphan = DocumentFactory(title=f"{PLANTED}edgar, named by no page", uploaded_by_user=author)
    _one_page(orphan, f"{PLANTED}fiona stands in it.")
    orphan.tags.add(f"{PLANTED}kai")
    draft = page_of("mapping-of-funders")
    draft.lead_image = _picture(f"{PLANTED}gustav, of a draft", author)
    draft.save_revision(user=author)
    _picture(f"{PLANTED}harald, of no page", author)

    section = SectionPageFactory(title=f"{PLANTED}ida, a draft section", published=True)
    below = SectionPageFactory(title=f"{PLANTED}jonas, published below it", parent=section, published=True)
    section.refresh_from_db()
    section.unpublish()
    assert below.live
    drain()


def _one_page(document: Document, text: str) -> None:
    DocumentPageText.objects.create(document=document, number=1, language="en", text=text, source="text")


def _picture(title: str, user: User) -> Image:
    image = Image.objects.create(
        title=title, file=ContentFile(picture("blue"), name="IMG_0815.png"), uploaded_by_user=user
    )
    image.get_rendition("width-400|format-webp")
    return image


@dataclass(frozen=True)
class Secrets:
    """What may stand in no answer: ``words`` as whole words, ``literals`` anywhere."""

    words: frozenset[str]
    literals: frozenset[str]

    def found_in(self, text: str) -> set[str]:
        """The secrets that ``text`` tells, however it is escaped."""
        plain = unquote(html.unescape(_JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)))
        return {one for one in self.literals if one in plain} | (self.words & words(plain))


@dataclass(frozen=True)
class World:
    """The demo by who may see what. Pages are as loaded when the world was read."""

    public: list[Page]
    restricted: list[Page]
    withdrawn: list[Page]
    hidden: list[Page]

    @classmethod
    def read(cls) -> World:
        """Sorts all pages by the states of the demo's own list and by what was planted."""
        states = {identifier("publication", row["key"]): row.get("state", "") for row in structure("publications")}
        asked_for = page_of(REQUESTED[0], REQUESTED[1]).pk
        sorted_pages: dict[str, list[Page]] = {"": [], "members": [], "withdrawn": [], "hidden": []}
        for page in Page.objects.filter(depth__gt=1).select_related("locale").order_by("path"):
            state = states.get(page.translation_key, "")
            if page.pk == asked_for or page.title.startswith(PLANTED):
                state = "hidden"
            sorted_pages[state if state in sorted_pages else "hidden"].append(page)
        return cls(*sorted_pages.values())

    @cached_property
    def public_documents(self) -> list[Document]:
        """Files named by a public page, and the older editions of them that were public."""
        named = DocumentUse.objects.filter(revision__in=_live_revisions(self.public)).values("document")
        series = Document.objects.filter(pk__in=named).values("series")
        released = Document.objects.filter(series__in=series, releases__isnull=False)
        return list(released.distinct().order_by("pk"))

    @cached_property
    def withdrawn_documents(self) -> list[Document]:
        """Files of withdrawn pages."""
        return list(Document.objects.filter(uses__page_id__in=_keys(self.withdrawn)).distinct())

    @cached_property
    def restricted_documents(self) -> list[Document]:
        """Files of pages for members."""
        return list(Document.objects.filter(uses__page_id__in=_keys(self.restricted)).distinct())

    @cached_property
    def hidden_documents(self) -> list[Document]:
        """All other files."""
        others = [*self.public_documents, *self.withdrawn_documents, *self.restricted_documents]
        return list(Document.objects.exclude(pk__in=[document.pk for document in others]))

    @cached_property
    def public_images(self) -> list[Image]:
        """Pictures on public pages."""
        named = ImageUse.objects.filter(revision__in=_live_revisions(self.public)).values("image")
        return list(Image.objects.filter(pk__in=named))

    @cached_property
    def hidden_images(self) -> list[Image]:
        """All other pictures."""
        return list(Image.objects.exclude(pk__in=[image.pk for image in self.public_images]))

    def secrets(
        self, *, readable: list[Page], documents: list[Document], interface: set[str], colleague: bool = False
    ) -> Secrets:
        """All that the database says and that is on none of these pages and files.

        ``interface`` are the words that every answer may have; a ``colleague`` may know who works
        here and how the files of public pages were called. Numbers (sizes), names of files and
        accounts, hashes, storage keys and identifiers of what is hidden are among the secrets.
        """
        known = words(_text_of(_live_revisions(readable), documents)) | words(_vocabulary()) | interface
        if colleague:
            known |= words(_people()) | words(" ".join(document.original_name for document in documents))
        told = words(_text_of(Revision.objects.all(), Document.objects.all())) | words(_behind_the_scenes())
        hidden = Document.objects.exclude(pk__in=[document.pk for document in documents])
        return Secrets(
            frozenset(told - known - {str(document.size) for document in documents}) | _sizes(hidden, documents),
            frozenset(_identifiers(readable, documents, hidden, self.public_images)),
        )


_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def _keys(pages: list[Page]) -> list[int]:
    return [page.pk for page in pages]


def _live_revisions(pages: list[Page]) -> QuerySet[Revision]:
    return Revision.objects.filter(pk__in=[page.live_revision_id for page in pages])


def _text_of(revisions: Iterable[Revision], documents: Iterable[Document]) -> str:
    texts = [json.dumps(revision.content, ensure_ascii=False) for revision in revisions]
    files = list(documents)
    texts += [f"{document.title} {document.size}" for document in files]
    texts += DocumentPageText.objects.filter(document__in=files).values_list("text", flat=True)
    return unquote(html.unescape("\n".join(texts)))


def _vocabulary() -> str:
    """Names that are public whoever uses them, the settings of the site, and reasons, which are given to the public."""
    names = [str(thing) for model in (Place, PublicationKind, WorkKind, SiteSettings) for thing in model.objects.all()]
    sites = [str(values) for values in SiteSettings.objects.values()]
    return " ".join([*names, *sites, *Withdrawal.objects.values_list("reason", flat=True)])


def _people() -> str:
    return " ".join(" ".join(row) for row in User.objects.values_list("username", "first_name", "last_name", "email"))


def _behind_the_scenes() -> str:
    """What no reader gets to see of anything."""
    rows = [
        (_people(),),
        *Document.objects.values_list("original_name", "failure"),
        *Image.objects.values_list("title", "description"),
        *Tag.objects.values_list("name"),
        *TranslationJob.objects.values_list("note"),
        *ApprovalRecord.objects.values_list("comment"),
        *TaskState.objects.values_list("comment"),
    ]
    return " ".join(" ".join(row) for row in rows)


def _sizes(hidden: Iterable[Document], readable: list[Document]) -> set[str]:
    return {str(document.size) for document in hidden} - {str(document.size) for document in readable}


def _identifiers(
    pages: list[Page], documents: list[Document], hidden: Iterable[Document], images: list[Image]
) -> Iterator[str]:
    for document in Document.objects.all():
        yield from (document.file.name, document.original.name)
    for image in Image.objects.all():
        yield image.file.name
    readable = {document.series for document in documents}
    for document in hidden:
        yield from (document.sha256, document.original_sha256)
        if document.series not in readable:
            yield str(document.series)
    yield from (str(image.public_id) for image in Image.objects.all() if image not in images)
    shown = {page.pk for page in pages}
    works = {page.translation_key for page in pages}
    for page in Page.objects.filter(depth__gt=1).exclude(pk__in=shown):
        if page.translation_key not in works:
            yield from (page.title, page.slug, str(page.translation_key))
        yield from (f"{time:%Y-%m-%d}" for time in (page.go_live_at, page.expire_at) if time)
