"""Two entries of a vocabulary that mean the same become one: every use is re-pointed, the old key leads to the new.

What a live page says of its places, kinds and topics is approved content, in its row and in its
revision. Both are changed together, and a record says who merged what; so the gate finds approved
content as before. A page in review or waiting for its go-live time is about to be decided on as it
is: it refuses the merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import ManyToOneRel, Model, Q
from django.utils.translation import gettext as _
from modelcluster.models import get_all_child_relations
from wagtail.log_actions import log
from wagtail.models import Page, Revision, TaskState, get_page_models

from cms.core.exceptions import MergeRefused
from cms.core.keys import keys_of
from cms.core.models import BasePage, MergedKey, within
from cms.core.models.base import PLACE_LEVELS
from cms.core.signal_handlers import touch_pages
from documents.locks import hold_pages
from search.outbox import touch
from workflows import approvals

if TYPE_CHECKING:
    from access.models import User

Swaps = dict[int, int]


@transaction.atomic
def merge(entry: Any, into: Any, user: User) -> int:
    """Re-points all uses of ``entry``, in every language, to ``into``; returns how many pages it changed.

    Both are of one translatable model. Rows of a vocabulary are deleted afterwards; pages are left
    to the caller. Raises MergeRefused with a sentence, and changes nothing then.
    """
    model = type(entry)
    if entry.translation_key == into.translation_key:
        raise MergeRefused(_("An entry can't be merged into itself."))
    if any(wider.translation_key == entry.translation_key for wider in getattr(into, "lineage", ())):
        raise MergeRefused(
            _("%(new)s is a part of %(old)s: merge it the other way round.") % {"new": into, "old": entry}
        )
    _note(entry, into)
    swaps = _swaps(model, entry, into)
    pages = _held(_pages(model, swaps))
    _refuse_pending(pages, model, swaps)
    for page in pages:
        if page.live:
            approvals.assert_content_approved(page, page.live_revision_id, page)
    inside = _inside(model, entry)
    _repoint_rows(model, swaps)
    reason = _("%(old)s was merged into %(new)s.") % {"old": entry, "new": into}
    for page in pages:
        _repoint_revisions(page, model, swaps, user, reason)
    log(instance=into, action="cms.merge", user=user, data={"merged": str(entry.translation_key)})
    touch_pages(Page.objects.filter(pk__in=[page.pk for page in pages]), may_hide=False)
    touch(inside, may_hide=False)
    if not issubclass(model, Page):
        model.objects.filter(pk__in=list(swaps)).delete()
    return len(pages)


def _note(entry: Any, into: Any) -> None:
    """Makes the old key mean the new one. First of all: who merges the same entry at the same time waits here, and is told."""
    try:
        with transaction.atomic():
            MergedKey.objects.create(old=entry.translation_key, new=into.translation_key)
    except IntegrityError as err:
        raise MergeRefused(_("Somebody else has just merged this entry. Look at the list again.")) from err
    MergedKey.objects.filter(new=entry.translation_key).update(new=into.translation_key)


def _swaps(model: type[Any], entry: Any, into: Any) -> Swaps:
    """Primary keys of the entry's rows with those that take their place: of the same language, else ``into``'s."""
    winners = dict(model._default_manager.filter(translation_key=into.translation_key).values_list("locale", "pk"))
    rows = model._default_manager.filter(translation_key=entry.translation_key)
    return {pk: winners.get(locale, into.pk) for pk, locale in rows.values_list("pk", "locale")}


def _fields(page_model: type[Model], model: type[Model]) -> tuple[list[str], list[tuple[str, str]]]:
    """Fields of a page type that point at ``model``: its own, and (relation, field) of its child rows."""
    own = [field.name for field in page_model._meta.concrete_fields if field.related_model is model]
    children = [
        (relation.get_accessor_name(), field.name)
        for relation in get_all_child_relations(page_model)
        for field in relation.related_model._meta.concrete_fields
        if field.related_model is model
    ]
    return own, children


def _types(model: type[Model]) -> Iterator[type[Any]]:
    """The page types that can name an entry of ``model``."""
    for page_model in get_page_models():
        if issubclass(page_model, BasePage) and any(_fields(page_model, model)):
            yield page_model


def _pages(model: type[Model], swaps: Swaps) -> Iterator[Any]:
    """Pages whose row, published revision or newest draft names one of the entries."""
    for page_model in _types(model):
        for page in page_model.objects.select_related("live_revision", "latest_revision").iterator(chunk_size=200):
            revisions = [revision for revision in (page.live_revision, page.latest_revision) if revision]
            contents = [revision.content for revision in revisions] or [page.serializable_data()]
            if any(_names(content, page_model, model, swaps) for content in contents):
                yield page


def _held(pages: Iterable[Any]) -> list[Any]:
    """``pages`` as they are now, until the transaction ends: to read all takes long, and others publish meanwhile."""
    ids = hold_pages(Page.objects.filter(pk__in=[page.pk for page in pages]))
    return list(Page.objects.filter(pk__in=ids).order_by("pk").specific())


def _names(content: dict[str, Any], page_model: type[Any], model: type[Model], swaps: Swaps) -> bool:
    own, children = _fields(page_model, model)
    return any(content.get(name) in swaps for name in own) or any(
        row.get(name) in swaps for relation, name in children for row in content.get(relation) or ()
    )


def _inside(model: type[Any], entry: Any) -> set[str]:
    """Keys of the pages that name what is a part of the entry: the index has them under the entry too."""
    wider = next((field.name for field in model._meta.concrete_fields if field.related_model is model), None)
    if wider is None:
        return set()
    parts = model._default_manager.filter(within(wider, [entry.translation_key], PLACE_LEVELS)).values("pk")
    found: set[str] = set()
    for page_model in _types(model):
        own, children = _fields(page_model, model)
        for name in (*own, *(f"{relation}__{field}" for relation, field in children)):
            found.update(keys_of(page_model.objects.filter(**{f"{name}__in": parts})))
    return found


def _refuse_pending(pages: list[Any], model: type[Model], swaps: Swaps) -> None:
    """Raises MergeRefused where a page is in review or scheduled: what is decided about must not move."""
    in_review = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS, revision__object_id__in=[str(page.pk) for page in pages]
    )
    planned = Revision.objects.filter(object_id__in=[str(page.pk) for page in pages], approved_go_live_at__isnull=False)
    if in_review.exists() or planned.exists():
        raise MergeRefused(
            _("A page that uses this entry is in review or waits for its publication. Wait for it, then merge.")
        )


def _repoint_rows(model: type[Model], swaps: Swaps) -> None:
    """Changes every foreign key to the entries, wherever it is; a row that would be there twice goes."""
    for relation in model._meta.get_fields(include_hidden=True):  # those without a name on this side too
        if not isinstance(relation, ManyToOneRel) or relation.one_to_one or relation.model is not model:
            continue
        rows = relation.related_model._base_manager
        name = relation.field.name
        owners = [
            field.name for field in relation.related_model._meta.concrete_fields if field.name in {"page", "home"}
        ]
        for old, new in swaps.items():
            mine = rows.filter(**{name: old})
            for owner in owners:
                mine.filter(**{f"{owner}__in": rows.filter(**{name: new}).values(owner)}).delete()
            rows.filter(**{name: old}).update(**{name: new})


def _repoint_revisions(page: Any, model: type[Model], swaps: Swaps, user: User, reason: str) -> None:
    """Changes the published revision and the newest draft alike; a live page gets its record."""
    ids = {pk for pk in (page.live_revision_id, page.latest_revision_id) if pk}
    for revision in Revision.objects.filter(Q(pk__in=ids)):
        content = _repointed(revision.content, type(page), model, swaps)
        Revision.objects.filter(pk=revision.pk).update(content=content)
    if page.live:
        page.refresh_from_db()
        approvals.record(page, page.live_revision, approvals.Decision.MERGE, user, comment=reason)


def _repointed(content: dict[str, Any], page_model: type[Any], model: type[Model], swaps: Swaps) -> dict[str, Any]:
    own, children = _fields(page_model, model)
    changed = {**content, **{name: swaps.get(content[name], content[name]) for name in own if name in content}}
    for relation, name in children:
        if relation in content:
            changed[relation] = _repointed_rows(content[relation], name, swaps)
    return changed


def _repointed_rows(rows: list[dict[str, Any]], name: str, swaps: Swaps) -> list[dict[str, Any]]:
    """Child rows as ``_repoint_rows`` leaves them: where the other is named already, the old one goes."""
    for old, new in swaps.items():
        if any(row.get(name) == new for row in rows):
            rows = [row for row in rows if row.get(name) != old]
        else:
            rows = [{**row, name: new} if row.get(name) == old else row for row in rows]
    return rows
