"""An index of the few pages that stand in menus, which every answer asks for; else all pages of a language are looked at.

On Wagtail's own table, which has none. Nothing but speed depends on it.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms_core", "0002_merged_key")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX cms_core_pages_in_menus ON wagtailcore_page (locale_id, depth) WHERE show_in_menus",
            "DROP INDEX IF EXISTS cms_core_pages_in_menus",
        )
    ]
