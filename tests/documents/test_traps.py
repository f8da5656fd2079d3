"""The traps of the design of files, each as a request that must fail: what Wagtail would let through by default."""

import datetime
import json
from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Collection, GroupCollectionPermission, Page, PageViewRestriction

from cms.publications.models import PublicationFile, PublicationPage
from documents.actions import add_document
from documents.models import Document, DocumentRelease
from documents.processing import process
from tests.documents import making
from tests.documents.conftest import new_image, picture, upload
from tests.factories import DocumentFactory, PublicationPageFactory, SectionPageFactory, publish
from tests.workflows.conftest import People, form_of
from workflows import schedule

pytestmark = pytest.mark.django_db

SECRET = "Witness list of Raqqa"


@pytest.fixture
def people(db):
    """Everybody at a desk of their own."""
    return People()


def filed(data, user=None, **values):
    """A document, processed for real."""
    document = add_document(ContentFile(data, name="report.pdf"), title="Report", user=user, **values)
    assert process(document.pk)
    return Document.objects.get(pk=document.pk)


@pytest.fixture
def foreign(people):
    """A file of the author's, in a draft of theirs, that author2 may not read."""
    document = DocumentFactory(title=SECRET, uploaded_by_user=people.author.user)
    PublicationPageFactory(files=[document], owner=people.author.user).save_revision()
    return document


@pytest.fixture
def foreign_picture(people):
    return new_image(people.author.user, "blue", SECRET)


@pytest.fixture
def hidden_page(people):
    page = PublicationPageFactory(title=SECRET, owner=people.author.user)
    page.save_revision(user=people.author.user)
    return page


@pytest.fixture
def mine(people):
    """A draft of author2's."""
    page = PublicationPageFactory(title="Mine", owner=people.author2.user)
    page.save_revision(user=people.author2.user)
    return page


def rows(name, **values):
    base = {f"{name}-TOTAL_FORMS": "1", f"{name}-INITIAL_FORMS": "0", f"{name}-0-ORDER": "1", f"{name}-0-id": ""}
    return {**base, f"{name}-0-DELETE": "", **{f"{name}-0-{key}": value for key, value in values.items()}}


def block(kind, **values):
    base = {"body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": kind, "body-0-id": ""}
    return {**base, **{f"body-0-value-{key}": value for key, value in values.items()}}


def linked(entity, **data):
    """Rich text as the editor posts it: one word that links to something."""
    paragraph = {"key": "a", "type": "unstyled", "text": "link", "depth": 0, "inlineStyleRanges": [], "data": {}}
    paragraph["entityRanges"] = [{"offset": 0, "length": 4, "key": 0}]
    return json.dumps(
        {"blocks": [paragraph], "entityMap": {"0": {"type": entity, "mutability": "MUTABLE", "data": data}}}
    )


NAMINGS = {
    "the chooser of a file": lambda file, image, page: rows("files", document=file.pk, role="full", language="en"),
    "the chooser of a picture": lambda file, image, page: {"lead_image": image.pk},
    "a block with a file": lambda file, image, page: block("document", document=file.pk, title="", description=""),
    "a block with a picture": lambda file, image, page: block("image", image=image.pk, alt="x", caption="", credit=""),
    "a link to a file": lambda file, image, page: {"abstract": linked("DOCUMENT", id=file.pk)},
    "a link to a page": lambda file, image, page: {"abstract": linked("LINK", id=page.pk, parentId=1)},
    "the chooser of a page": lambda file, image, page: rows("related_publications", publication=page.pk),
}


class TestNamingIsReading:
    """author2 posts a number that no chooser offered: nothing is kept, and nothing of it is shown."""

    @pytest.fixture(params=NAMINGS)
    def posted(self, request, foreign, foreign_picture, hidden_page):
        return NAMINGS[request.param](foreign, foreign_picture, hidden_page)

    def assert_unread(self, foreign, foreign_picture, mine, *answers):
        assert not [answer for answer in answers if SECRET in answer.content.decode()]
        assert not [answer for answer in answers if "Witness-list" in answer.content.decode()]
        assert Page.objects.get(pk=mine.pk).latest_revision_id == mine.latest_revision_id
        assert foreign.uses.count() == 1
        assert not foreign_picture.uses.exists()

    @pytest.mark.parametrize("title", ["Mine", ""])
    def test_in_a_draft(self, people, foreign, foreign_picture, mine, posted, title):
        data = {**people.author2.form(mine), **posted, "title": title}
        answer = people.author2.post("wagtailadmin_pages:edit", mine.pk, data=data)
        self.assert_unread(foreign, foreign_picture, mine, answer)
        assert not mine.files.exists()

    def test_in_a_draft_that_saves_itself(self, people, foreign, foreign_picture, mine, posted):
        data = {**people.author2.form(mine), **posted}
        url = reverse("wagtailadmin_pages:edit", args=[mine.pk])
        answer = people.author2.client.post(url, data, headers={"Accept": "application/json"})
        self.assert_unread(foreign, foreign_picture, mine, answer)

    def test_in_a_new_page(self, people, foreign, foreign_picture, mine, posted):
        url = reverse("wagtailadmin_pages:add", args=["publications", "publicationpage", mine.get_parent().pk])
        data = form_of(people.author2.client.get(url), PublicationPage)
        answer = people.author2.client.post(url, {**data, **posted, "title": "New", "slug": "new"})
        self.assert_unread(foreign, foreign_picture, mine, answer)
        assert not Page.objects.filter(slug="new").exists()

    def test_in_a_preview(self, people, foreign, foreign_picture, mine, posted):
        desk = people.author2
        data = {**desk.form(mine), **posted}
        posting = desk.post("wagtailadmin_pages:preview_on_edit", mine.pk, data=data)
        shown = desk.get("wagtailadmin_pages:preview_on_edit", mine.pk)
        self.assert_unread(foreign, foreign_picture, mine, posting, shown)

    def test_beside_another_mistake_in_the_same_text(self, people, foreign, foreign_picture, mine):
        """A refused stream is drawn again as it was posted."""
        data = {**people.author2.form(mine), **block("document", document=foreign.pk, title="x" * 300, description="")}
        answer = people.author2.post("wagtailadmin_pages:edit", mine.pk, data=data)
        self.assert_unread(foreign, foreign_picture, mine, answer)

    def test_the_reason_is_said(self, people, foreign, mine):
        data = {**people.author2.form(mine), **NAMINGS["the chooser of a file"](foreign, None, None)}
        answer = people.author2.post("wagtailadmin_pages:edit", mine.pk, data=data)
        assert people.author2.messages(answer)[0].startswith("This page names a file that you may not read.")

    def test_what_is_in_reach_is_saved(self, people, mine):
        public = PublicationPageFactory(published=True, title="Public report")
        own = DocumentFactory(title="Own", uploaded_by_user=people.author2.user)
        image = new_image(people.author2.user)
        data = people.author2.form(mine)
        for naming in ("the chooser of a file", "the chooser of a picture", "the chooser of a page"):
            data.update(NAMINGS[naming](own, image, public))
        people.author2.post("wagtailadmin_pages:edit", mine.pk, data=data)
        draft = Page.objects.get(pk=mine.pk).get_latest_revision_as_object()
        assert [row.document_id for row in draft.files.all()] == [own.pk]
        assert [row.publication_id for row in draft.related_publications.all()] == [public.pk]
        assert draft.lead_image_id == image.pk

    def test_what_the_draft_names_already_may_stay(self, people, foreign, hidden_page, mine):
        mine.files = [PublicationFile(document=foreign)]
        mine.save_revision(user=people.editor.user)
        people.author2.edit(mine, title="Another title")
        assert Page.objects.get(pk=mine.pk).draft_title == "Another title"


class TestServing:
    def test_the_serve_view_by_number(self, client, people, foreign):
        for desk in (None, people.author2, people.translator_de, people.member):
            browser = desk.client if desk else client
            answer = browser.get(reverse("wagtaildocs_serve", args=[foreign.pk, foreign.filename]))
            assert answer.status_code == 404
            assert SECRET not in answer.content.decode()

    def test_a_file_of_a_page_below_no_site(self, client):
        document = DocumentFactory()
        page = PublicationPageFactory(published=True, files=[document])
        assert client.get(document.url).status_code == 200
        root = Page.get_first_root_node()
        binned = root.add_child(instance=Page(title="Bin", slug="bin", locale=page.locale))
        page.move(binned, pos="last-child")
        assert Page.objects.get(pk=page.pk).live
        assert client.get(document.url).status_code == 404

    def test_a_collection_gives_no_right_to_read(self, people, foreign):
        group = people.author2.user.groups.get()
        for permission in GroupCollectionPermission.objects.filter(group=group).values_list("permission", flat=True):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=Collection.get_first_root_node(), permission_id=permission
            )
        assert GroupCollectionPermission.objects.filter(group=group).exists()
        assert people.author2.client.get(foreign.url).status_code == 404
        assert people.author2.client.get(foreign.reading_url(1)).status_code == 404
        assert people.author2.get("wagtaildocs:edit", foreign.pk).status_code == 404

    def test_a_restriction_added_later_reaches_the_files_of_the_translations(self, client, people):
        english = PublicationPageFactory(published=True)
        document = DocumentFactory(language="de")
        german = PublicationPageFactory(published=True, translation_of=english, language="de", files=[document])
        assert client.get(document.url).status_code == 200
        people.editor.post("wagtailadmin_pages:set_privacy", english.pk, data={"restriction_type": "login"})
        assert client.get(german.get_url()).status_code == 404
        assert client.get(document.url).status_code == 404
        assert people.member.client.get(document.url).status_code == 200


class TestRejected:
    def test_a_rejected_version_is_readable_by_nobody_outside_for_ever(self, client, people):
        first = filed(making.report(2))
        page = PublicationPageFactory(published=True, files=[first], owner=people.author.user)
        rejected = filed(making.report(3), user=people.author.user, series=first.series)
        page = Page.objects.get(pk=page.pk).specific
        page.files = [PublicationFile(document=rejected)]
        page.save_revision(user=people.author.user)
        people.author.submit(page)
        people.editor.decide(page, "reject", comment="It names a witness.")
        third = filed(making.report(2), series=first.series)
        page = Page.objects.get(pk=page.pk).specific
        page.files = [PublicationFile(document=third)]
        publish(page)
        base = f"/d/{first.series}/v{rejected.number}/"
        for address in ("", "name.pdf", "p/1/", "p/1/image.webp", "cover.webp"):
            for method in (client.get, client.head):
                assert method(base + address).status_code == 404, address
        assert client.get(f"/d/{first.series}/p/3/").status_code == 404
        assert client.get(f"/d/{first.series}/").headers["ETag"] == f'"{third.sha256}"'
        assert not DocumentRelease.objects.filter(document=rejected).exists()


class TestTime:
    """Bytes and pages change at the very second, before and after the schedule has run."""

    def at(self, when, ask):
        with mock.patch("django.utils.timezone.now", lambda: when):
            return ask()

    def test_an_embargo_ends_for_page_and_bytes_in_the_second_it_begins(self, client, people):
        document = DocumentFactory()
        page = PublicationPageFactory(embargoed=True, files=[document])
        begins = Page.objects.get(pk=page.pk).go_live_at
        second = datetime.timedelta(seconds=1)

        def seen():
            return [client.get(url).status_code for url in (page.get_url(), document.url)]

        assert self.at(begins - second, schedule.run_due) == 0
        assert self.at(begins - second, seen) == [404, 404]
        assert self.at(begins, schedule.run_due) == 1
        assert self.at(begins - second, seen) == [404, 404], "a clock that is slow tells nothing early"
        assert self.at(begins, seen) == [200, 200]

    def test_expiry_is_asked_on_each_request(self, client):
        document = DocumentFactory()
        image = new_image()
        page = PublicationPageFactory(files=[document], lead_image=image)
        ends = timezone.now() + datetime.timedelta(hours=1)
        publish(page, expire_at=ends)
        picture_url = image.get_rendition("max-20x20").url
        second = datetime.timedelta(seconds=1)
        path = page.get_url()

        def seen():
            return [
                *(client.get(url).status_code for url in (path, document.url, picture_url)),
                path in client.get("/sitemap-en.xml").content.decode(),
                path in client.get("/en/publications/").content.decode(),
            ]

        assert self.at(ends - second, seen) == [200, 200, 200, True, True]
        assert self.at(ends, seen) == [404, 404, 404, False, False], "the schedule has not run"
        assert Page.objects.get(pk=page.pk).live


class TestWithdrawn:
    @pytest.mark.parametrize("state", ["published", "restricted", "embargoed", "expired", "draft", "hidden section"])
    def test_410_only_for_what_was_public(self, client, people, state):
        document = DocumentFactory()
        page = PublicationPageFactory(
            files=[document], **({state: True} if state in ("published", "embargoed", "expired") else {})
        )
        if state == "draft":
            page.save_revision()
        if state == "hidden section":
            page.move(SectionPageFactory(), pos="last-child")
        if state == "restricted":  # before it was published
            PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        if state in ("hidden section", "restricted"):
            publish(Page.objects.get(pk=page.pk).specific)
        people.editor.post("workflows_withdraw", page.pk, data={"reason": "A witness asked."})
        # A page that expired was public before; whether it is withdrawn then changes nothing of that.
        expected = 410 if state in ("published", "expired") else 404
        assert client.get(document.url).status_code == expected
        assert client.get(Page.objects.get(pk=page.pk).get_url()).status_code == expected


class TestDeleting:
    """What a page names stays, by whatever door it is to be removed; core answers 500."""

    @pytest.fixture
    def collection(self):
        return Collection.get_first_root_node().add_child(instance=Collection(name="Reports"))

    def test_a_collection_with_a_file_in_use(self, people, collection):
        document = DocumentFactory(collection=collection)
        PublicationPageFactory(files=[document]).save_revision()
        for desk in (people.root, people.siteadmin):
            assert desk.post("wagtailadmin_collections:delete", collection.pk).status_code in (403, 404)
        assert Document.objects.get(pk=document.pk).collection_id == collection.pk
        assert Collection.objects.filter(pk=collection.pk).exists()

    def test_the_admin_api_deletes_nothing(self, people, foreign):
        for url in (f"/admin/api/main/documents/{foreign.pk}/", "/admin/api/main/documents/"):
            assert people.root.client.delete(url).status_code in (403, 405)
        assert Document.objects.filter(pk=foreign.pk).exists()

    def test_a_page_with_its_file_and_the_account_of_its_uploader(self, people):
        document = DocumentFactory(uploaded_by_user=people.author.user)
        page = PublicationPageFactory(published=True, files=[document])
        people.editor.post("wagtailadmin_pages:delete", page.pk)
        people.author.user.delete()
        document.refresh_from_db()
        assert document.uploaded_by_user is None
        assert document.releases.exists(), "the record of what was public stays"

    def test_several_at_once_keep_all_when_one_is_in_use(self, people, foreign):
        other = DocumentFactory(title="Unused")
        url = reverse("wagtail_bulk_action", args=["documents", "document", "delete"])
        people.root.client.post(f"{url}?id={foreign.pk}&id={other.pk}&next=/admin/documents/")
        assert Document.objects.filter(pk__in=[foreign.pk, other.pk]).count() == 2


class TestReplacing:
    @pytest.mark.parametrize("who", ["author", "editor", "root"])
    def test_an_edit_can_not_exchange_the_file(self, people, foreign, who):
        desk = getattr(people, who)
        before = (foreign.file.name, foreign.original.name, foreign.sha256, foreign.size)
        root = Collection.get_first_root_node().pk
        data = {
            "title": "New title",
            "language": "de",
            "collection": root,
            "tags": "",
            "file": upload(making.report(1)),
        }
        assert desk.post("wagtaildocs:edit", foreign.pk, data=data).status_code == 302
        multiple = {f"doc-{foreign.pk}-{name}": value for name, value in data.items() if name != "file"}
        multiple[f"doc-{foreign.pk}-file"] = upload(making.report(1))
        desk.client.post(f"/admin/documents/multiple/{foreign.pk}/", multiple)
        after = Document.objects.get(pk=foreign.pk)
        assert (after.file.name, after.original.name, after.sha256, after.size) == before
        assert after.file.storage.exists(before[0])
        assert after.title == "New title"

    def test_a_picture_neither(self, people):
        image = new_image(people.author.user)
        before = image.file.name
        data = {"title": "New", "tags": "", "file": upload(picture("yellow"), "x.png")}
        people.author.post("wagtailimages:edit", image.pk, data=data)
        people.author.client.post(f"/admin/images/multiple/{image.pk}/", {f"image-{image.pk}-title": "New"})
        image.refresh_from_db()
        assert image.file.name == before
        assert image.file.storage.exists(before)
