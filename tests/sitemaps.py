"""The sitemap as a crawler reads it: the index, then all that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator


def parts(ask: Callable[[str], str]) -> Iterator[str]:
    """The texts of the parts; ``ask`` answers the text at an address of this site."""
    for address in re.findall(r"<loc>https?://[^/<]*(/[^<]*)</loc>", ask("/sitemap.xml")):
        yield ask(address)


def whole(client) -> str:
    """All parts as one text, asked with Django's test client."""
    return "\n".join(parts(lambda address: client.get(address).content.decode()))
