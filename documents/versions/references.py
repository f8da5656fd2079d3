"""References to documents inside a page's content, exchanged: foreign keys, child rows, StreamFields, rich text.

The same places that ``documents.uses`` reads. Works on the page in memory; nothing is saved here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import ForeignKey, Model
from modelcluster.models import get_all_child_relations
from wagtail.blocks import Block, ListBlock, RichTextBlock, StreamBlock, StreamValue, StructBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField

from documents.models import Document

_LINK = re.compile(r"<a\b[^<>]*\blinktype=\"document\"[^<>]*>")
_ID = re.compile(r"\bid=\"(\d+)\"")


def exchange(instance: Model, ids: Mapping[int, int]) -> None:
    """Replaces each document whose primary key is in ``ids`` by the one that it maps to, child rows included."""
    for field in instance._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.related_model is Document:
            old = getattr(instance, field.attname)
            if old in ids:
                setattr(instance, field.attname, ids[old])
        elif isinstance(field, StreamField):
            value: StreamValue = getattr(instance, field.name)
            raw = _in_block(field.stream_block, value.get_prep_value(), ids)
            setattr(instance, field.name, StreamValue(field.stream_block, raw, is_lazy=True))
        elif isinstance(field, RichTextField):
            setattr(instance, field.name, in_rich_text(getattr(instance, field.name), ids))
    for relation in get_all_child_relations(type(instance)):
        name = relation.get_accessor_name()
        rows = list(getattr(instance, name).all())
        for row in rows:
            exchange(row, ids)
        setattr(instance, name, rows)


def in_rich_text(text: str | None, ids: Mapping[int, int]) -> str:
    """The same for links to documents in rich text as it is stored."""
    return _LINK.sub(lambda link: _ID.sub(lambda found: f'id="{_new(int(found[1]), ids)}"', link[0]), text or "")


def _new(old: int, ids: Mapping[int, int]) -> int:
    return ids.get(old, old)


def _in_block(block: Block, value: Any, ids: Mapping[int, int]) -> Any:
    """The same for the stored form of a block's value."""
    if isinstance(block, StreamBlock):
        return [
            child | {"value": _in_block(block.child_blocks[child["type"]], child["value"], ids)}
            for child in value or []
            if child["type"] in block.child_blocks
        ]
    if isinstance(block, ListBlock):
        return [child | {"value": _in_block(block.child_block, child["value"], ids)} for child in value or []]
    if isinstance(block, StructBlock):
        return {
            name: _in_block(block.child_blocks[name], one, ids) if name in block.child_blocks else one
            for name, one in (value or {}).items()
        }
    if isinstance(block, DocumentChooserBlock):
        return _new(value, ids) if value else value
    if isinstance(block, RichTextBlock):
        return in_rich_text(value, ids)
    return value
