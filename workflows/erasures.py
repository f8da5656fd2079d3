"""Erasing a file from the texts of pages: every revision, and the row, keep what they say, without it.

What was approved stays approved, with a record that says what was taken from it; what is in review has changed, and
has to be submitted again.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from documents.erasure import steps, targets
from documents.erasure.contents import cleaned
from documents.erasure.words import Matcher
from documents.models import DocumentUse, Erasure
from documents.signals import pages_rewritten
from workflows import approvals
from workflows.content import content_hash
from workflows.drift import has_drifted
from workflows.models.records import ApprovalRecord


def erase_from_pages(erasure: Erasure) -> None:
    """Cleans every page that names one of the files, or, where words were given, has one of them."""
    documents = targets.present(erasure.targets)
    ids = frozenset(documents.values_list("pk", flat=True))
    naming = targets.pages_naming(documents)
    quoting = targets.matcher_for(erasure, documents)
    words = targets.matcher_for(erasure)
    for pk in sorted(naming):
        _clean_page(pk, ids, quoting, erasure)
    if words:
        for pk in Page.objects.exclude(pk__in=naming).order_by("pk").values_list("pk", flat=True).iterator():
            _clean_page(pk, ids, words, erasure)
        _clean_orphans(words)


@transaction.atomic
def _clean_page(page_id: int, documents: Collection[int], matcher: Matcher, erasure: Erasure) -> None:
    found = Page.objects.select_for_update(no_key=True).filter(pk=page_id).first()
    if found is None:
        return
    page: Any = found.specific
    approved = page.live and not has_drifted(page)  # asked before anything is touched
    changed = [
        revision for revision in _revisions(page) if _clean_revision(revision, page, documents, matcher, erasure)
    ]
    DocumentUse.objects.filter(document__in=documents, page_id=page_id).delete()
    if not (_clean_row(page, documents, matcher, erasure, approved=approved) or changed):
        return
    log(instance=page, action="dossier.document.erase", user=erasure.decided_by, data={"erasure": str(erasure.pk)})
    pages_rewritten.send(sender=Page, page_ids=[page.pk])


def _revisions(page: Page) -> Any:
    content_type = ContentType.objects.get_for_model(Page)
    return Revision.objects.filter(base_content_type=content_type, object_id=str(page.pk)).iterator(chunk_size=50)


def _clean_revision(
    revision: Revision, page: Any, documents: Collection[int], matcher: Matcher, erasure: Erasure
) -> bool:
    content = cleaned(type(page), revision.content, documents, matcher)
    name = matcher.without(revision.object_str)
    if content == revision.content and name == revision.object_str:
        return False
    approved = approvals.is_approved(page, revision)
    # Past save(): a revision is a record, and this is the one case in which it changes.
    Revision.objects.filter(pk=revision.pk).update(content=content, object_str=name)
    revision.content = content
    if approved:
        approvals.carry_over(page, content, revision, erasure.decided_by, erasure.reason)
    return True


def _clean_row(page: Any, documents: Collection[int], matcher: Matcher, erasure: Erasure, *, approved: bool) -> bool:
    """What is stored of the page itself: what readers see of a live one, the lists of the admin of a draft.

    A live one of which ``approved`` is False was changed past the gate: it is cleaned like others, and not approved.
    """
    content = page.serializable_data()
    new = cleaned(type(page), content, documents, matcher)
    working_title = matcher.without(page.draft_title)
    if new == content and working_title == page.draft_title:
        return False
    becoming = page.with_content_json(new)
    carried = _carry_over(page, becoming, erasure) if page.live else None
    becoming.draft_title = working_title
    becoming.save(clean=False)
    if carried and not approved:
        # It was for the gate, and for this one save; the transaction shows it to nobody. Past its own delete().
        rows: Any = QuerySet(ApprovalRecord).filter(pk=carried.pk)
        rows._raw_delete(rows.db)
    return True


def _carry_over(page: Any, becoming: Any, erasure: Erasure) -> ApprovalRecord | None:
    """A record for a live row that says something else than the revision that it shows."""
    content = becoming.serializable_data()
    shown = Revision.objects.filter(pk=page.live_revision_id).first() if page.live_revision_id else None
    if shown is not None and content_hash(shown.content) == content_hash(content):
        return None
    return approvals.carry_over(page, content, shown, erasure.decided_by, erasure.reason)


def _clean_orphans(matcher: Matcher) -> None:
    """Revisions of pages that were deleted, and of snippets."""
    content_type = ContentType.objects.get_for_model(Page)
    pages = {str(pk) for pk in Page.objects.values_list("pk", flat=True)}
    for revision in Revision.objects.iterator(chunk_size=50):
        if revision.base_content_type_id == content_type.pk and revision.object_id in pages:
            continue
        content, name = matcher.without(revision.content), matcher.without(revision.object_str)
        if content is not revision.content or name is not revision.object_str:
            Revision.objects.filter(pk=revision.pk).update(content=content, object_str=name)


def register_step() -> None:
    """Called once from ``ready()``."""
    label = _("Pages that name the file or have its words: every revision, and what is public")
    steps.register(steps.Step("pages", label, 20, erase_from_pages))
