"""A fingerprint of what an approver saw: the content of a revision without the bookkeeping around it.

The same function reads a stored revision and a live row, so that the two can be compared. Left out
are comments, the place in the tree, locks, dates that publishing itself writes, and the primary
keys of child rows, which a revision does not know before its first publication.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from wagtail.models import COMMENTS_RELATION_NAME

BOOKKEEPING = frozenset(
    {
        COMMENTS_RELATION_NAME,
        "comments",
        "pk",
        "id",
        "page_ptr",
        "path",
        "depth",
        "numchild",
        "translation_key",
        "locale",
        "content_type",
        "url_path",
        "owner",
        "draft_title",
        "live",
        "live_revision",
        "latest_revision",
        "latest_revision_created_at",
        "has_unpublished_changes",
        "first_published_at",
        "last_published_at",
        "expired",
        "locked",
        "locked_at",
        "locked_by",
        "alias_of",
    }
)
"""Fields of a page that are not content: who, where and when, but not what a reader sees."""


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 (64 hex digits) of a page's content.

    ``content`` is ``Revision.content`` or ``page.serializable_data()``; both give the same answer
    for the same text, child rows and settings.
    """
    plain = json.loads(json.dumps(dict(content), cls=DjangoJSONEncoder))
    kept = {name: _canonical(value) for name, value in plain.items() if name not in BOOKKEEPING}
    return hashlib.sha256(_dump(kept).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """One form for what may be stored in several: child rows without keys, in one order; stream data parsed."""
    if isinstance(value, list) and all(isinstance(item, dict) and "pk" in item for item in value):
        rows = [{name: _canonical(field) for name, field in row.items() if name != "pk"} for row in value]
        return sorted(rows, key=_dump)  # their order is in sort_order, where it matters
    if isinstance(value, str) and value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
