"""How search is: for ``/healthz``, which wants a token, and for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from search import breaker, outbox
from search.breaker import Breaker
from search.engines import get_engine
from search.engines.base import Health
from search.models import SearchOutbox


@dataclass(frozen=True)
class Status:
    """``waiting`` and ``parked`` count rows of the outbox; ``lag`` is how long the oldest that waits has waited."""

    health: Health
    breaker: Breaker
    lag: timedelta
    waiting: int
    parked: int
    is_outdated: bool
    """Whether another analysis or schema than today's made the index."""

    def as_data(self) -> dict[str, object]:
        """The same for programs; the lag in seconds."""
        return {
            "engine": self.health.engine,
            "ok": self.health.ok,
            "breaker": self.breaker.value,
            "lag_seconds": round(self.lag.total_seconds()),
            "waiting": self.waiting,
            "parked": self.parked,
            "target": self.health.target,
            "previous": self.health.previous,
            "building": self.health.building,
            "documents": self.health.documents,
            "outdated": self.is_outdated,
        }


def read() -> Status:
    """The status now. Asks the engine; doesn't raise where it is down."""
    engine = get_engine()
    health = engine.health()
    return Status(
        health=health,
        breaker=breaker.state(),
        lag=outbox.lag(),
        waiting=outbox.waiting(),
        parked=SearchOutbox.objects.filter(parked=True).count(),
        is_outdated=health.ok and health.stamp != engine.stamp(),
    )
