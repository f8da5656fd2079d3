"""Withdrawing a work: out of sight at once, in all languages, by any one person of the house."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.base import BaseAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from access.editorial import may_withdraw
from access.visitor import Visitor
from documents.locks import hold_pages
from documents.releases import withdraw_releases
from workflows import approvals
from workflows.exceptions import WithdrawalRefused
from workflows.models import Withdrawal

if TYPE_CHECKING:
    from access.models import User

logger = logging.getLogger(__name__)


@dataclass
class WithdrawalReport:
    """What was done, for the person who did it."""

    rows: list[Withdrawal] = field(default_factory=list)
    taken_down: int = 0
    reviews_cancelled: int = 0
    schedules_cleared: int = 0
    files_withdrawn: int = 0

    @property
    def languages(self) -> list[str]:
        """Codes of the languages in which the work existed."""
        return sorted({row.language for row in self.rows})


class WithdrawAction(BaseAction):
    """Takes a page and all its translations out of public, whatever state they are in.

    Wagtail's unpublish needs the right to publish and stops at every lock; here neither counts.
    """

    action_name = "withdraw"
    permission_error_class = WithdrawalRefused

    def __init__(self, page: Page, reason: str, user: User | None = None) -> None:
        super().__init__(page, user=user)
        self.reason = reason.strip()

    def user_has_permission(self) -> bool:
        return may_withdraw(self.user)

    def check(self, skip_permission_checks: bool = False) -> None:
        """Raises WithdrawalRefused for other people, and without a reason: readers get to see it."""
        if self.instance.depth < 2:
            raise WithdrawalRefused(_("This page can't be withdrawn."))
        if not self.reason:
            raise WithdrawalRefused(_("Say why: readers of the address get this reason."))
        if not skip_permission_checks and not (self.user and self.user_has_permission()):
            raise WithdrawalRefused(_("Only editors and legal reviewers may withdraw."))

    @transaction.atomic
    def execute(self, skip_permission_checks: bool = False) -> WithdrawalReport:
        """Withdraws, and returns what was done."""
        self.check(skip_permission_checks=skip_permission_checks)
        report = WithdrawalReport()
        held = hold_pages(Page.objects.filter(translation_key=self.instance.translation_key))
        pages = [page.specific for page in Page.objects.filter(pk__in=held).order_by("pk")]
        for page in pages:
            self._withdraw(page, report)
        report.files_withdrawn = withdraw_releases([page.pk for page in pages], self.reason)
        logger.info(
            "Withdrawn",
            extra={"event": "withdrawn", "page_ids": [page.pk for page in pages], "files": report.files_withdrawn},
        )
        return report

    def _withdraw(self, page: Any, report: WithdrawalReport) -> None:
        report.rows.append(self._note(page))
        if state := page.current_workflow_state:
            state.cancel(user=self.user)
            report.reviews_cancelled += 1
        scheduled = Revision.objects.for_instance(page).filter(approved_go_live_at__isnull=False)
        report.schedules_cleared += scheduled.update(approved_go_live_at=None)
        if page.live:
            UnpublishPageAction(page, user=self.user).execute(skip_permission_checks=True)
            report.taken_down += 1
        else:  # a live page gets this record when it is unpublished
            approvals.record(page, None, approvals.Decision.TAKEN_DOWN, self.user)
        log(instance=page, action="dossier.withdraw", user=self.user, data={"reason": self.reason})

    def _note(self, page: Any) -> Withdrawal:
        """Written before the page changes. Only what anyone could read earns a public note."""
        was_public = page.first_published_at is not None and Visitor().boundary.admits(page)
        return Withdrawal.objects.create(
            page_id=page.pk,
            translation_key=page.translation_key,
            language=page.locale.language_code,
            url_path=page.url_path,
            was_public=was_public,
            reason=self.reason,
            user=self.user,
            user_name=str(self.user) if self.user else "",
        )


def withdraw(page: Page, user: User, reason: str) -> WithdrawalReport:
    """Withdraws ``page`` and its translations. Raises WithdrawalRefused."""
    return WithdrawAction(page, reason, user=user).execute()
