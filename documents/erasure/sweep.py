"""Every text column of the database: where words stand, and gaps in their place where that does no harm.

Written against the tables and not against a list of them: whatever an app or a library keeps, log entries, notes,
translation memory, a traceback in a task, is looked at, today's and tomorrow's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models
from django_tasks_db.models import DBTaskResult
from modelcluster.fields import ParentalKey
from taggit.models import Tag
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, Page, Revision, Site

from documents.erasure.contents import ADDRESSES
from documents.erasure.words import Matcher
from documents.models import Document, DocumentOutline, DocumentPageText, Erasure
from search.models import SearchPromotion, SearchWord, WantedTerm, WordBearer

REPORTED: tuple[type[models.Model], ...] = (
    *(Document, DocumentOutline, DocumentPageText, Page, Revision),
    *(Tag, Redirect, Group, Site, Collection),
    *(get_user_model(), Erasure, DBTaskResult),
)
"""Tables with rules of their own. Pages and revisions are cleaned with their approval; a file never changes; the rest
is addresses, names that others hold on to and orders to the worker. What stands there is counted, for people to
decide."""
LEARNED: tuple[type[models.Model], ...] = (SearchWord, WordBearer)
"""Words that the search counted. They go when their page is written to the index, by what is written here."""
REWRITTEN = {(Erasure, "reason"), (DBTaskResult, "traceback")}
"""Columns of these tables that nothing hangs on."""
DROPPED: tuple[type[models.Model], ...] = (WantedTerm, SearchPromotion)
"""Tables whose rows go as a whole: a search with a gap in it is none."""
NOT_TEXT: tuple[type[models.Model], ...] = (ContentType, Permission, Session)
BATCH = 500


def sweep(matcher: Matcher, *, rewrite: bool) -> Counter[str]:
    """Counts rows by ``"app.model.field"`` in which ``matcher`` finds something; with ``rewrite`` puts gaps there first.

    With ``rewrite`` what is counted is what is left: places that only people may change.
    """
    found: Counter[str] = Counter()
    if not matcher:
        return found
    rewriter = replace(matcher, spared=ADDRESSES)
    for model, fields in _text_columns():
        for field in fields:
            name = f"{model._meta.label_lower}.{field.name}"
            if rewrite and issubclass(model, DROPPED):
                for pk, _new in _rows(model, field, rewriter):
                    models.QuerySet(model).filter(pk=pk).delete()
            elif rewrite and _may_rewrite(model, field):
                for pk, new in _rows(model, field, rewriter):
                    # The plain queryset: append-only tables refuse, and have words in them all the same.
                    models.QuerySet(model).filter(pk=pk).update(**{field.name: new})
            else:
                found[name] += sum(1 for _hit in _rows(model, field, matcher))
    return +found


def files_with(matcher: Matcher, documents: models.QuerySet[Document]) -> list[int]:
    """Primary keys of those of ``documents`` whose own text has the words: they stay, and somebody should know."""
    rows = DocumentPageText.objects.filter(document__in=documents.order_by().values("pk"))
    hits = (pk for pk, text in rows.values_list("document", "text").iterator(chunk_size=BATCH) if matcher.finds(text))
    return sorted(set(hits))


def _text_columns() -> Iterator[tuple[type[models.Model], list[Any]]]:
    """Every table with the columns that hold text of people."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy or issubclass(model, NOT_TEXT):
            continue
        fields = [field for field in model._meta.local_concrete_fields if _is_text(field)]
        if fields:
            yield model, fields


def _is_text(field: Any) -> bool:
    if isinstance(field, models.FileField) or field.choices or field.primary_key:
        return False
    return isinstance(field, models.CharField | models.TextField | models.JSONField)


def _may_rewrite(model: type[models.Model], field: Any) -> bool:
    if issubclass(model, DROPPED):
        return True
    if issubclass(model, LEARNED) or (issubclass(model, REPORTED) and (model, field.name) not in REWRITTEN):
        return False
    if any(isinstance(own, ParentalKey) for own in model._meta.concrete_fields) and not _is_note(model):
        return False  # rows that belong to a page's content
    return not (isinstance(field, models.SlugField) or field.name in ADDRESSES | _unique(model))


@cache
def _unique(model: type[models.Model]) -> frozenset[str]:
    """Names of the columns by which rows are told apart, alone or together: two gaps would be the same."""
    alone = [field.name for field in model._meta.concrete_fields if field.unique]
    constraints = [one.fields for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    return frozenset(alone).union(*constraints, *model._meta.unique_together)


def stays(model: type[models.Model], field: Any) -> bool:
    """Whether words in this column are left where they are: in files that stay, in addresses and names."""
    if issubclass(model, LEARNED) or _may_rewrite(model, field):
        return False
    of_a_page = issubclass(model, Page | Revision) or any(
        isinstance(own, ParentalKey) for own in model._meta.concrete_fields
    )
    return field.name in ADDRESSES if of_a_page else True


def _is_note(model: type[models.Model]) -> bool:
    """Comments hang on pages like content, and are none."""
    return model._meta.label in ("wagtailcore.Comment", "wagtailcore.CommentReply")


def _rows(model: type[models.Model], field: Any, matcher: Matcher) -> Iterator[tuple[Any, Any]]:
    """Primary key and value without the words, of each row of a column that has them; in portions, so that a
    portion can be written before the next is read."""
    last: Any = None
    rows: models.QuerySet[Any] = models.QuerySet(model).order_by("pk")
    while True:
        portion = list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", field.name)[:BATCH])
        if not portion:
            return
        last = portion[-1][0]
        for pk, value in portion:
            new = matcher.without(value)
            if new is not value:
                yield pk, new
