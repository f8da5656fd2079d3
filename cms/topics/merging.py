"""Merging a topic: its uses are re-pointed as those of any vocabulary, its pages go, their addresses lead on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.contrib.redirects.models import Redirect

from cms.core.cards import best_translations
from cms.core.merging import merge
from cms.topics.models import TopicPage

if TYPE_CHECKING:
    from access.models import User


@transaction.atomic
def merge_topics(topic: TopicPage, into: TopicPage, user: User) -> int:
    """Merges ``topic`` into ``into`` in all languages; returns how many pages it changed.

    Raises MergeRefused with a sentence, and changes nothing then.
    """
    count = merge(topic, into, user)
    others = list(TopicPage.objects.filter(translation_key=into.translation_key, live=True).select_related("locale"))
    for page in TopicPage.objects.filter(translation_key=topic.translation_key, live=True).select_related("locale"):
        target = next(iter(best_translations(others, page.locale.language_code).values()), None)
        if target is not None and (address := page.get_url()):
            Redirect.objects.update_or_create(
                old_path=Redirect.normalise_path(address),
                site=None,
                defaults={"redirect_page": target, "redirect_link": "", "is_permanent": True},
            )
        UnpublishPageAction(page, user=user).execute(skip_permission_checks=True)
    return count
