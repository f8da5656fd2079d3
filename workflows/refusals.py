"""What the admin does with a refusal: nothing of the request is kept, and the person reads why.

Wagtail's admin turns PermissionDenied into a redirect with a stock sentence, and since the view
then ends well, ``ATOMIC_REQUESTS`` commits what came before the refusal. Some of its views catch
the exception themselves. So the gate notes its refusals here, and the wrapper around the admin's
addresses rolls back and says the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from wagtail.utils.urlpatterns import decorate_urlpatterns

from workflows.exceptions import Overtaken

_refusals: ContextVar[list[PermissionDenied] | None] = ContextVar("workflows.refusals", default=None)


def note_refusal(refusal: PermissionDenied) -> None:
    """Remembers ``refusal`` for the wrapper of the running admin request, if there is one."""
    if (noted := _refusals.get()) is not None:
        noted.append(refusal)


def guarded(urlpatterns: list[Any]) -> list[Any]:
    """``urlpatterns`` with every view wrapped, so that a refused publication leaves nothing behind."""
    return list(decorate_urlpatterns(urlpatterns, _refuse_whole))


def _refuse_whole(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        noted: list[PermissionDenied] = []
        token = _refusals.set(noted)
        try:
            response = view(request, *args, **kwargs)
        except ValidationError as invalid:
            # Valid when its form was checked, and not any more when it was saved: autosave and "Submit" of a new
            # page may reach two processes at the same moment.
            return _refused(request, _changed_meanwhile(invalid))
        finally:
            _refusals.reset(token)
        return _answer(request, noted[0], response) if noted else response

    return wrapped


def _answer(request: HttpRequest, refusal: PermissionDenied, response: HttpResponse) -> HttpResponse:
    if isinstance(refusal, Overtaken) and response.status_code != HTTPStatus.FOUND:
        # The editor says it itself, and keeps what was typed; autosave wants JSON.
        _take_back()
        return response
    return _refused(request, str(refusal))


def _take_back() -> None:
    if connection.in_atomic_block:
        transaction.set_rollback(True)


def _changed_meanwhile(invalid: ValidationError) -> str:
    return gettext(
        "Nothing was saved, because it was saved elsewhere at the same moment: %(reason)s Open it again."
    ) % {"reason": " ".join(invalid.messages)}


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    _take_back()
    for _stock_sentence in messages.get_messages(request):
        pass  # read, and so dropped: it says that permission is missing, which is not the reason
    messages.error(request, reason)
    return redirect("wagtailadmin_home")
