"""A site as it is after some years: every page type, filled as the demo fills them, and as many publications as wanted.

The publications come through the importer, all at once, as the first thousands do in real life.
"""

from __future__ import annotations

import io
import json

from django.core.files.base import ContentFile
from PIL import Image as Picture
from wagtail.models import Page, PageViewRestriction

from cms.core.models import Place
from cms.publications.importing import Importer
from cms.publications.models import PublicationPage
from documents.actions import add_document
from documents.models import Document, Image
from documents.processing import process
from search.outbox import drain
from tests.documents import making
from tests.factories import (
    CasePageFactory,
    GlossaryTermPageFactory,
    PlaceFactory,
    PublicationPageFactory,
    SectionPageFactory,
    TopicPageFactory,
    WorkKindFactory,
    publish,
)

TOPICS = 12
TERMS = 25
TEXT = {
    "en": making.FILLER,
    "ar": making.ARABIC,
    "de": making.GERMAN,
}
TERM = {"en": "Command responsibility", "ar": "مسؤولية القيادة"}
TOPIC = {"en": "Impunity", "ar": "الإفلات من العقاب"}


def rows(works: int, languages: tuple[str, ...] = ("en",), first: int = 0):
    """Lines of an import file: ``works`` publications, each in all ``languages``, with topics, a place and terms."""
    for number in range(first, first + works):
        for language in languages:
            yield json.dumps(
                {
                    "key": f"work-{number:05}",
                    "language": language,
                    "title": f"Report {number:05} on the chain of command ({language})",
                    "subtitle": "What the commission found",
                    "summary": TEXT[language][:200],
                    "abstract": f"<p>{TEXT[language]}</p>",
                    "body": f"<h2>Findings</h2><p>{TEXT[language]}</p>",
                    "kind": ("Report", "Statement", "Fact sheet")[number % 3],
                    "date": f"{1990 + number % 35}-06-{1 + number % 28:02}",
                    "authors": [f"Author {number % 50}"],
                    "topics": [f"{TOPIC['en']} {number % TOPICS:02}", f"{TOPIC['en']} {(number + 5) % TOPICS:02}"],
                    "places": ["Brussels" if number % 2 else "Bogotá"],
                    "glossary": [f"{TERM['en']} {(number + step) % TERMS:02}" for step in (0, 3, 7)],
                }
            )


def picture(color: str) -> Image:
    out = io.BytesIO()
    Picture.new("RGB", (1600, 900), color).save(out, "PNG")
    return Image.objects.create(title=color, file=ContentFile(out.getvalue(), name="picture.png"))


def filed(data: bytes, title: str, language: str) -> Document:
    document = add_document(ContentFile(data, name="file.pdf"), title=title, user=None, language=language)
    assert process(document.pk)
    return Document.objects.get(pk=document.pk)


def translated(factory, language: str, source=None, **values):
    """A published page, and with ``source`` its translation."""
    extra = {"language": language, "translation_of": source} if source is not None else {}
    return factory(published=True, **extra, **values)


class Library:
    """``publications`` of them; ``addresses`` of one page of each type by name, in English and in Arabic."""

    def __init__(self, publications: int) -> None:
        self.addresses: dict[str, str] = {}
        country = PlaceFactory(name="Belgium", kind=Place.Kind.COUNTRY, iso="BE")
        self.place = PlaceFactory(name="Brussels", parent=country, alternative_names="dawn")
        self.kind = WorkKindFactory(name="Networks", code="networks")
        self.pictures = [picture(color) for color in ("navy", "teal", "maroon")]
        self.files = [
            filed(making.report(12, planted={7: "The heron crossed the frontier at dawn."}), "Chain of command", "en"),
            filed(making.pdf_of([making.ARABIC], rtl=True), "سلسلة القيادة", "ar"),
            filed(making.report(1), "Indictment", "en"),
        ]
        restricted = SectionPageFactory(published=True, title="Members only")
        PageViewRestriction.objects.create(page=restricted, restriction_type=PageViewRestriction.LOGIN)
        self.sources: dict[str, Page] = {}
        self._vocabulary()
        assert not Importer(publish=True).run(rows(publications)).errors
        self.related = list(PublicationPage.objects.order_by("pk")[:3])
        for language in ("en", "ar"):
            self._pages(language)
        self._machines()
        drain()

    def _vocabulary(self) -> None:
        self.topics: dict[str, list[Page]] = {"en": [], "ar": []}
        self.terms: dict[str, list[Page]] = {"en": [], "ar": []}
        for language, topics, terms in (("en", TOPICS, TERMS), ("ar", 3, 20)):
            text = TEXT[language]
            for number in range(topics):
                source = self.topics["en"][number] if language == "ar" else None
                body = [("text", f"<p>{text}</p>"), *(self._chosen() if number == 0 else [])]
                values = {"title": f"{TOPIC[language]} {number:02}", "summary": text[:200], "body": body}
                if language == "en" and number == 0:
                    values["synonyms"] = "frontier"
                self.topics[language].append(translated(TopicPageFactory, language, source, **values))
            for number in range(terms):
                source = self.terms["en"][number] if language == "ar" else None
                values = {"title": f"{TERM[language]} {number:02}", "summary": text[:120], "body": f"<p>{text}</p>"}
                if language == "en" and number == 0:
                    values["variants"] = "heron"
                topics_of_term = self.topics[language][:1]
                term = translated(GlossaryTermPageFactory, language, source, topics=topics_of_term, **values)
                self.terms[language].append(term)

    def _body(self, language: str) -> list[tuple[str, object]]:
        text = f"<p>{TEXT[language]}</p>"
        body: list[tuple[str, object]] = []
        for number in range(2):
            body.append(("heading", {"text": f"{number} {TERM[language]}", "level": "h2"}))
            body += [("text", text), ("text", text)]
        body += self._chosen(2)
        video = {"provider": "vimeo", "video_id": "76979871", "title": "A hearing", "poster": self.pictures[0]}
        body.append(("video", video))
        return body

    def _chosen(self, count: int = 1) -> list[tuple[str, object]]:
        """Pictures and files inside a text."""
        return [
            *(
                ("image", {"image": image, "alt": "A file", "is_decorative": False, "caption": "", "credit": ""})
                for image in self.pictures[:count]
            ),
            *(("document", {"document": file, "title": "", "description": ""}) for file in self.files[:count]),
        ]

    def _pages(self, language: str) -> None:
        text = TEXT[language]
        common = {"summary": text[:200], "lead_image": self.pictures[2], "lead_image_alt": "A courtroom"}
        publication = translated(
            PublicationPageFactory,
            language,
            self.sources.get("publication"),
            title=f"{TERM[language]}: {TOPIC[language]}",
            abstract=f"<p>{text}</p>",
            body=self._body(language),
            topics=self.topics[language][:3],
            terms=self.terms[language][:6],
            places=[self.place],
            files=self.files if language == "en" else self.files[1:2],
            authors=["A. Author", "B. Author"],
            related=self.related,
            **common,
        )
        case = translated(
            CasePageFactory,
            language,
            self.sources.get("case"),
            title=TERM[language],
            documents=[publication, *self.related, self.files[2]],
            terms=self.terms[language][:6],
            topics=self.topics[language][:2],
            main_topic=self.topics[language][0],
            place=self.place,
            work_kind=self.kind,
            body=self._body(language),
            **common,
        )
        section = translated(
            SectionPageFactory, language, self.sources.get("section"), title=TOPIC[language], body=self._body(language)
        )
        if language == "en":
            self.sources = {"publication": publication, "case": case, "section": section}
        pages = {
            "home": Page.objects.get(depth=2, locale__language_code=language),
            "publication": publication,
            "case": case,
            "section": section,
            "topic": self.topics[language][0],
            "term": self.terms[language][0],
            "publications": publication.get_parent(),
            "cases": case.get_parent(),
            "topics": self.topics[language][0].get_parent(),
            "glossary": self.terms[language][0].get_parent(),
        }
        for name, page in pages.items():
            self.addresses[f"{name} {language}"] = page.specific.get_url()
        self._highlights(pages["home"].specific, case, publication)
        search = f"/{language}/search/"
        word = {"en": "command", "ar": "الإنسان"}[language]
        self.addresses |= {
            f"search {language}": search,
            f"search word {language}": f"{search}?q={word}",
            f"search phrase {language}": f'{search}?q="the+chain+of+command"',
            f"search facets {language}": f"{search}?q={word}&topic={self.topics[language][0].translation_key}&kind=publication&kind=case",
            f"feed {language}": f"/feeds/{language}/publications.atom",
        }

    def _highlights(self, home, *pages) -> None:
        from home.models import Highlight

        home.highlights = [Highlight(page=page, sort_order=number) for number, page in enumerate(pages)]
        publish(home, intro=f"<p>{making.FILLER}</p>")

    def _machines(self) -> None:
        publications = self.addresses["publications en"]
        topic, kind = self.topics["en"][0], self.related[0].kind
        file = f"/d/{self.files[0].series}"
        self.addresses |= {
            "publications, page 2": f"{publications}?page=2",
            "publications, filtered": f"{publications}?topic={topic.translation_key}&kind={kind.translation_key}&place={self.place.translation_key}&year=1990",
            "cases, filtered": f"{self.addresses['cases en']}?work={self.kind.translation_key}&topic={topic.translation_key}",
            "glossary, page 2": f"{self.addresses['glossary en']}?page=2",
            "search fields": "/en/search/?q=command+-topic:x+-place:x+-author:x+-kind:x",
            "search help": "/en/search/help/",
            "export": "/api/v1/export?q=command&lang=en&format=csv",
            "search in the file by names of every vocabulary": "/en/search/?q=heron+frontier+dawn",
            "search api": "/api/v1/search?q=command&lang=en",
            "suggest api": "/api/v1/suggest?q=com&lang=en",
            "api schema": "/api/v1/schema",
            "sitemap": "/sitemap.xml",
            "sitemap en": "/sitemap-en.xml",
            "robots": "/robots.txt",
            "health": "/healthz",
            "file": f"{file}/",
            "file version": f"{file}/v1/",
            "reader": f"{file}/p/7/",
            "reader with words": f"{file}/v1/p/7/?q=heron",
            "reader, text alone": f"{file}/v1/p/7/?text=1",
            "reader, large": f"{file}/v1/p/7/?zoom=1",
            "words in one file": f"{file}/v1/search/?q=heron",
            "file as text": f"{file}/v1/text.html",
            "page image": f"{file}/v1/p/7/image.webp",
            "cover": f"{file}/v1/cover.webp",
        }


def pages_of(addresses: dict[str, str]) -> dict[str, str]:
    """Those of the addresses that a reader sees as pages."""
    machine = (
        "feed",
        "search api",
        "export",
        "suggest",
        "api",
        "sitemap",
        "robots",
        "health",
        "file",
        "page image",
        "cover",
    )
    return {name: address for name, address in addresses.items() if not name.startswith(machine)}
