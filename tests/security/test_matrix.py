"""Every role, through every channel, to everything in every state: exactly what it should see, no more and no less."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from access.models import User
from access.roles import AUTHORS, EDITORS, LEGAL, READERS, translation_reviewers, translators
from cms.publications.models import PublicationFile, PublicationPage
from documents.models import Document, DocumentImage, DocumentPageText, DocumentTokens, Image
from search.outbox import drain
from search.pages import pack
from tests import depth, sitemaps
from tests.demo.addresses import QUESTIONS
from tests.documents.conftest import new_image, picture
from tests.factories import DocumentFactory, PublicationPageFactory, UserFactory, publish

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(1800 if depth.DEEP else 600)]

ROLES: dict[str, list[str]] = {
    "anonymous": [],
    "member": [READERS],
    "author": [AUTHORS],
    "author2": [AUTHORS],
    "editor": [EDITORS],
    "legal": [LEGAL],
    "translator-de": [translators("de")],
    "translator-ar": [translators("ar")],
    "reviewer-de": [translation_reviewers("de")],
    "admin": [],
}

# What there is. A page has one file and one picture of its name; three more files are versions of others.
PAGES = frozenset(
    [
        "draft",
        "in-review",
        "second-review",
        "live",
        "members",
        "group",
        "embargoed",
        "expired",
        "withdrawn",
        "superseding",
        "kept",
        "held",
        "opened",
    ]
)
FILES = PAGES | {"superseded", "rejected"}
"""``held`` is public, its file under an embargo of its own; that of ``opened`` is over. ``superseded`` is the first version of the file of ``superseding``, ``rejected`` a later one of that of ``kept``."""

# Who sees what. Public, and what a role sees of the rest as a reader:
PUBLIC = frozenset({"live", "superseding", "kept", "held", "opened"})
HELD = frozenset({"held"})
AS_READER = {role: PUBLIC | {"members"} for role in ROLES} | {
    "anonymous": PUBLIC,
    "legal": PUBLIC | {"members", "group"},
    "admin": PUBLIC | {"members", "group"},
}
# … and what else by a right of its own: the author wrote and uploaded all of it, editors and
# administrators may change it, and legal reviewers are asked about one.
BY_RIGHT = {"author": FILES, "editor": FILES, "admin": FILES, "legal": frozenset({"second-review"})}
MAY_LOOK_INTO_THE_ADMIN = ROLES.keys() - {"anonymous", "member"}
EXPLORERS = {"author": PAGES, "author2": AS_READER["author2"], "editor": PAGES, "admin": PAGES}
"""Roles with a right somewhere in the English tree; the others have no explorer there."""


def readable_files(role: str) -> frozenset[str]:
    """What the rule of files says; the older version goes with the newer one."""
    return (AS_READER[role] - HELD) | {"superseded"} | BY_RIGHT.get(role, frozenset())


def found_by_text(role: str) -> frozenset[str]:
    """Files that the search finds by their text: the index holds what readers of the page read."""
    return AS_READER[role] - HELD


def knowable(role: str) -> frozenset[str]:
    """Pages whose title a role may learn at the admin."""
    if role not in MAY_LOOK_INTO_THE_ADMIN:
        return frozenset()
    return (AS_READER[role] | BY_RIGHT.get(role, frozenset())) & PAGES


def explorable(role: str) -> frozenset[str]:
    """Pages in the explorer, below the English tree."""
    return EXPLORERS.get(role, frozenset())


def choosable(role: str) -> frozenset[str]:
    """Files that a role may name."""
    return readable_files(role) if role in MAY_LOOK_INTO_THE_ADMIN else frozenset()


@dataclass
class Archive:
    """What there is, by name, and who asks."""

    people: dict[str, User | None]
    pages: dict[str, PublicationPage] = field(default_factory=dict)
    files: dict[str, Document] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """A browser of this role."""
        client = Client()
        if user := self.people[role]:
            client.force_login(user)
        return client


@pytest.fixture(params=["disk", pytest.param("s3", marks=pytest.mark.deep)])
def storage(request):
    """Where files lie: the rule must be the same before each."""
    if request.param == "s3":
        request.getfixturevalue("s3_settings")


@pytest.fixture
def archive(db, storage):
    """One publication in each state, with text, file, cover, page and picture, all by ``author``."""
    cache.clear()  # pictures of earlier tests had the same numbers, and their sizes are remembered
    people = {name: UserFactory(username=name, groups=groups) for name, groups in ROLES.items()}
    people["admin"].is_superuser = True
    people["admin"].save()
    made = Archive(people | {"anonymous": None})
    for name in sorted(PAGES):
        made.files[FIRST_FILE.get(name, name)] = _file(FIRST_FILE.get(name, name), people["author"])
        made.images[name] = new_image(people["author"], color=_color(name), title=f"{name} picture")
        made.images[name].get_rendition("width-40")
    ahead = timezone.now() + datetime.timedelta(days=1)
    for name, until in (("held", ahead), ("opened", timezone.now())):
        Document.objects.filter(pk=made.files[name].pk).hold_back(until)
    made.files["superseding"] = _file("superseding", people["author"], series=made.files["superseded"].series, number=2)
    made.files["rejected"] = _file("rejected", people["author"], series=made.files["kept"].series, number=2)
    for name in sorted(PAGES):
        made.pages[name] = _page(made, name)
    _more_versions(made)
    drain()
    return made


def _color(name: str) -> tuple[int, int, int]:
    return (len(name) * 9, ord(name[0]), ord(name[-1]))


def _file(name: str, user: User, **fields: object) -> Document:
    document = DocumentFactory(title=f"Numbat {name}", uploaded_by_user=user, page_count=1, **fields)
    text = f"A wombat in {name}."
    DocumentPageText.objects.create(document=document, number=1, language="en", text=text)
    DocumentTokens.objects.create(document=document, blob=pack([("en", text)]))
    for kind in DocumentImage.Kind:
        file = ContentFile(picture(fmt="WEBP"), name="drawn")
        DocumentImage.objects.create(document=document, kind=kind, number=1, width=1000, file=file)
    return document


FIRST_FILE = {"superseding": "superseded"}
STATES = {"live", "embargoed", "expired", "withdrawn"}


def _page(archive: Archive, name: str) -> PublicationPage:
    state = name if name in STATES else "published"
    traits = {state.replace("live", "published"): True} if name not in NEVER_LIVE else {}
    page = PublicationPageFactory(
        title=f"Quokka {name}",
        summary=f"A quokka in {name}.",
        files=[archive.files[FIRST_FILE.get(name, name)]],
        lead_image=archive.images[name],
        owner=archive.people["author"],
        **traits,
    )
    if name in ("members", "group"):
        kind = PageViewRestriction.LOGIN if name == "members" else PageViewRestriction.GROUPS
        rule = PageViewRestriction.objects.create(page=page, restriction_type=kind)
        rule.groups.set(Group.objects.filter(name=LEGAL) if name == "group" else [])
    if name in NEVER_LIVE:
        page.save_revision(user=archive.people["author"])
    return page


NEVER_LIVE = ("draft", "in-review", "second-review")


def _more_versions(archive: Archive) -> None:
    """Reviews under way, the newer version that was published, and the newer one that was sent back."""
    author, editor = archive.people["author"], archive.people["editor"]
    for name in ("in-review", "second-review"):
        page = archive.pages[name]
        page.get_workflow().start(page, author)
    Page.objects.get(pk=archive.pages["second-review"].pk).current_workflow_task_state.approve(user=editor)
    superseding = Page.objects.get(pk=archive.pages["superseding"].pk).specific
    publish(superseding, files=[PublicationFile(document=archive.files["superseding"], language="en")])
    kept = Page.objects.get(pk=archive.pages["kept"].pk).specific
    kept.files = [PublicationFile(document=archive.files["rejected"], language="en")]
    kept.save_revision(user=author)
    kept.get_workflow().start(kept, author)
    Page.objects.get(pk=kept.pk).current_workflow_task_state.reject(user=editor)


# Channels: each says which of the names it shows to a client.
Channel = Callable[[Archive, Client], set[str]]


def names_said(text: str) -> set[str]:
    """The names in the titles of pages that a text shows."""
    return set(re.findall(r"Quokka ([a-z-]+)", text))


WAYS = (*(question for question in QUESTIONS if question[0] in ("HEAD", "GET")), ("GET", {}))
"""How an address is asked for. A deep run uses all of them: ten thousand requests for each storage."""


def at_addresses(client: Client, addresses: dict[str, str]) -> set[str]:
    """The names whose address answers with anything but a refusal, however it is asked."""
    asked = product(addresses.items(), depth.some(WAYS, 1, turn=0))
    return {name for (name, address), (how, headers) in asked if _answers(client, how, address, headers)}


def _answers(client: Client, how: str, address: str, headers: dict[str, str]) -> bool:
    response = client.generic(how, address, headers=headers)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code < 400


def pages(archive: Archive, client: Client) -> set[str]:
    """Pages by their address."""
    return at_addresses(client, {name: page.get_url() for name, page in archive.pages.items()})


def in_text(address: str) -> Channel:
    """A channel of one answer that lists titles."""
    return lambda _archive, client: names_said(client.get(address, follow=True).content.decode())


def sitemap(archive: Archive, client: Client) -> set[str]:
    """Pages that the sitemap names."""
    text = sitemaps.whole(client)
    return {name for name, page in archive.pages.items() if f"{page.get_url()}<" in text}


def file_bytes(archive: Archive, client: Client) -> set[str]:
    """Files by the address of their version."""
    return at_addresses(client, {name: f"/d/{d.series}/v{d.number}/" for name, d in archive.files.items()})


def below_the_version(tail: str) -> Channel:
    """A channel of addresses below that of a version."""
    return lambda archive, client: at_addresses(
        client, {name: f"/d/{d.series}/v{d.number}/{tail}" for name, d in archive.files.items()}
    )


def current_versions(archive: Archive, client: Client) -> set[str]:
    """What the address of a series gives, by its hash: one version of each."""
    tags = {client.head(f"/d/{document.series}/").headers.get("ETag") for document in archive.files.values()}
    return {name for name, document in archive.files.items() if f'"{document.sha256}"' in tags}


def renditions(archive: Archive, client: Client) -> set[str]:
    """Pictures by the address of a size."""
    return at_addresses(
        client, {name: image.renditions.get(filter_spec="width-40").url for name, image in archive.images.items()}
    )


def facet_count(archive: Archive, client: Client) -> set[str]:
    """The facet of kinds counts what the search finds; the names are the search's."""
    answer = client.get("/api/v1/search?q=quokka&lang=en").json()
    found = {hit["title"].removeprefix("Quokka ") for hit in answer["results"]}
    counted = sum(entry["count"] for entry in answer["facets"]["kind"])
    years = sum(entry["count"] for entry in answer["facets"]["year"])
    return found if counted == years == answer["total"] == len(found) else {f"counted {counted}, {years} of {found}"}


def pages_of_files(archive: Archive, client: Client) -> set[str]:
    """Files whose text the search finds, by series and version."""
    answer = client.get("/api/v1/search?q=wombat&lang=en").json()
    found = {
        (snippet["document"], snippet["version"])
        for hit in answer["results"]
        for snippet in hit["snippets"]
        if snippet["source"] == "file"
    }
    return {name for name, document in archive.files.items() if (str(document.series), document.number) in found}


def at_the_admin(*forms: str, pattern: str = "Quokka ([a-z-]+)") -> Channel:
    """A channel of admin screens, with the key of the list of publications in their address; not followed."""

    def shown(archive: Archive, client: Client) -> set[str]:
        parent = archive.pages["live"].get_parent().pk
        answers = [client.get(form.format(parent)) for form in forms]
        odd = {answer.status_code for answer in answers} - {200, 302, 400, 404}
        assert not odd, f"{forms} answers {odd}"
        return {name for answer in answers for name in re.findall(pattern, answer.content.decode())}

    return shown


def _paged(kind: str) -> list[str]:
    return [f"/admin/{kind}/chooser/results/?p={page}" for page in (1, 2)]


def current_of(role: str) -> set[str]:
    """Of each series the newest release; for one with a right of their own to a series without one, its newest version."""
    return (readable_files(role) - {"superseded", "rejected"}) & FILES


Expected = Callable[[str], Iterable[str]]
SEARCH: dict[str, tuple[Channel, Expected]] = {
    "search page": (in_text("/en/search/?q=quokka"), AS_READER.__getitem__),
    "search API": (in_text("/api/v1/search?q=quokka&lang=en"), AS_READER.__getitem__),
    "search for everything": (in_text("/api/v1/search?q=&lang=en&kind=publication"), AS_READER.__getitem__),
    "facet counts": (facet_count, AS_READER.__getitem__),
    "suggestions": (in_text("/api/v1/suggest?q=quok&lang=en"), AS_READER.__getitem__),
    "pages of files": (pages_of_files, found_by_text),
}
CHANNELS: dict[str, tuple[Channel, Expected]] = SEARCH | {
    "page": (pages, AS_READER.__getitem__),
    "list page": (in_text("/en/publications/"), AS_READER.__getitem__),
    "feed": (in_text("/feeds/en/publications.atom"), lambda role: PUBLIC),
    "sitemap": (sitemap, lambda role: PUBLIC),
    "file bytes": (file_bytes, readable_files),
    "current version": (current_versions, current_of),
    "picture": (renditions, lambda role: (AS_READER[role] | BY_RIGHT.get(role, frozenset())) & PAGES),
    "page chooser": (at_the_admin("/admin/choose-page/{}/"), knowable),
    "file chooser": (at_the_admin(*_paged("documents"), pattern="Numbat ([a-z-]+)"), choosable),
    "picture chooser": (at_the_admin(*_paged("images"), pattern="([a-z-]+) picture"), knowable),
    "explorer": (at_the_admin("/admin/pages/{}/"), explorable),
    "admin API, pages": (at_the_admin("/admin/api/main/pages/?child_of={}&for_explorer=1&fields=*"), explorable),
    "admin API, files": (at_the_admin("/admin/api/main/documents/?fields=*", pattern="Numbat ([a-z-]+)"), choosable),
    "admin API, pictures": (at_the_admin("/admin/api/main/images/?fields=*", pattern="([a-z-]+) picture"), knowable),
}


TAILS = {
    "page reader": "p/1/",
    "page reader, text alone": "p/1/?text=1",
    "page image": "p/1/image.webp",
    "page image, large": "p/1/large.webp",
    "search in a file": "search/?q=wombat",
    "whole text": "text.html",
    "cover": "cover.webp",
}
BELOW_A_VERSION: dict[str, tuple[Channel, Expected]] = {
    name: (below_the_version(tail), readable_files) for name, tail in TAILS.items()
}
WITHOUT_RIGHTS = ("anonymous", "author2")


def everything(role: str) -> dict[str, tuple[Channel, Expected]]:
    """All channels; of those below a version, which ask the same rule, three for a role that has rights of its own."""
    few = depth.some(list(BELOW_A_VERSION), 3, turn=list(ROLES).index(role))
    below = BELOW_A_VERSION if role in WITHOUT_RIGHTS else {name: BELOW_A_VERSION[name] for name in few}
    return CHANNELS | below


def differences(archive: Archive, channels_of: Callable[[str], dict[str, tuple[Channel, Expected]]]) -> list[str]:
    """One sentence for each role and channel that shows too much or too little."""
    wrong = []
    for role in ROLES:
        client = archive.client(role)
        for channel, (shown_to, expected) in channels_of(role).items():
            shown, due = set(shown_to(archive, client)), set(expected(role))
            if leaked := shown - due:
                wrong.append(f"{channel} leaks {sorted(leaked)} to {role}")
            if missing := due - shown:
                wrong.append(f"{channel} lacks {sorted(missing)} for {role}")
    return wrong


def test_every_role_sees_exactly_its_own_through_every_channel(archive):
    assert differences(archive, everything) == []


def test_elasticsearch_shows_every_role_exactly_its_own(elasticsearch_settings, archive):
    assert differences(archive, lambda _role: SEARCH) == []
