"""The result page and the public API. Only GET and HEAD; every input that is text gives an answer."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.visitor import Visitor
from search.board.counting import note
from search.exceptions import EngineUnavailableError, OverBudgetError
from search.exports import EXPORT_SIZE, as_csv, part
from search.facets import histogram
from search.help import FIELDS, WORDS
from search.instead import How
from search.limits import limited, refusal, spending
from search.openapi import document
from search.parameters import ParameterError, Parameters, read_kindly, read_strictly
from search.presentation import INSTEAD, SORT_NAMES, chips, facet_groups, notices, pager, shown_range
from search.query import MAX_CHARACTERS, MAX_TERMS, parse
from search.ranking import PAGE_LINKS, PAGE_LINKS_FOLDED
from search.results import Answer, Instead, answer, suggestions
from search.snippets import Result, Snippet

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 15
ApiView = Callable[[HttpRequest], HttpResponse]


@require_safe
@limited
def results(request: HttpRequest) -> HttpResponse:
    """``/{lang}/search/``: results with filters, 503 with a notice where the engine can't answer."""
    parameters = read_kindly(request.GET, get_language() or "en")
    context: dict[str, Any] = {"parameters": parameters, "query": parse(parameters.q).quotable}
    try:
        found = answer(parameters, Visitor.of(request))
    except EngineUnavailableError as err:
        _log(err)
        response = render(request, "search/results.html", context | {"unavailable": True}, status=503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        response["Cache-Control"] = "no-store"
        return response
    note(request, found)
    return render(request, "search/results.html", context | _context(found))


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """``/{lang}/search/help/``: what can be written in the field of search."""
    groups = [(_("Words and phrases"), "words", WORDS), (_("Fields"), "fields", FIELDS)]
    limits = {"characters": MAX_CHARACTERS, "terms": MAX_TERMS}
    return render(request, "search/help.html", {"groups": groups, "limits": limits})


def api(view: ApiView) -> Callable[[HttpRequest], HttpResponse]:
    """Makes errors of ``view`` the API's: 405, 400 with code, message and parameter, 429 and 503 with Retry-After."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            response = _error(405, "method_not_allowed", _("Only GET and HEAD are answered."))
            response["Allow"] = "GET, HEAD"
            return response
        try:
            with spending(request):
                return view(request)
        except ParameterError as err:
            return _error(400, err.code, err.message, err.parameter)
        except OverBudgetError as err:
            return _later(429, "too_many_requests", refusal(), err.seconds)
        except EngineUnavailableError as err:
            _log(err)
            return _later(503, "search_unavailable", _("Search can't answer at the moment."), RETRY_AFTER_SECONDS)

    return wrapped


@api
def search_api(request: HttpRequest) -> JsonResponse:
    """``/api/v1/search``: the same search as JSON."""
    parameters = read_strictly(request.GET)
    with override(parameters.language):
        found = answer(parameters, Visitor.of(request))
        note(request, found)
        data = _answer_data(found)
        response = _json(data)
        # How long it took is another number each time, and no reason to send the same hits again.
        _tag(request, response, json.dumps({**data, "took_ms": 0}, sort_keys=True))
        return response


@api
def suggest_api(request: HttpRequest) -> JsonResponse:
    """``/api/v1/suggest``: things whose title begins like what was typed so far."""
    for name in request.GET:
        if name not in ("q", "lang"):
            raise ParameterError("unknown_parameter", _("There is no parameter of this name."), name)
    parameters = read_strictly(request.GET)
    text = parse(parameters.q).text
    with override(parameters.language):
        found = suggestions(text, parameters.language, Visitor.of(request))
        return _json(
            {
                "query": text,
                "language": parameters.language,
                "suggestions": [
                    {"text": each.text, "kind": each.kind, "kind_label": each.kind_label, "url": each.url}
                    for each in found
                ],
            }
        )


@api
def export_api(request: HttpRequest) -> HttpResponse:
    """``/api/v1/export``: the results as records, JSON or CSV, the newest first, part by part."""
    asked = request.GET.copy()
    form, cursor = asked.get("format", "json"), asked.get("cursor", "")
    for name in ("format", "cursor"):
        asked.pop(name, None)
    for name in ("sort", "page"):
        if name in asked:
            raise ParameterError("unknown_parameter", _("There is no parameter of this name."), name)
    if form not in ("json", "csv"):
        raise ParameterError("invalid_value", _("This value can't be used."), "format")
    parameters = read_strictly(asked)
    with override(parameters.language):
        found = part(parameters, Visitor.of(request), cursor)
    following = ""
    if found.cursor:
        kept = [("lang", parameters.language), ("format", form), *parameters.pairs(), ("cursor", found.cursor)]
        following = f"{settings.SITE_URL}{reverse('search_export_api')}?{urlencode(kept)}"
    if form == "csv":
        response = HttpResponse(as_csv(found.rows, is_first=not cursor), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="results.csv"'
    else:
        data = {"total": found.total, "cursor": found.cursor or None, "next": following or None}
        response = _json({**data, "results": list(found.rows)})
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    _tag(request, response, f"{response.content.decode()} {following}")
    return response


@api
def schema_api(request: HttpRequest) -> JsonResponse:
    """``/api/v1/schema``: this API in OpenAPI 3.1."""
    return _json(document())


def _context(found: Answer) -> dict[str, Any]:
    first, last = shown_range(found)
    return {
        "answer": found,
        "chips": chips(found),
        "all_removed": replace(found.parameters, filters={}, within="", page=1).address(),
        "suggested_url": found.parameters.address(q=found.suggestion, page=1),
        "instead": _instead(found.instead) if found.instead else None,
        "promoted": _entry(found.promoted) if found.promoted else None,
        "as_typed_url": found.parameters.address(expand=False, page=1),
        "with_names_url": found.parameters.address(expand=True, page=1),
        "facets": facet_groups(found),
        "years": histogram(found.facets["year"], found.parameters),
        "year_range": found.parameters.years[0] if len(found.parameters.years) == 1 else None,
        "sorts": [(sort.value, name, sort == found.parameters.sort) for sort, name in SORT_NAMES.items()],
        "hidden_for_sort": [(n, v) for n, v in found.parameters.pairs() if n not in ("sort", "page")],
        "hidden_for_filters": _hidden_for_filters(found.parameters),
        "entries": [_entry(result) for result in found.results],
        "pager": pager(found),
        "notices": notices(found),
        "first": first,
        "last": last,
        "first_page_url": found.parameters.address(page=1),
        "kept": f"?{urlencode([pair for pair in found.parameters.pairs() if pair[0] not in ('sort', 'page')])}",
        "export_size": EXPORT_SIZE,
        "api_query": f"?lang={found.parameters.language}&{found.parameters.address(page=1)[1:]}",
    }


def _instead(instead: Instead) -> dict[str, Any]:
    return {
        "label": INSTEAD[instead.how],
        "entries": [_entry(result) for result in instead.results],
        "url": instead.parameters.address(page=1) if instead.how == How.OTHER_LANGUAGES else "",
    }


def _hidden_for_filters(parameters: Parameters) -> list[tuple[str, str]]:
    """What the form of filters carries along: words and order, and years that its two fields can't say."""
    names = {"q", "sort", "expand", "within"} | (set() if len(parameters.years) == 1 else {"year"})
    return [(name, value) for name, value in parameters.pairs() if name in names]


def _entry(result: Result) -> dict[str, Any]:
    numbers = sorted(result.pages, key=lambda link: link.number)
    best = sorted(result.pages[:PAGE_LINKS], key=lambda link: link.number)
    folded = [link for link in numbers if link not in best]
    return {
        "result": result,
        "best_pages": best,
        "folded_pages": folded[:PAGE_LINKS_FOLDED],
        "more_pages": len(folded),
        "beyond_pages": max(0, len(folded) - PAGE_LINKS_FOLDED),
    }


def _answer_data(found: Answer) -> dict[str, Any]:
    parameters = found.parameters
    return {
        "query": found.query.text,
        "language": parameters.language,
        "total": found.total,
        "total_relation": found.total_relation,
        "page": parameters.page,
        "pages": found.pages,
        "took_ms": found.took_ms,
        "engine": found.engine,
        "reduced": found.reduced,
        "suggestion": found.suggestion or None,
        "expanded": [{"from": each.words, "to": [name for name, _ in each.names]} for each in found.expanded],
        "notices": list(notices(found)),
        "results": [_result_data(result) for result in found.results],
        "instead": _instead_data(found.instead) if found.instead else None,
        "promoted": _result_data(found.promoted) if found.promoted else None,
        "facets": {
            facet: [
                {"value": entry.value, "label": entry.label, "count": entry.count, "selected": entry.selected}
                for entry in entries
            ]
            for facet, entries in found.facets.items()
        },
    }


def _instead_data(instead: Instead) -> dict[str, Any]:
    results = [_result_data(result) for result in instead.results]
    return {"how": instead.how.value, "total": instead.total, "results": results}


def _result_data(result: Result) -> dict[str, Any]:
    return {
        "key": result.key,
        "kind": result.kind,
        "language": result.language,
        "title": result.title,
        "url": result.url,
        "summary": result.summary,
        "date": result.date.isoformat() if result.date else None,
        "snippets": [_snippet_data(snippet) for snippet in result.snippets],
    }


def _snippet_data(snippet: Snippet) -> dict[str, Any]:
    data: dict[str, Any] = {"html": snippet.html, "source": snippet.source, "language": snippet.language}
    if snippet.source == "file":
        data |= {
            "document": snippet.document,
            "version": snippet.version,
            "page": snippet.page,
            "url": snippet.url,
        }
    return data


def _json(data: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})


def _tag(request: HttpRequest, response: HttpResponse, shown: str) -> None:
    """An ETag made of what the answer shows and nothing else: no state of the index, which changes with what is hidden.

    None for who signed in: no cache keeps their answers.
    """
    if not Visitor.of(request).has_account:
        response["ETag"] = f'W/"{hashlib.sha256(shown.encode()).hexdigest()[:32]}"'


def _error(status: int, code: str, message: str, parameter: str | None = None) -> JsonResponse:
    return _json({"error": {"code": code, "message": message, "parameter": parameter}}, status)


def _later(status: int, code: str, message: str, seconds: int) -> JsonResponse:
    """An error that is over in ``seconds``."""
    response = _error(status, code, message)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


def _log(err: EngineUnavailableError) -> None:
    logger.warning("Search can't answer.", extra={"event": "search_unavailable", "reason": str(err)})
