"""A shelf with one publication in each state that a reader can meet, and the visitors who look for them by search.

Each has a year, a place, a topic, a kind, an author, a file and a glossary term of its own, so that every count and every
name that a search tells says of which publications it is.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field

from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import PageViewRestriction

from access.models import User
from access.roles import AUTHORS, EDITORS, LEGAL, READERS, translation_reviewers, translators
from cms.publications.models import PublicationPage
from documents.models import Document, DocumentPageText, DocumentTokens
from search import words
from search.pages import pack
from tests.factories import (
    CasePageFactory,
    DocumentFactory,
    GlossaryTermPageFactory,
    PlaceFactory,
    PublicationKindFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
    UserFactory,
)

A, B = "Circle A", "Circle B"

NAMES = (
    "public",
    "second",
    "login",
    "inside-a",
    "inside-b",
    "nested",
    "password",
    "draft",
    "embargo",
    "expired",
    "withdrawn",
    "below-draft",
)
"""``nested`` lies in a section for A within one for B; ``password`` is closed by a password that is shared;
``below-draft`` was published below a section that is a draft."""
WITH_PAGES = frozenset({"public", "login", "inside-a", "draft", "withdrawn"})
"""Those with a topic and a glossary term of their own, which are in the same state."""
YEARS = {name: 2001 + at for at, name in enumerate(NAMES)}

PUBLIC = frozenset({"public", "second"})
MEMBER = PUBLIC | {"login"}
SEES = {
    "stranger": PUBLIC,
    "crawler": PUBLIC,
    "inactive": PUBLIC,
    "reader": MEMBER,
    "reader of A": MEMBER | {"inside-a"},
    "reader of A and B": MEMBER | {"inside-a", "inside-b", "nested"},
    "author": MEMBER,
    "other author, of B": MEMBER | {"inside-b"},
    "editor": MEMBER,
    "legal": MEMBER,
    "translator": MEMBER,
    "reviewer": MEMBER,
    "superuser": MEMBER | {"inside-a", "inside-b", "nested", "password"},
}
"""Who finds what: as a reader. What somebody wrote, edits or judges is for the admin to show."""
GROUPS = {
    "inactive": [READERS, A, B],
    "reader": [READERS],
    "reader of A": [READERS, A],
    "reader of A and B": [READERS, A, B],
    "author": [AUTHORS],
    "other author, of B": [AUTHORS, B],
    "editor": [EDITORS],
    "legal": [LEGAL],
    "translator": [translators("de"), translators("en")],
    "reviewer": [translation_reviewers("de"), translation_reviewers("en")],
    "superuser": [],
}


def mark(name: str) -> str:
    """A word of ten letters that stands in this publication alone, and is written like no other."""
    return "xo" + "bdfgklmnprtv"[NAMES.index(name)] * 8


UNPUBLISHED = "xossssssss"
"""Stands in a change of ``second`` that nobody has approved."""
NOWHERE = "xozzzzzzzz"


@dataclass
class Shelf:
    """What there is, by name."""

    users: dict[str, User]
    pages: dict[str, PublicationPage] = field(default_factory=dict)
    files: dict[str, Document] = field(default_factory=dict)
    facets: dict[str, dict[str, str]] = field(default_factory=dict)
    """Facet -> value -> name."""
    cases: dict[str, str] = field(default_factory=dict)
    """Public keys of two cases that name all publications: ``open`` to all, ``closed`` to all but A."""

    def client(self, visitor: str) -> Client:
        """A browser of this visitor. The inactive one signed in while the account was active."""
        client = Client(headers={"User-Agent": "Googlebot/2.1"} if visitor == "crawler" else {})
        if user := self.users.get(visitor):
            user.is_active = True
            user.save()
            client.force_login(user)
            if visitor == "inactive":
                User.objects.filter(pk=user.pk).update(is_active=False)
        return client


def build() -> Shelf:
    """Makes all of it."""
    for name in (A, B):
        Group.objects.create(name=name)
    shelf = Shelf({name: UserFactory(username=name.replace(" ", "-"), groups=g) for name, g in GROUPS.items()})
    shelf.users["superuser"].is_superuser = True
    shelf.users["superuser"].save()
    shared = TopicPageFactory(published=True, title="Shared topic")
    outer, inner = (SectionPageFactory(published=True, title=f"Section {name}") for name in ("outer", "hidden"))
    middle = SectionPageFactory(published=True, title="Section middle", parent=outer)
    parents = {"nested": middle, "below-draft": inner}
    shelf.facets = {facet: {} for facet in ("topic", "place", "publication_kind")}
    for name in NAMES:
        _publication(shelf, name, shared, parents.get(name))
    words.refresh()  # yesterday's table: what is closed now was open then
    restrict(outer, B)
    restrict(middle, A)
    restrict(shelf.pages["inside-a"], A)
    restrict(shelf.pages["inside-b"], B)
    restrict(shelf.pages["login"])
    PageViewRestriction.objects.create(
        page=shelf.pages["password"], restriction_type=PageViewRestriction.PASSWORD, password="shared"
    )
    inner.unpublish()
    for name in ("open", "closed"):
        case = CasePageFactory(published=True, title=f"Case {name}", documents=list(shelf.pages.values()))
        shelf.cases[name] = str(case.translation_key)
        if name == "closed":
            restrict(case, A)
    public = shelf.pages["second"]
    public.title = public.summary = f"Quokka {UNPUBLISHED}"
    public.save_revision(user=shelf.users["author"])
    return shelf


def restrict(page, *groups: str) -> None:
    """``page`` for these groups, or for all who signed in."""
    kind = PageViewRestriction.GROUPS if groups else PageViewRestriction.LOGIN
    PageViewRestriction.objects.create(page=page, restriction_type=kind).groups.set(
        Group.objects.filter(name__in=groups)
    )


STATES = {"draft": {}, "embargo": {"embargoed": True}, "expired": {"expired": True}, "withdrawn": {"withdrawn": True}}


def _publication(shelf: Shelf, name: str, shared, parent) -> None:
    word, author, state = mark(name), shelf.users["author"], STATES.get(name, {"published": True})
    own = {
        "place": PlaceFactory(name=f"Place {word}"),
        "publication_kind": PublicationKindFactory(name=f"Kind {word}"),
    }
    if name in WITH_PAGES:
        own["topic"] = TopicPageFactory(title=f"Topic {word}", synonyms=f"Theme {word}", **state)
        term = GlossaryTermPageFactory(title=f"Ibex {word}", variants=f"Gnu {word}", **state)
        if name in ("login", "inside-a"):
            for page in (own["topic"], term):
                restrict(page, *([A] if name == "inside-a" else []))
    for facet, thing in own.items():
        shelf.facets[facet][str(thing.translation_key)] = name
    shelf.pages[name] = PublicationPageFactory(
        title=f"Quokka {name}",
        summary=f"A {word} in it.",
        date=datetime.date(YEARS[name], 6, 1),
        kind=own["publication_kind"],
        topics=[shared, *([own["topic"]] if "topic" in own else [])],
        places=[own["place"]],
        authors=[f"Writer {word}"],
        files=[_file(shelf, name)],
        owner=author,
        **({"parent": parent} if parent else {}),
        **state,
    )
    if not state:
        shelf.pages[name].save_revision(user=author)


def _file(shelf: Shelf, name: str) -> Document:
    text = f"A wombat with {mark(name)} in {name}."
    author = shelf.users["author"]
    file = DocumentFactory(title=f"Numbat {mark(name)}", uploaded_by_user=author, page_count=1)
    DocumentPageText.objects.create(document=file, number=1, language="en", text=text)
    DocumentTokens.objects.create(document=file, blob=pack([("en", text)]))
    shelf.files[name] = file
    return file


def named(text: str) -> set[str]:
    """The publications whose title ``text`` says."""
    return set(re.findall(r"Quokka ([a-z-]+)", text))


def marked(text: str) -> set[str]:
    """The publications whose own word ``text`` says."""
    return {name for name in NAMES if mark(name) in text}
