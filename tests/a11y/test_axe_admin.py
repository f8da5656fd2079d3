"""axe on our own screens of the admin, in English and in Arabic, light and dark: no finding in what is ours."""

from __future__ import annotations

import pytest
from wagtail.users.models import UserProfile

from tests.a11y.world import admin_addresses, build

pytestmark = pytest.mark.django_db(transaction=True)

# Parts of Wagtail's own that we can't change, each with what axe says about it.
WAGTAILS = (
    "#fileupload",  # label: the hidden input behind "drop files here" has none
    ".ui-autocomplete-input",  # label: the widget for tags puts an input beside the labelled one
)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", pytest.param("ar", marks=pytest.mark.deep)])
def test_no_screen_of_ours_has_a_finding(live_server, signed_in, findings, language):
    found = {}
    for name, (user, address) in admin_addresses(build("en")).items():
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
        page = signed_in(user)
        answer = page.goto(live_server.url + address)
        assert answer.status == 200, name
        assert page.locator("html").get_attribute("lang") == language
        if lines := findings(page, exclude=WAGTAILS):
            found[name] = lines
    assert found == {}, "\n".join(f"{name}: {line}" for name, lines in found.items() for line in lines)
