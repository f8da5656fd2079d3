"""What a translator sees first: the work that waits, in their languages only, and where to begin without any."""

import pytest
from django.urls import reverse

from translations import actions
from translations.board import board_of, rows_of, waiting_for
from workflows.emergency import emergency

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(report, german, editor):
    return actions.request_translation(report, german, editor)


def home_of(client, user) -> str:
    client.force_login(user)
    return client.get(reverse("wagtailadmin_home")).content.decode()


def test_translator_finds_the_open_translation_on_the_first_page(client, job, translator):
    text = home_of(client, translator)
    assert "Waiting for your translation" in text
    assert reverse("translations:edit", args=[job.translation.uuid]) in text


def test_nobody_is_shown_the_work_of_another_language_or_role(client, job, arabic_translator, editor, reviewer):
    assert not waiting_for(arabic_translator)
    assert "Nothing waits for you" in home_of(client, arabic_translator)
    for user in (editor, reviewer):
        assert "Waiting for your translation" not in home_of(client, user)


def test_published_translations_wait_no_more_and_stand_last_on_the_board(
    job, translator, admin, german, publish, report
):
    with emergency(admin, "set-up of a test"):
        job.target_page().get_latest_revision().publish(user=admin)
    assert not waiting_for(translator)
    other = report.copy(update_attrs={"title": "Another", "slug": "another"}, keep_live=False, user=admin)
    open_job = actions.request_translation(publish(other), german, admin)
    assert [row.url for row in rows_of(waiting_for(translator))] == [
        reverse("translations:edit", args=[open_job.translation.uuid])
    ]
    assert [row.title for row in board_of(translator)] == ["Another", "Chain of command"]
