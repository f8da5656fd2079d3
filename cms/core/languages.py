"""Names and directions of languages, for readers: of pages, of files, of quotations."""

from __future__ import annotations

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info, gettext


def language_choices() -> list[tuple[str, str]]:
    """Languages that a file or a quotation can have: the site's own first, then all that Django knows."""
    own = [(code, str(name)) for code, name in settings.LANGUAGES]
    codes = {code for code, _name in own}
    rest = sorted(
        ((code, info["name"]) for code, info in LANG_INFO.items() if "name" in info and code not in codes),
        key=lambda choice: choice[1],
    )
    return [*own, *rest]


def autonym(code: str) -> str:
    """The language's name in itself ("Deutsch"); the code where nobody knows one."""
    try:
        name: str = get_language_info(code)["name_local"]
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


def language_name(code: str) -> str:
    """The language's name in the active language ("German")."""
    try:
        return gettext(get_language_info(code)["name"])
    except KeyError:
        return code


def direction(code: str) -> str:
    """``"rtl"`` or ``"ltr"``."""
    return "rtl" if code.split("-")[0] in settings.LANGUAGES_BIDI else "ltr"


def foreign_note(code: str) -> str:
    """What marks a text that isn't in the page's language: "in English"."""
    return gettext("in %(language)s") % {"language": language_name(code)}
