"""The gate: one place where anything becomes public.

Every way of Wagtail and of wagtail-localize to put a page live ends in ``Page.save()``: the edit
view, bulk publish, ``copy(keep_live=True)``, aliases, ``convert_to_alias``, the scheduled
publisher. So the rule stands there and not in their permissions: a save that makes a page public,
points it at another revision, or changes what a public page says, needs an ``ApprovalRecord`` for
exactly that content.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import COMMENTS_RELATION_NAME, Page, Revision, TaskState, WorkflowState

from documents.locks import hold_pages
from documents.naming import assert_may_name
from workflows import approvals
from workflows.choice import choose_workflow
from workflows.content import BOOKKEEPING, content_hash
from workflows.emergency import current as current_emergency
from workflows.emergency import emergency
from workflows.exceptions import NotApproved, Overtaken
from workflows.models.records import ApprovalRecord
from workflows.page_forms import PageForm
from workflows.permissions import EditorialPermissionTester
from workflows.refusals import note_refusal

if TYPE_CHECKING:
    from access.models import User

    _PageBase = Page
else:
    _PageBase = object

__all__ = ["ApprovalGateMixin", "content_hash", "emergency"]

logger = logging.getLogger(__name__)

PLAIN_FIELDS = (
    "live",
    "live_revision_id",
    "title",
    "slug",
    "seo_title",
    "search_description",
    "show_in_menus",
    "go_live_at",
    "expire_at",
)
"""What a plain ``Page`` row says to the public."""


class ApprovalGateMixin(_PageBase):  # type: ignore[misc,valid-type]  # Wagtail is untyped
    """Goes before ``Page`` in the bases of the site's base page: ``class BasePage(ApprovalGateMixin, Page)``."""

    legal_review: ClassVar[bool] = False
    """True on page types whose texts pass legal review too."""
    base_form_class: ClassVar[type[PageForm]] = PageForm

    def has_own_files(self) -> bool:
        """Whether this page brings files of its own, so that a review of its translation alone is not enough."""
        return False

    def save(self, clean: bool = True, user: Any = None, log_action: Any = False, **kwargs: Any) -> Any:
        """Like Wagtail's. Raises NotApproved where the save would make public what nobody approved."""
        check_save(self, kwargs.get("update_fields"))
        return super().save(clean=clean, user=user, log_action=log_action, **kwargs)

    def save_revision(
        self, user: Any = None, *args: Any, overwrite_revision: Revision | None = None, **kwargs: Any
    ) -> Revision:
        """Like Wagtail's, but a revision that is public, scheduled or under review is never overwritten.

        A new one is made instead. Raises PermissionDenied where ``user`` newly names a file that
        they may not read, and Overtaken where the page is in review by now.
        """
        assert_may_name(user, self, self)
        with transaction.atomic():
            if user is not None:
                _assert_not_overtaken(self)
            # Asked behind the lock: another request may have submitted that revision while this one waited.
            if overwrite_revision is not None and is_sealed(overwrite_revision):
                overwrite_revision = None
            return super().save_revision(user, *args, overwrite_revision=overwrite_revision, **kwargs)

    @transaction.atomic
    def publish(self, *args: Any, **kwargs: Any) -> Any:
        """Like Wagtail's, with the page held from the start: its revisions and files are written before its own row."""
        hold_pages(Page.objects.filter(pk=self.pk))
        return super().publish(*args, **kwargs)

    def update_aliases(self, **kwargs: Any) -> None:
        """Does nothing: an alias would show this text at a second place that nobody approved."""

    @property
    def has_workflow(self) -> bool:
        """Wagtail's own asks the tree and not ``get_workflow()``."""
        return self.get_workflow() is not None

    def get_workflow(self) -> Any:
        """The nearest ancestor's workflow; where that is the standard one, the one made for such a page."""
        return choose_workflow(self, super().get_workflow())

    def permissions_for_user(self, user: User) -> EditorialPermissionTester:
        return EditorialPermissionTester(user, self)


def _assert_not_overtaken(page: Any) -> None:
    """Locks ``page`` and raises Overtaken where it is in review by now.

    Wagtail asks for its lock before it saves, and of states that it read still earlier; autosave may be on its way
    beside the form that submits, and the draft would be another one than the reviewer decides about.
    """
    hold_pages(Page.objects.filter(pk=page.pk))
    # Not ``page.workflow_in_progress``: the editor's page carries states that were read when its request began.
    if page.workflow_states.filter(status=WorkflowState.STATUS_IN_PROGRESS).exists():
        refusal = Overtaken(_("This page is in review by now. It can't be changed until that is decided."))
        note_refusal(refusal)
        raise refusal


def is_sealed(revision: Revision) -> bool:
    """Whether ``revision`` is live, scheduled, was ever under review, or was ever decided about."""
    return bool(
        revision.approved_go_live_at
        or Page.objects.filter(live_revision=revision.pk).exists()
        or TaskState.objects.filter(revision=revision.pk).exists()
        or ApprovalRecord.objects.filter(revision_id=revision.pk).exists()
    )


def check_save(page: Any, update_fields: Iterable[str] | None) -> None:
    """Raises NotApproved unless saving ``page`` (only ``update_fields``, or all of it) keeps to the rule.

    A page that is not live afterwards is nobody's business here; only the revision it claims to
    show is put back, because a draft read from an old revision brings an old claim.
    """
    try:
        _check_save(page, None if update_fields is None else frozenset(update_fields))
    except NotApproved as refusal:
        note_refusal(refusal)
        logger.warning("Publishing refused", extra={"event": "publish_refused", "page_id": page.pk})
        raise


def _check_save(page: Any, fields: frozenset[str] | None) -> None:
    names = ("live", "live_revision", "title", "last_published_at")
    stored = Page.objects.filter(pk=page.pk).values_list(*names).first() if page.pk else None
    if stored is None:
        if page.live:
            raise NotApproved(_("A new page starts as a draft: it is published after its approval."))
        page.live_revision_id = None
        return
    was_live, was_showing, title, published_at = stored
    live = page.live if fields is None or "live" in fields else was_live
    writes_showing = fields is None or not fields.isdisjoint({"live_revision", "live_revision_id"})
    if not live:
        if writes_showing and page.live_revision_id is not None:
            page.live_revision_id = was_showing
        return
    # Lists of the admin show the working title to everyone who sees the page: a public page's is the public one.
    page.draft_title = page.title if fields is None or "title" in fields else title
    showing = page.live_revision_id if writes_showing else was_showing
    # The same revision once more, too: it would bring back those of its files that were withdrawn since its approval.
    again = fields is None and page.last_published_at != published_at
    goes_public = not was_live or showing != was_showing or again
    if not goes_public and fields is not None and fields <= BOOKKEEPING:
        return
    becoming = _as_it_would_be(page, fields)
    if opened := current_emergency():
        _record_emergency(page, showing, becoming, opened)
    elif goes_public:
        approvals.assert_approved(page, showing, becoming)
    else:
        approvals.assert_content_approved(page, showing, becoming)


def _as_it_would_be(page: Any, fields: frozenset[str] | None) -> Any:
    """The page as the database would hold it after the save; child rows count as written by a full save only."""
    if fields is None:
        return page
    becoming = type(page)._default_manager.get(pk=page.pk)
    for field in map(page._meta.get_field, fields - {COMMENTS_RELATION_NAME}):
        if not field.concrete or field.many_to_many:
            return page  # child rows are written: judge all that is in memory
        setattr(becoming, field.attname, getattr(page, field.attname))
    return becoming


def _record_emergency(page: Any, showing: int | None, becoming: Any, opened: Any) -> None:
    revision = Revision.objects.filter(pk=showing).first() if showing else None
    if revision is None or content_hash(revision.content) != content_hash(becoming.serializable_data()):
        raise NotApproved(_("Even in an emergency, save a revision and publish that."))
    approvals.assert_none_withdrawn(revision)
    approvals.record(page, revision, approvals.Decision.EMERGENCY, opened.user, comment=opened.reason)
    log(
        instance=page,
        action="dossier.publish.emergency",
        user=opened.user,
        revision=revision,
        data={"reason": opened.reason},
    )


def check_schedule(revision: Revision) -> None:
    """Raises NotApproved unless ``revision``, about to be scheduled, is approved.

    Scheduling saves no live page, so the gate at ``save()`` would speak up at the go-live time only.
    """
    page = revision.as_object()
    if not isinstance(page, ApprovalGateMixin):
        return
    try:
        if opened := current_emergency():
            _record_emergency(page, revision.pk, page, opened)
        else:
            approvals.assert_approved(page, revision.pk, page)
    except NotApproved as refusal:
        note_refusal(refusal)
        raise


def check_plain_save(page: Page, update_fields: Iterable[str] | None) -> None:
    """The same rule for a page of ours that was loaded as a plain ``Page``, past its own ``save()``.

    Such a save can't show an approved revision, so it may neither make the page live nor change
    its title, address or times while it is.
    """
    if not (page.specific_class and issubclass(page.specific_class, ApprovalGateMixin)):
        return
    stored = Page.objects.filter(pk=page.pk).values(*PLAIN_FIELDS).first() if page.pk else None
    written = {field.attname: field.name for field in Page._meta.concrete_fields if field.attname in PLAIN_FIELDS}
    changed = {
        attname
        for attname, name in written.items()
        if (update_fields is None or name in update_fields or attname in update_fields)
        and (stored is None or getattr(page, attname) != stored[attname])
    }
    live_after = page.live if "live" in changed or stored is None else stored["live"]
    if live_after and changed:
        refusal = NotApproved(_("A public page changes by an approved revision only. Submit the change for review."))
        note_refusal(refusal)
        raise refusal
