"""The newcomer's settings with the floors' addresses beside the site's."""

from settings.dev import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
