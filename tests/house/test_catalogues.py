"""The compiled catalogues answer for every string, as ``make test`` and ``make run`` compile them."""

from __future__ import annotations

import polib
import pytest
from django.utils.translation import gettext, ngettext, override, pgettext

from deploy import catalogues


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_word_that_is_counted_elsewhere_is_translated_by_itself_too(language):
    counted = [e for e in polib.pofile(str(catalogues.catalogue(language))).translated_entries() if e.msgid_plural]
    assert len(counted) > 20
    with override(language):
        for entry in counted:
            alone = pgettext(entry.msgctxt, entry.msgid) if entry.msgctxt else gettext(entry.msgid)
            assert alone in entry.msgstr_plural.values(), entry.msgid
        assert gettext("glossary term") != "glossary term"
        assert ngettext("glossary term", "glossary terms", 5) not in ("glossary term", "glossary terms")
