from django.db import migrations


def empty(apps, schema_editor):
    """The worker counts the words anew where there are none, and notes what has them."""
    apps.get_model("search", "SearchWord").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0008_word_bearers"),
    ]

    operations = [
        migrations.RunPython(empty, migrations.RunPython.noop, elidable=True),
    ]
