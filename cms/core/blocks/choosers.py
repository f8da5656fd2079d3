"""Pictures and files inside a text, which can be read together with those of the other texts on the page."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from wagtail.blocks import ChooserBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

Loaded = Callable[[type[Any]], Mapping[int, Any]]

_loaded: ContextVar[Loaded | None] = ContextVar("loaded", default=None)


@contextmanager
def taken_from(loaded: Loaded) -> Iterator[None]:
    """Within it, texts take their rows from ``loaded(model)``, by primary key; what isn't there is None."""
    token = _loaded.set(loaded)
    try:
        yield
    finally:
        _loaded.reset(token)


class LoadedTogetherMixin(ChooserBlock):
    """Wagtail reads the rows of a text by a query for each place of a block that has some."""

    def bulk_to_python(self, values: Sequence[int | None]) -> list[Any]:
        """The rows of these primary keys, in this order, each an object of its own."""
        loaded = _loaded.get()
        if loaded is None or not any(values):
            return list(super().bulk_to_python(values))
        rows = loaded(self.model_class)
        return [copy.copy(rows.get(pk)) if pk else None for pk in values]


class PictureChooserBlock(LoadedTogetherMixin, ImageChooserBlock):
    """A picture."""

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As the plain block: what is stored is the same, and no migration has to know."""
        _path, args, kwargs = super().deconstruct()
        return "wagtail.images.blocks.ImageChooserBlock", args, kwargs


class FileChooserBlock(LoadedTogetherMixin, DocumentChooserBlock):
    """A file."""

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As the plain block, for the same reason."""
        _path, args, kwargs = super().deconstruct()
        return "wagtail.documents.blocks.DocumentChooserBlock", args, kwargs
