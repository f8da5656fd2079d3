"""People in every role, and the ways in which they send a page through review: by requests to the admin."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.fields import StreamField
from wagtail.models import Page, WorkflowState
from wagtail.test.utils.form_data import querydict_from_html

from access.roles import ADMINISTRATORS, AUTHORS, EDITORS, LEGAL, translation_reviewers, translators
from tests.factories import UserFactory

ROLES = {
    "author": [AUTHORS],
    "author2": [AUTHORS],
    "editor": [EDITORS],
    "editor2": [EDITORS],
    "legal": [LEGAL],
    "editor_and_legal": [EDITORS, LEGAL],
    "siteadmin": [ADMINISTRATORS],
    "translator_de": [translators("de")],
    "reviewer_de": [translation_reviewers("de")],
    "reviewer_de2": [translation_reviewers("de")],
    "reviewer_ar": [translation_reviewers("ar")],
    "member": [],
}


def form_of(response, page_class):
    """What the browser would post from an edit or create screen; streams, which JavaScript draws, empty."""
    data = querydict_from_html(response.content.decode(), form_id="page-edit-form")
    for field in page_class._meta.get_fields():
        if isinstance(field, StreamField):
            data.setdefault(f"{field.name}-count", "0")
    return data


class Desk:
    """A person at the admin."""

    def __init__(self, user):
        self.user = user
        self.client = Client()
        self.client.force_login(user)

    def get(self, name, *args, **query):
        return self.client.get(reverse(name, args=args), query)

    def post(self, name, *args, data=None, query="", **extra):
        return self.client.post(reverse(name, args=args) + query, data or {}, **extra)

    def form(self, page):
        """What the browser would post from the edit screen of ``page``."""
        response = self.get("wagtailadmin_pages:edit", page.pk)
        assert response.status_code == 200, response.headers
        return form_of(response, page)

    def edit(self, page, *, action=None, **changes):
        data = self.form(page)
        data.update(changes)
        if action:
            data[f"action-{action}"] = "1"
        return self.post("wagtailadmin_pages:edit", page.pk, data=data)

    def submit(self, page, **changes):
        """Saves and submits as the edit screen does, without drawing it: that takes half a second, and most tests begin so."""
        page = Page.objects.get(pk=page.pk).get_latest_revision_as_object()
        for name, value in changes.items():
            setattr(page, name, value)
        page.save_revision(user=self.user, log_action=True)
        if (state := page.current_workflow_state) and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
            state.resume(self.user)
        else:
            page.get_workflow().start(page, self.user)
        return review_of(page)

    def submit_by_form(self, page, **changes):
        """The same by the requests of a browser."""
        response = self.edit(page, action="submit", **changes)
        assert response.status_code == 302, response.context["form"].errors
        return review_of(page)

    def decide(self, page, action="approve", state=None, **data):
        state = state or review_of(page)
        return self.post("wagtailadmin_pages:workflow_action", page.pk, action, state.pk, data=data)

    def messages(self, response):
        return [str(message) for message in self.client.get(response.url).context["messages"]]


def review_of(page):
    return Page.objects.get(pk=page.pk).current_workflow_task_state


class People:
    """``people.author``, ``people.editor``, … and ``people.root``, a superuser."""

    def __getattr__(self, name):
        user = (
            UserFactory(username=name, is_superuser=True)
            if name == "root"
            else UserFactory(username=name, groups=ROLES[name])
        )
        user.email = f"{name}@example.org"
        user.save()
        desk = Desk(user)
        setattr(self, name, desk)
        return desk


@pytest.fixture
def people(db):
    return People()


@pytest.fixture
def fresh():
    """Reads a page again."""
    return lambda page: Page.objects.get(pk=page.pk).specific
