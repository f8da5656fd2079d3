"""Erasing a file from what was taken out of pages for translation. Words in the translation memory go with the words
of all tables (``documents.erasure.sweep``).
"""

from __future__ import annotations

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _
from wagtail_localize.models import TranslationSource

from documents.erasure import steps, targets
from documents.erasure.contents import cleaned
from documents.models import Erasure


def erase_from_sources(erasure: Erasure) -> None:
    """Takes the files, and the words, out of the frozen sources: a draft made from one would name the file again."""
    documents = targets.present(erasure.targets)
    ids = frozenset(documents.values_list("pk", flat=True))
    matcher = targets.matcher_for(erasure, documents)
    for source in TranslationSource.objects.select_related("specific_content_type").iterator(chunk_size=50):
        model = source.specific_content_type.model_class()
        if model is None:
            continue
        content = json.loads(source.content_json)
        new = cleaned(model, content, ids, matcher)
        if new != content:
            text = json.dumps(new, cls=DjangoJSONEncoder)
            TranslationSource.objects.filter(pk=source.pk).update(content_json=text)


def register_step() -> None:
    """Called once from ``ready()``."""
    label = _("What was taken out of such pages for translation")
    steps.register(steps.Step("translations", label, 25, erase_from_sources))
