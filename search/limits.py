"""Keeps search there for all while somebody asks for very much: seconds of search are budgeted, not requests.

Every process has a budget of its own, and within it every network. A network that has used up its budget is refused
only while the process has used up its own too, so that nobody waits while there is room. What is kept is kept in the
memory of the process, under keys made with a salt that is thrown away every day. Why not otherwise: ADR 17.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import blake2b
from math import ceil
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from access.visitor import Visitor
from search.exceptions import OverBudgetError
from search.networks import address_of, is_shared, network_of

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]


class Allowance(NamedTuple):
    """``burst`` seconds of search at once, and ``rate`` seconds more with every second that goes by."""

    rate: float
    burst: float


PROCESS = Allowance(rate=1.0, burst=5.0)
"""More than one search at a time, on average: others begin to wait. One program that asks one thing after another never
comes so far by itself."""
NETWORK = Allowance(rate=0.25, burst=20.0)
SHARED = 10
"""A shared exit has as much as so many networks."""
MAX_WAIT = 60
"""Seconds. Who overdrew waits no longer, whatever was used."""
MAX_NETWORKS = 20_000
SALT_SECONDS = 86_400
LOG_SECONDS = 60


class Budget:
    """What is left of an allowance. Use is noted when it is over and may overdraw it, for nobody knows before what a search takes."""

    __slots__ = ("_allowance", "_at", "_left")

    def __init__(self, allowance: Allowance, now: float) -> None:
        self._allowance, self._left, self._at = allowance, allowance.burst, now

    def left(self, now: float) -> float:
        """Seconds of search, below zero where it is overdrawn."""
        return min(self._allowance.burst, self._left + (now - self._at) * self._allowance.rate)

    def use(self, seconds: float, now: float) -> None:
        """Takes ``seconds`` of search from it."""
        self._left, self._at = max(self.left(now) - seconds, -self._allowance.rate * MAX_WAIT), now

    def wait(self, now: float) -> float:
        """Seconds until something is left."""
        return max(0.0, -self.left(now) / self._allowance.rate)


_FORGOTTEN_AFTER = NETWORK.burst / NETWORK.rate + MAX_WAIT
"""Seconds after which any budget is full again, and no longer kept."""


class Limits:
    """The budgets of one process and of the networks that asked it of late. ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._process = Budget(PROCESS, clock())
        self._networks: OrderedDict[bytes, tuple[float, Budget]] = OrderedDict()
        self._salt, self._salted = secrets.token_bytes(32), clock()
        self._refused, self._logged = 0, clock() - LOG_SECONDS

    def wait(self, network: bytes) -> int:
        """Whole seconds till ``network`` may search again; 0 where it may now."""
        with self._lock:
            now = self.clock()
            kept = self._networks.get(self._key(network, now))
            if kept is None or kept[1].left(now) > 0 or self._process.left(now) > 0:
                return 0
            self._refused += 1
            if now - self._logged >= LOG_SECONDS:
                extra = {"event": "search_refused", "refused": self._refused}
                logger.warning("Searches were refused, for there were too many.", extra=extra)
                self._refused, self._logged = 0, now
            return max(1, ceil(kept[1].wait(now)))

    def use(self, seconds: float, network: bytes | None, *, shared: bool = False) -> None:
        """Notes ``seconds`` of search; ``network`` is None for whoever has no budget, and still keeps the process busy."""
        with self._lock:
            now = self.clock()
            self._process.use(seconds, now)
            if network is not None:
                key = self._key(network, now)
                _at, budget = self._networks.pop(key, (now, Budget(NETWORK, now)))
                budget.use(seconds / (SHARED if shared else 1), now)
                self._networks[key] = (now, budget)
            self._forget(now)

    def _key(self, network: bytes, now: float) -> bytes:
        if now - self._salted >= SALT_SECONDS:
            self._salt, self._salted = secrets.token_bytes(32), now
            self._networks.clear()
        return blake2b(network, key=self._salt, digest_size=16).digest()

    def _forget(self, now: float) -> None:
        """Those that are full again, which are the first in the order of their last use; and the first of too many."""
        while self._networks:
            at, _budget = next(iter(self._networks.values()))
            if len(self._networks) <= MAX_NETWORKS and now - at < _FORGOTTEN_AFTER:
                return
            self._networks.popitem(last=False)


_limits = Limits()


@contextmanager
def spending(request: HttpRequest) -> Iterator[None]:
    """Searching for ``request``: what the block takes is paid by the network that asks. Who signed in has no budget.

    Raises OverBudgetError before anything is looked at, so that a refusal says nothing about what there is.
    """
    if not settings.RATE_LIMITS:
        yield
        return
    address = None if Visitor.of(request).has_account else address_of(request)
    network = network_of(address) if address else None
    if network and (seconds := _limits.wait(network)):
        raise OverBudgetError(seconds)
    started = _limits.clock()
    try:
        yield
    finally:
        _limits.use(_limits.clock() - started, network, shared=address is not None and is_shared(address))


def limited(view: View) -> View:
    """Lets ``view``, a page or a feed, search by the budgets; who is refused gets a page that keeps what was asked."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with spending(request):
                return view(request, *args, **kwargs)
        except OverBudgetError as err:
            kept = [(name, value) for name, values in request.GET.lists() if name != "q" for value in values]
            context = {"query": request.GET.get("q", ""), "kept": kept, "text": refusal()}
            response = render(request, "search/busy.html", context, status=429)
            response["Retry-After"] = str(err.seconds)
            response["Cache-Control"] = "no-store"
            return response

    return wrapped


def refusal() -> str:
    """What people read who are refused, the same whatever they asked for."""
    return _(
        "Search has a lot to do at the moment, and the network you come from has had its share. Please try again in a minute."
    )
