"""The picture and its sizes. Originals are never served; a size is readable where its image is used."""

from __future__ import annotations

import uuid
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from wagtail.images.models import AbstractImage, AbstractRendition

from documents.exceptions import AppendOnlyError, IntakeError
from documents.metadata import without_metadata
from documents.storage import discard, store


class Image(AbstractImage):
    """A picture, append-only like a document: its bytes are cleaned of metadata at the first save and never change."""

    admin_form_fields = (
        "title",
        "file",
        "description",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    file: Any  # declared by the base class, which is untyped
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    tags = TaggableManager(related_name="dossier_images", blank=True, help_text=None, verbose_name=_("tags"))

    class Meta(AbstractImage.Meta):
        default_related_name = "dossier_images"
        permissions = [("choose_image", "Can choose image")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves; the first time without metadata.

        Raises IntakeError where it is no picture, AppendOnlyError where the file was exchanged later.
        """
        if self._state.adding:
            self._remove_metadata()
        elif self.file.name != Image.objects.values_list("file", flat=True).get(pk=self.pk):
            raise AppendOnlyError(gettext("A picture's file never changes; add a new picture."))
        super().save(*args, **kwargs)

    def store_clean(self) -> None:
        """Writes the picture of an unsaved row to the storage, without metadata.

        Raises IntakeError where it is no picture, StorageError where nothing could be stored.
        """
        self._remove_metadata()
        self.file = store(self.file.file, self.get_upload_to(""), self.file.storage)

    def _remove_metadata(self) -> None:
        if getattr(self, "_is_clean", False):
            return
        storage, stored = self.file.storage, self.file.name if self.file._committed else None
        try:
            with self.open_file() as source:
                cleaned = ContentFile(without_metadata(source), name="image")
        except (OSError, ValueError, SyntaxError) as err:
            raise IntakeError(gettext("The picture is damaged and can't be opened.")) from err
        self.file = cleaned
        self._set_image_file_metadata()
        self._is_clean = True
        if stored:
            discard(stored, storage, for_good=True)  # it has the metadata still

    def get_upload_to(self, filename: str) -> str:
        """A storage key that tells nothing: no uploaded name, no number."""
        return f"images/{uuid.uuid4()}"


class Rendition(AbstractRendition):
    """A size of an image, made on demand by the templates, never by its address."""

    file: Any  # declared by the base class, which is untyped
    image = models.ForeignKey(Image, related_name="renditions", on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="rendition_unique")
        ]

    def __str__(self) -> str:
        return f"{self.image_id}/{self.filter_spec}"

    def get_upload_to(self, filename: str) -> str:
        """A storage key that tells nothing but the format."""
        return f"renditions/{uuid.uuid4()}{PurePosixPath(filename).suffix}"

    @property
    def url(self) -> str:
        """``/i/<public id>/<spec>/image.<format>``: no primary key, no uploaded name; answered under the access rule."""
        spec = self.filter_spec.replace("|", ".")
        return f"/i/{self.image.public_id}/{spec}/image{PurePosixPath(self.file.name).suffix}"
