"""Which pages an editor may know of. Wagtail's admin shows every title of a tree to whoever may add a page in it.

An author sees what is public, what they may edit, and what waits for their review; a colleague's
draft isn't there for them: not in the explorer, in choosers, in the admin's API, and not by number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from wagtail.models import Page, TaskState
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

from access.boundary import published_now
from access.roles import ADMINISTRATORS, EDITORS, LEGAL
from access.visitor import Visitor

if TYPE_CHECKING:
    from access.models import User

PAGE_ARGUMENTS = frozenset(
    {"page_id", "page_pk", "parent_page_id", "page_to_move_id", "destination_id", "root_page_id"}
)
PAGE_NAMESPACES = frozenset({"wagtailadmin_pages", "wagtailadmin_api:pages"})
"""Where an argument called ``pk`` is a page's."""
CHOSEN_PAGES = "wagtailadmin_choose_page_chosen_multiple"


def knowable_pages(user: User) -> QuerySet[Page]:
    """Pages whose title ``user`` may learn in the admin: public to them, editable, or waiting for their review.

    The roots of the language trees are always among them: one has to start somewhere.
    """
    if user.is_superuser:
        return Page.objects.all()
    policy = policy_registry.get_by_type(Page)
    editable = policy.instances_user_has_any_permission_for(user, {"change"})
    in_review = TaskState.objects.reviewable_by(user).values_list("workflow_state__object_id", flat=True)
    return Page.objects.filter(
        Q(depth__lte=2)
        | Q(pk__in=editable.order_by().values("pk"))
        | Q(pk__in=[int(pk) for pk in in_review])
        | (published_now() & Visitor(user).boundary.as_q())
    )


class EditorialPagePolicy(PagePermissionPolicy):
    """Wagtail's policy, with an explorer that shows only what the user may know of."""

    def explorable_instances(self, user: User) -> QuerySet[Page]:
        """Feeds the explorer, the admin's search, its API and its log. Empty for users without rights on any page."""
        if not user.is_superuser and not self.get_cached_permissions_for_user(user):
            return Page.objects.none()
        pages: QuerySet[Page] = super().explorable_instances(user)
        return pages if user.is_superuser else pages.filter(pk__in=knowable_pages(user).order_by().values("pk"))


class AdminPageMiddleware:
    """Answers 404 for every admin address that names a page which the user may not know of.

    Wagtail's views answer with a redirect where the right is missing, and with 404 where the page
    is: numbers could be counted. One place instead of one check per view, stock views included.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path_info.startswith("/admin/"):
            # Under the public site's "no-referrer" browsers post with "Origin: null", which the CSRF check refuses.
            response.headers["Referrer-Policy"] = "same-origin"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Raises Http404 before the view runs, for pages out of reach and for reports that list every title."""
        match = request.resolver_match
        user = request.user
        if match is None or not match.route.startswith("admin/") or not user.is_authenticated or user.is_superuser:
            return
        wanted = _named_pages(request, match)
        if wanted and knowable_pages(user).filter(pk__in=wanted).count() != len(wanted):
            raise Http404
        if "wagtailadmin_reports" in match.namespaces and not may_see_reports(user):
            raise Http404


def may_see_reports(user: User) -> bool:
    """Reports list titles of all sections: for those who oversee all of them, which is who may take them down."""
    return may_withdraw(user)


def may_withdraw(user: User) -> bool:
    """Whether ``user`` may take back what is public: editors and legal reviewers, each alone, and administrators."""
    if not user.is_active:
        return False
    return bool(user.is_superuser or user.groups.filter(name__in=(EDITORS, LEGAL, ADMINISTRATORS)).exists())


def _named_pages(request: HttpRequest, match: ResolverMatch) -> set[int]:
    """The pages that a request names: in its address, in the list of a bulk action, as a place to move them to."""
    arguments = match.kwargs
    named = [value for name, value in arguments.items() if name in PAGE_ARGUMENTS]
    if match.namespace in PAGE_NAMESPACES:
        named.append(arguments.get("pk"))
    if (arguments.get("app_label"), arguments.get("model_name")) == ("wagtailcore", "page"):
        named += [arguments.get("object_id"), *request.GET.getlist("childOf"), *request.POST.getlist("chooser")]
        named += request.GET.getlist("id")
    if match.url_name == CHOSEN_PAGES:
        named += request.GET.getlist("id")
    return {int(value) for value in named if str(value).isdecimal()}


def register_policy() -> None:
    """Puts the policy in place; called once from ``ready()``."""
    policy_registry.register(Page, value=EditorialPagePolicy(Page))
