"""What an operator forgets and nothing else says, as system checks of ``check --deploy``, which the web server asks too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


@checks.register("search", deploy=True)
def readers_can_be_told_apart(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Behind a web server all readers come from its address: nobody is refused, and no word is ever wanted by five."""
    if not settings.SECURE_PROXY_SSL_HEADER or settings.CLIENT_ADDRESS_HEADER:
        return []
    return [
        checks.Warning(
            "CLIENT_ADDRESS_HEADER is empty: behind a web server all readers are one to the limits of search and its board.",
            hint=(
                "Name the header that the web server in front sets, such as X-Real-IP, or REMOTE_ADDR where it hands on "
                "the address of the connection itself (PROXY protocol)."
            ),
            id="search.W001",
        )
    ]
