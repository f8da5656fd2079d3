"""Uploads that leave nothing on the disk of the web server, however its process ends."""

from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class NamelessFileUploadHandler(TemporaryFileUploadHandler):
    """Core's, with a file that has no name: a process that is killed during an upload leaves no draft behind.

    The price: storing copies the bytes instead of moving the file.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begins a file of the request."""
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        nameless = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - the request closes it
        self.file = UploadedFile(  # type: ignore[assignment]  # core's class insists on a name
            nameless, self.file_name, self.content_type, 0, self.charset, self.content_type_extra
        )

    def upload_interrupted(self) -> None:
        """Ends a file whose sender went away."""
        if hasattr(self, "file"):
            self.file.close()
