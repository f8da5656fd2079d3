"""What the worker does for documents. Thin: ids in, actions called."""

from __future__ import annotations

import logging
from datetime import timedelta

from django_tasks import task

from access import schedule
from documents import embargo, originals, processing, quarantine, recognition, safety, scanning, scratch
from documents.adding import pending
from documents.models import Document, Erasure
from documents.verification import verify_weekly

logger = logging.getLogger(__name__)


@task()
def process_document(document_id: int) -> None:
    """Makes the public copy, text, tokens and cover of one document. Enqueue it on commit; repeating is harmless."""
    processing.process(document_id)
    if recognition.is_waiting(document_id):
        recognise_document.enqueue(document_id)


@task(priority=-50)
def recognise_document(document_id: int) -> None:
    """Recognises pages of a scan for a while and enqueues itself for the rest. New uploads come first."""
    if recognition.recognise(document_id):
        recognise_document.enqueue(document_id)


def requeue_unfinished() -> int:
    """Queues documents again whose worker was killed or whose task was lost; returns how many."""
    found = processing.unfinished(process_document.module_path)
    for document_id in found:
        process_document.enqueue(document_id)
    return len(found)


def requeue_recognition() -> int:
    """The same for the recognition of scans; returns how many."""
    found = recognition.unfinished(recognise_document.module_path)
    for document_id in found:
        recognise_document.enqueue(document_id)
    return len(found)


@task()
def check_document(document_id: int) -> None:
    """Inspects the public copy of a ready document anew. Repeating is harmless; a failure leaves the old verdicts."""
    document = Document.objects.ready().filter(pk=document_id).first()
    if document is not None:
        safety.check_again(document)


@task()
def survey_erasure(erasure_id: str) -> None:
    """Counts what an erasure that was asked for would take. Repeating it is harmless."""
    from documents.erasure import running  # it enqueues nothing, but its steps need the models of all apps

    running.survey(erasure_id)


@task(priority=50)
def erase(erasure_id: str) -> None:
    """Carries out a confirmed erasure. Enqueue it on commit; repeating it is harmless, and the schedule does."""
    from documents.erasure import running  # see above

    running.run(erasure_id)


def resume_erasures() -> int:
    """Goes on with erasures whose worker was killed, and surveys whose task was lost; returns how many are done.

    A survey that fails is an error in the log, and in nobody's way.
    """
    from documents.erasure import running  # see above

    done = running.resume()
    for pk in Erasure.objects.filter(state=Erasure.State.ASKED, surveyed_at=None).values_list("pk", flat=True):
        try:
            running.survey(str(pk))
        except Exception:
            logger.exception("A survey failed", extra={"event": "erasure_survey_failed", "erasure": str(pk)})
    return done


def erase_again() -> int:
    """Erases again what a restored backup brought back; runs when a worker starts and every hour."""
    from documents.erasure import running  # see above

    return running.erase_again()


def judge_held() -> int:
    """Judges uploads that arrived while the scanner didn't answer; returns how many."""
    from documents.adding import filing  # see above

    return filing.judge_held()


def register_jobs() -> None:
    """Adds what the worker repeats; called once from ``ready()``."""
    schedule.register("documents.requeue_unfinished", timedelta(seconds=5), requeue_unfinished)
    schedule.register("documents.clear_scratch", timedelta(hours=1), scratch.clear)
    schedule.register("documents.verify_weekly", timedelta(hours=1), verify_weekly)
    schedule.register("documents.sweep_uploads", timedelta(hours=1), pending.sweep)
    schedule.register("documents.judge_held", timedelta(minutes=1), judge_held)
    schedule.register("documents.sweep_quarantine", timedelta(hours=1), quarantine.sweep)
    schedule.register("documents.requeue_recognition", timedelta(minutes=1), requeue_recognition)
    schedule.register("documents.scan_older", timedelta(minutes=1), scanning.scan_older)
    schedule.register("documents.check_older", timedelta(minutes=1), safety.check_older)
    schedule.register("documents.tell_findings", timedelta(minutes=1), safety.tell_findings)
    schedule.register("documents.put_originals_away", timedelta(minutes=10), originals.put_all_away)
    schedule.register("documents.end_embargoes", embargo.EVERY, embargo.end_due)
    schedule.register("documents.resume_erasures", timedelta(seconds=15), resume_erasures)
    schedule.register("documents.erase_again", timedelta(hours=1), erase_again)
