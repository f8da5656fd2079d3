"""Places and kinds of the demo, in all languages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wagtail.models import Locale

from cms.core.models import Place, PublicationKind, WorkKind
from home.demo.texts import LANGUAGES, identifier, structure

Vocabulary = dict[str, dict[str, Any]]


def ensure_vocabulary() -> dict[str, Vocabulary]:
    """Makes what is missing. Returns rows by vocabulary ("places", "publication_kinds", "work_kinds"), code, language."""
    locales = {locale.language_code: locale for locale in Locale.objects.filter(language_code__in=LANGUAGES)}
    return {
        "places": _places(locales),
        "publication_kinds": _kinds(PublicationKind, "publication_kinds", locales),
        "work_kinds": _kinds(WorkKind, "work_kinds", locales),
    }


def _kinds(model: Any, name: str, locales: dict[str, Locale]) -> Vocabulary:
    found: Vocabulary = {}
    for order, (code, names) in enumerate(structure("vocabulary")[name]):
        # A kind that the site has already keeps its key, so that its translations stay together.
        known = model.objects.filter(code=code).first()
        key = known.translation_key if known else identifier(name, code)
        found[code] = {
            language: model.objects.get_or_create(
                code=code,
                locale=locale,
                defaults={"name": names[language], "sort_order": order, "translation_key": key},
            )[0]
            for language, locale in locales.items()
        }
    return found


def _places(locales: dict[str, Locale]) -> Vocabulary:
    found: Vocabulary = {}
    for row in structure("vocabulary")["places"]:
        found[row["code"]] = {
            language: Place.objects.get_or_create(
                translation_key=identifier("place", row["code"]),
                locale=locale,
                defaults=_place(row, language, found.get(row["parent"], {}).get(language)),
            )[0]
            for language, locale in locales.items()
        }
    return found


def _place(row: dict[str, Any], language: str, parent: Place | None) -> dict[str, Any]:
    latitude, longitude = row["position"] or (None, None)
    return {
        "name": row["names"][language],
        "kind": row["kind"],
        "parent": parent,
        "iso": row["iso"],
        "latitude": None if latitude is None else Decimal(str(latitude)),
        "longitude": None if longitude is None else Decimal(str(longitude)),
        "precision": Place.Precision.CITY if row["kind"] == "city" else Place.Precision.COUNTRY,
        "sensitive": row.get("sensitive", False),
        "alternative_names": "\n".join(row["other"]),
    }
