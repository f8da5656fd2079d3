"""The documentation names what the code has: variables, links, commands."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READERS = {"file", "text", "flag", "number", "names", "url", "choice"}
FIXED = {"languages": "LANGUAGES", "database": "DATABASE_URL", "email": "EMAIL_URL"}
MARKDOWN = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def variables_in_code() -> set[str]:
    """The variables that settings/*.py read through settings.env."""
    names = {"DJANGO_SETTINGS_MODULE"}
    for path in (ROOT / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if getattr(node.func.value, "id", "") != "env":
                continue
            if node.func.attr in FIXED:
                names.add(FIXED[node.func.attr])
            elif node.func.attr in READERS:
                names.add(node.args[0].value)
    return names


def test_the_reader_of_the_code_finds_what_is_there():
    assert {"VAR_DIR", "SECRET_KEY", "DATABASE_URL", "S3_BUCKET", "DOCUMENT_MAX_SIZE"} <= variables_in_code()


def test_every_variable_is_in_the_settings_page_and_the_other_way_round():
    documented = re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "docs/reference/settings.md").read_text(), re.M)
    assert len(documented) == len(set(documented))
    assert set(documented) == variables_in_code()


def test_every_variable_is_in_the_example_and_the_other_way_round():
    shown = set(re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert shown == variables_in_code()


def test_only_env_reads_the_environment():
    offenders = [
        str(path.relative_to(ROOT))
        for app in ("access", "search", "documents", "workflows", "translations", "cms", "home", "settings")
        for path in (ROOT / app).rglob("*.py")
        # PATH is the operating system's, handed on to the converters' processes.
        if re.search(r"os\.(environ|getenv)(?!\.get\(\"PATH\")", path.read_text())
        and path.name not in {"env.py", "wsgi.py", "asgi.py"}
    ]
    assert offenders == []


def test_every_make_target_is_documented():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M)) - {"help"}
    documented = set(re.findall(r"`make ([a-z-]+)`", (ROOT / "docs/reference/commands.md").read_text()))
    assert targets <= documented


OURS = ("access", "search", "documents", "workflows", "translations", "cms", "home")


def commands() -> dict[str, Path]:
    """Our management commands by name."""
    return {
        path.stem: path
        for app in OURS
        for path in (ROOT / app).rglob("management/commands/*.py")
        if path.stem != "__init__"
    }


def test_every_command_is_documented_with_its_options_and_no_others():
    page = (ROOT / "docs/reference/commands.md").read_text().split("## manage.py")[1]
    rows = dict(re.findall(r"^\| `([a-z_]+)([^`]*)` \|", page, re.M))
    assert set(rows) == set(commands())
    for name, path in commands().items():
        options = set(re.findall(r'"(--[a-z-]+)"', path.read_text()))
        assert set(re.findall(r"--[a-z-]+", rows[name])) == options, name


def addresses() -> set[str]:
    """Addresses below the root of the site as the URL configuration has them, parameters as ``<name>``."""
    from django.urls import get_resolver

    from cms.core import page_urls
    from search import page_urls as search_page_urls

    left_to_pages = (page_urls.urlpatterns, search_page_urls.urlpatterns)
    found: set[str] = set()

    def walk(patterns, prefix: str) -> None:
        for pattern in patterns:
            route = str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                if route != "admin/" and pattern.pattern.__class__.__name__ != "LocalePrefixPattern":
                    walk(pattern.url_patterns, prefix + route)
            elif not any(pattern in known for known in left_to_pages):
                found.add("/" + re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", prefix + route))

    walk(get_resolver("settings.urls").url_patterns, "")
    return found


def test_every_address_is_documented_and_no_other():
    page = (ROOT / "docs/reference/addresses.md").read_text()
    documented = {
        address.split("?")[0]
        for row in re.findall(r"^\| (`/[^|]*`) \|", page, re.M)
        for address in re.findall(r"`(/[^`]*)`", row)
    }
    elsewhere = {"/admin/", "/<language>/…", "/<language>/search/", "/<language>/search/help/"}
    assert documented - elsewhere == addresses()


def test_every_registered_job_is_documented():
    from access.schedule import jobs

    page = (ROOT / "docs/explanation/worker.md").read_text()
    assert {job.name for job in jobs() if f"`{job.name}`" not in page} == set()


def test_every_role_is_documented():
    from access import roles

    page = (ROOT / "docs/reference/permissions.md").read_text()
    names = [
        roles.READERS,
        roles.AUTHORS,
        roles.EDITORS,
        roles.LEGAL,
        roles.ADMINISTRATORS,
        "Translators",
        "Translation review",
    ]
    assert [name for name in names if f"| {name}" not in page] == []


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_page_names_exist(path):
    folders = "|".join([*OURS, "settings", "tests", "deploy"])
    names = re.findall(rf"`((?:{folders})/[\w/.-]+\.(?:py|html|css|po))`", path.read_text())
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_readme_is_short_and_starts_with_the_two_commands():
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 120
    head = "\n".join(lines[:15])
    assert "make run" in head and "make test" in head


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_index_names_every_page():
    index = (ROOT / "docs/README.md").read_text()
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in index} == set()


def test_a_decision_fits_on_a_page():
    for path in (ROOT / "docs/adr").glob("*.md"):
        assert len(path.read_text().split()) <= 450, path.name
