"""What an import wrote last, as a hash: a draft that says something else is an editor's."""

from django.db import migrations, models
from django.db.models import F


def take_what_waited(apps, schema_editor):
    """Of drafts that wait, or waited, it is known; all others count as an editor's until the next import."""
    apps.get_model("publications", "ImportedRow").objects.update(written_hash=F("pending_hash"))


class Migration(migrations.Migration):
    dependencies = [("publications", "0004_pending_import")]

    operations = [
        migrations.AddField(
            model_name="importedrow",
            name="written_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.RunPython(take_what_waited, migrations.RunPython.noop),
    ]
