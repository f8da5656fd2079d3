"""Counts different people who looked for the same in vain, without keeping who they are.

A person is a keyed hash of the network that asks, together with the term: two terms of one person can't be brought
together. The key is drawn anew each day and lives in the cache with the hashes, until midnight. Nothing of it is
written anywhere else, and neither is a term, before five people of one day have asked for it.

Counted too few rather than too many: neighbours in the network, all readers behind one exit and all behind a web server
that hands on no address are one person, robots are none.
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone

from access.visitor import Visitor
from search.memory import safely
from search.networks import address_of

PEOPLE = 5
"""So many complete a count, and are the least that is ever written."""
TERMS_OF_A_PERSON = 30
ENTRIES = 50_000
"""Pairs of person and term that are remembered on one day: what a flood of searches may take of memory."""
_NETWORK = {4: 24, 6: 48}
"""Bits of an address that count: who is given a few addresses is not a few people."""
_ROBOT = re.compile(r"bot\b|crawl|spider|slurp|scrap|monitor|curl|wget|python|java/|libwww|http-?client", re.IGNORECASE)


def is_reader(request: HttpRequest) -> bool:
    """Whether a person looks at this who didn't sign in: staff tries things out, and members may find what others can't."""
    agent = request.headers.get("User-Agent", "")
    return request.method == "GET" and bool(agent) and not _ROBOT.search(agent) and not Visitor.of(request).has_account


def completes_five(language: str, term: str, request: HttpRequest) -> bool:
    """Counts whoever asks as one of those who looked for ``term`` today; True where five more are complete."""
    return safely(lambda: _count(language, term, _network(request)), False)


def _network(request: HttpRequest) -> str:
    """The network of the address that asks; empty where it tells nobody apart."""
    address = address_of(request)
    if address is None:
        return ""
    return f"{address.version}.{int(address) >> (address.max_prefixlen - _NETWORK[address.version])}"


def _count(language: str, term: str, network: str) -> bool:
    cache, now = caches["people"], timezone.now()
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    seconds = max(1, int((midnight - now).total_seconds()))
    day = f"search.{now.date()}"
    cache.add(f"{day}.salt", secrets.token_bytes(32), seconds)
    salt: bytes = cache.get(f"{day}.salt")

    def name(*parts: str) -> str:
        key = salt + settings.SECRET_KEY.encode()
        return f"{day}.{hmac.digest(key, chr(0).join(parts).encode(), 'sha256').hex()[:32]}"

    def one_more(counter: str) -> int:
        cache.add(counter, 0, seconds)
        return cache.incr(counter)

    person, entries, pair = name("person", network), name("entries"), name("pair", language, term, network)
    counts = cache.get_many([person, entries])
    if counts.get(person, 0) >= TERMS_OF_A_PERSON or counts.get(entries, 0) >= ENTRIES:
        return False
    if not cache.add(pair, 1, seconds):
        return False  # counted already
    one_more(person)
    one_more(entries)
    return one_more(name("term", language, term)) % PEOPLE == 0
