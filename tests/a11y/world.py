"""A site on which every page type and every screen of ours has something to show, in one language."""

from __future__ import annotations

import io
import uuid
from datetime import date
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils.timezone import localdate
from PIL import Image as Picture
from wagtail.models import Locale

from access.models import User
from access.roles import AUTHORS, EDITORS, translators
from cms.core.keys import key_of
from cms.core.models import Place
from documents.actions import add_document
from documents.models import Document, Image
from documents.processing import process
from search.models import SearchDay, SearchPromotion, WantedTerm
from search.outbox import drain
from tests.documents import making
from tests.factories import (
    CasePageFactory,
    GlossaryTermPageFactory,
    PlaceFactory,
    PublicationKindFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
    UserFactory,
    WorkKindFactory,
)
from translations.actions import request_translation
from workflows.models import ReviewTaskState

# A word that no line has room for at 320 px.
LONG = "Vorgesetztenverantwortlichkeitsrechtsprechungsübersicht"
PLANTED = "The heron crossed the frontier at dawn."


def ready_file(title: str, language: str = "en", series: uuid.UUID | None = None) -> Document:
    """A PDF of three pages, processed for real; the heron stands on page 2. ``series``: the next version of it."""
    data = making.report(3, planted={2: f"{PLANTED} {title}"})
    document = add_document(
        ContentFile(data, name="report.pdf"), title=title, user=None, language=language, series=series
    )
    assert process(document.pk)
    return Document.objects.get(pk=document.pk)


def picture() -> Image:
    """An image of ours."""
    target = io.BytesIO()
    Picture.new("RGB", (640, 360), "#0b5650").save(target, "PNG")
    return Image.objects.create(title="A courtroom", file=ContentFile(target.getvalue(), name="court.png"))


def every_block(image: Image, document: Document) -> list[tuple[str, object]]:
    """A body with one of each block."""
    text = f"<p>Nine organisations work together, <a href='/en/'>here</a>. {LONG}</p><ul><li>One</li></ul>"
    film = {"title": "Survivors speak", "description": "Four minutes.", "poster": image, "transcript": text}
    place = {"title": "Brussels", "description": "The seat.", "latitude": "50.85", "longitude": "4.35", "zoom": 6}
    return [
        ("heading", {"text": f"How it began: {LONG}", "level": "h2"}),
        ("text", text),
        ("heading", {"text": "A smaller heading", "level": "h3"}),
        ("quote", {"text": "<p>Wer hört mich?</p>", "attribution": "A witness", "source": "Hearing", "language": "de"}),
        ("image", {"image": image, "alt": "A courtroom", "caption": "The hall", "credit": "The archive"}),
        ("video", {"provider": "youtube", "video_id": "dQw4w9WgXcQ", **film}),
        ("map", place),
        ("document", {"document": document, "title": "The report", "description": "All of it."}),
        *(("call_out", {"tone": tone, "heading": "In short", "text": text}) for tone in ("note", "key", "warning")),
        ("timeline", {"heading": "The course", "events": [{"when": "June 2024", "title": "Filed", "text": text}]}),
        (
            "table",
            {
                "caption": "Proceedings",
                "header": ["Country", "Proceedings", LONG],
                "rows": [{"cells": ["Germany", "14", LONG]}],
                "first_column_is_header": True,
            },
        ),
        ("accordion", {"parts": [{"heading": "Who may complain?", "text": text}]}),
        ("footnotes", {"notes": [{"marker": "1", "text": "<p>Judgment of 2022.</p>"}]}),
    ]


def build(language: str) -> SimpleNamespace:
    """Pages of every type with all their parts, a file with two versions, a page in review, a translation job."""
    here = {"language": language}
    image, first = picture(), ready_file("In the chain of command", language)
    second = ready_file("In the chain of command", language, series=first.series)
    kind = PublicationKindFactory(name=f"Report {LONG}", code="report", **here)
    country = PlaceFactory(name="Belgium", kind=Place.Kind.COUNTRY, iso="BE", **here)
    place = PlaceFactory(name="Brussels", parent=country, **here)
    topic = TopicPageFactory(published=True, title=f"Impunity {LONG}", synonyms="No punishment", **here)
    narrower = TopicPageFactory(published=True, title="Amnesties", parent_topic=topic, **here)
    term = GlossaryTermPageFactory(
        published=True,
        title="Heron",
        abbreviation="H",
        body="<p>A bird.</p>",
        variants="Herons",
        topics=[topic],
        **here,
    )
    earlier = PublicationPageFactory(published=True, title="Earlier work", files=[first], kind=kind, **here)
    publication = PublicationPageFactory(
        published=True,
        title=f"The heron of the frontier: {LONG}",
        subtitle="A study",
        abstract="<p>An abstract.</p>",
        kind=kind,
        topics=[topic],
        places=[place],
        terms=[term],
        files=[second, ready_file("Zusammenfassung", "de")],
        authors=["A. Author", "B. Author"],
        related=[earlier],
        doi="10.5555/heron",
        **here,
    )
    case = CasePageFactory(
        published=True,
        title="The heron case",
        subtitle="A programme",
        body=every_block(image, second),
        documents=[publication, second],
        terms=[term],
        topics=[topic, narrower],
        main_topic=topic,
        place=place,
        work_kind=WorkKindFactory(name="Networks", code="networks", **here),
        lead_image=image,
        lead_image_alt="A hall",
        lead_image_credit="The archive",
        status="ongoing",
        **here,
    )
    section = SectionPageFactory(published=True, title=LONG, body=every_block(image, second), **here)
    SectionPageFactory(published=True, title="Below it", parent=section, **here)
    withdrawn = PublicationPageFactory(withdrawn=True, title="Withdrawn work", **here)
    drain()
    return SimpleNamespace(
        language=language,
        first=first,
        second=second,
        publication=publication,
        case=case,
        section=section,
        topic=topic,
        narrower=narrower,
        term=term,
        withdrawn=withdrawn,
    )


def public_addresses(world: SimpleNamespace) -> dict[str, str]:
    """What a visitor can open, by what it is."""
    pages = {name: getattr(world, name) for name in ("section", "topic", "narrower", "term", "publication", "case")}
    lists = {f"list of {name}s": pages[name].get_parent() for name in ("topic", "term", "publication", "case")}
    search = f"/{world.language}/search/"
    return {
        "home": f"/{world.language}/",
        **{name: page.get_url() for name, page in {**pages, **lists}.items()},
        "reader": world.second.reading_url(2),
        "reader with hits": world.second.reading_url(2) + "?q=heron",
        "reader without hits": world.second.reading_url(2) + "?q=xylophone",
        "reader, text alone": world.second.reading_url(2) + "?text=1",
        "reader, large": world.second.reading_url(2) + "?zoom=1&q=heron",
        "words in one file": f"/d/{world.second.series}/search/?q=heron",
        "words that are not in one file": f"/d/{world.second.series}/search/?q=xylophone",
        "reader of a replaced version": world.first.reading_url(1),
        "hits": f"{search}?q=heron",
        "hits with filters": f"{search}?q=heron&kind=publication&from=2020&to=2025",
        "no hits": f"{search}?q=xylophone",
        "search without words": search,
        "help with searching": f"{search}help/",
        "404": f"/{world.language}/nothing-here/",
        "410": world.withdrawn.get_url(),
    }


def admin_addresses(world: SimpleNamespace) -> dict[str, tuple[User, str]]:
    """Our own screens of the admin, each with somebody who may use it. ``world`` is in English."""
    author, editor = UserFactory(username="a11y-author", groups=[AUTHORS]), UserFactory(groups=[EDITORS])
    translator = UserFactory(groups=[translators("de")])
    root = UserFactory(username="a11y-root", administrator=True)
    world.publication.save_revision(user=author)
    world.publication.get_workflow().start(world.publication, author)
    review = ReviewTaskState.objects.get(status="in_progress")
    german = Locale.objects.get(language_code="de")
    job = request_translation(world.case, german, root)
    work = request_translation(PublicationPageFactory(published=True, files=[world.first]), german, root)
    days = {"first_day": date(2026, 1, 1), "last_day": date(2026, 1, 2)}
    term = WantedTerm.objects.create(language="en", query="wading bird", people=10, **days)
    WantedTerm.objects.create(language="de", query=LONG.lower(), people=5, state="ignored", **days)
    for language, searches in (("en", 41), ("ar", 3)):
        SearchDay.objects.create(day=localdate(), language=language, searches=searches, times={"75": searches})
    key = key_of(world.publication)
    SearchPromotion.objects.create(language="en", query="frontier", kind="publication", key=key)
    return {
        "home": (editor, reverse("wagtailadmin_home")),
        "review": (editor, reverse("workflows_review", args=[review.pk])),
        "withdraw": (editor, reverse("workflows_withdraw", args=[world.publication.pk])),
        "emergency": (root, reverse("workflows_emergency", args=[world.publication.pk])),
        "list of documents": (editor, reverse("wagtaildocs:index")),
        "add a document": (editor, reverse("wagtaildocs:add_multiple")),
        "edit a document": (editor, reverse("wagtaildocs:edit", args=[world.second.pk])),
        "add a version": (editor, reverse("document_add_version", args=[world.second.pk])),
        "translation board": (translator, reverse("translations:board")),
        "ask for a translation": (root, reverse("translations:request", args=[world.section.pk])),
        "workbench": (translator, reverse("translations:edit", args=[job.translation.uuid])),
        "search index": (root, reverse("search_admin")),
        "why it is found": (root, f"{reverse('search_admin_why')}?key={key_of(world.publication)}&q=lantern"),
        "searched and not found": (editor, reverse("search_board")),
        "statistics of search": (editor, reverse("search_statistics")),
        "a word that was not found": (editor, f"{reverse('search_board_term', args=[term.pk])}?thing=heron"),
        "files of a translation": (translator, reverse("translations:own_content", args=[work.translation.uuid])),
    }
