"""A deleted section takes along what lies below it."""

import pytest
from wagtail.models import Page

from tests.factories import SectionPageFactory

pytestmark = pytest.mark.django_db


def test_children_that_the_stored_number_forgot_go_too(client):
    section = SectionPageFactory(published=True)
    child = SectionPageFactory(parent=section, published=True)
    address = child.get_url()
    assert client.get(address).status_code == 200
    Page.objects.filter(pk=section.pk).update(numchild=0)
    Page.objects.get(pk=section.pk).specific.delete()
    assert not Page.objects.filter(pk=child.pk).exists()
    assert client.get(address).status_code in (404, 410)
