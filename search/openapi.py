"""The public API in OpenAPI 3.1, as ``/api/v1/schema`` answers."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from search.engines.base import FACETS, Sort
from search.exports import COLUMNS, EXPORT_SIZE
from search.instead import How
from search.parameters import MAX_PAGE, MAX_VALUES
from search.query import FIELDS, MAX_CHARACTERS, MAX_DEPTH, MAX_TERMS
from search.ranking import PAGE_SIZE, SUGGESTIONS

Schema = dict[str, Any]
_QUERY = (
    'Words are AND, "a phrase", -not, OR, (brackets), and field:value with '
    f"{', '.join(FIELDS)}; year:2019..2021 is a range. At most {MAX_CHARACTERS} characters, {MAX_TERMS} words and "
    f"{MAX_DEPTH} brackets deep; what goes beyond is left out and said in notices. Any text is answered."
)
_STRING: Schema = {"type": "string"}
_INTEGER: Schema = {"type": "integer"}
_BOOLEAN: Schema = {"type": "boolean"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_CONDITION: Schema = {"$ref": "#/components/parameters/If-None-Match"}
_UNCHANGED: Schema = {
    "description": "The caller has this answer already",
    "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
}


def document() -> Schema:
    """The whole description, for the languages and the address of this site."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.WAGTAIL_SITE_NAME} search",
            "version": "1",
            "description": (
                "Search over everything that the caller may read. Only GET and HEAD. Without a sign-in answers have an "
                "ETag, and pages of other sites may read them."
            ),
        },
        "servers": [{"url": settings.SITE_URL}],
        "paths": {
            "/api/v1/search": {"get": _search()},
            "/api/v1/export": {"get": _export()},
            "/api/v1/suggest": {"get": _suggest()},
            "/api/v1/schema": {"get": _describe()},
        },
        "components": {"schemas": _schemas(), "headers": _headers(), "parameters": {"If-None-Match": _condition()}},
    }


def _search() -> Schema:
    return {
        "operationId": "search",
        "summary": "Search",
        "parameters": [
            *_asked(),
            _parameter(
                "sort", "Order", {"type": "string", "enum": [each.value for each in Sort], "default": "relevance"}
            ),
            _parameter(
                "page",
                f"Page of {PAGE_SIZE} results",
                {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1},
            ),
        ],
        "responses": _responses("SearchAnswer"),
    }


def _export() -> Schema:
    answers = _responses("Export")
    table = "UTF-8 with a line of names. The first part begins with a byte order mark, those got by cursor don't"
    answers["200"]["content"]["text/csv"] = {"schema": _STRING | {"description": table}}
    answers["200"]["headers"] |= _headers_of("Link")
    return {
        "operationId": "export",
        "summary": f"Results as records, the newest first, {EXPORT_SIZE} at a time",
        "parameters": [
            *_asked(),
            _parameter("format", "Form", {"type": "string", "enum": ["json", "csv"], "default": "json"}),
            _parameter("cursor", "Where a part begins, as the one before it says", _STRING),
        ],
        "responses": answers,
    }


def _asked() -> list[Schema]:
    """What is looked for."""
    return [
        _parameter("q", _QUERY, _STRING),
        _language(),
        _CONDITION,
        _several("kind", "Kinds of things", _STRING),
        _several("topic", "Topics, those below included", _UUID),
        _several("place", "Places, those below included", _UUID),
        _several("language", "Languages of the text or its files", _STRING),
        _several("year", "Years, or ranges such as 2019..2021", {"type": "string", "pattern": r"^\d{4}(\.\.\d{4})?$"}),
        _several("publication_kind", "Kinds of publication", _UUID),
        _parameter(
            "expand",
            "Whether other names of what is asked for are searched too, in every language",
            {"type": "string", "enum": ["0", "1"], "default": "1"},
        ),
        _parameter("within", "A case: only what belongs to it is searched", _UUID),
        _parameter("from", "First year", {"type": "string", "pattern": r"^\d{4}$"}),
        _parameter("to", "Last year", {"type": "string", "pattern": r"^\d{4}$"}),
    ]


def _suggest() -> Schema:
    return {
        "operationId": "suggest",
        "summary": f"At most {SUGGESTIONS} titles with words that begin like what was typed",
        "parameters": [_parameter("q", "What was typed so far", _STRING), _language(), _CONDITION],
        "responses": _responses("Suggestions"),
    }


def _describe() -> Schema:
    answer = {"description": "This description", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "operationId": "schema",
        "summary": "This description",
        "parameters": [_CONDITION],
        "responses": {
            "200": answer | {"headers": _headers_of("ETag")},
            "304": _UNCHANGED,
            "429": _too_many(),
        },
    }


def _parameter(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _several(name: str, description: str, items: Schema) -> Schema:
    schema = {"type": "array", "items": items, "maxItems": MAX_VALUES}
    return _parameter(name, f"{description}; any of them", schema) | {"style": "form", "explode": True}


def _language() -> Schema:
    codes = [code for code, _name in settings.LANGUAGES]
    return _parameter("lang", "Language of labels", {"type": "string", "enum": codes, "default": codes[0]})


def _responses(name: str) -> Schema:
    return {
        "200": _response("The answer", name) | {"headers": _headers_of("ETag")},
        "304": _UNCHANGED,
        "400": _response("A parameter is wrong", "Error"),
        "429": _too_many(),
        "503": _response("Search can't answer at the moment", "Error") | {"headers": _headers_of("Retry-After")},
    }


def _too_many() -> Schema:
    description = "Very much is searched at the moment, and the caller's network has had its share"
    return _response(description, "Error") | {"headers": _headers_of("Retry-After")}


def _headers() -> Schema:
    """Headers of answers. ``Cache-Control``, ``Vary`` and those of CORS are as everywhere, and not listed."""
    return {
        "ETag": {"schema": _STRING, "description": "The same as long as the answer is; none for who signed in"},
        "Link": {"schema": _STRING, "description": 'rel="next": the next part'},
        "Retry-After": {"schema": _INTEGER, "description": "Seconds", "required": True},
    }


def _headers_of(name: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"}}


def _condition() -> Schema:
    return {
        "name": "If-None-Match",
        "in": "header",
        "description": "ETag of an answer that the caller has; 304 as long as it is the same",
        "schema": _STRING,
    }


def _response(description: str, name: str) -> Schema:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return {"description": description, "content": content}


def _object(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> Schema:
    return _of_answers() | _of_parts()


def _of_answers() -> Schema:
    """What addresses answer."""
    return {
        "SearchAnswer": _object(
            {
                "query": _STRING,
                "language": _STRING,
                "total": _INTEGER,
                "total_relation": {"type": "string", "enum": ["eq", "gte"]},
                "page": _INTEGER,
                "pages": _INTEGER,
                "took_ms": _INTEGER,
                "engine": _STRING,
                "reduced": _BOOLEAN,
                "suggestion": {"type": ["string", "null"]},
                "expanded": _list(_object({"from": _STRING, "to": _list(_STRING)})),
                "notices": _list(_STRING),
                "results": _list(_ref("Result")),
                "instead": {"anyOf": [_ref("Instead"), {"type": "null"}]},
                "promoted": {"anyOf": [_ref("Result"), {"type": "null"}], "description": "What editors put on top"},
                "facets": _object({facet: _list(_ref("FacetValue")) for facet in FACETS}),
            }
        ),
        "Export": _object(
            {
                "total": _INTEGER,
                "cursor": {
                    "type": ["string", "null"],
                    "description": "Where the next part begins; null after the last",
                },
                "next": {"type": ["string", "null"], "description": "Address of the next part"},
                "results": _list(_object(dict.fromkeys(COLUMNS, _STRING))),
            }
        ),
        "Suggestions": _object(
            {
                "query": _STRING,
                "language": _STRING,
                "suggestions": _list(
                    _object({"text": _STRING, "kind": _STRING, "kind_label": _STRING, "url": _STRING})
                ),
            }
        ),
        "Error": _object(
            {"error": _object({"code": _STRING, "message": _STRING, "parameter": {"type": ["string", "null"]}})}
        ),
    }


def _of_parts() -> Schema:
    """What answers are made of."""
    return {
        "Instead": _object(
            {
                "how": {"type": "string", "enum": [how.value for how in How]},
                "total": _INTEGER,
                "results": _list(_ref("Result")),
            }
        ),
        "Result": _object(
            {
                "key": {"type": "string", "description": "Public UUID and language"},
                "kind": _STRING,
                "language": _STRING,
                "title": _STRING,
                "url": _STRING,
                "summary": _STRING,
                "date": {"type": ["string", "null"], "format": "date"},
                "snippets": _list(_ref("Snippet")),
            }
        ),
        "Snippet": _object(
            {
                "html": {"type": "string", "description": "Escaped text with <mark> around the words"},
                "source": {"type": "string", "enum": ["summary", "body", "file"]},
                "language": _STRING,
                "document": _UUID,
                "version": _INTEGER,
                "page": _INTEGER,
                "url": _STRING,
            },
            optional=("document", "version", "page", "url"),
        ),
        "FacetValue": _object({"value": _STRING, "label": _STRING, "count": _INTEGER, "selected": _BOOLEAN}),
    }
