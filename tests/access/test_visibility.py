"""The rule of which pages a visitor may see, on a small real tree: the exact visible set per visitor."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, Site

from access.boundary import Boundary, page_tokens, section_types, tokens_of
from access.models import User
from access.visibility import is_visible, visible_to
from access.visitor import Visitor
from cms.core.models import SectionPage
from cms.publications.models import PublicationIndexPage, PublicationPage
from home.models import HomePage
from tests.factories import PublicationPageFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
PAST, FUTURE = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def add(parent: Page, slug: str, **fields) -> Page:
    return parent.add_child(instance=Page(title=slug, slug=slug, **fields))


@pytest.fixture
def tree():
    """One page per state, below the English root; and a root that belongs to no site."""
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=Page(title="home-x", slug="home-x"))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
    outside = root.add_child(instance=Page(title="outside", slug="outside"))
    pages = {"home": home}
    for slug, fields in {
        "live": {},
        "draft": {"live": False},
        "expired": {"expire_at": PAST},
        "expires-later": {"expire_at": FUTURE},
        "embargoed": {"go_live_at": FUTURE},
        "embargo-over": {"go_live_at": PAST},
        "members": {},
        "group": {},
        "password": {},
    }.items():
        pages[slug] = add(home, slug, **fields)
        pages[f"{slug}/child"] = add(pages[slug], "child")
        pages[slug].refresh_from_db()
    pages["outside/child"] = add(outside, "child")
    PageViewRestriction.objects.create(page=pages["members"], restriction_type="login")
    restriction = PageViewRestriction.objects.create(page=pages["group"], restriction_type="groups")
    restriction.groups.add(Group.objects.get(name="Readers"))
    PageViewRestriction.objects.create(page=pages["password"], restriction_type="password", password="x")
    return pages


def visitor(kind: str) -> Visitor:
    if kind == "anonymous":
        return Visitor()
    user = User.objects.create_user(kind, is_superuser=kind == "superuser", is_active=kind != "inactive member")
    if kind in ("member", "inactive member"):
        user.groups.add(Group.objects.get(name="Readers"))
    return Visitor(user)


PUBLIC = {"home", "live", "live/child", "expires-later", "expires-later/child", "embargo-over", "embargo-over/child"}
MEMBERS = {"members", "members/child"}
GROUP = {"group", "group/child"}
VISIBLE = {
    "anonymous": PUBLIC,
    "inactive member": PUBLIC,
    "account": PUBLIC | MEMBERS,
    "member": PUBLIC | MEMBERS | GROUP,
    "superuser": PUBLIC | MEMBERS | GROUP | {"password", "password/child"},
}


@pytest.mark.parametrize("kind", VISIBLE)
def test_each_visitor_sees_exactly_this(tree, kind):
    who = visitor(kind)
    listed = {name for name, page in tree.items() if visible_to(Page.objects.filter(pk=page.pk), who).exists()}
    assert listed == VISIBLE[kind], {"leaked": listed - VISIBLE[kind], "missing": VISIBLE[kind] - listed}


@pytest.mark.parametrize("kind", VISIBLE)
def test_one_page_and_a_list_agree(tree, kind):
    who = visitor(kind)
    for name, page in tree.items():
        page.refresh_from_db()
        assert is_visible(page, who) == (name in VISIBLE[kind]), name


@pytest.mark.parametrize("kind", VISIBLE)
def test_index_tokens_admit_the_same_visitors(tree, kind):
    who = visitor(kind)
    for name in VISIBLE["superuser"]:
        admitted = who.tokens is None or bool(page_tokens(tree[name]) & who.tokens)
        assert admitted == (name in VISIBLE[kind]), name


def test_a_restriction_counts_for_the_translations_too(tree):
    german = Locale.objects.get_or_create(language_code="de")[0]
    translation = tree["home"].add_child(
        instance=Page(title="de", slug="de", locale=german, translation_key=tree["group"].translation_key)
    )
    assert not is_visible(translation, Visitor())
    assert page_tokens(translation) == page_tokens(tree["group"])


def test_tokens_of_many_pages_take_two_queries(tree, django_assert_num_queries):
    pages = list(tree.values())
    with django_assert_num_queries(2):
        found = tokens_of(pages)
    assert found == {page.pk: page_tokens(page) for page in pages}
    assert len(set(found.values())) > 2


def test_two_group_restrictions_want_both_groups(tree):
    editors = Group.objects.get(name="Editors")
    PageViewRestriction.objects.create(page=tree["group/child"], restriction_type="groups").groups.add(editors)
    member = visitor("member")
    assert not is_visible(tree["group/child"], member)
    assert not page_tokens(tree["group/child"]) & member.tokens
    member.user.groups.add(editors)
    both = Visitor(member.user)
    assert is_visible(tree["group/child"], both)
    assert page_tokens(tree["group/child"]) & both.tokens


def test_without_a_site_nothing_is_visible(tree):
    Site.objects.all().delete()
    assert not visible_to(Page.objects.all(), Visitor()).exists()


def test_the_boundary_costs_few_queries_however_many_restrictions(tree, django_assert_max_num_queries):
    for name in ("live", "live/child", "embargo-over"):
        PageViewRestriction.objects.create(page=tree[name], restriction_type="groups")
    with django_assert_max_num_queries(4):
        Visitor().boundary  # noqa: B018  # reading it is the point


def test_a_hidden_section_hides_its_children_whatever_its_row_counts(tree):
    """Saving an object loaded before the children came writes ``numchild=0``."""
    Page.objects.filter(pk=tree["draft"].pk).update(numchild=0)
    assert not visible_to(Page.objects.filter(pk=tree["draft/child"].pk), Visitor()).exists()


def test_nothing_can_lie_below_a_page_that_is_no_section():
    """The boundary asks sections only: what lay below a draft of another type would be open to everybody."""
    draft, other = PublicationPageFactory(live=False), PublicationPageFactory()
    with pytest.raises(ValidationError):
        add(Page.objects.get(pk=draft.pk), "below")
    with pytest.raises(ValidationError):
        other.move(draft, pos="last-child")
    assert not draft.get_descendants().exists()


def test_the_boundary_asks_sections_and_not_every_page(tree):
    """Where it looked at all parents, it cost a tenth of a second in an archive of 100,000, on every request."""
    sections = {ContentType.objects.get_for_id(pk).model_class() for pk in section_types()}
    assert PublicationPage not in sections
    assert {Page, HomePage, SectionPage, PublicationIndexPage} <= sections


def test_thousands_of_closed_places_are_no_limit(tree):
    open_page, child = tree["live"], tree["live/child"]
    others = (Page._get_path(open_page.path, child.depth, step) for step in range(100, 3000))
    boundary = Boundary(frozenset({open_page.path[: 2 * Page.steplen]}), frozenset({child.path, *others}))
    shown = Page.objects.filter(boundary.as_q())
    assert open_page in shown and child not in shown


def test_a_section_whose_type_is_gone_from_the_code_hides_its_children_still(tree):
    gone = ContentType.objects.create(app_label="gone", model="oldsection")
    Page.objects.filter(pk=tree["draft"].pk).update(content_type=gone)
    assert not visible_to(Page.objects.filter(pk=tree["draft/child"].pk), Visitor()).exists()
