"""Loads the whole demo, step by step. Each step makes only what is missing: a load that was stopped goes on."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from modelsearch.index import get_indexed_models
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.models import Page, ReferenceIndex, Site
from wagtail.search.backends import get_search_backends
from wagtail.signal_handlers import disable_reference_index_auto_update

from cms.cases.models import CaseIndexPage, CasePage
from cms.core.models import SectionPage, SiteSettings
from cms.glossary.models import GlossaryIndexPage, GlossaryTermPage
from cms.publications.models import PublicationIndexPage, PublicationPage
from cms.topics.models import TopicIndexPage, TopicPage
from documents.models import Document
from home.demo.files import Shelf, all_series
from home.demo.people import DemoRefused, ensure_people, give_addresses
from home.demo.pictures import ensure_pictures
from home.demo.publishing import Press
from home.demo.states import ensure_states, keys_in
from home.demo.texts import entries, html, identifier
from home.demo.translating import ensure_jobs
from home.demo.tree import SECTIONS, Tree
from home.demo.vocabulary import ensure_vocabulary
from home.models import Highlight, HomePage
from search import compounds
from search.exceptions import SearchError
from search.outbox import drain

HIGHLIGHTS = (("case", "making-justice-work"), ("publication", "who-gave-the-order"), ("publication", "families-guide"))
INDEXES = {
    "topics": TopicIndexPage,
    "glossary": GlossaryIndexPage,
    "publications": PublicationIndexPage,
    "cases": CaseIndexPage,
}
CONTENT_TYPES = (SectionPage, TopicPage, GlossaryTermPage, PublicationPage, CasePage)
Say = Callable[[str], None]
Step = tuple[str, Callable[[], object]]


def is_loaded() -> bool:
    """Whether the demo is complete: its last step is the home pages."""
    case = identifier(*HIGHLIGHTS[0])
    return Highlight.objects.filter(page__translation_key=case, home__live=True).exists()


def has_other_content() -> bool:
    """Whether there are pages or files that are not of the demo."""
    ours = {identifier("section", key) for key in SECTIONS}
    for kind, name in (("topic", "topics"), ("term", "glossary"), ("publication", "publications"), ("case", "cases")):
        ours |= {identifier(kind, key) for key in entries("en", name)}
    if any(model.objects.exclude(translation_key__in=ours).exists() for model in CONTENT_TYPES):
        return True
    return Document.objects.exclude(series__in=all_series()).exists()


def load(say: Say, *, force: bool = False) -> int:
    """Loads what is missing and returns how many pages were published. ``say`` is told what is being done.

    Raises DemoRefused where the settings forbid demo logins, or where there is other content and
    ``force`` isn't set.
    """
    if not force and has_other_content():
        raise DemoRefused("There is other content. Demo content is added to it with --force only.")
    with quiet(), once_for_all():
        people = ensure_people()
        shelf = Shelf()
        say(f"Setting {len(shelf.missing)} PDFs, and meanwhile …")
        with transaction.atomic():
            vocabulary = ensure_vocabulary()
            pictures = ensure_pictures(people["author"])
        press = Press(people)
        tree = Tree(press, vocabulary, pictures)
        _pages(press, tree, shelf, say)
        give_addresses(people)
    say("Search index …")
    _index([*press.pages.values(), *(place for row in vocabulary["places"].values() for place in row.values())])
    compounds.freeze_first()
    try:
        drain()
    except SearchError:
        say("The search engine doesn't answer: the worker will index the demo when it does.")
    return press.made


@contextmanager
def once_for_all() -> Iterator[None]:
    """Leaves references and the admin's search to ``_index``: a task for each of 2,000 saves would keep a worker busy."""
    models = [model for model in get_indexed_models() if getattr(model, "search_auto_update", True)]
    for model in models:
        post_save.disconnect(post_save_signal_handler, sender=model)
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        for model in models:
            post_save.connect(post_save_signal_handler, sender=model)


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps thousands of lines "page published" out of the log of a first start."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


def _pages(press: Press, tree: Tree, shelf: Shelf, say: Say) -> None:
    """Makes the pages, each step in one transaction."""
    before: tuple[Step, ...] = (
        ("Sections …", tree.sections),
        ("Topics …", tree.topics),
        ("Glossary …", tree.glossary),
    )
    after: tuple[Step, ...] = (
        ("Publications …", lambda: tree.publications(keys_in(""))),
        ("Cases …", tree.cases),
        ("Pages in every state …", lambda: ensure_states(press, tree)),
        ("Translation jobs …", lambda: ensure_jobs(press)),
        ("Home pages …", lambda: _home_pages(press)),
    )
    _take(before, say)
    say("Reading the PDFs …")
    tree.files = shelf.collect(press.people)
    _take(after, say)


def _take(steps: Iterable[Step], say: Say) -> None:
    for words, step in steps:
        say(words)
        with transaction.atomic():
            step()


def _home_pages(press: Press) -> None:
    """Introduction and highlights of each home page, summaries of the lists, the site's name and footer."""
    for language in press.languages():
        texts = entries(language, "pages")
        for key, model in INDEXES.items():
            page = model.objects.filter(locale=press.locales[language]).order_by("path").first()
            if page is not None and not page.summary:
                page.summary = texts[key]["summary"]
                press.publish(page, language)
        home = HomePage.objects.get(locale=press.locales[language], depth=2)
        if not home.highlights.exists():
            home.headline = texts["home"]["headline"]
            home.summary, home.intro = texts["home"]["summary"], html(texts["home"])
            home.highlights = [
                Highlight(page=press.best(kind, key, language), sort_order=order)
                for order, (kind, key) in enumerate(HIGHLIGHTS)
            ]
            press.publish(home, language)
    _site(press)


def _site(press: Press) -> None:
    site = Site.objects.get(is_default_site=True)
    settings = SiteSettings.for_site(site)
    if settings.publisher:
        return
    settings.publisher = "Lantern Archive"
    settings.tagline = "Lantern Archive"  # one for all languages: a name
    settings.contact_email = "corrections@lantern-archive.example"
    settings.security_email = "security@lantern-archive.example"
    for name, key in (("privacy_page", "privacy"), ("accessibility_page", "accessibility"), ("imprint_page", "about")):
        setattr(settings, name, Page.objects.get(pk=press.page("section", key, "en").pk))
    settings.save()


@transaction.atomic
def _index(things: list[Any]) -> None:
    """References and the admin's search, once for all. Nothing is written again where nothing changed."""
    by_model: dict[type[Any], list[Any]] = defaultdict(list)
    for thing in things:
        ReferenceIndex.create_or_update_for_object(thing)
        by_model[type(thing)].append(thing)
    for backend in get_search_backends(with_auto_update=True):
        for model, rows in by_model.items():
            backend.add_bulk(model, rows)
