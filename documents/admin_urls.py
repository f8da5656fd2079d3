"""Addresses of the admin that take the number of a file, or add one. They have no names: core's names lead here."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail.admin.auth import require_admin_access
from wagtail.documents.views import documents as document_views
from wagtail.documents.views import multiple as document_uploads
from wagtail.images.views import images as image_views
from wagtail.images.views import multiple as image_uploads

from documents import admin_views as own
from documents import direct_views, embargo_views, processing_views, safety_views, tags
from documents.adding import tus
from documents.adding.views import AddFilesView
from documents.admin_views import guarded_document, guarded_image
from documents.erasure import views as erasure_views
from documents.versions import views as version_views

before_core: list[URLPattern] = [
    path("tag-autocomplete/", require_admin_access(tags.autocomplete)),
    path("tag-autocomplete/<slug:app_name>/<slug:model_name>/", require_admin_access(tags.autocomplete)),
]
"""Stands before the admin in ``settings.urls``: core's own addresses come before those that apps register."""

documents: list[URLPattern] = [
    path("", tags.DocumentIndexView.as_view()),
    path("results/", tags.DocumentIndexView.as_view(results_only=True)),
    path("processing/", processing_views.processing, name="document_processing"),
    path("processing/<int:document_id>/retry/", guarded_document(processing_views.retry), name="document_retry"),
    path("edit/<int:document_id>/", guarded_document(own.DocumentEditView.as_view())),
    path("delete/<int:document_id>/", guarded_document(own.DocumentDeleteView.as_view(), action="delete")),
    path("usage/<int:document_id>/", guarded_document(document_views.UsageView.as_view())),
    path("versions/<int:document_id>/add/", guarded_document(own.add_version), name="document_add_version"),
    path("versions/<int:document_id>/uses/", guarded_document(version_views.uses), name="document_uses"),
    path("versions/<int:document_id>/compare/", guarded_document(version_views.compare), name="document_compare"),
    path("versions/<int:document_id>/restore/", guarded_document(version_views.restore), name="document_restore"),
    path("versions/<int:document_id>/withdraw/", version_views.WithdrawView.as_view(), name="document_withdraw"),
    path("adding/", AddFilesView.as_view(), name="document_adding"),
    path("adding/uploads/", tus.uploads, name="document_uploads"),
    path("adding/uploads/<uuid:upload_id>/", tus.upload, name="document_upload"),
    path("erasures/", erasure_views.index, name="document_erasures"),
    path("erasures/<uuid:erasure_id>/", erasure_views.detail, name="document_erasure"),
    path("erasures/<uuid:erasure_id>/<str:decision>/", erasure_views.decide, name="document_erasure_decide"),
    path("versions/<int:document_id>/erase/", erasure_views.ask, name="document_erase"),
    path("direct/", direct_views.screen, name="document_direct"),
    path("direct/ticket/", direct_views.issue, name="document_direct_issue"),
    path("direct/file/", direct_views.file, name="document_direct_file"),
    path("safety/", safety_views.blocked_list, name="document_blocked_list"),
    path("safety/<int:document_id>/", safety_views.safety_screen, name="document_safety"),
    path("safety/<int:document_id>/check/", safety_views.check_again, name="document_check_again"),
    path("safety/<int:document_id>/override/<int:check_id>/", safety_views.override, name="document_override"),
    path("safety/<int:document_id>/page/<int:number>/", safety_views.marked_page, name="document_marked_page"),
    path("embargo/<int:document_id>/", embargo_views.embargo_screen, name="document_embargo"),
    path("original/<int:document_id>/", safety_views.original, name="document_original"),
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
    path("", tags.ImageIndexView.as_view()),
    path("results/", tags.ImageIndexView.as_view(results_only=True)),
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
