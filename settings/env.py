"""The only place that reads the process environment.

Every variable is described in ``docs/reference/settings.md`` and ``.env.example``; a test compares
the three. A wrong value stops the start with the variable's name, what was read (secrets masked)
and an example.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
_environ = environ.Env()
_environ.read_env(BASE_DIR / ".env")

SECRETS = frozenset(
    {
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "S3_SECRET_ACCESS_KEY",
        "S3_ACCESS_KEY_ID",
        "SEARCH_API_KEY",
        "MONITORING_TOKEN",
    }
)
DEFAULT_LANGUAGES = ["en", "de", "fr", "es", "ar"]


def _masked(name: str, value: str) -> str:
    if name in SECRETS:
        return "***"
    parts = urlsplit(value)
    return value.replace(parts.password, "***") if parts.password else value


def wrong(name: str, value: str, expected: str) -> ImproperlyConfigured:
    """The error for a value that can't be used: names the variable, masks secrets, says what to write."""
    return ImproperlyConfigured(f"{name} is {_masked(name, value)!r}, which can't be used. Write {expected}.")


def text(name: str, default: str | None = None) -> str:
    """The value of ``name``; without a default the variable must be set. Set but empty counts as not set.

    Raises ImproperlyConfigured where it is missing or empty and there is no default.
    """
    value: str | None = _environ.str(name, default="") or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment or in .env; see .env.example.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """A yes or no. Raises ImproperlyConfigured on anything else."""
    value = text(name, "")
    if not value:
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise wrong(name, value, f"{name}=true or {name}=false")


def number(name: str, *, default: int, least: int | None = None) -> int:
    """A whole number, not below ``least``. Raises ImproperlyConfigured on anything else."""
    value = text(name, "")
    if not value:
        return default
    try:
        found = int(value)
    except ValueError as err:
        raise wrong(name, value, f"a whole number, such as {name}={default}") from err
    if least is not None and found < least:
        raise wrong(name, value, f"a whole number from {least} on")
    return found


def file(name: str) -> str:
    """The path of a file that is there, or empty. Raises ImproperlyConfigured where there is no such file."""
    value = text(name, "")
    if value and not Path(value).is_file():
        raise wrong(name, value, "the path of a file that this process can read")
    return value


def choice(name: str, *, default: str, choices: tuple[str, ...]) -> str:
    """One of ``choices``. Raises ImproperlyConfigured on anything else."""
    value = text(name, default)
    if value not in choices:
        raise wrong(name, value, f"one of {', '.join(choices)}")
    return value


def names(name: str, *, default: list[str]) -> list[str]:
    """A comma-separated list; empty parts are dropped."""
    value = text(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] if value else default


def url(name: str, *, default: str, schemes: set[str]) -> str:
    """An address with one of ``schemes``. Raises ImproperlyConfigured on anything else."""
    value = text(name, default)
    if value and urlsplit(value).scheme not in schemes:
        raise wrong(name, value, f"an address that starts with {' or '.join(sorted(schemes))}")
    return value


def languages() -> list[tuple[str, str]]:
    """``LANGUAGES`` as Django's list of (code, own name). The first is the source language.

    Raises ImproperlyConfigured for a code that Django has no name for, or that stands there twice.
    """
    codes = [code.lower() for code in names("LANGUAGES", default=DEFAULT_LANGUAGES)]
    unknown = [code for code in codes if "name_local" not in LANG_INFO.get(code, {})]
    if unknown or len(set(codes)) < len(codes):
        raise wrong("LANGUAGES", ",".join(codes), "each language once, by a code that Django knows, such as en,de,fa")
    return [(code, _own_name(code)) for code in codes]


def _own_name(code: str) -> str:
    name: str = LANG_INFO[code]["name_local"]
    return name[:1].upper() + name[1:]


def database(default: str) -> dict[str, Any]:
    """``DATABASE_URL`` as Django's database settings: ``sqlite:///path`` or ``postgres://…``."""
    value = url("DATABASE_URL", default=default, schemes={"sqlite", "postgres", "postgresql"})
    config: dict[str, Any] = dict(environ.Env.db_url_config(value))
    config["CONN_MAX_AGE"] = 60
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
        }
    else:
        # Compiling a statement pays for reports that run for minutes; a question of a page waits seconds for it.
        options = config.get("OPTIONS", {}).get("options", "")
        config.setdefault("OPTIONS", {})["options"] = f"-c jit=off {options}".strip()
        config["CONN_HEALTH_CHECKS"] = True
    config["ATOMIC_REQUESTS"] = True
    return config


def email(default: str) -> dict[str, Any]:
    """``EMAIL_URL`` as Django's mail settings: ``consolemail://`` or ``smtp+tls://user:password@host:587``."""
    value = url("EMAIL_URL", default=default, schemes=set(environ.Env.EMAIL_SCHEMES))
    return dict(environ.Env.email_url_config(value))
