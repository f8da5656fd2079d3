"""Pages in every state but public: draft, in review, embargoed, expired, withdrawn, for members, in translation."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from access.roles import READERS
from cms.publications.models import PublicationIndexPage, PublicationPage
from home.demo.publishing import Press
from home.demo.texts import entries, structure
from home.demo.tree import Tree, publication_row
from translations.actions import request_translation
from translations.models import TranslationJob
from workflows.actions import withdraw
from workflows.models import Withdrawal

LANGUAGE = "en"
REQUESTED = ("archives-of-the-police", "de", "The exhibition opens in spring; the abstract is needed first.")


def keys_in(state: str) -> list[str]:
    """Publications in a state; "" are the public ones."""
    return [row["key"] for row in structure("publications") if row.get("state", "") == state]


def ensure_states(press: Press, tree: Tree) -> None:
    """Makes the pages that are missing and brings each into its state."""
    hidden = [row["key"] for row in structure("publications") if row.get("state")]
    press.find(PublicationPage, "publication", hidden)
    for key in hidden:
        if press.page("publication", key, LANGUAGE) is None:
            _make(press, tree, key)
    _second_editions(press, tree)
    _requested_translation(press)


def _make(press: Press, tree: Tree, key: str) -> None:
    row, entry = publication_row(key), entries(LANGUAGE, "publications")[key]
    page = PublicationPage()
    tree.fill_publication(page, entry, LANGUAGE)
    for name in ("go_live_at", "expire_at"):
        if row.get(name):
            setattr(page, name, datetime.fromisoformat(row[name]))
    expired = page.expire_at and page.expire_at < timezone.now()
    press.draft(page, tree.index(PublicationIndexPage, LANGUAGE), "publication", entry, LANGUAGE)
    state = row["state"]
    if state == "members":
        # Before it goes live: there must be no moment in which everybody can read it.
        rule = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.GROUPS)
        rule.groups.add(Group.objects.get(name=READERS))
    if state in ("draft", "in-review"):
        page.save_revision(user=press.writer(LANGUAGE))
        if state == "in-review":
            page.get_workflow().start(page, press.writer(LANGUAGE))
        return
    press.publish(page, LANGUAGE)
    if expired:
        # As the schedule does it once the time has come.
        page.unpublish(set_expired=True, user=None, log_action=False)
    if state == "withdrawn" and not Withdrawal.objects.filter(page_id=page.pk).exists():
        withdraw(page, press.people["editor"], row["reason"])


def _second_editions(press: Press, tree: Tree) -> None:
    """Publications whose file was replaced: the first edition was public, the second is."""
    for row in structure("publications"):
        page = press.page("publication", row["key"], LANGUAGE)
        if not row.get("second_edition") or page is None:
            continue
        if not page.files.filter(document__number=2).exists():
            tree.add_files(page, row, LANGUAGE, edition=2)
            press.publish(page, LANGUAGE)


def _requested_translation(press: Press) -> None:
    """One translation that somebody asked for and nobody has begun."""
    key, language, note = REQUESTED
    page = press.page("publication", key, LANGUAGE)
    if language not in press.locales or press.page("publication", key, language):
        return
    jobs = TranslationJob.objects.filter(translation__source__object_id=page.translation_key)
    if not jobs.filter(translation__target_locale=press.locales[language]).exists():
        request_translation(
            Page.objects.get(pk=page.pk).specific, press.locales[language], press.people["editor"], note=note
        )
