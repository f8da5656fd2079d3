"""A fresh database serves: languages, a home page for each, the lists below it, the site."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from wagtail.models import Collection, Locale, Page, Site

from cms.cases.models import CaseIndexPage
from cms.core.models import BasePage, SiteSettings
from cms.glossary.models import GlossaryIndexPage
from cms.publications.models import PublicationIndexPage
from cms.topics.models import TopicIndexPage
from home import titles
from home.models import HomePage
from workflows import approvals

REASON = "Set up with the site: an empty list page."
NAMESPACE = UUID("6e2f7f0e-5a0d-4b1b-9a51-0d3c0c1f7a11")
INDEX_PAGES: tuple[tuple[type[BasePage], dict[str, titles.Named]], ...] = (
    (CaseIndexPage, titles.CASES),
    (PublicationIndexPage, titles.PUBLICATIONS),
    (TopicIndexPage, titles.TOPICS),
    (GlossaryIndexPage, titles.GLOSSARY),
)


@transaction.atomic
def ensure_site() -> list[str]:
    """Makes what is missing; returns the languages whose tree was made now. Idempotent.

    A tree that exists is left alone, whatever its editors removed from it.
    """
    _ensure_roots()
    root = Page.get_first_root_node()
    made = []
    present = dict(HomePage.objects.filter(depth=2).values_list("locale__language_code", "translation_key"))
    key = next(iter(present.values()), None)
    for code, _name in settings.LANGUAGES:
        if code not in present:
            home = _make_tree(root, Locale.objects.get(language_code=code), key)
            key = home.translation_key
            made.append(code)
            root.refresh_from_db()
    _ensure_site_record()
    return made


def _ensure_roots() -> None:
    """Languages, the root page, the root collection: Wagtail's migrations make them, a flushed database lacks them."""
    present = set(Locale.all_objects.values_list("language_code", flat=True))
    Locale.objects.bulk_create(
        [Locale(language_code=code) for code, _name in settings.LANGUAGES if code not in present]
    )
    if Page.get_first_root_node() is None:
        Page.add_root(instance=Page(title="Root", slug="root", locale=Locale.get_default()))
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")


def _make_tree(root: Page, locale: Locale, key: UUID | None) -> HomePage:
    code = locale.language_code
    title = titles.HOME.get(code.split("-")[0], titles.HOME["en"])
    home = HomePage(title=title, slug=_free_slug(root, code), locale=locale, live=False)
    if key is not None:
        home.translation_key = key
    root.add_child(instance=home)
    _publish(home)
    for model, names in INDEX_PAGES:
        named = titles.in_language(names, code)
        page = model(title=named.title, slug=named.slug, locale=locale, live=False, show_in_menus=True)
        page.translation_key = uuid5(NAMESPACE, f"{home.translation_key}/{model.__name__}")
        home.add_child(instance=page)
        _publish(page)
    return home


def _free_slug(root: Page, code: str) -> str:
    taken = set(root.get_children().values_list("slug", flat=True))
    return next(slug for slug in (code, *(f"{code}-{number}" for number in range(2, 100))) if slug not in taken)


def _publish(page: BasePage) -> None:
    """An empty list has nothing to approve; the record says who decided: nobody, the set-up."""
    revision = page.save_revision()
    approvals.record(page, revision, approvals.Decision.IMPORT, None, comment=REASON)
    revision.publish(skip_permission_checks=True)


def _ensure_site_record() -> None:
    """The site starts at the home page of the source language; Wagtail's welcome page goes."""
    homes = HomePage.objects.filter(depth=2)
    home = homes.filter(locale__language_code=settings.LANGUAGE_CODE).first() or homes.first()
    address = urlsplit(settings.SITE_URL)
    site = Site.objects.filter(is_default_site=True).first() or Site.objects.first()
    port = address.port or (443 if address.scheme == "https" else 80)
    if site is None:
        site = Site.objects.create(
            hostname=address.hostname or "localhost",
            port=port,
            root_page=home,
            is_default_site=True,
            # The admin greets those who work in one language with it; without it, with the host's name.
            site_name=settings.WAGTAIL_SITE_NAME,
        )
    elif not HomePage.objects.filter(pk=site.root_page_id).exists():
        # The site that Wagtail's own migration made: it knows neither our home page nor our address.
        site.root_page, site.hostname, site.port = home, address.hostname or "localhost", port
        site.save()
    SiteSettings.objects.get_or_create(site=site)
    for welcome in Page.objects.filter(depth=2, content_type__app_label="wagtailcore", slug="home", numchild=0):
        if not Site.objects.filter(root_page=welcome).exists():
            welcome.delete()
