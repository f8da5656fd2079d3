"""The board at length: all jobs, page by page, at the same cost for few and for many."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail_localize.models import StringSegment, StringTranslation

from translations import actions, board, panels
from translations.models import TranslationJob
from workflows.emergency import emergency

pytestmark = pytest.mark.django_db
JOBS = 5


@pytest.fixture
def jobs(report, german, admin, publish):
    """Jobs for five publications, in the order in which they were asked for."""
    found = [actions.request_translation(report, german, admin)]
    for number in range(1, JOBS):
        attributes = {"title": f"Report {number}", "slug": f"report-{number}"}
        other = publish(report.copy(update_attrs=attributes, keep_live=False, user=admin))
        found.append(actions.request_translation(other, german, admin))
    return found


def shown(client, user, page: int = 1) -> list[str]:
    """The ids of the translations on a page of the board."""
    client.force_login(user)
    html = client.get(reverse("translations:board"), {"p": page}).content.decode()
    return re.findall(r'class="title"><a href="[^"]*/([0-9a-f-]{36})/"', html)


def test_every_job_is_on_one_page_of_the_board(client, jobs, translator, monkeypatch):
    monkeypatch.setattr(board, "ROWS", 2)
    pages = [shown(client, translator, number) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(uuid for page in pages for uuid in page) == sorted(str(job.translation.uuid) for job in jobs)
    text = client.get(reverse("translations:board")).content.decode()
    assert "Page 1 of 3" in text and f"{JOBS} translation jobs" in text.lower()
    assert shown(client, translator, 99) == pages[2]


def test_board_costs_the_same_for_few_jobs_and_for_many(client, jobs, translator, monkeypatch):
    client.force_login(translator)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("translations:board")).status_code == 200
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

    cost()  # content types and the site's roots are kept in memory
    many = cost()
    monkeypatch.setattr(board, "ROWS", 2)
    assert cost() == many
    with CaptureQueriesContext(connection) as captured:
        assert len(board.rows_of(TranslationJob.objects.with_everything())) == JOBS
    assert len(captured) == 5, [query["sql"][:120] for query in captured]


def test_rows_say_what_a_single_job_says(jobs, report, translator, admin, german, publish):
    """The state of many at once is that of one by one."""
    outdated, submitted, done, half = jobs[0], jobs[1], jobs[2], jobs[3]
    for job in (submitted, done):
        for segment in StringSegment.objects.filter(source=job.translation.source):
            _translate(segment, german)
    _translate(StringSegment.objects.filter(source=half.translation.source).first(), german)
    _translate(StringSegment.objects.filter(source=half.translation.source).last(), german, has_error=True)
    actions.save_draft(submitted, translator)
    actions.submit(submitted, translator)
    report.summary = "Something else."
    publish(report)
    with emergency(admin, "set-up of a test"):
        jobs[4].target_page().get_latest_revision().publish(user=admin)
    rows = dict(zip(jobs, board.rows_of(jobs), strict=True))
    for job, row in rows.items():
        assert (row.total, row.done) == job.translation.get_progress()
        assert (row.state == "The source is newer") == job.is_outdated()
    assert [rows[job].state for job in (outdated, submitted, done, half, jobs[4])] == [
        "The source is newer",
        "In review",
        "Ready to submit",
        "In progress",
        "Published",
    ]
    assert rows[half].done == 1


def test_job_of_a_deleted_page_leaves_no_gap(client, jobs, translator):
    gone = jobs[0].target_page()
    gone.delete()
    assert len(shown(client, translator)) == JOBS - 1


def test_first_page_of_the_admin_shows_the_most_urgent_and_how_many_there_are(client, jobs, translator, monkeypatch):
    monkeypatch.setattr(panels, "SHOWN", 3)
    client.force_login(translator)
    text = client.get(reverse("wagtailadmin_home")).content.decode()
    assert text.count('class="title"') == 3
    assert f"All {JOBS} translations that wait" in text


def _translate(segment: StringSegment, locale, **values) -> None:
    StringTranslation.objects.update_or_create(
        translation_of_id=segment.string_id,
        context_id=segment.context_id,
        locale=locale,
        defaults={"data": "Übersetzt", **values},
    )


def test_a_reviewer_learns_of_a_translation_when_it_is_submitted(client, jobs, translator, reviewer):
    assert shown(client, reviewer) == []
    for segment in StringSegment.objects.filter(source=jobs[0].translation.source):
        _translate(segment, jobs[0].translation.target_locale)
    actions.save_draft(jobs[0], translator)
    actions.submit(jobs[0], translator)
    assert shown(client, reviewer) == [str(jobs[0].translation.uuid)]
