"""Colleagues at the admin ask for every address that it has; each learns what their role lets them know.

The routes are read from the URL configuration, so that a screen that comes with an update is asked too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page, TaskState

from access.models import User
from documents.models import DocumentCheck, Erasure, PendingUpload
from home.demo.states import REQUESTED
from tests.demo.admin_addresses import addresses, kind_of, names_in, patterns
from tests.demo.asking import NOTHING, Probe
from tests.demo.world import PLANTED, World, page_of
from translations.models import TranslationJob

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared_search,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]
COLLEAGUES = ("author2", "translator-ar")
OTHERS = ("translator-de", "reviewer-ar")
"""Colleagues with the same rights in another language, or fewer."""
PLAIN = (
    "/admin/",
    "/admin/account/",
    "/admin/pages/search/?q=xqxqxq",
    "/admin/documents/?q=xqxqxq",
    "/admin/images/?q=xqxqxq",
    "/admin/images/add/",
    "/admin/documents/add/",
    "/admin/choose-page/",
    "/admin/translations/",
    "/admin/bulk/wagtailcore/page/delete/?id=999999999",
    "/en/qqqqqqq/",
)
"""Screens that show nothing but the interface."""
NUMBERED = ("page", "document", "image")


def colleague(world: World, login: str) -> Probe:
    """A probe that knows what this colleague may not."""
    probe = Probe(User.objects.get(username=login))
    readable = [*world.public, *(own_drafts() if login == "translator-de" else [])]
    interface = {word for word in probe.interface(*PLAIN) if not word.startswith(PLANTED.casefold())}
    probe.secrets = world.secrets(
        readable=readable, documents=world.public_documents, interface=interface, colleague=True
    )
    return probe


def own_drafts() -> list[Page]:
    """The translation into German that somebody asked for: its translators may know of it."""
    return [Page.objects.get(pk=page_of(REQUESTED[0], REQUESTED[1]).pk)]


def hidden_things() -> dict[str, list[str]]:
    """What the parameters of the routes are filled with: things that none of the colleagues may know."""
    draft, in_review, pending = (
        page_of("mapping-of-funders"),
        page_of("annual-review-2025"),
        page_of("who-gave-the-order"),
    )
    check = DocumentCheck.objects.filter(document=draft.files.get().document_id).first()
    state = TaskState.objects.get(workflow_state__object_id=str(in_review.pk))
    upload = PendingUpload.objects.create(user=draft.owner, name=f"{PLANTED} notes.pdf", length=9)
    erasure = Erasure.objects.create(series=draft.files.get().document.series, number=1, reason=f"{PLANTED}otter.")
    job = TranslationJob.objects.filter(translation__target_locale__language_code="fr").first()
    return {
        "page": [draft.pk, pending.pk],
        "document": [draft.files.get().document_id],
        "image": [draft.get_latest_revision_as_object().lead_image_id],
        "revision_id": [draft.latest_revision_id, pending.latest_revision_id],
        "task_state_id": [state.pk],
        "state_id": [state.pk],
        "task_id": [state.task_id],
        "workflow_state_id": [state.workflow_state_id],
        "upload_id": [upload.pk],
        "uuid": [job.translation.uuid],
        "check_id": [check.pk],
        "erasure_id": [erasure.pk],
        "decision": ["confirm"],
        "number": [1],
        **dict.fromkeys(("pk", "workflow_pk", "redirect_id", "collection_id", "uploaded_file_id"), [1]),
    }


@pytest.mark.parametrize("login", [*COLLEAGUES, *(pytest.param(login, marks=pytest.mark.deep) for login in OTHERS)])
def test_no_address_of_the_admin_tells_a_colleague_more_than_their_role_knows(world, login):
    probe = colleague(world, login)
    assert any(word.startswith(PLANTED.casefold()) for word in probe.secrets.words), "or the probe could not fail"
    ask_routes(probe, [route for route in patterns() if login == COLLEAGUES[0] or _takes_a_number(route)])
    ask_for_lists(probe, world)
    ask_with_numbers_in_the_query(probe, world)
    assert probe.leaks == []
    assert probe.asked > 200


def _takes_a_number(route: str) -> bool:
    return any(kind_of(route, name) in NUMBERED for name in names_in(route))


def ask_routes(probe: Probe, routes: list[str]) -> None:
    """Each route with hidden things in it: no word of them, and by number what is hidden answers as what isn't."""
    things = {name: [str(value) for value in values] for name, values in hidden_things().items()}
    nothing = things | {kind: [str(NOTHING)] for kind in NUMBERED}
    for route in routes:
        asked = list(addresses(route, things))
        assert asked, f"{route} has a parameter that the probe can't fill"
        for address in asked:
            response = probe.look(address)
            if _takes_a_number(route) and things["page"][1] not in address.split("/"):
                missing = probe.ask(next(addresses(route, nothing)))
                if response.status_code != missing.status_code:
                    probe.leaks.append(
                        f"{address} ({response.status_code}) differs from missing ({missing.status_code})"
                    )


def ask_for_lists(probe: Probe, world: World) -> None:
    """Explorer, choosers, searches and the admin's API, where they list and where they find."""
    parents = {page.get_parent().pk for page in [*world.hidden, *world.restricted, *world.withdrawn]}
    for parent in parents:
        for form in ("/admin/pages/{}/", "/admin/choose-page/{}/", "/admin/api/main/pages/?child_of={}&for_explorer=1"):
            probe.look(form.format(parent))
    for start in (PLANTED[:5], "Verdi", "Mappi"):
        for form in SEARCHES:
            probe.look(form.format(start))
    for kind in ("pages", "documents", "images"):
        probe.look(f"/admin/api/main/{kind}/?fields=*&limit=20&order=-id")


SEARCHES = (
    "/admin/pages/search/?q={}",
    "/admin/choose-page/search/?q={}",
    "/admin/documents/?q={}",
    "/admin/images/?q={}",
    "/admin/documents/chooser/results/?q={}",
    "/admin/images/chooser/results/?q={}",
    "/admin/tag-autocomplete/?term={}",
    "/admin/api/main/pages/?search={}&fields=*",
    "/admin/pages/usage/publications/publicationpage/?q={}",
)


def ask_with_numbers_in_the_query(probe: Probe, world: World) -> None:
    """Bulk actions and choosers take numbers in the query: one, several, and all of a list."""
    pages = [*world.hidden, *world.restricted, *world.withdrawn]
    if probe.user.username == "translator-de":
        pages = [page for page in pages if page not in own_drafts()]
    of = {
        ("wagtailcore", "page"): [page.pk for page in pages],
        ("documents", "document"): [document.pk for document in world.hidden_documents],
        ("documents", "image"): [image.pk for image in world.hidden_images],
    }
    choosers = ("/admin/choose-page/", "/admin/documents/chooser/", "/admin/images/chooser/")
    for ((app, model), numbers), chooser in zip(of.items(), choosers, strict=True):
        asked = "&".join(f"id={number}" for number in numbers)
        probe.look(f"{chooser}chosen-multiple/?{asked}")
        for action in ("delete", "move", "publish", "unpublish", "add_tags", "add_to_collection"):
            probe.look(f"/admin/bulk/{app}/{model}/{action}/?id={numbers[0]}")
            probe.look(f"/admin/bulk/{app}/{model}/{action}/?{asked}")
            # Which pages "all" means is asked of one view, whatever is done to them.
            for place in _places(pages) if action == "delete" else [next(_places(pages))]:
                probe.look(f"/admin/bulk/{app}/{model}/{action}/?id=all&{place}")


def _places(pages: list[Any]) -> Iterator[str]:
    """Lists of which "all" can be asked: below the parent of hidden pages, below a hidden page, below nothing."""
    yield from (f"childOf={pages[0].get_parent().pk}&parentId=1", f"childOf={pages[0].pk}", f"childOf={NOTHING}", "q=")


@pytest.mark.parametrize("login", [*COLLEAGUES, *(pytest.param(login, marks=pytest.mark.deep) for login in OTHERS)])
def test_a_post_about_a_hidden_page_answers_as_one_about_a_missing_page(world, login):
    probe = Probe(User.objects.get(username=login))
    for form in POSTS:
        for page in (*world.hidden[:3], *world.restricted):
            probe.compare(form.format(page.pk), form.format(NOTHING + page.pk), "POST")
    assert probe.leaks == []


POSTS = (
    "/admin/pages/{}/edit/",
    "/admin/pages/{}/copy/",
    "/admin/pages/{}/move/",
    "/admin/pages/{}/delete/",
    "/admin/pages/{}/unpublish/",
    "/admin/pages/{}/convert_alias/",
    "/admin/pages/{}/privacy/",
    "/admin/pages/{}/lock/",
    "/admin/pages/{}/unlock/",
    "/admin/pages/{}/edit/preview/",
    "/admin/api/main/pages/{}/action/copy/",
    "/admin/api/main/pages/{}/action/convert_alias/",
    "/admin/editing-sessions/ping/wagtailcore/page/{}/999999/",
    "/admin/bulk/wagtailcore/page/delete/?id={}",
    "/admin/translations/request/{}/",
    "/admin/approval/withdraw/{}/",
)


def test_a_member_has_nothing_to_look_for_in_the_admin(world):
    """Every address answers as it does where nothing is: with the sign-in, or with 404."""
    client = Client()
    client.force_login(User.objects.get(username="member"))
    things = {name: [str(values[0])] for name, values in hidden_things().items()}
    nothing = things | {kind: [str(NOTHING)] for kind in NUMBERED}
    for route in patterns():
        if not route.startswith(OPEN_TO_ALL):
            hidden, missing = (client.get(next(addresses(route, values))) for values in (things, nothing))
            assert hidden.status_code == missing.status_code, route
            assert hidden.status_code == 404 or hidden.url.startswith("/admin/login/"), route


OPEN_TO_ALL = ("admin/login/", "admin/password_reset/")
