"""What a publication's form shows beside its fields."""

from __future__ import annotations

from django.urls import reverse
from wagtail.admin.panels import Panel

from documents.permissions import document_policy
from documents.versions.usage import obstacle


class AddFilesPanel(Panel):
    """The way to the screen that files all languages of a publication at once; for pages that exist."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "publications/admin/add_files_panel.html"

        def is_shown(self) -> bool:
            """Only to those who can use it now."""
            if not super().is_shown() or not self.instance.pk:
                return False
            user = self.request.user
            return document_policy.user_has_permission(user, "add") and not obstacle(self.instance, user)

        @property
        def address(self) -> str:
            """Of the screen."""
            return reverse("publication_add_files", args=[self.instance.pk])


class NewVersionPanel(Panel):
    """The way to the next version of the file in a saved row, in a window of its own: the form may hold unsaved words."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "publications/admin/new_version_panel.html"

        def is_shown(self) -> bool:
            """Only beside a file that this person may add a version to."""
            if not super().is_shown() or not self.instance or not self.instance.document_id:
                return False
            return document_policy.user_has_permission_for_instance(self.request.user, "change", self.instance.document)

        @property
        def address(self) -> str:
            """Of the screen."""
            return reverse("document_add_version", args=[self.instance.document_id])
