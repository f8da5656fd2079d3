"""What a colleague may learn in the admin: a draft of somebody else's isn't there, by list, search, chooser or number."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Page

from access.editorial import knowable_pages
from access.models import User
from access.roles import AUTHORS, EDITORS, translators
from cms.publications.models import PublicationIndexPage, PublicationPage
from workflows.emergency import emergency

pytestmark = pytest.mark.django_db
SECRET = "Witness in Raqqa"


def person(name: str, *groups: str, **fields) -> User:
    user = User.objects.create_user(name, **fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


@pytest.fixture
def index():
    return PublicationIndexPage.objects.get(locale__language_code="en")


@pytest.fixture
def draft(index):
    page = PublicationPage(title=SECRET, slug="witness", live=False, owner=person("author", AUTHORS))
    index.add_child(instance=page)
    page.save_revision()
    return page


@pytest.fixture
def public(index):
    page = PublicationPage(title="Public report", slug="public", live=False)
    index.add_child(instance=page)
    boss = person("boss", is_superuser=True)
    with emergency(boss, "test"):
        page.save_revision().publish(user=boss)
    return page


@pytest.fixture(params=["author2", "translator-ar"])
def colleague(request):
    return person(request.param, {"author2": AUTHORS, "translator-ar": translators("ar")}[request.param])


def test_a_colleague_knows_what_is_public_and_not_the_draft(draft, public, colleague):
    titles = set(knowable_pages(colleague).values_list("title", flat=True))
    assert "Public report" in titles
    assert SECRET not in titles


def test_the_author_and_the_editors_know_the_draft(draft):
    for user in (draft.owner, person("editor", EDITORS)):
        assert knowable_pages(user).filter(pk=draft.pk).exists()


LISTS = {
    "explorer": lambda index: reverse("wagtailadmin_explore", args=[index.pk]),
    "search": lambda index: reverse("wagtailadmin_pages:search") + "?q=Witness",
    "page api": lambda index: reverse("wagtailadmin_api:pages:listing") + f"?child_of={index.pk}&for_explorer=1",
    "page api, all": lambda index: reverse("wagtailadmin_api:pages:listing"),
    "chooser": lambda index: reverse("wagtailadmin_choose_page_child", args=[index.pk]),
    "chooser search": lambda index: reverse("wagtailadmin_choose_page_search") + "?q=Witness",
    "home": lambda index: reverse("wagtailadmin_home"),
    "type use": lambda index: reverse("wagtailadmin_pages:type_use", args=["publications", "publicationpage"]),
    "site history": lambda index: reverse("wagtailadmin_reports:site_history"),
    "type usage report": lambda index: reverse("wagtailadmin_reports:page_types_usage"),
    "workflow report": lambda index: reverse("wagtailadmin_reports:workflow"),
    "workflow tasks report": lambda index: reverse("wagtailadmin_reports:workflow_tasks"),
    "aging pages": lambda index: reverse("wagtailadmin_reports:aging_pages"),
    "bulk action on all": lambda index: bulk("delete", "id=all"),
    "bulk action on all of a section": lambda index: bulk("move", f"id=all&childOf={index.pk}"),
    "bulk action on all that a search found": lambda index: bulk("unpublish", "id=all&q=Witness"),
    "bulk publish on all": lambda index: bulk("publish", "id=all"),
}


def bulk(action, query):
    return reverse("wagtail_bulk_action", args=["wagtailcore", "page", action]) + f"?{query}"


@pytest.mark.parametrize("name", LISTS)
def test_no_list_of_the_admin_tells_a_colleague_the_title(client, index, draft, colleague, name):
    client.force_login(colleague)
    response = client.get(LISTS[name](index), follow=True)
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("name", ["explorer", "page api", "chooser"])
def test_the_author_finds_the_draft_in_the_same_lists(client, index, draft, name):
    """Or the test above could not fail."""
    client.force_login(draft.owner)
    assert SECRET in client.get(LISTS[name](index), follow=True).content.decode()


BY_NUMBER = {
    "edit": lambda pk: reverse("wagtailadmin_pages:edit", args=[pk]),
    "view draft": lambda pk: reverse("wagtailadmin_pages:view_draft", args=[pk]),
    "history": lambda pk: reverse("wagtailadmin_pages:history", args=[pk]),
    "usage": lambda pk: reverse("wagtailadmin_pages:usage", args=[pk]),
    "delete": lambda pk: reverse("wagtailadmin_pages:delete", args=[pk]),
    "copy": lambda pk: reverse("wagtailadmin_pages:copy", args=[pk]),
    "move": lambda pk: reverse("wagtailadmin_pages:move", args=[pk]),
    "privacy": lambda pk: reverse("wagtailadmin_pages:set_privacy", args=[pk]),
    "explore": lambda pk: reverse("wagtailadmin_explore", args=[pk]),
    "choose below": lambda pk: reverse("wagtailadmin_choose_page_child", args=[pk]),
    "add below": lambda pk: reverse("wagtailadmin_pages:add_subpage", args=[pk]),
    "compare": lambda pk: reverse("wagtailadmin_pages:revisions_compare", args=[pk, "earliest", "latest"]),
    "chosen": lambda pk: reverse("wagtailadmin_choose_page_chosen_multiple") + f"?id={pk}",
    "all below": lambda pk: (
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id=all&childOf={pk}"
    ),
    "bulk delete": lambda pk: reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id={pk}",
    "ask for a translation": lambda pk: reverse("translations:request", args=[pk]),
    "choose several": lambda pk: reverse("wagtailadmin_choose_page_chosen_multiple") + f"?id={pk}",
    "page api": lambda pk: reverse("wagtailadmin_api:pages:detail", args=[pk]),
    "workflow history": lambda pk: reverse("wagtailadmin_pages:workflow_history", args=[pk]),
    "workflow preview": lambda pk: reverse("wagtailadmin_pages:workflow_preview", args=[pk, 1]),
    "preview": lambda pk: reverse("wagtailadmin_pages:preview_on_edit", args=[pk]),
}


@pytest.mark.parametrize("name", BY_NUMBER)
def test_by_number_a_hidden_page_answers_as_a_missing_one(client, draft, colleague, name):
    client.force_login(colleague)
    missing = Page.objects.order_by("-pk").first().pk + 1000
    hidden, nothing = client.get(BY_NUMBER[name](draft.pk)), client.get(BY_NUMBER[name](missing))
    assert hidden.status_code == nothing.status_code == 404
    assert SECRET not in hidden.content.decode()


def test_a_bulk_action_of_nothing_that_one_knows_is_a_404(client, draft, colleague):
    client.force_login(colleague)
    assert client.get(bulk("delete", "id=none")).status_code == 404


def test_everybody_is_told_of_what_they_may_know_when_choosing_several(client, draft):
    client.force_login(draft.owner)
    url = reverse("wagtailadmin_choose_page_chosen_multiple") + f"?id={draft.pk}"
    assert SECRET in client.get(url).content.decode()


def test_all_of_a_list_means_all_that_a_colleague_sees_of_it(client, index, draft, public, colleague):
    client.force_login(colleague)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id=all&childOf={index.pk}"
    assert SECRET not in client.get(url).content.decode()
    public.delete()
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["explorer", "page api", "chooser"])
def test_a_working_title_of_a_public_page_is_told_to_nobody(client, index, public, name):
    public.title = SECRET
    public.save_revision(user=person("author", AUTHORS))
    client.force_login(person("author2", AUTHORS))
    response = client.get(LISTS[name](index), follow=True).content.decode()
    assert SECRET not in response and "Public report" in response


def test_the_working_title_becomes_the_title_with_the_publication(public):
    public.title = "A better title"
    with emergency(person("boss2", is_superuser=True), "test"):
        public.save_revision().publish()
    assert Page.objects.filter(pk=public.pk).values_list("title", "draft_title").get() == ("A better title",) * 2
