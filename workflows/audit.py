"""Every entry of Wagtail's log as a line of JSON in the process log, for whoever collects it. No titles."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from wagtail.models import ModelLogEntry, PageLogEntry

logger = logging.getLogger(__name__)


def mirror(sender: Any, instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Writes the line once the entry is sure to stay."""
    if created and not raw:
        transaction.on_commit(partial(_write, instance))


def _write(entry: Any) -> None:
    logger.info(
        "audit",
        extra={
            "event": entry.action,
            "object_type": f"{entry.content_type.app_label}.{entry.content_type.model}" if entry.content_type else "",
            "object_id": str(entry.object_id),
            "user_id": entry.user_id,
            "revision_id": entry.revision_id,
            "request": str(entry.uuid or ""),
            "at": entry.timestamp.isoformat(),
        },
    )


def register_mirror() -> None:
    """Listens to all kinds of log entries; called once from ``ready()``."""
    for model in (PageLogEntry, ModelLogEntry):
        post_save.connect(mirror, sender=model, dispatch_uid=f"workflows.audit.{model.__name__}")
