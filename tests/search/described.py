"""A client that holds every answer of the API against the published description, and more strictly than the description.

An answer with a field, a status or a header that the description does not have is a fault here, for a program that was
made from it could not read it.
"""

from __future__ import annotations

import copy
import functools
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator

from search.openapi import document

TOLD_ABOUT = ("ETag", "Link", "Retry-After")


class DescribedClient(Client):
    def request(self, **request):
        response = super().request(**request)
        path = request["PATH_INFO"]
        if path.startswith("/api/v1/") and response.status_code != 404:
            check(path, request, response)
        return response


def check(path: str, request: dict[str, Any], response) -> None:
    """Raises AssertionError, or ValidationError, where the answer is not as described."""
    if response.status_code == 405:
        validate("Error", response.json())
        return
    if request["REQUEST_METHOD"] == "OPTIONS":
        return
    asked = document()["paths"][path]["get"]
    assert str(response.status_code) in asked["responses"], f"{path} answers {response.status_code}"
    told = asked["responses"][str(response.status_code)]
    if response.status_code == 200:
        known = {found["name"] for found in map(resolved, asked["parameters"])}
        assert set(response.wsgi_request.GET) <= known
    headers = {name: resolved(header) for name, header in told.get("headers", {}).items()}
    assert {name for name in TOLD_ABOUT if name in response} <= set(headers)
    assert {name for name, header in headers.items() if header.get("required")} <= set(response.headers)
    if request["REQUEST_METHOD"] == "HEAD" or response.status_code == 304:
        assert response.content == b""
        return
    kind = response["Content-Type"].partition(";")[0]
    schema = told["content"][kind]["schema"]
    if kind == "application/json" and "$ref" in schema:
        validate(schema["$ref"].rpartition("/")[2], response.json())


def resolved(item: dict[str, Any]) -> dict[str, Any]:
    """What stands at the end of a ``$ref``."""
    if "$ref" not in item:
        return item
    _root, _components, kind, name = item["$ref"].split("/")
    return document()["components"][kind][name]


def validate(name: str, data: Any) -> None:
    """Raises ValidationError where ``data`` is not the schema ``name``, or has more than it."""
    _validator(name).validate(data)


@functools.cache
def _validator(name: str) -> Draft202012Validator:
    schemas = copy.deepcopy(document()["components"]["schemas"])
    for schema in schemas.values():
        _close(schema)
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}})


def _close(schema: Any) -> None:
    """Allows no property that isn't named."""
    if isinstance(schema, list):
        for each in schema:
            _close(each)
    elif isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            schema["additionalProperties"] = False
        for each in schema.values():
            _close(each)
