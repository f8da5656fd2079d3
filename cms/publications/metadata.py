"""A publication for machines: JSON-LD, Dublin Core and Highwire Press names for reference managers."""

from __future__ import annotations

from typing import Any

from cms.core.files import FileRow
from cms.core.frame import Frame
from cms.core.metadata import iso
from cms.publications.models import Contributor, PublicationPage


def structured_data(page: PublicationPage, frame: Frame) -> dict[str, Any]:
    """A ``Report`` with its readable files."""
    absolute = frame.request.build_absolute_uri
    return {
        "@type": "Report",
        "headline": page.title,
        "alternativeHeadline": page.subtitle,
        "datePublished": iso(page.date),
        "author": [_agent(person) for person in page.shown_contributors if person.role == Contributor.Role.AUTHOR],
        "editor": [_agent(person) for person in page.shown_contributors if person.role == Contributor.Role.EDITOR],
        "publisher": {"@type": "Organization", "name": page.publisher or frame.publisher},
        "reportNumber": page.reference_number,
        "isbn": page.isbn,
        "sameAs": f"https://doi.org/{page.doi}" if page.doi else "",
        "license": page.licence_url,
        "encoding": [
            {
                "@type": "MediaObject",
                "contentUrl": absolute(row.download_url),
                "encodingFormat": row.document.content_type,
                "contentSize": str(row.size),
                "inLanguage": row.language,
                "name": row.label,
                **_rights(row),
            }
            for row in page.shown_files
        ],
    }


def citation_names(page: PublicationPage, frame: Frame) -> list[tuple[str, str]]:
    """Dublin Core and ``citation_*``, as Google Scholar and Zotero read them."""
    date = page.date
    publisher = page.publisher or frame.publisher
    authors = [person.name for person in page.shown_contributors if person.role == Contributor.Role.AUTHOR]
    own = [row for row in page.shown_files if row.language == frame.language and row.format == "PDF"]
    return [
        ("DC.title", page.title),
        *[("DC.creator", name) for name in authors],
        ("DC.date", iso(date)),
        ("DC.language", frame.language),
        ("DC.publisher", publisher),
        ("DC.identifier", page.doi or page.reference_number or frame.canonical_url),
        ("DC.rights", page.licence_url),
        ("DC.type", "Text"),
        ("citation_title", page.title),
        *[("citation_author", name) for name in authors],
        ("citation_publication_date", date.strftime("%Y/%m/%d") if date else ""),
        ("citation_technical_report_institution", publisher),
        ("citation_technical_report_number", page.reference_number),
        ("citation_isbn", page.isbn),
        ("citation_doi", page.doi),
        ("citation_language", frame.language),
        ("citation_public_url", frame.canonical_url),
        *[("citation_pdf_url", frame.request.build_absolute_uri(row.download_url)) for row in own[:1]],
    ]


def _rights(row: FileRow) -> dict[str, str]:
    """Licence and credit of a file, as far as they are stated."""
    found = {"license": row.rights.url or row.rights.name, "creditText": row.rights.credit}
    return {name: value for name, value in found.items() if value}


def _agent(person: Contributor) -> dict[str, str]:
    return {"@type": "Organization" if person.is_organisation else "Person", "name": person.name}
