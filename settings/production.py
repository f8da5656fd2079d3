"""Production: nothing has a default that could be guessed, and unsafe values refuse to start."""

from django.core.exceptions import ImproperlyConfigured

from settings import env
from settings.base import *  # noqa: F403

SECRET_KEY = env.text("SECRET_KEY")
if SECRET_KEY.startswith("development-only") or len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "SECRET_KEY is the development key or shorter than 50 characters. Make one with: python -c 'import secrets; print(secrets.token_urlsafe(64))'."
    )
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", default=[])
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name your host names, such as ALLOWED_HOSTS=archive.example.org.")
env.text("DATABASE_URL")
SITE_URL = env.url("SITE_URL", default="", schemes={"https"}).rstrip("/")
if not SITE_URL:
    raise ImproperlyConfigured(
        "SITE_URL is not set. Write the public address, such as SITE_URL=https://archive.example.org."
    )
WAGTAILADMIN_BASE_URL = SITE_URL

DEMO_LOGINS = False
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
