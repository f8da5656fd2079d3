"""From a source's document to the row that an engine stores."""

from __future__ import annotations

import hashlib
import inspect
import logging
from functools import lru_cache
from pathlib import Path

from search import analysis, registry
from search.analysis import grams, surfaces, tokens
from search.analysis.compounds import SEPARATOR, WHOLE, Compounds
from search.engines.base import IndexRow
from search.languages import index_language
from search.pages import unpack
from search.registry import IndexDocument

logger = logging.getLogger(__name__)


def index_row(document: IndexDocument, compounds: Compounds = WHOLE) -> IndexRow:
    """``document`` analysed. A file whose blob can't be read is left out and logged; the thing itself is found."""
    language = index_language(document.locale)
    title, summary, body = (tokens(text, language) for text in (document.title, document.summary, document.body))
    # What the page quotes in another language is found by that language's words too.
    body += [token for code, text in document.passages for token in (SEPARATOR, *tokens(text, index_language(code)))]
    texts = {"t": " ".join(title), "s": " ".join(summary), "b": " ".join(body), "f": _file_tokens(document)}
    return IndexRow(
        kind=document.kind,
        locale=document.locale,
        translation_key=document.translation_key,
        acl=tuple(sorted(document.acl)),
        live_to=document.live_to,
        published=document.published,
        updated=document.updated,
        facets={
            "kind": (document.kind,),
            "topic": document.topics,
            "place": document.places,
            "language": document.languages or (document.locale,),
            "year": (str(document.year),) if document.year is not None else (),
            "publication_kind": (document.doctype,) if document.doctype else (),
            "author": document.authors,
        },
        fields={
            **texts,
            "tx": " ".join(surfaces(document.title, language)),
            "p": compounds.field(" ".join(texts.values())),
            "a": " ".join(grams(document.title, language)),
        },
    )


def stamp() -> str:
    """Names how rows are made: by the analysis, this module and the sources. A change of any forces a rebuild."""
    return _stamp((Path(__file__), *source_files()))


def source_files() -> tuple[Path, ...]:
    """The modules that make up the sources: what they give the index is made there."""
    classes = {each for source in registry.sources() for each in type(source).__mro__ if each is not object}
    modules = {each.__module__: Path(inspect.getfile(each)) for each in classes}
    return tuple(modules[name] for name in sorted(modules))


@lru_cache(maxsize=4)
def _stamp(modules: tuple[Path, ...]) -> str:
    digest = hashlib.sha256(analysis.stamp().encode())
    for path in modules:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


FILE_BREAK = f" {SEPARATOR} "
"""Stands between two files, so that no phrase runs from one into the next."""


def _file_tokens(document: IndexDocument) -> str:
    parts: list[str] = []
    for file in document.files:
        parts.append(" ".join(tokens(file.title, index_language(file.language))))
        try:
            parts.append(unpack(file.blob).run.strip())
        except ValueError:
            logger.warning(
                "A file has no readable page tokens; read it out again.",
                extra={"event": "search_blob_unreadable", "series": file.series, "version": file.version},
            )
    return FILE_BREAK.join(part for part in parts if part)
