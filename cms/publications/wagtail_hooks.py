"""What this app adds to Wagtail's admin."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail import hooks

from cms.publications.adding import PublicationFilesView


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """Our screens, below /admin/."""
    return [path("publications/<int:page_id>/files/", PublicationFilesView.as_view(), name="publication_add_files")]
