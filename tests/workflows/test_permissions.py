"""What editors may do with public pages, by single and by bulk views, and what nobody may."""

from types import SimpleNamespace

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page, PageViewRestriction, Revision

from access.models import User
from tests.factories import SectionPageFactory
from tests.workflows.test_time import embargoed
from workflows import refusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def public():
    return SectionPageFactory(published=True)


def bulk(desk, action, *pages, **data):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    query = "&".join(f"id={page.pk}" for page in pages)
    return desk.client.post(f"{url}?{query}", data)


def is_live(page):
    return Page.objects.get(pk=page.pk).live


OTHERS = ["author", "legal", "translator_de", "reviewer_de"]


class TestUnpublish:
    def test_editors(self, people, public):
        people.editor.post("wagtailadmin_pages:unpublish", public.pk)
        assert not is_live(public)

    def test_editors_in_bulk(self, people, public):
        other = SectionPageFactory(published=True)
        bulk(people.editor, "unpublish", public, other)
        assert not is_live(public)
        assert not is_live(other)

    @pytest.mark.parametrize("who", OTHERS)
    def test_nobody_else(self, people, public, who):
        getattr(people, who).post("wagtailadmin_pages:unpublish", public.pk)
        bulk(getattr(people, who), "unpublish", public)
        assert is_live(public)

    def test_not_a_draft_and_not_in_review(self, people, public):
        assert not SectionPageFactory().permissions_for_user(people.editor.user).can_unpublish()
        people.editor2.submit(public)
        page = Page.objects.get(pk=public.pk)
        assert not page.permissions_for_user(people.editor.user).can_unpublish()

    def test_someone_who_left(self, people, public):
        people.editor.user.is_active = False
        assert not public.permissions_for_user(people.editor.user).can_unpublish()


class TestUnschedule:
    def test_editors(self, people):
        page = embargoed(people)
        people.editor2.post("wagtailadmin_pages:revisions_unschedule", page.pk, page.scheduled_revision.pk)
        assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()

    @pytest.mark.parametrize("who", OTHERS)
    def test_nobody_else(self, people, who):
        page = embargoed(people)
        getattr(people, who).post("wagtailadmin_pages:revisions_unschedule", page.pk, page.scheduled_revision.pk)
        assert Revision.objects.filter(approved_go_live_at__isnull=False).exists()


class TestPrivacy:
    def test_editors(self, people, public):
        people.editor.post("wagtailadmin_pages:set_privacy", public.pk, data={"restriction_type": "login"})
        assert PageViewRestriction.objects.filter(page=public.pk).exists()

    @pytest.mark.parametrize("who", OTHERS)
    def test_nobody_else(self, people, public, who):
        getattr(people, who).post("wagtailadmin_pages:set_privacy", public.pk, data={"restriction_type": "login"})
        assert not PageViewRestriction.objects.exists()


class TestReorder:
    def order(self, *pages):
        return list(Page.objects.filter(pk__in=[p.pk for p in pages]).order_by("path").values_list("pk", flat=True))

    @pytest.mark.parametrize("who", ["editor", *OTHERS])
    def test_editors_only(self, people, public, who):
        first, second = (SectionPageFactory(published=True, parent=public) for _ in range(2))
        url = reverse("wagtailadmin_pages:set_page_position", args=[second.pk])
        getattr(people, who).client.post(f"{url}?position=0")
        expected = [second.pk, first.pk] if who == "editor" else [first.pk, second.pk]
        assert self.order(first, second) == expected


class TestDelete:
    def test_an_editor_needs_the_right_to_add_there(self, people):
        for page in (SectionPageFactory(), SectionPageFactory(published=True)):
            assert page.permissions_for_user(people.editor.user).can_delete()
        GroupPagePermission.objects.filter(group__name="Editors", permission__codename="add_page").delete()
        editor = User.objects.get(pk=people.editor.user.pk)  # without what was remembered of the rights
        for page in (SectionPageFactory(), SectionPageFactory(published=True)):
            tester = page.permissions_for_user(editor)
            assert (tester.can_edit(), tester.can_delete(), tester.can_delete(ignore_bulk=True)) == (True, False, False)

    def test_editors(self, people, public):
        people.editor.post("wagtailadmin_pages:delete", public.pk)
        assert not Page.objects.filter(pk=public.pk).exists()

    def test_editors_in_bulk(self, people, public):
        other = SectionPageFactory(published=True)
        bulk(people.editor, "delete", public, other)
        assert not Page.objects.filter(pk__in=[public.pk, other.pk]).exists()

    def test_not_a_section_with_pages_in_it(self, people, public):
        SectionPageFactory(published=True, parent=public)
        people.editor.post("wagtailadmin_pages:delete", public.pk)
        assert Page.objects.filter(pk=public.pk).exists()

    @pytest.mark.parametrize("who", OTHERS)
    def test_nobody_else(self, people, public, who):
        getattr(people, who).post("wagtailadmin_pages:delete", public.pk)
        bulk(getattr(people, who), "delete", public)
        assert Page.objects.filter(pk=public.pk).exists()


class TestMove:
    @pytest.fixture
    def target(self):
        return SectionPageFactory(published=True, title="Target")

    def parent(self, page):
        return Page.objects.get(pk=page.pk).get_parent().pk

    def test_editors(self, people, public, target):
        people.editor.post("wagtailadmin_pages:move_confirm", public.pk, target.pk)
        assert self.parent(public) == target.pk
        assert is_live(public)

    def test_editors_in_bulk(self, people, public, target):
        other = SectionPageFactory(published=True)
        bulk(people.editor, "move", public, other, chooser=str(target.pk))
        assert {self.parent(public), self.parent(other)} == {target.pk}

    @pytest.mark.parametrize("who", OTHERS)
    def test_nobody_else(self, people, public, target, who):
        getattr(people, who).post("wagtailadmin_pages:move_confirm", public.pk, target.pk)
        bulk(getattr(people, who), "move", public, chooser=str(target.pk))
        assert self.parent(public) != target.pk

    def test_not_out_of_a_closed_section(self, people, target):
        closed = SectionPageFactory(restricted=True)
        inside = SectionPageFactory(published=True, parent=closed)
        people.editor.post("wagtailadmin_pages:move_confirm", inside.pk, target.pk)
        assert self.parent(inside) == closed.pk
        people.editor.post("wagtailadmin_pages:move_confirm", target.pk, closed.pk)
        assert self.parent(target) == closed.pk, "into a closed section is no publication"

    def test_not_into_itself_and_not_where_the_type_does_not_belong(self, people, public):
        below = SectionPageFactory(published=True, parent=public)
        tester = public.permissions_for_user(people.editor.user)
        assert not tester.can_move_to(below)
        assert not tester.can_move_to(public)
        assert not tester.can_move_to(Page.get_first_root_node())


class TestNobodyPublishes:
    @pytest.mark.parametrize("who", ["author", "editor", "legal", "translator_de", "reviewer_de", "member"])
    def test_but_administrators(self, people, public, who):
        tester = public.permissions_for_user(getattr(people, who).user)
        assert not tester.can_publish()
        assert not tester.can_publish_subpage()

    def test_administrators_hold_the_right_and_the_gate_stops_them(self, people):
        page = SectionPageFactory()
        page.save_revision()
        assert page.permissions_for_user(people.siteadmin.user).can_publish()
        people.siteadmin.edit(page, action="publish")
        bulk(people.siteadmin, "publish", page)
        assert not is_live(page)


class TestEdges:
    def test_leavers_delete_nothing_and_nobody_the_root(self, people, public):
        user = people.editor.user
        assert public.permissions_for_user(user).can_delete()
        assert not Page.objects.get(depth=1).permissions_for_user(user).can_delete()
        user.is_active = False
        assert not public.permissions_for_user(user).can_delete()

    def test_a_page_is_moved_neither_onto_itself_nor_below_itself(self, people, public):
        below = SectionPageFactory(parent=public, published=True)
        rights = public.permissions_for_user(people.editor.user)
        assert not rights.can_move_to(public)
        assert not rights.can_move_to(below)

    def test_a_refusal_outside_of_a_transaction_has_nothing_to_take_back(self, rf, monkeypatch):
        monkeypatch.setattr(refusals, "connection", SimpleNamespace(in_atomic_block=False))
        request = rf.get("/admin/")
        request._messages = CookieStorage(request)
        assert refusals._refused(request, "The reason.").status_code == 302
        assert [str(message) for message in request._messages] == ["The reason."]
