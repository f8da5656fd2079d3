"""Places and kinds: vocabularies that editors keep as snippets, in every language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Orderable, TranslatableMixin
from wagtail.search import index

MAX_PLACE_DEPTH = 4


class Place(TranslatableMixin, index.Indexed, models.Model):
    """A region, a country in it, a city in that. One row per language, joined by the translation key."""

    class Kind(models.TextChoices):
        REGION = "region", _("Region")
        COUNTRY = "country", _("Country")
        CITY = "city", _("City or area")

    class Precision(models.TextChoices):
        EXACT = "exact", _("Exact")
        CITY = "city", _("City")
        COUNTRY = "country", _("Country")

    SHARED_FIELDS = ("kind", "iso", "latitude", "longitude", "precision")

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.COUNTRY)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("lies in"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text=_("The country of a city, the region of a country."),
    )
    iso = models.CharField(
        _("ISO code"), max_length=6, blank=True, help_text=_("ISO 3166, for example DE or SY. Countries only.")
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    precision = models.CharField(_("precision"), max_length=10, choices=Precision.choices, default=Precision.CITY)
    sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_(
            "Naming this place could put people at risk. Readers then see the country only, "
            "and nothing of it is sent to a map provider."
        ),
    )
    alternative_names = models.TextField(
        _("other names"), blank=True, help_text=_("One per line. Readers find the place under these names too.")
    )

    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("parent"), FieldPanel("iso")]),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]), FieldPanel("precision")], _("Position")
        ),
        FieldPanel("sensitive"),
        FieldPanel("alternative_names"),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.FilterField("locale_id")]

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["translation_key", "locale"], name="place_translation_unique"),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="place_position_complete",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, and says the same of the place in its other languages.

        Where a place lies and whether naming it is dangerous is no matter of language: a
        translation made later takes it over, and only ever adds the mark "sensitive".
        """
        others = Place.objects.filter(translation_key=self.translation_key).exclude(pk=self.pk)
        known = others.select_related("parent").order_by("pk").first() if self._state.adding else None
        if known is not None:
            self.sensitive = self.sensitive or known.sensitive
            for name in self.SHARED_FIELDS:
                setattr(self, name, getattr(known, name))
            self.parent = self.parent or (known.parent and known.parent.beside(self.locale_id))
        super().save(*args, **kwargs)
        others.update(sensitive=self.sensitive, **{name: getattr(self, name) for name in self.SHARED_FIELDS})
        for other in others:
            parent = self.parent.beside(other.locale_id) if self.parent else None
            Place.objects.filter(pk=other.pk).exclude(parent=parent).update(parent=parent)

    def beside(self, locale_id: int) -> Self:
        """The same place in another language, or this row where there is none."""
        rows = type(self)._default_manager.filter(translation_key=self.translation_key, locale_id=locale_id)
        return rows.first() or self

    def clean(self) -> None:
        super().clean()
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError({"longitude": _("Give both latitude and longitude, or neither.")})
        seen, above = {self.pk}, self.parent
        for _level in range(MAX_PLACE_DEPTH):
            if above is None:
                return
            if above.pk is not None and above.pk in seen:
                raise ValidationError({"parent": _("A place can't lie in itself.")})
            seen.add(above.pk)
            above = above.parent
        if above is not None:
            raise ValidationError({"parent": _("Places can be at most four levels deep.")})

    @property
    def lineage(self) -> list[Place]:
        """The place and all that it lies in, from the inside out. Costs queries unless parents are joined."""
        places: list[Place] = []
        place: Place | None = self
        while place is not None and len(places) <= MAX_PLACE_DEPTH:
            places.append(place)
            place = place.parent
        return places

    @staticmethod
    def is_sensitive(*, around: bool = False) -> models.Q:
        """Places that are sensitive or lie in one that is, as a filter; with ``around`` only the latter."""
        levels = range(1 if around else 0, MAX_PLACE_DEPTH + 1)
        return reduce(or_, (models.Q(**{f"{'parent__' * level}sensitive": True}) for level in levels))

    def public(self) -> Place | None:
        """What readers may know: the place, or the innermost country or region around a sensitive one.

        None where a sensitive place lies in nothing that may be named.
        """
        lineage = self.lineage
        blocked = max((number for number, place in enumerate(lineage) if place.sensitive), default=-1)
        if blocked < 0:
            return self
        wider = [place for place in lineage[blocked + 1 :] if place.kind != self.Kind.CITY]
        country = lineage[blocked] if lineage[blocked].kind != self.Kind.CITY else None
        return country or (wider[0] if wider else None)


class VocabularyEntry(TranslatableMixin, models.Model):
    """One entry of an ordered vocabulary. ``code`` is the same in all languages; imports and exports use it."""

    name = models.CharField(_("name"), max_length=100)
    code = models.SlugField(
        _("code"), max_length=60, help_text=_("A short name for imports and exports, the same in all languages.")
    )
    sort_order = models.PositiveIntegerField(_("order"), default=0)

    panels = [FieldPanel("name"), FieldRowPanel([FieldPanel("code"), FieldPanel("sort_order")])]

    class Meta:
        abstract = True
        ordering = ["sort_order", "name"]

    def __str__(self) -> str:
        return self.name


class WorkKind(VocabularyEntry):
    """What kind of work a case is: litigation, networks and exchange, research."""

    class Meta(VocabularyEntry.Meta):
        verbose_name = _("kind of work")
        verbose_name_plural = _("kinds of work")
        constraints = [
            models.UniqueConstraint(fields=["translation_key", "locale"], name="work_kind_translation_unique"),
            models.UniqueConstraint(fields=["code", "locale"], name="work_kind_code_unique"),
        ]


class PublicationKind(VocabularyEntry):
    """What kind of publication it is: report, annual review, submission, statement."""

    class Meta(VocabularyEntry.Meta):
        verbose_name = _("kind of publication")
        verbose_name_plural = _("kinds of publication")
        constraints = [
            models.UniqueConstraint(fields=["translation_key", "locale"], name="publication_kind_translation_unique"),
            models.UniqueConstraint(fields=["code", "locale"], name="publication_kind_code_unique"),
        ]


class PagePlace(Orderable):
    """A page is about a place. Points at the stock page, so that every type can have places."""

    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="places")
    place = models.ForeignKey(Place, verbose_name=_("place"), on_delete=models.PROTECT, related_name="page_places")

    panels = [FieldPanel("place")]

    class Meta(Orderable.Meta):
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [models.UniqueConstraint(fields=["page", "place"], name="page_place_unique")]

    def __str__(self) -> str:
        return str(self.place)


class MergedKey(models.Model):
    """An entry that was merged into another: addresses and imports that name its key mean the other."""

    old = models.UUIDField(_("old key"), unique=True)
    new = models.UUIDField(_("new key"), db_index=True)

    class Meta:
        verbose_name = _("merged key")
        verbose_name_plural = _("merged keys")

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"

    @classmethod
    def successors(cls, keys: Iterable[UUID]) -> dict[UUID, UUID]:
        """{old: new} for those of ``keys`` whose entries were merged into others. One query; none without keys."""
        return dict(cls.objects.filter(old__in=list(keys)).values_list("old", "new"))
