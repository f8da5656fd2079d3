"""What the access rules answer at their edges: nobody there, somebody inactive, something asked twice."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from wagtail.models import Collection, PageViewRestriction

from access import roles, schedule
from access.logs import JsonFormatter
from access.visibility import is_visible, visible_to
from access.visitor import Visitor, account_of
from tests.factories import PublicationPageFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_stranger_has_no_account():
    request = RequestFactory().get("/admin/")
    request.user = AnonymousUser()
    with pytest.raises(PermissionDenied):
        account_of(request)


def test_a_leaver_is_in_no_group():
    leaver = UserFactory(groups=[roles.EDITORS], is_active=False)
    assert Visitor(leaver).group_ids == frozenset()


@pytest.mark.parametrize("password", ["", "secret"])
def test_superusers_pass_every_restriction_and_passwords_admit_nobody(password):
    page = PublicationPageFactory(published=True)
    kind = PageViewRestriction.PASSWORD if password else PageViewRestriction.LOGIN
    PageViewRestriction.objects.create(page=page, restriction_type=kind, password=password)
    for user, sees in ((UserFactory(is_superuser=True), True), (UserFactory(), not password), (None, False)):
        visitor = Visitor(user)
        assert is_visible(page, visitor) is sees
        assert visible_to(type(page).objects.filter(pk=page.pk), visitor).exists() is sees


def test_a_job_has_a_name_of_its_own(monkeypatch):
    monkeypatch.setattr(schedule, "_jobs", {})

    def run():
        """Does nothing."""

    schedule.register("tests.job", timedelta(minutes=1), run)
    schedule.register("tests.job", timedelta(minutes=2), run)
    assert [job.every for job in schedule.jobs()] == [timedelta(minutes=2)]
    with pytest.raises(ValueError, match="already"):
        schedule.register("tests.job", timedelta(minutes=1), lambda: None)


def test_a_log_line_has_the_traceback_of_an_error():
    try:
        raise KeyError("the key")
    except KeyError:
        record = logging.getLogger("tests").makeRecord(
            "tests", logging.ERROR, __file__, 1, "It failed", (), __import__("sys").exc_info()
        )
    line = json.loads(JsonFormatter().format(record))
    assert line["message"] == "It failed" and "KeyError" in line["exception"]


def test_roles_wait_for_what_is_not_migrated_yet():
    """The first migration sets roles up before all permissions and the root collection are there."""
    Permission.objects.filter(codename="access_admin").delete()
    Permission.objects.filter(content_type__app_label="access").delete()
    Collection.objects.all().delete()
    Group.objects.all().delete()
    roles.ensure_roles()
    assert Group.objects.filter(name=roles.EDITORS).exists()
    assert not Group.objects.get(name=roles.AUTHORS).permissions.filter(codename="access_admin").exists()
