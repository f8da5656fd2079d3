"""Tells the workbench that the demo's translations are translations, segment by segment."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from home.demo.publishing import Press
from home.demo.texts import LANGUAGES
from translations.models import TranslationJob
from workflows.content import content_hash

SOURCE = LANGUAGES[0]
Segments = dict[str, list[str]]


def ensure_jobs(press: Press) -> int:
    """Makes a job for each translated page that has none, with its strings as translation memory; returns how many."""
    known = set(TranslationJob.objects.values_list("translation__source__object_id", "translation__target_locale"))
    by_work: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for (key, language), page in press.pages.items():
        by_work[key][language] = page
    made = 0
    for key, pages in by_work.items():
        missing = [
            code for code in pages if code != SOURCE and (key, press.locales[code].pk) not in known and pages[code].live
        ]
        if missing and SOURCE in pages:
            made += _make_jobs(press, pages, missing)
    return made


def _make_jobs(press: Press, pages: dict[str, Any], languages: list[str]) -> int:
    original = pages[SOURCE]
    source, _created = TranslationSource.update_or_create_from_instance(original)
    rows = list(StringSegment.objects.filter(source=source).select_related("string", "context"))
    for language in languages:
        translation, _created = Translation.objects.get_or_create(source=source, target_locale=press.locales[language])
        revision = original.live_revision
        TranslationJob.objects.create(
            translation=translation,
            source_revision=revision,
            source_hash=content_hash(revision.content),
            requested_by=press.people["editor"],
        )
        _remember(press, rows, _segments(original), _segments(pages[language]), language)
    return len(languages)


def _segments(page: Any) -> Segments:
    """The strings of a page by where they stand, in their order."""
    found: Segments = defaultdict(list)
    for segment in extract_segments(page):
        if isinstance(segment, StringSegmentValue):
            found[segment.path].append(segment.string.data)
    return found


def _remember(press: Press, rows: list[StringSegment], source: Segments, target: Segments, language: str) -> None:
    """Pairs strings that stand at the same place. A text that is built otherwise in the translation is left out."""
    pairs: dict[tuple[int, int], str] = {}
    for row in rows:
        path, here = row.context.path, row.string.data
        said, ours = source.get(path, []), target.get(path, [])
        if len(said) == len(ours) and here in said:
            pairs[row.string_id, row.context_id] = ours[said.index(here)]
    StringTranslation.objects.bulk_create(
        [
            StringTranslation(
                translation_of_id=string,
                context_id=context,
                locale=press.locales[language],
                data=data,
                translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
                last_translated_by=press.writer(language),
            )
            for (string, context), data in pairs.items()
        ],
        ignore_conflicts=True,
    )
