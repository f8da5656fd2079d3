"""What this app tells the apps below it."""

from __future__ import annotations

from cms.core.lists import ContentList, register_list
from cms.glossary.adopting import AdoptedWords
from cms.glossary.models import GlossaryIndexPage, GlossaryTermPage
from cms.glossary.pages import term_cards
from cms.glossary.search import TermSource, term_words, vocabulary_names
from search import registry
from search.board import adoption


def register() -> None:
    """Called once from ``ready()``."""
    register_list(ContentList("terms", GlossaryTermPage, GlossaryIndexPage, ("title", "pk"), term_cards))
    registry.register(TermSource())
    registry.register_vocabulary("terms", term_words)
    # Names of topics too, whose app doesn't know this one: together they are one statement.
    registry.register_terms("terms and topics", vocabulary_names)
    adoption.register(AdoptedWords())
