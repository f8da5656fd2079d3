"""What machines read of a page: Open Graph, Dublin Core, Highwire's citation_*, JSON-LD.

A type describes itself by ``structured_data(frame)`` and ``citation_names(frame)``; the general part
is here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from cms.core.frame import Frame
from cms.core.models import BasePage

_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@dataclass(frozen=True)
class Metadata:
    """All of it, for the head of a page. ``properties`` and ``names`` are (name, content) of meta elements."""

    title: str
    description: str
    properties: list[tuple[str, str]] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    json_ld: SafeString = field(default_factory=SafeString)


def script(data: Any) -> SafeString:
    """``data`` as a JSON-LD element. No text in it can end the element or start another."""
    text = json.dumps(data, ensure_ascii=False, default=str).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # <, > and & are escaped


def describe(page: BasePage, frame: Frame) -> Metadata:
    """The metadata of ``page``, from what its template shows anyway, and the address of its picture."""
    title = page.seo_title or page.title
    description = page.search_description or page.summary
    image = page.share_image_url(frame)
    properties = [
        ("og:type", "website" if page.depth == 2 else "article"),
        ("og:title", title),
        ("og:description", description),
        ("og:url", frame.canonical_url),
        ("og:site_name", frame.site_name),
        ("og:locale", frame.language.replace("-", "_")),
        ("og:image", image),
        ("og:image:alt", page.lead_image_alt if image else ""),
        ("article:published_time", "" if page.depth == 2 else iso(page.first_published_at)),
        ("article:modified_time", "" if page.depth == 2 else iso(page.changed_at)),
    ]
    names = [
        ("description", description),
        ("twitter:card", "summary_large_image" if image else "summary"),
        *page.citation_names(frame),
    ]
    data = {**web_page(page, frame), **page.structured_data(frame)}
    blocks = [data, breadcrumbs(frame)] if frame.breadcrumbs else [data]
    return Metadata(
        title=title,
        description=description,
        properties=[(name, content) for name, content in properties if content],
        names=[(name, content) for name, content in names if content],
        json_ld=script({"@context": "https://schema.org", "@graph": [_filled(block) for block in blocks]}),
    )


def web_page(page: BasePage, frame: Frame) -> dict[str, Any]:
    """The plain description that every page has."""
    return {
        "@type": "WebPage",
        "@id": frame.canonical_url,
        "url": frame.canonical_url,
        "name": page.title,
        "description": page.summary,
        "inLanguage": frame.language,
        "datePublished": iso(page.first_published_at),
        "dateModified": iso(page.changed_at),
        "isPartOf": {"@type": "WebSite", "name": frame.site_name},
        "publisher": {"@type": "Organization", "name": frame.publisher},
    }


def breadcrumbs(frame: Frame) -> dict[str, Any]:
    """The way from the home page."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": number,
                "name": link.title,
                "item": frame.request.build_absolute_uri(link.url),
            }
            for number, link in enumerate(frame.breadcrumbs, start=1)
        ],
    }


def iso(value: Any) -> str:
    """A date or time as text; empty for none."""
    return value.isoformat() if value else ""


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}
