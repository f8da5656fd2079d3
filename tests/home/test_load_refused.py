"""When the demo is not loaded."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from access.models import User
from tests.factories import SectionPageFactory

pytestmark = pytest.mark.django_db


def test_production_settings_refuse_the_demo_logins(settings):
    settings.DEMO_LOGINS = False
    with pytest.raises(CommandError, match="demo logins"):
        call_command("load_demo")
    assert not User.objects.filter(username="author").exists()


def test_other_content_is_left_alone_by_if_empty(settings, capsys):
    settings.DEMO_LOGINS = True
    SectionPageFactory()
    call_command("load_demo", if_empty=True)
    assert not User.objects.filter(username="author").exists() and capsys.readouterr().out == ""
