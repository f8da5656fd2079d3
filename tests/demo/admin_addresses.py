"""Every address of the admin, read from the URL configuration: a screen that an update adds is asked too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
FIXED = {
    "app_label": ["wagtailcore"],
    "model_name": ["page"],
    "app_name": ["documents"],
    "content_type_app_name": ["publications"],
    "content_type_model_name": ["publicationpage"],
    "model": ["place"],
    "action": ["delete", "move", "publish", "unpublish"],
    "action_name": ["approve", "copy", "unpublish"],
    "filter_spec": ["width-100"],
    "uidb64": ["MQ"],
    "token": ["abc-def"],
    "revision_id_a": ["earliest"],
    "revision_id_b": ["latest"],
    "session_id": ["999999"],
}
PAGES = ("page_id", "parent_page_id", "page_to_move_id", "page_pk", "object_id")
SKIPPED = ("admin/logout/", "admin/failwhale/", "admin/test404/", "admin/jsi18n/", "admin/sprite/")


def patterns() -> list[str]:
    """Every route below ``/admin/``, with its parameters as they are written there."""
    return sorted({route for route in _walk(get_resolver().url_patterns, "") if route.startswith("admin/")})


def _walk(found: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for one in found:
        route = prefix + str(one.pattern).replace("^", "").replace("\\.", ".").removesuffix("$")
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        elif not route.startswith(SKIPPED) and "localize" not in route and ".*" not in route:
            yield route


def names_in(route: str) -> list[str]:
    """The parameters of a route."""
    return [first or second for first, second in PARAMETER.findall(route)]


def kind_of(route: str, name: str) -> str:
    """What the number in a route is of: ``page``, ``document``, ``image`` or something else."""
    if (
        name in PAGES
        or name == "destination_id"
        or (name == "pk" and route.startswith(("admin/pages/", "admin/api/main/pages/")))
    ):
        return "page"
    if name in ("document_id", "doc_id") or (
        name == "pk" and route.startswith(("admin/documents/", "admin/api/main/documents/"))
    ):
        return "document"
    if name == "image_id" or (name == "pk" and route.startswith(("admin/images/", "admin/api/main/images/"))):
        return "image"
    return name


def addresses(route: str, values: dict[str, list[str]]) -> Iterator[str]:
    """The addresses of a route, one for each choice of ``values``; none where a value is missing."""
    names = names_in(route)
    choices = [values.get(kind_of(route, name)) or values.get(name) or FIXED.get(name, []) for name in names]
    form = PARAMETER.sub("{}", route)
    for choice in product(*choices):
        yield "/" + form.format(*choice)
