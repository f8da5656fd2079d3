"""What the sheet and the script may weigh, and what would break Arabic, zoom or the content security policy."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

SHEETS = ("cms/site.css", "cms/search.css", "cms/suggest.css")
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|float|(?:min-|max-)?(?:width|height))\s*:"
)
TEMPLATES = sorted(
    path
    for folder in ("cms", "home", "search/templates", "documents/templates", "documents/reader")
    for path in (Path(settings.BASE_DIR) / folder).rglob("*.html")
    if "/wagtailadmin/" not in path.as_posix() and "/admin/" not in path.as_posix()
)
COMPONENTS = [path for path in TEMPLATES if "/components/" in path.as_posix()]


def static_file(name):
    return Path(finders.find(name))


def test_sheet_and_script_stay_light():
    assert sum(static_file(name).stat().st_size for name in SHEETS) < 40_000
    assert sum(static_file(name).stat().st_size for name in ("cms/site.js", "cms/suggest.js")) < 10_000


@pytest.mark.parametrize("name", SHEETS)
def test_sheet_uses_logical_properties_only(name):
    sheet = re.sub(r"@media\s*\([^{]*\{", "", static_file(name).read_text())
    assert PHYSICAL.findall(sheet) == []


@pytest.mark.parametrize("name", SHEETS)
def test_sheet_asks_no_other_host_and_loads_no_font(name):
    sheet = static_file(name).read_text()
    assert "@import" not in sheet
    assert "@font-face" not in sheet
    assert "url(" not in sheet


def test_every_picture_that_templates_name_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', static_file("cms/glyphs.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'{% (?:glyph|drawing) "([\w-]+)"', path.read_text())}
    assert named
    assert named <= drawn


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_components_say_what_they_take(path):
    text = path.read_text()
    assert '{% comment "text/markdown" %}' in text
    includes = re.findall(r"{% include [^%]*%}", text)
    assert [line for line in includes if not line.endswith(" only %}")] == []


def test_what_only_search_and_reader_need_weighs_on_no_other_page():
    """A class of the second sheet that another template uses belongs into the first one."""
    own = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", static_file("cms/search.css").read_text())))
    shared = set(re.findall(r"\.([a-z][\w-]*)", static_file("cms/site.css").read_text()))
    for path in TEMPLATES:
        if path.parent.parts[-2:] in (("templates", "search"), ("documents", "reader")) or path.stem.startswith(
            "facet"
        ):
            continue
        used = {name for value in re.findall(r'class="([^"]*)"', path.read_text()) for name in value.split()}
        assert used & own <= shared, path
