"""Every address that a page, a file or a picture has, or had in Wagtail."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from wagtail.models import Page

from documents.models import Document, Image

PAGE_FORMS = ("", "?revision=1", "?preview=1", "?mode=", "?lang=de")
QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("HEAD", {}),
    ("POST", {}),
    ("OPTIONS", {}),
    ("GET", {"Range": "bytes=0-0"}),
    ("HEAD", {"Range": "bytes=0-0"}),
    ("GET", {"If-None-Match": "*"}),
    ("GET", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    ("GET", {"Accept": "application/json"}),
    ("GET", {"Accept-Language": "ar", "X-Requested-With": "XMLHttpRequest"}),
)
"""The ways to ask that might go past the rule."""


def page_addresses(page: Page) -> Iterator[str]:
    """A page's own address in all its forms."""
    url = page.get_url()
    yield from (f"{url}{form}" for form in PAGE_FORMS)
    yield from (url.rstrip("/"), f"{url}feed/", f"{url}amp", url.upper())


def file_addresses(document: Document, pages: tuple[int, ...] = (1,)) -> Iterator[str]:
    """A file's addresses: of its bytes with and without name and version, of ``pages`` and of all its text, of its pictures."""
    series, version = f"/d/{document.series}/", f"/d/{document.series}/v{document.number}/"
    for base in (series, version):
        yield base
        yield f"{base}{quote(document.filename)}"
        yield f"{base}search/?q=report"
        for number in pages:
            yield f"{base}p/{number}/"
            yield f"{base}p/{number}/?q=report&m=1"
            yield f"{base}p/{number}/?text=1"
    yield from (f"{version}p/{number}/{size}.webp" for number in pages for size in ("image", "large"))
    yield f"{version}cover.webp"
    yield f"{version}text.html"


def odd_file_addresses(document: Document) -> Iterator[str]:
    """Forms that lead nowhere but might: no slash at the end, other versions, other pages, the jump of the reader."""
    series, version = f"/d/{document.series}", f"/d/{document.series}/v{document.number}"
    yield from (series, version, f"{series}/v99/", f"{series}/v0/", f"{version}/p/0/", f"{version}/p/99/")
    yield from (f"{version}/p/1/?zoom=1", f"{version}/p/1/huge.webp", f"{version}/search", f"{series}/text.html")
    yield from (f"{version}/p/1", f"{version}/p/1/?n=2", f"{version}/original", f"{series}//", f"{series}/latest")
    yield f"/i/{document.series}/original/image.png"


def image_addresses(image: Image) -> Iterator[str]:
    """A picture's sizes that exist, and the original that no address has."""
    yield from (rendition.url for rendition in image.renditions.all())
    yield from (f"/i/{image.public_id}/{spec}/image.png" for spec in ("original", "width-400", "max-100x100"))


def storage_addresses(document: Document) -> Iterator[str]:
    """Where a careless server would give the stored bytes."""
    for key in {document.file.name, document.original.name}:
        yield from (f"/{key}", f"/media/{key}", f"/documents/{key}", f"/media-is-never-served/{key}", f"/static/{key}")


MACHINE = (
    "/",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-en.xml",
    "/sitemap-ar.xml?p=2",
    "/sitemap-xx.xml",
    "/.well-known/security.txt",
    "/healthz",
    "/metrics",
    "/oai",
    "/oai?verb=ListRecords&metadataPrefix=oai_dc",
    "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc",
    "/api/v1/schema",
    "/api/v2/pages/",
    "/api/v2/documents/",
    "/api/v2/images/",
    "/api/v2/pages/?type=publications.PublicationPage&fields=*",
    "/api/v3/pages/",
    "/api/v3/documents/",
    "/api/v3/images/",
    "/api/v3/schema/",
    "/api/",
    "/documents/",
    "/images/",
    "/media/",
    "/_util/authenticate_with_password/1/1/",
    "/django-admin/",
)
EVERYTHING = (
    "",
    "&page=2",
    "&page=3",
    "&sort=newest",
    "&sort=title",
    "&kind=publication",
    "&kind=case",
    "&year=2035",
    "&year=2021",
    "&language=de",
    "&language=ar",
    "&page=999",
)
"""What is asked of a search for everything: each facet counts all that the visitor may see."""
