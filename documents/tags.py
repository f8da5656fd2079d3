"""Tags, as far as one may know of them: core proposes and filters by the tags of all files and pictures."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, JsonResponse
from taggit.models import Tag
from wagtail.documents.views import documents as document_views
from wagtail.images.views import chooser as image_chooser_views
from wagtail.images.views import images as image_views
from wagtail.images.views.chooser import viewset as image_chooser

from access.visitor import Visitor
from documents.access import readable_by, readable_images

PROPOSED = 10


def known_tags(visitor: Visitor) -> QuerySet[Tag]:
    """Tags of files and pictures that ``visitor`` may read."""
    return Tag.objects.filter(_of_documents(visitor) | _of_images(visitor)).distinct()


def _of_documents(visitor: Visitor) -> Q:
    return Q(dossier_documents__in=readable_by(visitor).order_by().values("pk"))


def _of_images(visitor: Visitor) -> Q:
    return Q(dossier_images__in=readable_images(visitor).order_by().values("pk"))


def autocomplete(request: HttpRequest, **kwargs: Any) -> JsonResponse:
    """What the tag field proposes."""
    term = request.GET.get("term", "")
    is_text = bool(term) and "\0" not in term  # which PostgreSQL takes in no string
    found = known_tags(Visitor.of(request)).filter(name__istartswith=term) if is_text else Tag.objects.none()
    return JsonResponse(list(found.order_by("name").values_list("name", flat=True)[:PROPOSED]), safe=False)


def _popular(used: Q, by: str) -> list[Tag]:
    """The tags in ``used`` that most files, or pictures, have."""
    return list(Tag.objects.filter(used).annotate(uses=Count(by)).order_by("-uses", "name")[:PROPOSED])


class _KnownTags:
    """Mixin of a filter set: the choices of the filter by tag are tags that the person may know of."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)  # type: ignore[call-arg]  # from FilterSet
        filters: dict[str, Any] = self.filters  # type: ignore[attr-defined]  # from FilterSet
        popular = self.popular(Visitor.of(request))
        if "tag" in filters and popular:
            filters["tag"].extra["choices"] = [(tag.name, tag.name) for tag in popular]
        else:
            filters.pop("tag", None)

    def popular(self, visitor: Visitor) -> list[Tag]:
        """The most used tags among those that ``visitor`` may know of."""
        raise NotImplementedError


class DocumentsFilterSet(_KnownTags, document_views.DocumentsFilterSet):
    """Core's filters of the list of files."""

    def popular(self, visitor: Visitor) -> list[Tag]:
        """Tags of files."""
        return _popular(_of_documents(visitor), "dossier_documents")


class ImagesFilterSet(_KnownTags, image_views.ImagesFilterSet):
    """Core's filters of the list of pictures."""

    def popular(self, visitor: Visitor) -> list[Tag]:
        """Tags of pictures."""
        return _popular(_of_images(visitor), "dossier_images")


class DocumentIndexView(document_views.IndexView):
    """Core's list of files."""

    filterset_class = DocumentsFilterSet


class ImageIndexView(image_views.IndexView):
    """Core's list of pictures."""

    filterset_class = ImagesFilterSet


class ImageChooseView(image_chooser_views.ImageChooseView):
    """Core's chooser of pictures."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Core's, with tags that the person may know of."""
        tags = _popular(_of_images(Visitor.of(self.request)), "dossier_images")
        return super().get_context_data(**kwargs) | {"popular_tags": tags}


def register_image_chooser() -> None:
    """Puts our chooser of pictures into core's set of views; called once from ``ready()``."""
    image_chooser.choose_view_class = ImageChooseView
