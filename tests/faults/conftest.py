"""One product behind servers that can be switched off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from tests import servers
from tests.e2e.product import PASSWORD, Product, running
from tests.faults.outages import Folder, Outage, Proxy


@dataclass
class Site:
    """The product, what can be taken from it, and its people as HTTP clients."""

    product: Product
    search: Outage
    storage: Outage

    def person(self, name: str) -> requests.Session:
        """A client that is signed in; the token for its forms is in ``headers``."""
        session = requests.Session()
        session.headers["Referer"] = self.product.url + "/"
        login = self.product.url + "/admin/login/"
        session.get(login, timeout=30)
        data = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
        assert session.post(login, data=data, timeout=30).url.endswith("/admin/")
        session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
        return session

    def get(self, path: str) -> requests.Response:
        """What a stranger gets."""
        return requests.get(self.product.url + path, timeout=30)

    def stored(self) -> set[str]:
        """The keys of all files in the storage, asked past the product."""
        environment = self.product.environment
        if not environment.get("S3_BUCKET"):
            folder = self.product.folder / "var" / "documents"
            return {str(path) for path in folder.rglob("*") if path.is_file()}
        names = ("S3_ENDPOINT_URL", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
        client = servers.s3_client(*(environment[name] for name in names))
        listing = client.list_objects_v2(Bucket=environment["S3_BUCKET"])
        return {item["Key"] for item in listing.get("Contents", [])}

    def found(self, words: str) -> int:
        """How many things the search API finds."""
        return int(self.get(f"/api/v1/search?lang=en&q={words}").json()["total"])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("product")
    proxies = {name: Proxy(url) for name in ("SEARCH_URL", "S3_ENDPOINT_URL") if (url := os.environ.get(name))}
    with running(folder, servers_at={name: proxy.url for name, proxy in proxies.items()}) as product:
        yield Site(
            product,
            proxies.get("SEARCH_URL") or Folder(folder / "var" / "search"),
            proxies.get("S3_ENDPOINT_URL") or Folder(folder / "var" / "documents"),
        )
    for proxy in proxies.values():
        proxy.close()
