"""What every environment shares. Values that differ come from ``settings.env``."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from settings import env

BASE_DIR = env.BASE_DIR
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = env.text("SECRET_KEY", "development-only-not-a-secret")
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS", default=[])
DEBUG = False
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.url("SITE_URL", default="http://localhost:8000", schemes={"http", "https"}).rstrip("/")

INSTALLED_APPS = [
    "home",
    "cms.cases",
    "cms.publications",
    "cms.glossary",
    "cms.topics",
    "cms.core",
    "translations",
    "workflows",
    "documents",
    "search",
    "access",
    "wagtail_localize",
    "wagtail.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "corsheaders",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "access.middleware.SiteLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "access.middleware.CacheContractMiddleware",
    "access.editorial.AdminPageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cms.core.middleware.VisibleRedirectMiddleware",
    "cms.core.links.ReaderMiddleware",
]

ROOT_URLCONF = "settings.urls"
WSGI_APPLICATION = "settings.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["cms.core.template_loader.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

DATABASES = {"default": env.database(default=f"sqlite:///{VAR_DIR / 'dossier.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "wagtailadmin_login"

CACHE_URL = env.url("CACHE_URL", default="", schemes={"redis", "rediss"})
_redis: dict[str, Any] = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": CACHE_URL,
    # Two sites on one server would take each other's roots and related pages for their own.
    "KEY_PREFIX": urlsplit(SITE_URL).netloc,
    # Seconds: a host that swallows packets must not hold every search.
    "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
}
_memory: dict[str, Any] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES: dict[str, dict[str, Any]] = {
    "default": _redis if CACHE_URL else _memory,
    # Who searched for what isn't found, as keyed hashes until midnight; by itself, for there may be many (search.board.people).
    "people": (
        {**_redis, "KEY_PREFIX": f"{_redis['KEY_PREFIX']}:people"}
        if CACHE_URL
        else {**_memory, "LOCATION": "people", "OPTIONS": {"MAX_ENTRIES": 200_000}}
    ),
}

# Who knows it may read how the site is from /healthz; empty: nobody.
MONITORING_TOKEN = env.text("MONITORING_TOKEN", "")

# Languages: one page tree each, the first is the source language.
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = env.languages()
LANGUAGE_CODE = LANGUAGES[0][0]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
FORMAT_MODULE_PATH = ["settings.formats"]
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media-is-never-served/"
DOCUMENTS_ROOT = VAR_DIR / "documents"

# Files. Without a bucket they lie below VAR_DIR, outside every folder that a web server serves.
# No OPTIONS for S3: Wagtail's delete task would store them, secret included, in the task table.
AWS_STORAGE_BUCKET_NAME = env.text("S3_BUCKET", "")
AWS_S3_ENDPOINT_URL = env.url("S3_ENDPOINT_URL", default="", schemes={"http", "https"}) or None
AWS_S3_REGION_NAME = env.text("S3_REGION", "us-east-1")
AWS_S3_ACCESS_KEY_ID = env.text("S3_ACCESS_KEY_ID", "")
AWS_S3_SECRET_ACCESS_KEY = env.text("S3_SECRET_ACCESS_KEY", "")
AWS_LOCATION = env.text("S3_PREFIX", "")
S3_ENCRYPTION = env.text("S3_ENCRYPTION", "")
_file_storage = (
    "documents.storage.PrivateS3Storage" if AWS_STORAGE_BUCKET_NAME else "documents.storage.PrivateFileStorage"
)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": _file_storage},
    "documents": {"BACKEND": _file_storage},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "documents.uploads.NamelessFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 500  # the screen "Add files" says at 200, with a sentence, that these are too many
DOCUMENT_MAX_SIZE = env.number("DOCUMENT_MAX_SIZE", default=200 * 1024 * 1024)
UPLOADS_MAX_SIZE = env.number("UPLOADS_MAX_SIZE", default=10 * 1024**3)
DOCUMENTS_UNUSED_DAYS = env.number("DOCUMENTS_UNUSED_DAYS", default=365)
DOCUMENT_DELIVERY = env.choice("DOCUMENT_DELIVERY", default="stream", choices=("stream", "accel", "redirect"))
DOCUMENT_DELIVERY_FROM = env.number("DOCUMENT_DELIVERY_FROM", default=5 * 1024 * 1024)
S3_DIRECT_UPLOAD = env.flag("S3_DIRECT_UPLOAD", default=False)

# Search: empty = the embedded engine in VAR_DIR.
SEARCH_URL = env.url("SEARCH_URL", default="", schemes={"http", "https"})
SEARCH_INDEX_PREFIX = env.text("SEARCH_INDEX_PREFIX", "dossier")
SEARCH_API_KEY = env.text("SEARCH_API_KEY", "")
SEARCH_CA_FILE = env.file("SEARCH_CA_FILE")
SEARCH_SHARDS = env.number("SEARCH_SHARDS", default=1, least=1)
# None: a replica as soon as there is a second node.
SEARCH_REPLICAS = env.number("SEARCH_REPLICAS", default=0, least=0) if env.text("SEARCH_REPLICAS", "") else None
SEARCH_SLOW_MS = env.number("SEARCH_SLOW_MS", default=1000, least=1)
# How long statistics of searches are kept; 0: none are made.
SEARCH_STATISTICS_DAYS = env.number("SEARCH_STATISTICS_DAYS", default=365, least=0)
SEARCH_DIR = VAR_DIR / "search"
# Whether kept SQL is made again whenever it is used, and compared: for tests.
PREPARED_QUESTIONS_CHECKED = False
RATE_LIMITS = env.flag("RATE_LIMITS", default=True)
# The header with the reader's address, if a web server in front sets one; empty: the address of the connection.
CLIENT_ADDRESS_HEADER = env.text("CLIENT_ADDRESS_HEADER", "")
# Networks that many people share, such as Tor's exits: a line each.
SHARED_EXITS_FILE = env.file("SHARED_EXITS_FILE")
# True: the change's own process drains the outbox after commit (tests, a shell without a worker).
SEARCH_DRAIN_INLINE = False

# Background work: tasks wait in the database; `manage.py run_worker` works them off.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

ORIGINALS = env.choice("ORIGINALS", default="sealed", choices=("sealed", "encrypted", "discarded"))
ORIGINALS_PUBLIC_KEY = env.text("ORIGINALS_PUBLIC_KEY", "")
# Host names that only staff can reach: a file that names one is blocked.
INTERNAL_HOSTS = env.names("INTERNAL_HOSTS", default=[])

CLAMD_URL = env.url("CLAMD_URL", default="", schemes={"tcp", "unix"})

EMAIL_CONFIG = env.email(default="consolemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)

# Security that holds everywhere
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview panel frames the page
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        # Consent loads a player of these hosts only; nothing is asked of them before it.
        "frame-src": [
            SELF,
            "https://www.youtube-nocookie.com",
            "https://player.vimeo.com",
            "https://www.openstreetmap.org",
        ],
    },
}
# Pages of other sites may read the public API as anybody may. Which requests, search.signal_handlers says, and nothing else.
CORS_URLS_REGEX = r"(?!)"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["GET", "HEAD"]
CORS_ALLOW_HEADERS = ["if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "Link", "Retry-After"]

# Wagtail
WAGTAIL_SITE_NAME = "Dossier"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILDOCS_DOCUMENT_MODEL = "documents.Document"
WAGTAILIMAGES_IMAGE_MODEL = "documents.Image"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "documents.forms.DocumentForm"
WAGTAILIMAGES_IMAGE_FORM_BASE = "documents.forms.ImageForm"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = [
    "pdf",
    "docx",
    "odt",
    "rtf",
    "pptx",
    "xlsx",
    "ods",
    "epub",
    "doc",
    "xls",
    "ppt",
    "txt",
    "csv",
    "png",
    "jpg",
    "jpeg",
    "webp",
    "tif",
    "tiff",
    "mp3",
    "mp4",
]
WAGTAILIMAGES_EXTENSIONS = ["png", "jpg", "jpeg", "webp"]
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
# A shared password lives in the session and would pass every other rule.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_FINISH_WORKFLOW_ACTION = "workflows.finish.publish_approved_revision"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.admin_backend"}}
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []  # no oEmbed fetch from the server
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
# W019 wants X_FRAME_OPTIONS to be DENY; see there.
SILENCED_SYSTEM_CHECKS = ["security.W019"]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "access.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": env.text("LOG_FORMAT", "text")},
        "audit": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Wagtail logs titles, Django logs addresses with queries: neither may reach a log.
        "wagtail": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": False},
        "django.request": {"level": "ERROR"},
        # Wagtail's log, mirrored: JSON on stdout whatever the format of the rest.
        "workflows.audit": {"handlers": ["audit"], "level": "INFO", "propagate": False},
    },
}
