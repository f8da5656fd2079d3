"""A page's content as a revision holds it, without some files and without some words.

Works on plain data (``Revision.content``, ``page.serializable_data()``), so that old revisions and rows are treated
alike, whatever has become of their page since. The same places that ``documents.uses`` reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import ForeignKey, Model
from modelcluster.models import get_all_child_relations
from wagtail.blocks import Block, ListBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField

from documents.erasure.words import Matcher
from documents.models import Document

ADDRESSES = frozenset({"slug", "url_path", "path", "translation_key", "locale", "content_type", "key"})
"""Fields of a page that are no text of it: an address that holds a word is a matter for people, for links hang on it."""
_LINK = re.compile(r"<a\b[^<>]*\blinktype=\"document\"[^<>]*\bid=\"(\d+)\"[^<>]*>(.*?)</a>", re.DOTALL)
_LINK_TURNED = re.compile(r"<a\b[^<>]*\bid=\"(\d+)\"[^<>]*\blinktype=\"document\"[^<>]*>(.*?)</a>", re.DOTALL)


def cleaned(
    model: type[Model], content: Mapping[str, Any], documents: Collection[int], matcher: Matcher
) -> dict[str, Any]:
    """``content`` of a ``model`` without references to ``documents`` and without what ``matcher`` finds.

    A child row that names such a file is gone, a block that shows it too, of a link to it the words stay. Equal to
    ``content`` where nothing was found.
    """
    new = _without_files(model, content, documents)
    return {name: value if name in ADDRESSES else matcher.without(value) for name, value in new.items()}


def _without_files(model: type[Model], content: Mapping[str, Any], documents: Collection[int]) -> dict[str, Any]:
    new = dict(content)
    for field in model._meta.concrete_fields:
        value = new.get(field.name)
        if not value:
            continue
        if isinstance(field, ForeignKey) and field.related_model is Document:
            new[field.name] = None if value in documents else value
        elif isinstance(field, StreamField):
            new[field.name] = _in_stream(field.stream_block, value, documents)
        elif isinstance(field, RichTextField):
            new[field.name] = _in_rich_text(value, documents)
    for relation in get_all_child_relations(model):
        name, child = relation.get_accessor_name(), relation.related_model
        if new.get(name):
            files = [field.name for field in child._meta.concrete_fields if field.related_model is Document]
            kept = [row for row in new[name] if not any(row.get(file) in documents for file in files)]
            new[name] = [_without_files(child, row, documents) for row in kept]
    return new


def _in_stream(block: StreamBlock, value: Any, documents: Collection[int]) -> Any:
    """StreamFields are JSON inside JSON; written anew only where something went."""
    raw = json.loads(value) if isinstance(value, str) else value
    new = _in_block(block, raw, documents)
    if new == raw:
        return value
    return json.dumps(new) if isinstance(value, str) else new


def _in_block(block: Block, value: Any, documents: Collection[int]) -> Any:
    if isinstance(block, StreamBlock):
        return [
            child | {"value": _in_child(block, child, documents)}
            for child in value or []
            if not _is_file(block.child_blocks.get(child["type"]), child["value"], documents)
        ]
    if isinstance(block, ListBlock):
        return [_in_item(block, child, documents) for child in value or []]
    if isinstance(block, StructBlock):
        return {
            name: _in_block(block.child_blocks[name], one, documents) if name in block.child_blocks else one
            for name, one in (value or {}).items()
        }
    if isinstance(block, DocumentChooserBlock):
        return None if value in documents else value
    if isinstance(block, RichTextBlock):
        return _in_rich_text(value, documents)
    return value


def _in_child(block: StreamBlock, child: Mapping[str, Any], documents: Collection[int]) -> Any:
    inner = block.child_blocks.get(child["type"])
    return child["value"] if inner is None else _in_block(inner, child["value"], documents)


def _in_item(block: ListBlock, item: Any, documents: Collection[int]) -> Any:
    """Items of old content are bare values, those of today have a type and an id."""
    if isinstance(item, dict) and "value" in item and item.get("type") == "item":
        return item | {"value": _in_block(block.child_block, item["value"], documents)}
    return _in_block(block.child_block, item, documents)


def _is_file(block: Block | None, value: Any, documents: Collection[int]) -> bool:
    """Whether a block is nothing but one of the files: itself, or a structure around it."""
    if isinstance(block, DocumentChooserBlock):
        return value in documents
    if isinstance(block, StructBlock) and isinstance(value, dict):
        return any(
            isinstance(child, DocumentChooserBlock) and value.get(name) in documents
            for name, child in block.child_blocks.items()
        )
    return False


def _in_rich_text(text: str | None, documents: Collection[int]) -> str | None:
    """Links to the files become the words that they stood on."""
    for pattern in (_LINK, _LINK_TURNED):
        text = pattern.sub(lambda link: link[2] if int(link[1]) in documents else link[0], text or "") if text else text
    return text
