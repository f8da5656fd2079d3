"""What the help page of the search says: what can be written, each with an example that can be clicked."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Example:
    """``query`` as it is typed, and what it finds."""

    query: str | Promise
    says: str | Promise

    @property
    def url(self) -> str:
        """The search for it, in the active language."""
        return f"{reverse('search')}?{urlencode({'q': str(self.query)})}"


WORDS = (
    Example(_("prison torture"), _("Both words, anywhere: in titles, texts and files. Endings make no difference.")),
    Example(_('"chain of command"'), _("These words side by side.")),
    Example(_("prison OR detention"), _("Either word. OR is written in capitals.")),
    Example(_("prison -police"), _("The first word, but not the second.")),
    Example(_("(prison OR detention) -police"), _("Brackets keep together what belongs together, up to four deep.")),
)
FIELDS = (
    Example(_("title:prison"), _("A word in the title.")),
    Example(_("author:smith"), _("Who wrote or edited it: any part of the name.")),
    Example(_('topic:"arbitrary detention"'), _("A topic by its name, those below it included.")),
    Example(_("place:Syria"), _("A place by its name, those within it included.")),
    Example(_("kind:case"), _("The kind of thing, or the kind of publication.")),
    Example(_("lang:ar"), _("The language of the text or of its files, by its code or its name.")),
    Example(_("year:2019"), _("One year.")),
    Example(_("year:2019..2021"), _("From one year to another. Leave one out for an open range: year:2019..")),
    Example(_("prison -kind:case"), _("A minus before a field takes away what has it.")),
)
