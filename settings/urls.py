"""The composition root: which app answers which address."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from documents.admin_urls import before_core
from workflows.refusals import guarded

urlpatterns = [
    path("admin/", include(before_core)),
    path("admin/", include(guarded(wagtailadmin_urls.urlpatterns))),
    path("", include("access.urls")),
    path("", include("documents.urls")),
    path("", include("search.urls")),
    path("", include("workflows.urls")),
    path("", include("home.urls")),
    *i18n_patterns(
        path("", include("search.page_urls")),
        path("", include("cms.core.page_urls")),
        path("", include(wagtail_urls)),
    ),
]

handler404 = "access.views.not_found"
