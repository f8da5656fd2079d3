"""Says which requests pages of other sites may read the answer of."""

from __future__ import annotations

from typing import Any

from corsheaders.signals import check_request_enabled
from django.conf import settings
from django.http import HttpRequest

API = "/api/v1/"


def _asks_the_api_as_anybody(sender: object, request: HttpRequest, **kwargs: Any) -> bool:
    """Whether an answer to ``request`` is one that anybody gets: of the API, and without anything that could be a sign-in."""
    return (
        request.path_info.startswith(API)
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "Authorization" not in request.headers
    )


def register_signal_handlers() -> None:
    """Connects the handler; called once from ``ready()``."""
    check_request_enabled.connect(_asks_the_api_as_anybody, dispatch_uid="search.cors")
