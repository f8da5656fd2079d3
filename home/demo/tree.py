"""Topics, glossary, sections, publications and cases of the demo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from wagtail.models import Page

from cms.cases.models import CaseDocument, CaseIndexPage, CasePage
from cms.core.models import PagePlace, SectionPage
from cms.glossary.models import GlossaryIndexPage, GlossaryTermPage, PageTerm, SeeAlso
from cms.publications.models import (
    Contributor,
    PublicationFile,
    PublicationIndexPage,
    PublicationPage,
    RelatedPublication,
)
from cms.topics.models import PageTopic, TopicIndexPage, TopicPage
from documents.models import Image
from home.demo.files import Files
from home.demo.pdf.manuscripts import specs_of
from home.demo.pictures import ALT, CREDIT
from home.demo.publishing import Press
from home.demo.texts import Entry, blocks, entries, html, structure
from home.demo.vocabulary import Vocabulary
from home.models import HomePage

SAME = "report"
"""What an editor calls the files of a language that are the same thing in several formats."""
SECTIONS = {"about": "", "editorial-policy": "about", "privacy": "", "accessibility": "", "contact": ""}
Fill = Callable[[Any, Entry, str], None]


class Tree:
    """Makes all demo pages that are missing, the source language first, and publishes them."""

    def __init__(self, press: Press, vocabulary: dict[str, Vocabulary], pictures: dict[str, Image]) -> None:
        self.press, self.vocabulary, self.pictures = press, vocabulary, pictures
        self.files: Files = {}

    def index(self, model: type[Any], language: str) -> Any:
        """The list page of a language that pages of a type lie below."""
        return model.objects.filter(locale=self.press.locales[language]).order_by("path").first()

    # -- sections

    def sections(self) -> None:
        """About us, privacy and the like."""
        self.press.find(SectionPage, "section", list(SECTIONS))
        for language in self.press.languages():
            home = HomePage.objects.get(locale=self.press.locales[language], depth=2)
            for key, parent in SECTIONS.items():
                if self.press.page("section", key, language) is None:
                    entry = entries(language, "pages")[key]
                    page = SectionPage(body=blocks(entry, f"section/{key}"), show_in_menus=key == "about")
                    above = self.press.page("section", parent, language) if parent else home
                    self.press.publish(self.press.draft(page, above, "section", entry, language), language)

    # -- topics and glossary

    def topics(self) -> None:
        """Topics; wider ones stand first in the file."""
        self._make(TopicPage, TopicIndexPage, "topic", "topics", self._fill_topic)

    def _fill_topic(self, page: TopicPage, entry: Entry, language: str) -> None:
        page.body = blocks(entry, f"topic/{entry.key}")
        page.synonyms = "\n".join(entry.several("synonyms"))
        if entry["parent"]:
            page.parent_topic = self.press.page("topic", entry["parent"], "en")

    def glossary(self) -> None:
        """Terms; those they refer to must exist before any is published."""
        self._make(GlossaryTermPage, GlossaryIndexPage, "term", "glossary", self._fill_term, self._link_term)

    def _fill_term(self, page: GlossaryTermPage, entry: Entry, language: str) -> None:
        row = structure("glossary")[entry.key]
        page.abbreviation = entry["abbreviation"]
        page.variants = "\n".join(entry.several("variants"))
        page.terms_not_to_use = "\n".join(entry.several("avoid"))
        page.body = html(entry)
        if row["source"]:
            page.sources = [("source", {"text": f"<p>{row['source']}</p>", "url": ""})]
        self._add_topics(page, row["topics"], language)

    def _link_term(self, page: GlossaryTermPage, entry: Entry, language: str) -> None:
        page.see_also = [
            SeeAlso(term=self.press.best("term", key, language), sort_order=order)
            for order, key in enumerate(structure("glossary")[entry.key]["see_also"])
        ]

    # -- publications and cases

    def publications(self, keys: list[str]) -> None:
        """The publications with these keys, in every language in which there is a text."""
        self._make(
            PublicationPage,
            PublicationIndexPage,
            "publication",
            "publications",
            self.fill_publication,
            self._relate,
            keys=keys,
        )

    def fill_publication(self, page: PublicationPage, entry: Entry, language: str) -> None:
        """Everything but related publications, which must exist first."""
        row = publication_row(entry.key)
        page.subtitle = entry["subtitle"]
        page.kind = self.vocabulary["publication_kinds"][row["kind"]]["en"]
        page.date = date.fromisoformat(row["date"])
        page.publisher = "Lantern Archive"
        page.reference_number, page.licence = row["number"], row.get("licence", "")
        page.doi = row.get("doi", "")
        page.abstract = html(entry)
        page.contributors = [
            Contributor(
                name=name.rstrip("*"),
                role=Contributor.Role.EDITOR if name.endswith("**") else Contributor.Role.AUTHOR,
                is_organisation=name.endswith("*") and not name.endswith("**"),
                sort_order=order,
            )
            for order, name in enumerate(row["authors"])
        ]
        if note := row.get("change_note"):
            day, _bar, text = note.partition("|")
            text = entry["change_note"] or text
            page.change_notes = [("note", {"date": date.fromisoformat(day), "text": text, "is_major": True})]
        self._add_topics(page, row["topics"], language)
        self._add_places(page, row["places"])
        self._add_terms(page, row["terms"], language)
        self.add_files(page, row, language)
        self._add_picture(page, row, language)

    def add_files(self, page: PublicationPage, row: dict[str, Any], language: str, edition: int = 1) -> None:
        """The page's own files: those of its language, formats of the same thing as one."""
        own = [spec for spec in specs_of(row) if (spec.language, spec.edition) == (language, edition)]
        page.files = [
            PublicationFile(
                document=self.files[spec],
                language=language,
                role=spec.role,
                format_group=SAME if len(own) > 1 else "",
                sort_order=order,
            )
            for order, spec in enumerate(own)
        ]

    def _relate(self, page: PublicationPage, entry: Entry, language: str) -> None:
        page.related_publications = [
            RelatedPublication(publication=self.press.best("publication", key, language), sort_order=order)
            for order, key in enumerate(publication_row(entry.key).get("related", []))
        ]

    def cases(self) -> None:
        """Cases with their documents, terms and topics."""
        self._make(CasePage, CaseIndexPage, "case", "cases", self._fill_case)

    def _fill_case(self, page: CasePage, entry: Entry, language: str) -> None:
        row = next(row for row in structure("cases") if row["key"] == entry.key)
        page.subtitle = entry["subtitle"]
        page.work_kind = self.vocabulary["work_kinds"][row["work_kind"]]["en"]
        page.main_topic = self.press.page("topic", row["main_topic"], "en")
        page.place = self.vocabulary["places"][row["place"]]["en"]
        page.status = row["status"]
        page.start_date = date.fromisoformat(row["start"])
        page.end_date = date.fromisoformat(row["end"]) if row["end"] else None
        page.body = blocks(entry, f"case/{entry.key}")
        page.documents = [
            CaseDocument(publication=self.press.best("publication", key, language), sort_order=order)
            for order, key in enumerate(row["documents"])
        ]
        self._add_topics(page, row["topics"], language)
        self._add_places(page, [row["place"]])
        self._add_terms(page, row["terms"], language)
        self._add_picture(page, row, language)

    # -- parts

    def _make(
        self,
        model: type[Any],
        index: type[Any],
        kind: str,
        name: str,
        fill: Fill,
        link: Fill | None = None,
        keys: list[str] | None = None,
    ) -> None:
        """Drafts first, then what they say about each other, then publication."""
        wanted = keys if keys is not None else list(entries("en", name))
        self.press.find(model, kind, wanted)
        for language in self.press.languages():
            texts = entries(language, name)
            waiting = [key for key in wanted if key in texts and not _is_public(self.press.page(kind, key, language))]
            for key in waiting:
                if self.press.page(kind, key, language) is None:
                    page = model()
                    fill(page, texts[key], language)
                    self.press.draft(page, self.index(index, language), kind, texts[key], language)
            for key in waiting:
                page = self.press.page(kind, key, language)
                if link:
                    link(page, texts[key], language)
                self.press.publish(page, language)

    def _add_topics(self, page: Page, keys: list[str], language: str) -> None:
        page.topics = [
            PageTopic(topic=self.press.best("topic", key, language), sort_order=order) for order, key in enumerate(keys)
        ]

    def _add_terms(self, page: Page, keys: list[str], language: str) -> None:
        page.glossary_terms = [
            PageTerm(term=self.press.best("term", key, language), sort_order=order) for order, key in enumerate(keys)
        ]

    def _add_places(self, page: Page, codes: list[str]) -> None:
        page.places = [
            PagePlace(place=self.vocabulary["places"][code]["en"], sort_order=order) for order, code in enumerate(codes)
        ]

    def _add_picture(self, page: Any, row: dict[str, Any], language: str) -> None:
        name = row.get("image")
        if name:
            page.lead_image = self.pictures[name]
            page.lead_image_alt = ALT[name].get(language, "")
            page.lead_image_credit = CREDIT


def publication_row(key: str) -> dict[str, Any]:
    """What a publication says in all languages."""
    return next(row for row in structure("publications") if row["key"] == key)


def _is_public(page: Any) -> bool:
    return page is not None and (page.live or page.first_published_at is not None or page.go_live_at is not None)
