"""Files with the same bytes are looked for by both hashes: the one of the public copy had no index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0016_told_of_checks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="sha256",
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=64),
        ),
    ]
