"""The admin's screen of search, for administrators; a 404 for all others. Works without JavaScript.

Numbers of things are shown to those only who may see all things; titles of those that one may know of.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access.views import there_for
from access.visitor import Visitor, account_of
from search import outbox, rebuilding, registry, status
from search.diagnosis import steps
from search.exceptions import SearchError
from search.models import SearchOutbox, SearchRebuild
from search.parameters import printable
from search.permissions import may_run_search
from search.subjects import Subject

PARKED_SHOWN = 50
KEYS_AT_ONCE = 500
REBUILDS_SHOWN = 5
LONGEST = 300
_for_administrators = there_for(may_run_search)


@_for_administrators
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """How search is, what was set aside, the last rebuilds, and the way to the question why."""
    visitor = Visitor.of(request)
    keys = _parked(visitor)
    now = status.read()
    context = {
        "status": now,
        "lag_seconds": round(now.lag.total_seconds()),
        "parked": _shown(keys[:PARKED_SHOWN], visitor),
        "parked_count": len(keys),
        "parked_shown": PARKED_SHOWN,
        "rebuilds": SearchRebuild.objects.select_related("asked_by")[:REBUILDS_SHOWN],
        "is_busy": SearchRebuild.objects.filter(state__in=("waiting", "running")).exists(),
        "shows_numbers": visitor.sees_all_restrictions,
        "page_title": _("Search index"),
    }
    return render(request, "search/admin/index.html", context)


@_for_administrators
@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """Why a thing is found or not, and by whom."""
    visitor = Visitor.of(request)
    thing, key, query = (printable(request.GET.get(name, ""))[:LONGEST] for name in ("thing", "key", "q"))
    known = registry.subjects()
    subjects = list(known.known([key], visitor).values()) if known and key else []
    choices = known.find(thing, visitor) if known and thing and not subjects else []
    if len(choices) == 1:
        subjects = choices
    subject = subjects[0] if subjects else None
    context = {
        "thing": thing or (subject.title if subject else ""),
        "query": query,
        "choices": [] if subject else choices,
        "subject": subject,
        "steps": steps(subject, query, visitor) if subject else [],
        "is_asked": bool(thing or key),
        "page_title": _("Why is it found, or not?"),
    }
    return render(request, "search/admin/why.html", context)


@_for_administrators
@require_POST
def act(request: HttpRequest, action: str) -> HttpResponse:
    """``rebuild``, ``rollback`` or ``retry``; the worker does what takes long."""
    user = account_of(request)
    if action == "retry":
        for keys in _parts(_parked(Visitor.of(request))):
            outbox.retry_parked(keys)
        messages.success(request, _("What was set aside is tried again."))
        return redirect("search_admin")
    try:
        rebuilding.ask(SearchRebuild.Kind(action), user)
    except SearchError:
        messages.error(request, _("Not now: another rebuild waits or runs, or the search engine can’t answer."))
    else:
        messages.success(request, _("The worker begins within seconds."))
    return redirect("search_admin")


def _parked(visitor: Visitor) -> list[str]:
    """Keys of all that was set aside and that ``visitor`` may know of, the newest first; a superuser gets the others too."""
    rows = SearchOutbox.objects.filter(parked=True).order_by("-pk")
    keys = list(dict.fromkeys(rows.values_list("key", flat=True)))
    if visitor.sees_all_restrictions:
        return keys
    may_know = {key for part in _parts(keys) for key in _known(part, visitor)}
    return [key for key in keys if key in may_know]


def _shown(keys: Sequence[str], visitor: Visitor) -> list[tuple[SearchOutbox, Subject]]:
    """The newest row of each of ``keys``, with the thing or, where that is gone, its key."""
    rows = {row.key: row for row in SearchOutbox.objects.filter(parked=True, key__in=keys).order_by("pk")}
    known = _known(keys, visitor)
    return [(rows[key], known.get(key) or _unknown(key)) for key in keys if key in rows]


def _known(keys: Sequence[str], visitor: Visitor) -> dict[str, Subject]:
    known = registry.subjects()
    return known.known(keys, visitor) if known and keys else {}


def _parts(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE)]


def _unknown(key: str) -> Subject:
    """Stands for a thing that is gone."""
    return Subject(key, key, "", "", "", is_public=False, publication="", readers="", reads_all=False)
