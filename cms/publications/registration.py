"""What this app tells the apps below it."""

from __future__ import annotations

from access import schedule
from cms.core.lists import ContentList, register_list
from cms.publications.importing import waiting
from cms.publications.models import PublicationIndexPage, PublicationPage
from cms.publications.pages import ORDER
from cms.publications.search import PublicationSource, author_names, people
from cms.publications.together import companions
from documents.versions.companions import register_finder
from search import facet_values, registry


def register() -> None:
    """Called once from ``ready()``."""
    register_list(ContentList("publications", PublicationPage, PublicationIndexPage, ORDER))
    registry.register(PublicationSource())
    facet_values.register_names("author", author_names)
    registry.register_people(people)
    schedule.register("publications.imports", waiting.EVERY, waiting.publish_due)
    register_finder(companions)
