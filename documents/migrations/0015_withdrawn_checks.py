"""What was withdrawn before there was a check for it can be brought back by Legal too, and its bytes are known again."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef

NAME, SAME_BYTES = "withdrawn", "withdrawn_bytes"
HASHES = ("original_sha256", "sha256")


def add_checks(apps: Any, schema_editor: Any) -> None:
    """Blocks every version that was released and of which no release holds any more, and what else has its bytes."""
    release, check = apps.get_model("documents", "DocumentRelease"), apps.get_model("documents", "DocumentCheck")
    released = release.objects.filter(document=OuterRef("pk"))
    document = apps.get_model("documents", "Document")
    gone = document.objects.filter(Exists(released), ~Exists(released.filter(withdrawn_at__isnull=True)))
    reasons: dict[str, str] = {}
    for pk, *hashes in gone.values_list("pk", *HASHES).iterator(chunk_size=500):
        reason = release.objects.filter(document=pk).order_by("-withdrawn_at").values_list("reason", flat=True).first()
        block(check, pk, NAME, reason)
        reasons.update(dict.fromkeys(filter(None, hashes), reason))
    never = document.objects.filter(~Exists(released)) if reasons else document.objects.none()
    for pk, *hashes in never.values_list("pk", *HASHES).iterator(chunk_size=500):
        if found := [reasons[hashed] for hashed in hashes if hashed in reasons]:
            block(check, pk, SAME_BYTES, found[0])


def block(check: Any, pk: int, name: str, reason: str | None) -> None:
    """Writes a check where there is none."""
    defaults = {"state": "blocked", "places": [{"words": reason or ""}]}
    check.objects.get_or_create(document_id=pk, name=name, defaults=defaults)


def remove_checks(apps: Any, schema_editor: Any) -> None:
    """Takes the checks away again."""
    apps.get_model("documents", "DocumentCheck").objects.filter(name__in=(NAME, SAME_BYTES)).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0014_direct_uploads"),
    ]

    operations = [migrations.RunPython(add_checks, remove_checks)]
