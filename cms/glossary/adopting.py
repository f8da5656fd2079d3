"""A word that readers look for in vain becomes another form of a term: in a draft, which somebody else approves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from access.visibility import visible_to
from access.visitor import Visitor
from cms.core.keys import key_of, with_keys
from cms.glossary.models import GlossaryTermPage
from search.analysis.folding import without_accents
from search.board.adoption import AdoptionRefused, Entry

if TYPE_CHECKING:
    from access.models import User

LOOKED_AT = 50
"""Terms whose names are most like a word: the first of them that its asker may edit are offered."""


class AdoptedWords:
    """See ``search.board.adoption.Glossary``."""

    def alike(self, text: str, language: str, user: User, limit: int) -> list[Entry]:
        """Two queries, and some for the rights of the user."""
        rows = (
            _public(user).filter(locale__language_code=language).values_list("pk", "title", "abbreviation", "variants")
        )
        wanted = _plain(text)
        scores = {pk: max(_likeness(wanted, names)) for pk, *names in rows.order_by("title", "pk")}
        best = sorted(scores, key=lambda pk: -scores[pk])[:LOOKED_AT]
        found = _public(user).select_related("locale").in_bulk(best)
        return [_entry(found[pk]) for pk in _editable((found[pk] for pk in best if pk in found), user, limit)]

    def known(self, keys: Collection[str], user: User) -> dict[str, Entry]:
        rows = {page.pk: page for page in _public(user).filter(with_keys(keys)).select_related("locale")}
        return {key_of(rows[pk]): _entry(rows[pk]) for pk in _editable(rows.values(), user, len(rows))}

    @transaction.atomic
    def adopt(self, key: str, word: str, user: User) -> Entry:
        page = (
            _public(user)
            .filter(with_keys([key]))
            .select_related("locale")
            .select_for_update(of=("page_ptr",), no_key=True)  # the row that everybody holds first: documents.locks
            .first()
        )
        if page is None or not page.permissions_for_user(user).can_edit():
            raise AdoptionRefused(_("You may edit no public term of this name. Choose another one."))
        if page.workflow_in_progress:
            raise AdoptionRefused(_("This term is in review. Decide on it first, then add the word."))
        lock = page.get_lock()
        if lock and lock.for_user(user):
            raise AdoptionRefused(_("Somebody has locked this term. Ask them, or choose another one."))
        draft = page.get_latest_revision_as_object()
        names = (draft.title, draft.abbreviation, *draft.variant_list)
        if _plain(word) not in map(_plain, names):  # else it waits for approval already
            draft.variants = "\n".join([*draft.variant_list, word])
            draft.save_revision(user=user, log_action=True)
        return _entry(page)


def _public(user: User) -> QuerySet[Any]:
    """A term that is a copy of another page follows that one; it has no draft of its own."""
    return visible_to(GlossaryTermPage.objects.filter(alias_of=None), Visitor(user))


def _editable(pages: Iterable[Any], user: User, limit: int) -> list[int]:
    """Primary keys of the first ``limit`` of ``pages`` that ``user`` may edit."""
    found: list[int] = []
    for page in pages:
        if len(found) == limit:
            break
        if page.permissions_for_user(user).can_edit():
            found.append(page.pk)
    return found


def _entry(page: GlossaryTermPage) -> Entry:
    return Entry(key_of(page), page.title, reverse("wagtailadmin_pages:edit", args=[page.pk]))


def _likeness(wanted: str, names: Iterable[str]) -> Iterable[float]:
    """How much each of the names, several of which may stand one below the other, is like a word; from 0 to 100."""
    for name in map(_plain, "\n".join(names).splitlines()):
        yield 100 if wanted in name else fuzz.token_sort_ratio(wanted, name)


def _plain(text: str) -> str:
    return " ".join(without_accents(text).casefold().split())
