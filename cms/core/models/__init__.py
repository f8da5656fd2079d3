"""What all page types share, and the vocabulary that they point at."""

from cms.core.models.base import BasePage, BasePageManager, BasePageQuerySet, in_language_of, naming, within
from cms.core.models.sections import SectionPage
from cms.core.models.site import SiteSettings
from cms.core.models.taxonomy import MergedKey, PagePlace, Place, PublicationKind, VocabularyEntry, WorkKind

__all__ = [
    "BasePage",
    "BasePageManager",
    "BasePageQuerySet",
    "MergedKey",
    "PagePlace",
    "Place",
    "PublicationKind",
    "SectionPage",
    "SiteSettings",
    "VocabularyEntry",
    "WorkKind",
    "in_language_of",
    "naming",
    "within",
]
