"""The segments of a job as rows that a screen can show and a form can fill."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation


def fingerprint(text: str) -> str:
    """A short stamp of what a form showed, to notice that somebody else wrote meanwhile."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class Segment:
    """One string of the source with its translation, in reading order.

    ``source`` and ``target`` are plain text where the source has no markup, else HTML with inline
    tags; ``limit`` is the longest text in characters that the field can hold, or None.
    """

    pk: int
    path: str
    label: str
    source: str
    target: str
    is_html: bool
    limit: int | None
    error: str = ""
    conflict: str = ""
    words: int = field(init=False)
    shown_stamp: str = field(init=False)

    def __post_init__(self) -> None:
        self.words = len(self.source.split())
        self.shown_stamp = fingerprint(self.target)

    @property
    def is_done(self) -> bool:
        """Whether there is a translation without an error."""
        return bool(self.target) and not self.error

    @property
    def stamp(self) -> str:
        """Stamp of the stored translation."""
        return self.shown_stamp


def _label(page: Page, path: str) -> str:
    name = path.split(".")[0]
    try:
        label = str(page.specific_class._meta.get_field(name).verbose_name)
    except (FieldDoesNotExist, AttributeError):
        label = name.replace("_", " ")
    return label[:1].upper() + label[1:]


def _limit(page: Page, path: str) -> int | None:
    if "." in path:
        return None
    try:
        return getattr(page.specific_class._meta.get_field(path), "max_length", None)
    except FieldDoesNotExist:
        return None


def segments_of(translation: Translation, page: Page) -> list[Segment]:
    """All strings of ``translation`` in the order of the source page. One query."""
    rows = (
        StringSegment.objects.filter(source_id=translation.source_id)
        .order_by("order")
        .annotate_translation(translation.target_locale, include_errors=True)
        .select_related("string", "context")
    )
    errors = {
        (row.translation_of_id, row.context_id): row.field_error
        for row in StringTranslation.objects.filter(
            locale=translation.target_locale, context__object_id=translation.source.object_id, has_error=True
        )
    }
    found = []
    for row in rows:
        is_html = "<" in row.string.data
        key = (row.string_id, row.context_id)
        found.append(
            Segment(
                pk=row.pk,
                path=row.context.path,
                label=_label(page, row.context.path),
                source=row.string.data if is_html else html.unescape(row.string.data),
                target=(row.translation or "") if is_html else html.unescape(row.translation or ""),
                is_html=is_html,
                limit=_limit(page, row.context.path),
                error=(errors[key] or _("The markup does not fit the source.")) if key in errors else "",
            )
        )
    return found


@dataclass
class Written:
    """What came of a form: how many segments were saved, and which were refused with a sentence."""

    saved: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def write(translation: Translation, segments: Iterable[Segment], data: Mapping[str, str], user: object) -> Written:
    """Stores the translations of a submitted form, ``segment-<pk>`` with ``stamp-<pk>``.

    Only what the form changed is written. Where somebody else changed the same segment meanwhile
    nothing is overwritten: the segment is refused with a sentence and the typed text is handed back.
    """
    result = Written()
    for segment in segments:
        text = data.get(f"segment-{segment.pk}")
        if text is None:
            continue
        text = text.replace("\r\n", "\n").strip()
        shown = data.get(f"stamp-{segment.pk}", "")
        if fingerprint(text) in (shown, segment.stamp):
            continue
        if shown != segment.stamp:
            result.refused[segment.pk] = _("Somebody else changed this segment meanwhile: %(text)s") % {
                "text": segment.target
            }
        elif segment.limit and len(text) > segment.limit:
            result.refused[segment.pk] = _(
                "This field holds %(limit)s characters; your text has %(length)s. Shorten it."
            ) % {
                "limit": segment.limit,
                "length": len(text),
            }
        else:
            _store(translation, segment, text, user)
            result.saved += 1
            continue
        segment.target, segment.conflict = text, result.refused[segment.pk]
    return result


def _store(translation: Translation, segment: Segment, text: str, user: object) -> None:
    row = StringSegment.objects.get(pk=segment.pk)
    where = {"translation_of_id": row.string_id, "context_id": row.context_id, "locale": translation.target_locale}
    if not text:
        StringTranslation.objects.filter(**where).delete()
    else:
        StringTranslation.objects.update_or_create(
            **where,
            defaults={
                "data": text if segment.is_html else html.escape(text, quote=False),
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                "tool_name": "",
                "last_translated_by": user,
                "has_error": False,
                "field_error": "",
            },
        )
    segment.target = text
