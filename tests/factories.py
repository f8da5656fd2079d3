"""Factories for users, files and pages. Traits are named after states.

Pages go through the real gate: ``published=True`` saves a revision, records an approval for it and
publishes it, as the finish action does.

    page = PublicationPageFactory(published=True, title="In the chain of command", topics=[topic])
    PublicationPageFactory(embargoed=True)      # approved, its time not come
    PublicationPageFactory(expired=True)        # was public, the schedule has not run yet
    PublicationPageFactory(restricted=True)     # live, for signed-in members only
    PublicationPageFactory(withdrawn=True)      # was public, then withdrawn with a reason
    PublicationPageFactory()                    # a draft
    PublicationPageFactory(published=True, translation_of=page, language="de")
"""

from __future__ import annotations

import datetime
import hashlib
import uuid

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory
from wagtail.models import Locale, Page, PageViewRestriction

from access.models import User
from access.roles import EDITORS
from cms.cases.models import CaseDocument, CaseIndexPage, CasePage
from cms.core.models import PagePlace, Place, PublicationKind, SectionPage, WorkKind
from cms.glossary.models import GlossaryIndexPage, GlossaryTermPage, PageTerm
from cms.publications.models import (
    Contributor,
    PublicationFile,
    PublicationIndexPage,
    PublicationPage,
    RelatedPublication,
)
from cms.topics.models import PageTopic, TopicIndexPage, TopicPage
from documents.extraction.inspection import GATE
from documents.models import Document, DocumentCheck
from documents.wording import INSPECTED
from home.models import HomePage
from workflows import approvals


class UserFactory(DjangoModelFactory):
    """``UserFactory(groups=["Editors"])``; ``UserFactory(administrator=True)``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        administrator = factory.Trait(is_superuser=True)

    username = factory.Sequence("user-{}".format)
    password = factory.django.Password("correct horse battery")

    @factory.post_generation
    def groups(self, create, names, **kwargs):
        from django.contrib.auth.models import Group

        for name in names or []:
            self.groups.add(Group.objects.get(name=name))


class DocumentFactory(DjangoModelFactory):
    """A ready file. ``content`` are its bytes; no processing is started."""

    class Meta:
        model = Document
        skip_postgeneration_save = True

    class Params:
        content = factory.Sequence("%PDF-1.7 test file {}".format)

    title = factory.Sequence("File {}".format)
    series = factory.LazyFunction(uuid.uuid4)
    language = "en"
    mime = "application/pdf"
    page_count = 12
    state = Document.State.READY
    file = factory.LazyAttribute(lambda o: ContentFile(o.content.encode(), name="file.pdf"))
    original = factory.LazyAttribute(lambda o: ContentFile(o.content.encode(), name="file.pdf"))
    size = factory.LazyAttribute(lambda o: len(o.content.encode()))
    file_size = factory.LazyAttribute(lambda o: len(o.content.encode()))
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.content.encode()).hexdigest())
    original_sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.content.encode()).hexdigest())

    @factory.post_generation
    def inspected(self, create, extracted, **kwargs):
        """The leak gate has looked and found nothing; ``inspected=False``: it has not."""
        if create and extracted is not False:
            self.checks.create(name=INSPECTED, state=DocumentCheck.State.OK, gate=GATE)


STATES = ("published", "embargoed", "expired", "restricted", "withdrawn")
LISTS = {
    TopicPage: TopicIndexPage,
    GlossaryTermPage: GlossaryIndexPage,
    PublicationPage: PublicationIndexPage,
    CasePage: CaseIndexPage,
}


class TranslatableFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    class Params:
        language = "en"

    locale = factory.LazyAttribute(lambda o: Locale.objects.get(language_code=o.language))


class PlaceFactory(TranslatableFactory):
    class Meta:
        model = Place

    name = factory.Sequence("Place {}".format)
    kind = Place.Kind.CITY
    latitude = "50.85030"
    longitude = "4.35170"


class PublicationKindFactory(TranslatableFactory):
    class Meta:
        model = PublicationKind

    name = factory.Sequence("Kind {}".format)
    code = factory.Sequence("kind-{}".format)


class WorkKindFactory(PublicationKindFactory):
    class Meta:
        model = WorkKind


class PageFactory(DjangoModelFactory):
    """Base of the page factories. Without ``parent`` a page lies below its list of the language, or its home."""

    class Meta:
        abstract = True

    title = factory.Sequence("Page {}".format)
    summary = factory.LazyAttribute(lambda o: f"Summary of {o.title}.")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        states = {name for name in STATES if kwargs.pop(name, False)}
        language = kwargs.pop("language", "en")
        source = kwargs.pop("translation_of", None)
        parent = kwargs.pop("parent", None) or cls.index_page(language)
        children = {name: kwargs.pop(name, []) for name in cls.children()}
        page = model_class(*args, **{"locale": parent.locale, "live": False, **kwargs})
        if source is not None:
            page.translation_key = source.translation_key
        cls.add_children(page, children)
        if "embargoed" in states:
            page.go_live_at = timezone.now() + datetime.timedelta(days=1)
        parent = Page.objects.get(pk=parent.pk).specific
        parent.add_child(instance=page)
        if states:
            publish(page)
        if "expired" in states:
            type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now() - datetime.timedelta(minutes=1))
        if "restricted" in states:
            PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        if "withdrawn" in states:
            from workflows.actions import withdraw

            withdraw(page, UserFactory(groups=[EDITORS]), "A witness asked for it.")
        page.refresh_from_db()
        return page

    @classmethod
    def index_page(cls, language):
        pages = LISTS.get(cls._meta.model, HomePage).objects.filter(locale__language_code=language)
        return pages.order_by("path").first()

    @classmethod
    def children(cls):
        return ("topics", "places", "terms")

    @classmethod
    def add_children(cls, page, children):
        page.topics = [PageTopic(topic=topic, sort_order=n) for n, topic in enumerate(children["topics"])]
        page.places = [PagePlace(place=place, sort_order=n) for n, place in enumerate(children["places"])]
        page.glossary_terms = [PageTerm(term=term, sort_order=n) for n, term in enumerate(children["terms"])]


def publish(page, **changes):
    """Approves and publishes ``page`` with ``changes``; returns the revision."""
    for name, value in changes.items():
        setattr(page, name, value)
    revision = page.save_revision()
    approvals.record(page, revision, approvals.Decision.APPROVED, None, comment="Test")
    revision.publish(skip_permission_checks=True)
    return revision


class SectionPageFactory(PageFactory):
    class Meta:
        model = SectionPage


class TopicPageFactory(PageFactory):
    class Meta:
        model = TopicPage


class GlossaryTermPageFactory(PageFactory):
    class Meta:
        model = GlossaryTermPage


class PublicationPageFactory(PageFactory):
    """``files=[document, …]`` (language from the document), ``authors=["Name", …]``, ``related=[publication, …]``."""

    class Meta:
        model = PublicationPage

    date = datetime.date(2024, 6, 1)

    @classmethod
    def children(cls):
        return (*super().children(), "files", "authors", "related")

    @classmethod
    def add_children(cls, page, children):
        super().add_children(page, children)
        page.files = [
            PublicationFile(document=document, language=document.language, sort_order=n)
            for n, document in enumerate(children["files"])
        ]
        page.contributors = [Contributor(name=name, sort_order=n) for n, name in enumerate(children["authors"])]
        page.related_publications = [
            RelatedPublication(publication=related, sort_order=n) for n, related in enumerate(children["related"])
        ]


class CasePageFactory(PageFactory):
    """``documents=[publication or file, …]``."""

    class Meta:
        model = CasePage

    @classmethod
    def children(cls):
        return (*super().children(), "documents")

    @classmethod
    def add_children(cls, page, children):
        super().add_children(page, children)
        page.documents = [
            CaseDocument(
                publication=target if isinstance(target, PublicationPage) else None,
                document=target if isinstance(target, Document) else None,
                sort_order=n,
            )
            for n, target in enumerate(children["documents"])
        ]
