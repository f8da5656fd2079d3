"""Naming is reading: who puts a file into a page must be allowed to read it.

Otherwise an author posts any number into a draft of their own and reads what it points at, because
who may edit a page may read what its revisions name. Asked by forms before they are saved, and by
the revision gate, which no way around the forms can avoid.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.utils.translation import gettext, ngettext
from wagtail.models import Page, Revision

from access.models import User
from access.visitor import Visitor
from documents.access import readable_by, readable_images
from documents.uses import Named, named_by, named_by_revision


class NamingDenied(PermissionDenied):
    """Someone named a file that they may not read; ``str()`` is a sentence."""


def unreadable(user: User | AnonymousUser, named: Named) -> Named:
    """The part of ``named`` that ``user`` may not read."""
    visitor = Visitor(user)
    documents = readable_by(visitor).filter(pk__in=named.documents) if named.documents else ()
    images = readable_images(visitor).filter(pk__in=named.images) if named.images else ()
    return named.without(
        Named(frozenset(document.pk for document in documents), frozenset(image.pk for image in images))
    )


def check(
    user: User | AnonymousUser,
    old_ids: Iterable[int],
    new_ids: Iterable[int],
    old_images: Iterable[int] = (),
    new_images: Iterable[int] = (),
) -> None:
    """Raises NamingDenied where ``user`` newly names a document or picture that they may not read."""
    new = Named(frozenset(new_ids), frozenset(new_images)).without(Named(frozenset(old_ids), frozenset(old_images)))
    if sentence := refusal(unreadable(user, new)):
        raise NamingDenied(sentence)


def assert_may_name(user: User | AnonymousUser | None, page: Page, content: Revision | Model | None = None) -> None:
    """Raises NamingDenied where ``content`` names a file that ``user`` may not read and that the page's latest
    revision doesn't name already.

    ``content`` is the revision or instance about to be saved, by default ``page`` as it is in
    memory. Without a user the system itself acts (a migration, a schedule): nothing is asked.
    """
    if user is None:
        return
    old = named_by_revision(page.latest_revision_id)
    new = named_by(page if content is None else content)
    check(user, old.documents, new.documents, old.images, new.images)


def refusal(named: Named) -> str:
    """The sentence for files that may not be named; empty where there are none. It tells no title and no number."""
    parts = []
    if named.documents:
        parts.append(
            ngettext(
                "This page names a file that you may not read.",
                "This page names %(count)d files that you may not read.",
                len(named.documents),
            )
            % {"count": len(named.documents)}
        )
    if named.images:
        parts.append(
            ngettext(
                "This page names a picture that you may not see.",
                "This page names %(count)d pictures that you may not see.",
                len(named.images),
            )
            % {"count": len(named.images)}
        )
    if parts:
        parts.append(gettext("Choose it in the chooser, or ask for access."))
    return " ".join(parts)
