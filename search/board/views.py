"""The board of what readers look for and don't find, for editors and administrators. Works without JavaScript.

It says that a term was searched, and nothing about whether something has it that its reader may not know of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.log_actions import log

from access.views import there_for
from access.visitor import Visitor, account_of
from search import registry
from search.board import figures, promotions
from search.board.adoption import AdoptionRefused, glossary
from search.board.keeping import still_lacking
from search.board.people import PEOPLE
from search.models import SearchPromotion, WantedTerm
from search.parameters import printable
from search.permissions import may_keep_board

if TYPE_CHECKING:
    from search.subjects import Subject

ROWS = 25
"""Of a page of the board: each is searched for again when the page is shown."""
DONE_SHOWN = 100
ENTRIES_SHOWN = 6
LONGEST = 300
_for_keepers = there_for(may_keep_board)


@_for_keepers
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What nobody has decided about, the terms wanted most first; what was decided; what stands on top of searches."""
    user = account_of(request)
    language = _language(request)
    rows = _open()
    if language:
        rows = rows.filter(language=language)
    page = WagtailPaginator(rows, ROWS).get_page(request.GET.get("p"))
    done = list(WantedTerm.objects.exclude(state=WantedTerm.State.OPEN)[:DONE_SHOWN])
    taking, promoted = glossary(), list(SearchPromotion.objects.all()[:DONE_SHOWN])
    entries = taking.known({row.adopted_by for row in done if row.adopted_by}, user) if taking else {}
    context = {
        "page": page,
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
        "rows": still_lacking(page.object_list),
        "languages": [("", _("All languages")), *settings.LANGUAGES],
        "language": language,
        "done": [(row, entries.get(row.adopted_by)) for row in done],
        "promoted": list(zip(promoted, _subjects([row.key for row in promoted], request), strict=True)),
        "people": PEOPLE,
        "days": settings.SEARCH_STATISTICS_DAYS,
        "page_title": _("Searched and not found"),
    }
    return render(request, "search/board/index.html", context)


@_for_keepers
@require_safe
def term(request: HttpRequest, pk: int) -> HttpResponse:
    """One term, with terms of the glossary and pages to choose from."""
    row = get_object_or_404(WantedTerm, pk=pk)
    named, thing = (printable(request.GET.get(name, ""))[:LONGEST] for name in ("term", "thing"))
    taking, known = glossary(), registry.subjects()
    context = {
        "row": row,
        "named": named,
        "thing": thing,
        "has_glossary": taking is not None,
        "entries": taking.alike(named or row.query, row.language, account_of(request), ENTRIES_SHOWN) if taking else [],
        "subjects": known.find(thing, Visitor.of(request)) if known and thing else [],
        "page_title": row.query,
    }
    return render(request, "search/board/term.html", context)


@_for_keepers
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """How many searches there were, and how they went."""
    days = figures.last_days()
    language = _language(request)
    shown = [day for day in days if not language or day.language == language]
    context = {
        "by_language": figures.by_language(days),
        "by_day": [(day, figures.Figures.of([day])) for day in shown],
        "languages": [("", _("All languages")), *settings.LANGUAGES],
        "language": language,
        "days": settings.SEARCH_STATISTICS_DAYS,
        "days_shown": figures.DAYS_SHOWN,
        "page_title": _("Search statistics"),
    }
    return render(request, "search/board/statistics.html", context)


@_for_keepers
@require_POST
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts the term into the draft of the glossary term ``key``."""
    row = get_object_or_404(WantedTerm, pk=pk)
    taking, key = glossary(), printable(request.POST.get("key", ""))
    try:
        if taking is None or key.rpartition("/")[2] != row.language:
            raise AdoptionRefused(_("Choose a term in the language of the search."))
        entry = taking.adopt(key, row.query, account_of(request))
    except AdoptionRefused as err:
        messages.error(request, str(err))
        return redirect("search_board_term", row.pk)
    WantedTerm.objects.filter(pk=row.pk).update(state=WantedTerm.State.ADOPTED, adopted_by=entry.key)
    said = _("“%(word)s” is in a draft of “%(term)s”. Readers find it once the draft was submitted and approved.")
    buttons = [messages.button(entry.url, _("Open the draft"))]
    messages.success(request, said % {"word": row, "term": entry.title}, buttons=buttons)
    return redirect("search_board")


@_for_keepers
@require_POST
def promote(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the page ``key`` to whoever searches for the term and may see it."""
    row = get_object_or_404(WantedTerm, pk=pk)
    key = printable(request.POST.get("key", ""))
    (subject,) = _subjects([key], request)
    document = registry.documents([key]).get(key) if subject else None
    if document is None:
        messages.error(request, _("Only a published page that you may see can be shown. Choose another one."))
        return redirect("search_board_term", row.pk)
    found, _is_new = SearchPromotion.objects.update_or_create(
        language=row.language,
        query=row.query,
        defaults={"kind": document.kind, "key": key, "made_by": account_of(request)},
    )
    log(instance=found, action="search.promote", user=account_of(request), data={"key": key})
    promotions.forget()
    messages.success(
        request, _("Whoever searches for “%(word)s” and may see the page finds it on top.") % {"word": row}
    )
    return redirect("search_board")


@_for_keepers
@require_POST
def settle(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """``ignore``, or ``reopen`` what was ignored or put into a draft."""
    row = get_object_or_404(WantedTerm, pk=pk)
    state = WantedTerm.State.IGNORED if action == "ignore" else WantedTerm.State.OPEN
    WantedTerm.objects.filter(pk=row.pk).update(state=state, adopted_by="")
    said = _("“%(word)s” is ignored.") if action == "ignore" else _("“%(word)s” is on the board again.")
    messages.success(request, said % {"word": row})
    return redirect("search_board")


@_for_keepers
@require_POST
def demote(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a page from the top of a search."""
    row = get_object_or_404(SearchPromotion, pk=pk)
    log(instance=row, action="search.demote", user=account_of(request), data={"key": row.key})
    row.delete()
    promotions.forget()
    messages.success(request, _("No page stands on top of “%(word)s” any more.") % {"word": row})
    return redirect("search_board")


def _open() -> QuerySet[WantedTerm]:
    promoted = SearchPromotion.objects.filter(language=OuterRef("language"), query=OuterRef("query"))
    return WantedTerm.objects.filter(~Exists(promoted), state=WantedTerm.State.OPEN)


def _subjects(keys: list[str], request: HttpRequest) -> list[Subject | None]:
    """The pages that the user may know of, None in the place of others."""
    known = registry.subjects()
    found = known.known(keys, Visitor.of(request)) if known and keys else {}
    return [found.get(key) for key in keys]


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else ""
