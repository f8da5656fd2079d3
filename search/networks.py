"""Which network a request comes from, and whether many people share it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from search.memory import Remembered

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address
Networks = Mapping[tuple[int, int], frozenset[int]]
"""{(version, length of the prefix): the prefixes}, so that a hundred thousand of them cost one look for each length."""
READ_AGAIN_SECONDS = 300
CONNECTION = "REMOTE_ADDR"
"""Instead of a header: the address of the connection."""


def address_of(request: HttpRequest) -> Address | None:
    """The address that asks; None where it tells nobody apart: unknown, or of a proxy or an onion service beside us."""
    name = settings.CLIENT_ADDRESS_HEADER or CONNECTION
    # Of several the last: the proxy next to us wrote it, those before it came from outside.
    said = request.META.get(name, "") if name == CONNECTION else request.headers.get(name, "").rpartition(",")[2]
    try:
        address = ip_address(said.strip())
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    return address if address.is_global else None


def network_of(address: Address) -> bytes:
    """What is counted as one: an IPv4 address, or the /64 of an IPv6 address, which one person alone fills with addresses."""
    return address.packed[:8] if address.version == 6 else address.packed


def is_shared(address: Address) -> bool:
    """Whether many people come from ``address`` by the list of ``SHARED_EXITS_FILE``."""
    known = _exits.get(_read)
    return any(
        address.version == version and int(address) >> (address.max_prefixlen - length) in prefixes
        for (version, length), prefixes in known.items()
    )


_exits: Remembered[Networks] = Remembered(READ_AGAIN_SECONDS)


def _read() -> Networks:
    if not settings.SHARED_EXITS_FILE:
        return {}
    try:
        lines = Path(settings.SHARED_EXITS_FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        logger.warning("The list of shared exits can't be read.", extra={"event": "shared_exits_missing"})
        return {}
    return _parsed(lines)


def _parsed(lines: Iterable[str]) -> Networks:
    """The networks in ``lines``; what is no address or network is left out, and how many such lines there are is logged."""
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    wrong = 0
    for line in lines:
        text = line.partition("#")[0].strip()
        try:
            network = ip_network(text, strict=False) if text else None
        except ValueError:
            wrong += 1
            continue
        if network is not None:
            prefix = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
            found[network.version, network.prefixlen].add(prefix)
    if wrong:
        extra = {"event": "shared_exits_unread", "lines": wrong}
        logger.warning("Lines of the list of shared exits are no networks.", extra=extra)
    return {key: frozenset(prefixes) for key, prefixes in found.items()}
