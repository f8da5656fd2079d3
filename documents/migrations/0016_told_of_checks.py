from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0015_withdrawn_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="documentcheck",
            name="logged_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="documentcheck",
            name="told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
