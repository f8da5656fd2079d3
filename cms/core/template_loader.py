"""Templates without their indentation: on a page of fifteen kilobytes of text it was a twelfth of all bytes."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.template.base import Origin
from django.template.loaders import app_directories

_BASE = Path(settings.BASE_DIR).parts
_INDENTATION = re.compile(r"\n\s+")


class Loader(app_directories.Loader):
    """Django's for the templates of apps; takes leading space and empty lines off the lines of our own HTML.

    That happens once, when a template is read. Templates with preformatted text of their own must not rely on it.
    """

    def get_contents(self, origin: Origin) -> str:
        """The source of a template. Raises TemplateDoesNotExist."""
        text: str = super().get_contents(origin)
        path = Path(origin.name)
        ours = path.suffix == ".html" and path.parts[: len(_BASE)] == _BASE and "site-packages" not in path.parts
        return _INDENTATION.sub("\n", text) if ours else text
