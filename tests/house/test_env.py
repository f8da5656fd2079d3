"""A wrong value stops the start with the variable's name, what was read (secrets masked) and an example."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from settings import env

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("DEBUG", "perhaps", lambda: env.flag("DEBUG", default=False)),
        ("DOCUMENT_MAX_SIZE", "big", lambda: env.number("DOCUMENT_MAX_SIZE", default=1)),
        ("SEARCH_URL", "localhost:9200", lambda: env.url("SEARCH_URL", default="", schemes={"http", "https"})),
        ("LANGUAGES", "en,xx", env.languages),
        ("EMAIL_URL", "mail.example.org", lambda: env.email("consolemail://")),
        ("DATABASE_URL", "mysql://localhost/x", lambda: env.database("sqlite:///x")),
    ],
)
def test_wrong_value_names_variable_value_and_remedy(monkeypatch, name, value, read):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as error:
        read()
    assert name in str(error.value)
    assert value in str(error.value)
    assert "Write" in str(error.value)


def test_passwords_in_addresses_are_masked(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://user:geheim123@localhost/x")
    with pytest.raises(ImproperlyConfigured) as error:
        env.database("sqlite:///x")
    assert "geheim123" not in str(error.value)


def test_secrets_are_masked():
    assert "geheim123" not in str(env.wrong("S3_SECRET_ACCESS_KEY", "geheim123", "a key"))


def _start_production(code: str = "", **environ: str) -> subprocess.CompletedProcess:
    kept = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "settings.production"}
    code = f"import django; django.setup(); {code}"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=kept | environ, capture_output=True, text=True)


GOOD = {
    "SECRET_KEY": "x7" * 30,
    "ALLOWED_HOSTS": "archive.example.org",
    "SITE_URL": "https://archive.example.org",
    "DATABASE_URL": "postgres://nobody@localhost/nothing",
}


def test_production_starts_with_good_values(tmp_path):
    started = _start_production(**GOOD, VAR_DIR=str(tmp_path))
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "development-only-not-a-secret"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", ""),
        ("SITE_URL", ""),
        ("SITE_URL", "http://archive.example.org"),
    ],
)
def test_production_refuses_unsafe_values(tmp_path, name, value):
    refused = _start_production(**GOOD | {name: value}, VAR_DIR=str(tmp_path))
    assert refused.returncode != 0
    assert name in refused.stderr


def test_two_sites_on_one_redis_know_nothing_of_each_other(tmp_path, redis_url):
    key = uuid.uuid4().hex
    read = f"from django.core.cache import caches; print([caches[name].get('{key}') for name in ('default', 'people')])"
    write = f"[caches[name].set('{key}', name, 60) for name in ('default', 'people')]"
    given = GOOD | {"CACHE_URL": redis_url, "VAR_DIR": str(tmp_path)}
    assert _start_production(f"{read}; {write}", **given).stdout == "[None, None]\n"
    assert _start_production(read, **given).stdout == "['default', 'people']\n"
    another = given | {"SITE_URL": "https://other.example.org", "ALLOWED_HOSTS": "other.example.org"}
    assert _start_production(read, **another).stdout == "[None, None]\n"


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("en,it,fa", ["English", "Italiano", "فارسی"]),
        ("fr", ["Français"]),
        ("pt-BR,en", ["Português Brasileiro", "English"]),
    ],
)
def test_any_language_that_django_knows_can_be_chosen(monkeypatch, given, names):
    monkeypatch.setenv("LANGUAGES", given)
    assert [name for _code, name in env.languages()] == names
    assert [code for code, _name in env.languages()] == given.lower().split(",")


def test_a_language_stands_there_once(monkeypatch):
    monkeypatch.setenv("LANGUAGES", "en,de,en")
    with pytest.raises(ImproperlyConfigured, match="each language once"):
        env.languages()


@pytest.mark.parametrize(("given", "used"), [("", "-c jit=off"), ("?options=-c%20jit%3Don", "-c jit=off -c jit=on")])
def test_postgresql_compiles_no_statement_unless_it_is_told_to(monkeypatch, given, used):
    monkeypatch.setenv("DATABASE_URL", f"postgres://user@localhost/x{given}")
    assert env.database("sqlite:///x")["OPTIONS"]["options"] == used
