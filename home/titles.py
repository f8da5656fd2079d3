"""What the pages that every site starts with are called, and their addresses, in the languages that we know.

Content and not interface: editors change it. So it stands here and not in the catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """Title and slug of a page."""

    title: str
    slug: str


HOME = {"en": "Home", "de": "Startseite", "fr": "Accueil", "es": "Inicio", "ar": "الرئيسية"}

PUBLICATIONS = {
    "en": Named("Publications", "publications"),
    "de": Named("Publikationen", "publikationen"),
    "fr": Named("Publications", "publications"),
    "es": Named("Publicaciones", "publicaciones"),
    "ar": Named("المنشورات", "publications"),
}
CASES = {
    "en": Named("Cases", "cases"),
    "de": Named("Fälle", "faelle"),
    "fr": Named("Affaires", "affaires"),
    "es": Named("Casos", "casos"),
    "ar": Named("القضايا", "cases"),
}
TOPICS = {
    "en": Named("Topics", "topics"),
    "de": Named("Themen", "themen"),
    "fr": Named("Thèmes", "themes"),
    "es": Named("Temas", "temas"),
    "ar": Named("المواضيع", "topics"),
}
GLOSSARY = {
    "en": Named("Glossary", "glossary"),
    "de": Named("Glossar", "glossar"),
    "fr": Named("Glossaire", "glossaire"),
    "es": Named("Glosario", "glosario"),
    "ar": Named("المسرد", "glossary"),
}


def in_language(titles: dict[str, Named], code: str) -> Named:
    """The entry for a language, for its base language, or the English one."""
    return titles.get(code) or titles.get(code.split("-")[0]) or titles["en"]
