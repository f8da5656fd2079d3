"""The queue's own upkeep: tasks whose worker died run again, results are not kept for ever.

django-tasks leaves the task of a killed worker as running, and nobody takes it up again: a file that Wagtail
wanted removed would stay, a picture's usage would be wrong. Tasks of ours and of Wagtail may run twice.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from documents.tasks import process_document, recognise_document

EVERY = timedelta(minutes=1)
LOST_AFTER = timedelta(minutes=20)
"""A task that runs longer than this has lost its worker: the longest, reading one file, has half of it."""
MAX_ATTEMPTS = 3
KEPT_DAYS = 14
"""Days for which results stay, failures with their tracebacks among them."""

_RECOVERED_ELSEWHERE = (process_document.module_path, recognise_document.module_path)
"""Files have states of their own: ``documents.tasks`` queues them again, and counts their dead tasks."""


def requeue_lost() -> int:
    """Puts tasks back whose worker died, up to MAX_ATTEMPTS, and calls the others failed; returns how many are back."""
    now = timezone.now()
    lost = DBTaskResult.objects.running().filter(started_at__lt=now - LOST_AFTER)
    again = [
        task.pk
        for task in lost.exclude(task_path__in=_RECOVERED_ELSEWHERE).only("pk", "worker_ids")
        if len(task.worker_ids) < MAX_ATTEMPTS
    ]
    # By state and time once more: another worker's upkeep may have been quicker, and the task may run again.
    lost.exclude(pk__in=again).update(status="FAILED", finished_at=now)
    return lost.filter(pk__in=again).update(status="READY", started_at=None)


def prune() -> None:
    """Deletes results that are older than KEPT_DAYS."""
    call_command("prune_db_task_results", queue_name="*", min_age_days=KEPT_DAYS, verbosity=0)
