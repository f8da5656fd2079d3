"""What the worker does for documents. Thin: ids in, actions called."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from access import schedule
from documents import processing, quarantine, scratch
from documents.verification import verify_weekly


@task()
def process_document(document_id: int) -> None:
    """Makes the public copy, text, tokens and cover of one document. Enqueue it on commit; repeating is harmless."""
    processing.process(document_id)


def requeue_unfinished() -> int:
    """Queues documents again whose worker was killed or whose task was lost; returns how many."""
    found = processing.unfinished(process_document.module_path)
    for document_id in found:
        process_document.enqueue(document_id)
    return len(found)


def register_jobs() -> None:
    """Adds what the worker repeats; called once from ``ready()``."""
    schedule.register("documents.requeue_unfinished", timedelta(seconds=5), requeue_unfinished)
    schedule.register("documents.clear_scratch", timedelta(hours=1), scratch.clear)
    schedule.register("documents.verify_weekly", timedelta(hours=1), verify_weekly)
    schedule.register("documents.sweep_quarantine", timedelta(hours=1), quarantine.sweep)
