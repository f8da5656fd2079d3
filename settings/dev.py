"""The newcomer's first minute: SQLite, embedded search, files on disk. Loopback only."""

from settings import env
from settings.base import *  # noqa: F403

DEBUG = env.flag("DEBUG", default=False)
DEMO_LOGINS = True
