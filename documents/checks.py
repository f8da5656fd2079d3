"""What keeps a page with files from being approved, as sentences for the people who decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from wagtail.models import Page, PageViewRestriction

from access.boundary import restricted
from access.visibility import visible_to
from access.visitor import Visitor
from documents import safety, scanning, wording
from documents.access import released_to
from documents.embargo import moment
from documents.models import Document, DocumentCheck, DocumentRelease, DocumentUse
from documents.releases import replaced_and_withdrawn, same_as_withdrawn, taken_back, told_places


def blocking(document_ids: Iterable[int], page_id: int | None = None) -> list[str]:
    """Sentences that block approval of a page that names the documents; empty when nothing does.

    Blocking are: a file that isn't ready, one that failed, one that a configured virus scanner didn't find clean, one
    that only an older version of the leak gate has looked at, a safety check without an override, a version that was
    withdrawn or a file with its bytes, a version of a file of which another is held back longer, and a file that another page than ``page_id``
    holds under embargo or for a closed circle.
    An embargo of the version's own blocks nothing: it goes on.
    """
    ids = list(document_ids)
    return passing(ids) + lasting(ids, page_id)


def passing(document_ids: Iterable[int]) -> list[str]:
    """Those sentences of :func:`blocking` that the worker sees to by itself: who can wait has nothing else to do."""
    documents = Document.objects.filter(pk__in=list(document_ids)).order_by("title", "number")
    return [sentence for document in documents if (sentence := _in_hand(document))] + [
        gettext("%(file)s is being searched for leaks again: the checks became stricter. Try again in a minute.")
        % {"file": _name(document)}
        for document in safety.outdated(documents)
    ]


def lasting(document_ids: Iterable[int], page_id: int | None = None) -> list[str]:
    """Those sentences of :func:`blocking` that somebody has to do something about."""
    documents = list(Document.objects.filter(pk__in=list(document_ids)).order_by("title", "number"))
    sentences = [sentence for document in documents if (sentence := _state(document))]
    ids = [document.pk for document in documents]
    names = {document.pk: _name(document) for document in documents}
    sentences += [
        gettext("%(file)s is blocked by the safety check “%(check)s”: %(detail)s")
        % {"file": names[check.document_id], "check": check.label, "detail": check.sentence}
        for check in DocumentCheck.objects.blocking()
        .filter(document__in=ids)
        .exclude(name__in=(wording.WITHDRAWN, wording.WITHDRAWN_BYTES))
        .order_by("document", "name")
    ]
    sentences += withdrawn(ids)
    sentences += _held_versions(documents)
    if page_id is not None:
        sentences += [
            gettext("%(file)s is held back by another page: it is under embargo or restricted there.")
            % {"file": names[pk]}
            for pk in sorted(_held_elsewhere(ids, page_id))
        ]
    return sentences


def withdrawn(document_ids: Iterable[int]) -> list[str]:
    """Sentences about those of the documents that were withdrawn or have the bytes of one that was, with the way out;
    empty where a page may name them.
    """
    ids = list(document_ids)
    gone = list(taken_back().filter(pk__in=ids).order_by("title", "number"))
    same = same_as_withdrawn().filter(document__in=ids).select_related("document").order_by("document")
    replaced = set(replaced_and_withdrawn().filter(pk__in=[document.pk for document in gone])) if gone else set()
    return [
        gettext("%(file)s was withdrawn and replaced by a newer version.") % {"file": _name(document)}
        if document in replaced
        else gettext(
            "%(file)s was withdrawn. Take it out of the page or choose another version. If it shall be public again, "
            "Legal review has to let it pass on the file's safety screen, with a reason."
        )
        % {"file": _name(document)}
        for document in gone
    ] + [_same_as_withdrawn(_name(check.document), check) for check in same]


def notes(document_ids: Iterable[int]) -> list[str]:
    """Sentences about what approval of a page that names the documents would hide, for those who decide; they block nothing."""
    held = list(
        Document.objects.filter(pk__in=list(document_ids), embargo__gt=timezone.now()).order_by("title", "number")
    )
    series = {document.series for document in held}
    public = set(released_to(Visitor()).filter(series__in=series).values_list("series", flat=True)) if held else set()
    return [
        gettext(
            "%(file)s is held back until %(time)s. Approval hides the older versions, which readers have now, until then "
            "too: that can tell them that something is coming."
        )
        % {"file": _name(document), "time": moment(document.embargo)}
        for document in held
        if document.series in public and document.embargo
    ]


def _same_as_withdrawn(file: str, check: DocumentCheck) -> str:
    """Says why it was withdrawn only where that is no secret: it is read by whoever has the bytes."""
    if not (told := told_places(check)):
        return gettext(
            "%(file)s has the same bytes as a file that was withdrawn. Take it out of the page, or Legal review has to "
            "let it pass on the file's safety screen, with a reason."
        ) % {"file": file}
    return gettext(
        "%(file)s has the same bytes as a file that was withdrawn, for this reason: “%(reason)s” Take it out of the "
        "page, or Legal review has to let it pass on the file's safety screen, with a reason."
    ) % {"file": file, "reason": " ".join(place["words"] for place in told)}


def _name(document: Document) -> str:
    return gettext("“%(title)s” (version %(number)d)") % {"title": document.title, "number": document.number}


def _state(document: Document) -> str:
    if document.state == Document.State.FAILED:
        return gettext("%(file)s could not be processed: %(reason)s") % {
            "file": _name(document),
            "reason": gettext(document.failure) if document.failure else "–",  # stored as an English msgid
        }
    if document.is_infected:
        return gettext("%(file)s: the virus scanner found malware in it.") % {"file": _name(document)}
    if scanning.is_on() and document.scan == Document.Scan.PARTIAL:
        return gettext("%(file)s could not be processed: %(reason)s") % {
            "file": _name(document),
            "reason": gettext(scanning.NotScannableError.sentence),
        }
    return ""


def _in_hand(document: Document) -> str:
    if document.state in (Document.State.WAITING, Document.State.RUNNING):
        return gettext("%(file)s is still being processed.") % {"file": _name(document)}
    if document.is_ready and scanning.is_on() and document.scan == Document.Scan.NONE:
        return gettext("%(file)s was not scanned for viruses yet.") % {"file": _name(document)}
    return ""


def _held_versions(documents: list[Document]) -> Iterator[str]:
    """Other versions of the documents that are held back longer, as sentences. What was withdrawn is out of the way.

    Nothing is said of a document that everybody reads already: approval gives nothing away.
    """
    others = Document.objects.filter(series__in={document.series for document in documents}, embargo__gt=timezone.now())
    ended = DocumentRelease.objects.filter(document=OuterRef("pk"))
    settled = Exists(ended) & ~Exists(ended.active())
    held = list(others.exclude(settled).order_by("number"))
    series = {other.series for other in held}
    public = set(released_to(Visitor()).filter(series__in=series).values_list("pk", flat=True)) if held else set()
    for document in documents:
        for other in held if document.pk not in public else ():
            if other.series != document.series or other.pk == document.pk or other.held_until is None:
                continue
            if document.held_until is None or document.held_until < other.held_until:
                yield gettext(
                    "%(file)s: version %(number)d is held back until %(time)s. Hold this version back as long, or let "
                    "the other one be opened or withdrawn first."
                ) % {
                    "number": other.number,
                    "file": _name(document),
                    "time": moment(other.held_until),
                }


def _held_elsewhere(ids: list[int], page_id: int) -> set[int]:
    """Documents that another page holds for later or for a closed circle: as it is public, as it is scheduled, or as
    its newest draft has it. One that anybody can read already through some page is held back nowhere.
    """
    uses = DocumentUse.objects.filter(document__in=ids).exclude(page_id=page_id)
    held = set(uses.filter(revision__approved_go_live_at__isnull=False).values_list("document", flat=True))
    live = Page.objects.filter(live=True, live_revision__in=uses.values("revision"))
    drafts = Page.objects.filter(latest_revision__in=uses.values("revision"))
    held |= _planned(uses.filter(revision__in=drafts.values("latest_revision")))
    if PageViewRestriction.objects.exists():
        open_revisions = visible_to(live, Visitor()).values("live_revision")
        closed_revisions = live.exclude(live_revision__in=open_revisions).values("live_revision")
        closed_drafts = Page.objects.filter(pk__in=restricted(drafts)).values("latest_revision")
        closed = Q(revision__in=closed_revisions) | Q(revision__in=closed_drafts)
        held |= set(uses.filter(closed).values_list("document", flat=True))
    everywhere = visible_to(Page.objects.all(), Visitor()).exclude(pk=page_id).values("live_revision")
    return held - set(uses.filter(revision__in=everywhere).values_list("document", flat=True))


def _planned(drafts: QuerySet[DocumentUse]) -> set[int]:
    """Documents of drafts that are to go live at a time ahead, whether that is approved yet or not."""
    now = timezone.now()
    return {
        document
        for document, stored in drafts.values_list("document", "revision__content__go_live_at")
        if stored and (when := parse_datetime(stored)) is not None and when > now
    }
