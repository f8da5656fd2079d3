"""Removes what Wagtail's own migrations make: a group that may publish, and a workflow of its own."""

from typing import Any

from django.db import migrations


def remove_defaults(apps: Any, schema_editor: Any) -> None:
    """Deletes "Moderators" with its workflow, and "Editors" with what core gave it.

    ``ensure_roles`` makes our own "Editors" after all migrations have run.
    """
    apps.get_model("wagtailcore", "Workflow").objects.filter(name="Moderators approval").delete()
    apps.get_model("wagtailcore", "GroupApprovalTask").objects.filter(name="Moderators approval").delete()
    apps.get_model("auth", "Group").objects.filter(name__in=["Moderators", "Editors"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0095_groupsitepermission"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
    ]
    operations = [migrations.RunPython(remove_defaults, migrations.RunPython.noop)]
