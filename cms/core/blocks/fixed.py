"""Texts that are the same in every language, so that no translator is asked for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wagtail import blocks


class FixedCharBlock(blocks.CharBlock):
    """A sign, a number or a provider's id. wagtail-localize asks the block itself what to translate: nothing."""

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As the plain block: what is stored is the same, and no migration has to know."""
        _path, args, kwargs = super().deconstruct()
        return "wagtail.blocks.CharBlock", args, kwargs

    def get_translatable_segments(self, value: str) -> list[Any]:
        """No segment."""
        return []

    def restore_translated_segments(self, value: str, segments: Sequence[Any]) -> str:
        """The source's value, whatever a job that was cut before says."""
        return value
