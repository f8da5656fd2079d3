from django.db import migrations, models
from django.db.models import F


def copy_embargo(apps, schema_editor):
    """An embargo that is known already counts as one that was there from the start."""
    apps.get_model("documents", "Document").objects.exclude(embargo=None).update(delayed_until=F("embargo"))


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0011_rights_and_embargo"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="delayed_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(copy_embargo, migrations.RunPython.noop),
    ]
