from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0007_may_hide"),
    ]

    operations = [
        migrations.CreateModel(
            name="WordBearer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                ("language", models.CharField(max_length=2)),
                ("words", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "language"), name="search_bearer_unique")],
            },
        ),
        migrations.AlterField(
            model_name="searchword",
            name="word",
            field=models.CharField(max_length=60),
        ),
    ]
