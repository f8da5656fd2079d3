"""What was withdrawn before there was a check for it can be brought back by Legal too."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef

NAME = "withdrawn"


def add_checks(apps: Any, schema_editor: Any) -> None:
    """Blocks every version that was released and of which no release holds any more."""
    release, check = apps.get_model("documents", "DocumentRelease"), apps.get_model("documents", "DocumentCheck")
    released = release.objects.filter(document=OuterRef("pk"))
    gone = apps.get_model("documents", "Document").objects.filter(
        Exists(released), ~Exists(released.filter(withdrawn_at__isnull=True))
    )
    for pk in gone.values_list("pk", flat=True).iterator(chunk_size=500):
        reason = release.objects.filter(document=pk).order_by("-withdrawn_at").values_list("reason", flat=True).first()
        check.objects.get_or_create(
            document_id=pk, name=NAME, defaults={"state": "blocked", "places": [{"words": reason}]}
        )


def remove_checks(apps: Any, schema_editor: Any) -> None:
    """Takes the checks away again."""
    apps.get_model("documents", "DocumentCheck").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0014_direct_uploads"),
    ]

    operations = [migrations.RunPython(add_checks, remove_checks)]
