from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0004_rebuilds"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=2)),
                ("word", models.CharField(max_length=30)),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("language", "word"), name="search_word_unique")],
            },
        ),
    ]
