"""How things are written for a reader: dates, sizes, numbers, names of languages, pictures of the sheet.

Presentation only: nothing here asks the database.
"""

from __future__ import annotations

from datetime import date, datetime
from zlib import crc32

from django import template
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue, StructValue

register = template.Library()

# Scripts whose readers expect their own digits (CLDR default numbering of the plain locale).
DIGITS = {"ar": dict(zip(map(ord, "0123456789"), "٠١٢٣٤٥٦٧٨٩", strict=True))}
ARABIC_SEPARATORS = {ord(","): "٬", ord("."): "٫"}
# Django's French catalogue writes "Anglais"; within a sentence it is "anglais".
LOWER_CASE_LANGUAGE_NAMES = frozenset({"fr", "es", "it", "pt"})
COVER_DRAWINGS = 4
ISOLATES = dict.fromkeys(range(0x2066, 0x206A))


def _active() -> str:
    return (get_language() or "en").lower()


def _digits(text: str) -> str:
    table = DIGITS.get(_active())
    return text.translate(table) if table else text


def _number(value: float, decimals: int = 0) -> str:
    """Grouped from 1,000 on, in Spanish from 10,000 on; Django's Arabic format has no grouping at all."""
    if _active() in DIGITS:
        return f"{value:,.{decimals}f}".translate(DIGITS[_active()] | ARABIC_SEPARATORS)
    smallest_grouped = 10_000 if _active().startswith("es") else 1000
    return number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=abs(value) >= smallest_grouped)


@register.filter
def num(value: float | str | None) -> str:
    """A number as the reader writes it: grouped thousands, own digits. Text that is no number keeps its letters."""
    if value is None:
        return ""
    return _digits(value) if isinstance(value, str) else _number(value)


@register.filter
def plain_num(value: int | str | None) -> str:
    """A number that is a name (year, page, version): own digits, never grouped."""
    return "" if value is None else _digits(str(value))


@register.filter
def isolated(text: str) -> str:
    """``text`` between the signs that ``<bdi>`` stands for, where no elements can be, as in a title."""
    return f"\u2068{text.translate(ISOLATES)}\u2069"  # one within would end it


@register.filter
def date_words(value: date | datetime | None, style: str = "day") -> str:
    """``14 May 2025`` in the reader's language; ``style="month"`` gives ``May 2025``."""
    if value is None:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    wanted = "F Y" if style == "month" else "DATE_FORMAT"
    return _digits(date_format(value, wanted, use_l10n=True))


@register.simple_tag
def reader_date(value: date | datetime | None, style: str = "day") -> SafeString | str:
    """``<time>`` with the machine's date as attribute and the reader's as text; empty for no date."""
    if value is None:
        return ""
    machine = value.strftime("%Y-%m" if style == "month" else "%Y-%m-%d")
    return format_html('<time datetime="{}">{}</time>', machine, date_words(value, style))


@register.filter
def file_size(size: int | None) -> str:
    """Bytes as ``380 kB`` or ``2.4 MB`` (powers of 1000, as download managers and phones count)."""
    if not size:
        return ""
    for unit, text in ((1e9, _("%(size)s GB")), (1e6, _("%(size)s MB")), (1e3, _("%(size)s kB"))):
        if round(size / unit, 1) >= 1 or unit == 1e3:
            amount = max(size / unit, 0.1)
            return text % {"size": _number(amount, 0 if amount >= 10 else 1)}
    return ""


def _language_name(code: str) -> str:
    """``German``, in the reader's language and as written within a sentence."""
    info = _info(code)
    if not info:
        return code
    name: str = _(str(info["name"]))
    return name.lower() if _active().split("-")[0] in LOWER_CASE_LANGUAGE_NAMES else name


def _language_dir(code: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if _info(code).get("bidi") else "ltr"


def _info(code: str) -> dict[str, str | bool]:
    """Django's entry of a language, or of the language without its country; ``{}`` when unknown."""
    wanted = (code or "").lower()
    for candidate in (wanted, wanted.split("-")[0]):
        entry = LANG_INFO.get(candidate)
        if entry and "name" in entry:
            return entry
    return {}


@register.filter
def is_other_language(code: str) -> bool:
    """True when text in this language stands on a page of another one."""
    return bool(code) and code.lower().split("-")[0] != _active().split("-")[0]


@register.simple_tag
def lang_attrs(code: str) -> SafeString | str:
    """`` lang="de" dir="ltr"`` for an element whose text is not in the page's language, else nothing."""
    if not code or not is_other_language(code):
        return ""
    return format_html(' lang="{}" dir="{}"', code, _language_dir(code))


@register.simple_tag
def other_mark(code: str) -> SafeString | str:
    """The visible mark ``in English`` beside a text in another language than the page; else nothing."""
    if not code or not is_other_language(code):
        return ""
    words = _("in %(language)s") % {"language": _language_name(code)}
    return format_html(' <span class="other">{}</span>', words)


@register.simple_tag
def product_name() -> str:
    """What the admin calls itself (``WAGTAIL_SITE_NAME``)."""
    return str(settings.WAGTAIL_SITE_NAME)


@register.simple_tag
def glyph(name: str, classname: str = "") -> SafeString:
    """A decorative picture of the sprite; ``flip`` as class for arrows that mirror with the script."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {classname}" if classname else "",
        static("cms/glyphs.svg"),
        name,
    )


@register.simple_tag
def drawing(name: str, viewbox: str, classname: str = "") -> SafeString:
    """A larger drawing of the sprite (covers, posters), decorative."""
    return format_html(
        '<svg class="{}" viewBox="{}" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><use href="{}#{}"/></svg>',
        classname,
        viewbox,
        static("cms/glyphs.svg"),
        name,
    )


@register.filter
def is_long_title(title: str) -> bool:
    """True for a title that the largest letters would tear: a very long word, or many of them."""
    return len(title) > 80 or any(len(word) > 20 for word in title.split())


@register.filter
def headings(body: StreamValue | None) -> list[StructValue]:
    """The second-level headings of a body, for "On this page"."""
    return [block.value for block in body or [] if block.block_type == "heading" and block.value["level"] == "h2"]


@register.filter
def cover_number(key: object) -> int:
    """Which of the drawn covers a work gets: the same on every page."""
    return crc32(str(key).encode()) % COVER_DRAWINGS


@register.simple_tag
def cover_drawing(key: object) -> str:
    """Address of the picture on a drawn cover."""
    return f"{static('cms/glyphs.svg')}#cover-{cover_number(key)}"
