"""The admin's screen of search, for administrators; a 404 for all others. Works without JavaScript.

Numbers of things are shown to those only who may see all things; titles of those that one may know of.
"""

from __future__ import annotations

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
REBUILDS_SHOWN = 5
LONGEST = 300
_for_administrators = there_for(may_run_search)


@_for_administrators
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """How search is, what was set aside, the last rebuilds, and the way to the question why."""
    visitor = Visitor.of(request)
    parked = _parked(visitor)
    now = status.read()
    context = {
        "status": now,
        "lag_seconds": round(now.lag.total_seconds()),
        "parked": parked,
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
        rows = _parked(Visitor.of(request))
        outbox.retry_parked([row.key for row, _subject in rows])
        messages.success(request, _("What was set aside is tried again."))
        return redirect("search_admin")
    try:
        rebuilding.ask(SearchRebuild.Kind(action), user)
    except SearchError:
        messages.error(request, _("Not now: another rebuild waits or runs, or the search engine can’t answer."))
    else:
        messages.success(request, _("The worker begins within seconds."))
    return redirect("search_admin")


def _parked(visitor: Visitor) -> list[tuple[SearchOutbox, Subject]]:
    """Rows that were set aside, with the things that ``visitor`` may know of; a superuser gets the others by their key."""
    rows = list(SearchOutbox.objects.filter(parked=True).order_by("-pk")[:PARKED_SHOWN])
    known = registry.subjects()
    subjects = known.known([row.key for row in rows], visitor) if known and rows else {}
    if visitor.sees_all_restrictions:
        return [(row, subjects.get(row.key) or _unknown(row.key)) for row in rows]
    return [(row, subjects[row.key]) for row in rows if row.key in subjects]


def _unknown(key: str) -> Subject:
    """Stands for a thing that is gone."""
    return Subject(key, key, "", "", "", is_public=False, publication="", readers="", reads_all=False)
