"""Addresses of the admin that take the number of a file, or add one. They have no names: core's names lead here."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail.admin.auth import require_admin_access
from wagtail.documents.views import documents as document_views
from wagtail.documents.views import multiple as document_uploads
from wagtail.images.views import images as image_views
from wagtail.images.views import multiple as image_uploads

from documents import admin_views as own
from documents.admin_views import guarded_document, guarded_image

before_core: list[URLPattern] = [
    path("tag-autocomplete/", require_admin_access(own.tags)),
    path("tag-autocomplete/<slug:app_name>/<slug:model_name>/", require_admin_access(own.tags)),
]
"""Stands before the admin in ``settings.urls``: core's own addresses come before those that apps register."""

documents: list[URLPattern] = [
    path("edit/<int:document_id>/", guarded_document(own.DocumentEditView.as_view())),
    path("delete/<int:document_id>/", guarded_document(own.DocumentDeleteView.as_view(), action="delete")),
    path("usage/<int:document_id>/", guarded_document(document_views.UsageView.as_view())),
    path("versions/<int:document_id>/add/", guarded_document(own.add_version), name="document_add_version"),
    path("multiple/add/", own.DocumentsAddView.as_view()),
    path("multiple/<int:doc_id>/", guarded_document(document_uploads.EditView.as_view(), kwarg="doc_id")),
    path(
        "multiple/<int:doc_id>/delete/",
        guarded_document(own.UploadedDocumentDeleteView.as_view(), kwarg="doc_id", action="delete"),
    ),
    path(
        "multiple/create_from_uploaded_document/<int:uploaded_file_id>/",
        own.CreateFromUploadedDocumentView.as_view(),
    ),
    path("chooser/chosen/<int:pk>/", guarded_document(own.document_chosen, kwarg="pk", action="choose")),
]

images: list[URLPattern] = [
    path("<int:image_id>/", guarded_image(image_views.EditView.as_view())),
    path("<int:image_id>/delete/", guarded_image(own.ImageDeleteView.as_view(), action="delete")),
    path("<int:image_id>/preview/<str:filter_spec>/", guarded_image(image_views.preview)),
    path("<int:image_id>/generate_url/", own.not_here),
    path("<int:image_id>/generate_url/output/", own.not_here),
    path("usage/<int:image_id>/", guarded_image(image_views.UsageView.as_view())),
    path("multiple/add/", own.ImagesAddView.as_view()),
    path("multiple/<int:image_id>/", guarded_image(image_uploads.EditView.as_view())),
    path(
        "multiple/<int:image_id>/delete/",
        guarded_image(own.UploadedImageDeleteView.as_view(), action="delete"),
    ),
    path("chooser/chosen/<int:pk>/", guarded_image(own.image_chosen, kwarg="pk", action="choose")),
    path("chooser/<int:image_id>/select_format/", guarded_image(own.image_select_format, action="choose")),
]
