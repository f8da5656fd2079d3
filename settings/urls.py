"""The composition root: which app answers which address."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from documents.admin_urls import before_core
from workflows.refusals import guarded

View = Callable[..., HttpResponseBase]


def _without_transaction(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return transaction.non_atomic_requests(wrapped)


def read_by_many(module: str) -> list[Any]:
    """The addresses of ``module`` outside the transaction that ``ATOMIC_REQUESTS`` opens.

    On SQLite that transaction takes the lock for writing, which there is one of: readers would wait
    for each other and for every import. What such a view writes, it writes in a transaction of its own.
    """
    return [*decorate_urlpatterns(import_module(module).urlpatterns, _without_transaction)]


urlpatterns = [
    path("admin/", include(before_core)),
    path("admin/", include(guarded(wagtailadmin_urls.urlpatterns))),
    path("", include("access.urls")),
    path("", include(read_by_many("documents.urls"))),
    path("", include(read_by_many("search.urls"))),
    path("", include(read_by_many("home.urls"))),
    *i18n_patterns(
        path("", include(read_by_many("search.page_urls"))),
        path("", include(read_by_many("cms.core.page_urls"))),
        path("", include(wagtail_urls)),
    ),
]

handler404 = "access.views.not_found"
