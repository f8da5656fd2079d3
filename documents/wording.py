"""What the leak gate's codes mean, in words: a name, what is wrong, what to do. Stored are codes; shown is a translation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop


@dataclass(frozen=True)
class Wording:
    """Three msgids: ``label`` names the check, ``sentence`` says what was found, ``remedy`` what to do about it."""

    label: str
    sentence: str
    remedy: str


_DELETE_TEXT = gettext_noop(
    "Delete the words themselves in the program that the file was made with, export it again and add it as a new version."
)
_FLATTEN = gettext_noop(
    "Delete what is hidden in the program that the file was made with, export it again and add it as a new version."
)
_CROP = gettext_noop(
    "Crop the picture in a picture program, so that the rest is gone, put it in anew and add the file as a new version."
)

FINDINGS: dict[str, Wording] = {
    "text_covered": Wording(
        gettext_noop("Text under a box"),
        gettext_noop("A box or a picture lies on words that can still be copied and searched."),
        _DELETE_TEXT,
    ),
    "text_colour": Wording(
        gettext_noop("Text that can't be seen"),
        gettext_noop(
            "Words have the colour of what is behind them, or are cut off: nobody sees them, everybody can copy them."
        ),
        _DELETE_TEXT,
    ),
    "text_invisible": Wording(
        gettext_noop("Invisible text"),
        gettext_noop("Words are written so that they are not shown, and no scanned picture shows them instead."),
        _DELETE_TEXT,
    ),
    "text_tiny": Wording(
        gettext_noop("Tiny text"),
        gettext_noop("Words are too small to be read, and can be copied and searched."),
        _DELETE_TEXT,
    ),
    "text_outside": Wording(
        gettext_noop("Text outside of the page"),
        gettext_noop("Words stand beside what is shown of the page, or were cropped away: they are still in the file."),
        _DELETE_TEXT,
    ),
    "text_layer": Wording(
        gettext_noop("Text in a hidden layer"),
        gettext_noop("Words stand in a layer that is switched off. Anyone can switch it on."),
        _FLATTEN,
    ),
    "picture_covered": Wording(
        gettext_noop("Picture under a box"),
        gettext_noop("A box was drawn on a picture. The picture below is whole: who takes the box away sees it."),
        gettext_noop(
            "Blacken the place in the picture itself with a picture program, put it in anew and add the file as a new version."
        ),
    ),
    "picture_cropped": Wording(
        gettext_noop("Cropped picture"),
        gettext_noop("The file holds more of a picture than is shown."),
        _CROP,
    ),
    "picture_masked": Wording(
        gettext_noop("Picture with invisible parts"),
        gettext_noop("Parts of a picture are made invisible, but the file still holds what they show."),
        _CROP,
    ),
    "layers": Wording(
        gettext_noop("Hidden layers"),
        gettext_noop("The file has layers that are switched off. Anyone can switch them on."),
        _FLATTEN,
    ),
    "attachments": Wording(
        gettext_noop("Attached files"),
        gettext_noop("Other files are attached to this one."),
        gettext_noop("Remove the attachments and add the file as a new version."),
    ),
    "bookmarks": Wording(
        gettext_noop("Bookmarks with other words"),
        gettext_noop("Bookmarks hold words that stand on no page. Programs show them beside the pages."),
        gettext_noop("Delete or rename these bookmarks and add the file as a new version."),
    ),
    "bookmarks_unread": Wording(
        gettext_noop("Bookmarks of a scan"),
        gettext_noop("The pages are pictures, so nobody could compare the bookmarks with them. Read what they say."),
        gettext_noop("Nothing, if all of them may be public. Else delete them and add the file as a new version."),
    ),
    "descriptions": Wording(
        gettext_noop("Descriptions of pictures"),
        gettext_noop("Pictures have descriptions, which screen readers read aloud. Read what they say."),
        gettext_noop("Nothing, if all of them may be public. Else delete them and add the file as a new version."),
    ),
    "read_out": Wording(
        gettext_noop("Words for screen readers"),
        gettext_noop("Screen readers read out words that stand on no page, or the name of a file."),
        gettext_noop(
            "Nothing, if all of them may be public. Else change them in the program that the file was made with, export it again and add it as a new version."
        ),
    ),
    "redactions": Wording(
        gettext_noop("Redaction that was not applied"),
        gettext_noop("Places are marked for redaction, but nothing was taken out."),
        gettext_noop("Apply the redactions in the PDF program, save the file and add it as a new version."),
    ),
    "annotations": Wording(
        gettext_noop("Comments on the pages"),
        gettext_noop("Notes, comments or hidden marks lie on the pages."),
        gettext_noop("Delete the comments and add the file as a new version."),
    ),
    "form_hidden": Wording(
        gettext_noop("Hidden form data"),
        gettext_noop("Form fields that no page shows hold entries."),
        gettext_noop("Print the file to a new PDF and add that as a new version."),
    ),
    "form_data": Wording(
        gettext_noop("Filled form"),
        gettext_noop(
            "Form fields hold entries. They can be read like other text; look whether all of them may be public."
        ),
        gettext_noop("Nothing, if they may be public. Else empty the fields and add the file as a new version."),
    ),
    "history": Wording(
        gettext_noop("Earlier states"),
        gettext_noop("Earlier states of the file are still in it."),
        gettext_noop("Print the file to a new PDF and add that as a new version."),
    ),
    "metadata": Wording(
        gettext_noop("Details about people and machines"),
        gettext_noop("The file says who wrote it, when, or with what."),
        gettext_noop("Remove the properties of the file and add it as a new version."),
    ),
    "scripts": Wording(
        gettext_noop("Scripts"),
        gettext_noop("The file does something by itself when it is opened."),
        gettext_noop("Print the file to a new PDF and add that as a new version."),
    ),
    "thumbnails": Wording(
        gettext_noop("Small pictures"),
        gettext_noop("A small picture of an earlier state, or of a whole photo, is in the file."),
        gettext_noop("Save the file without a preview and add it as a new version."),
    ),
    "place": Wording(
        gettext_noop("Where it was taken"),
        gettext_noop("A photo or a recording says at which place it was made."),
        gettext_noop("Remove the place and add the file as a new version."),
    ),
    "changes": Wording(
        gettext_noop("Tracked changes"),
        gettext_noop("The file tells what was written, deleted and by whom."),
        gettext_noop("Accept all changes, save the file and add it as a new version."),
    ),
    "comments": Wording(
        gettext_noop("Comments"),
        gettext_noop("The file holds comments."),
        gettext_noop("Delete the comments and add the file as a new version."),
    ),
    "hidden_text": Wording(
        gettext_noop("Hidden text"),
        gettext_noop("The file holds text that is marked as hidden."),
        _FLATTEN,
    ),
    "hidden_sheets": Wording(
        gettext_noop("Hidden sheets"),
        gettext_noop("The table has sheets that are not shown."),
        _FLATTEN,
    ),
    "hidden_cells": Wording(
        gettext_noop("Hidden cells"),
        gettext_noop(
            "A table has cells that are not shown: in hidden rows or columns, or below cells that they are merged with."
        ),
        _FLATTEN,
    ),
    "hidden_slides": Wording(
        gettext_noop("Hidden slides"),
        gettext_noop("The presentation has slides that are not shown."),
        _FLATTEN,
    ),
    "notes": Wording(
        gettext_noop("Speaker's notes"),
        gettext_noop("The presentation holds notes for the speaker."),
        _FLATTEN,
    ),
    "embedded": Wording(
        gettext_noop("Files in the file"),
        gettext_noop("The file holds other whole files, such as the table behind a chart."),
        gettext_noop("Put them in as pictures and add the file as a new version."),
    ),
    "drawings": Wording(
        gettext_noop("Pictures that can't be checked (EMF, WMF and the like)"),
        gettext_noop("The file holds drawings in formats such as EMF and WMF, which keep words that nobody sees."),
        gettext_noop(
            "Add the file again as a new version: its public copy is without them. Put what readers need in as PNG pictures first."
        ),
    ),
    "remote": Wording(
        gettext_noop("Parts from elsewhere"),
        gettext_noop("The file fetches parts from another computer, which then learns who reads it."),
        gettext_noop("Put the pictures and templates into the file itself and add it as a new version."),
    ),
    "custom_data": Wording(
        gettext_noop("Data of other programs"),
        gettext_noop("Other programs have left data in the file."),
        gettext_noop("Copy the text into a new file and add that as a new version."),
    ),
    "data_track": Wording(
        gettext_noop("Data beside picture and sound"),
        gettext_noop("The recording holds data of the camera beside picture and sound, such as its way."),
        gettext_noop("Export picture and sound anew and add the file as a new version."),
    ),
    "internal_links": Wording(
        gettext_noop("Internal addresses"),
        gettext_noop("Addresses lead to computers or people inside the house."),
        gettext_noop("Take the addresses out and add the file as a new version."),
    ),
}
"""Code of a finding (``documents.extraction.inspection.CODES``) -> its words."""

INSPECTED = "inspection"
"""Name of the check that says that the gate looked at the file at all."""
WITHDRAWN = "withdrawn"
"""Name of the check of a version that was taken back from the public; its places are the reasons that readers got."""
WITHDRAWN_BYTES = "withdrawn_bytes"
"""Name of the check of a file that readers don't have and that has the bytes of a withdrawn one; its places as before."""
_OTHERS = {
    INSPECTED: Wording(
        gettext_noop("Leak gate"), gettext_noop("The public copy was searched for what it must not tell."), ""
    ),
    WITHDRAWN: Wording(
        gettext_noop("Withdrawn"),
        gettext_noop("This version was withdrawn. It doesn't come back by the approval of a page."),
        gettext_noop("Take the file out of the page, choose another version, or add a corrected one."),
    ),
    WITHDRAWN_BYTES: Wording(
        gettext_noop("The same as a withdrawn file"),
        gettext_noop("A file with the same bytes was withdrawn."),
        gettext_noop("Take the file out of the page, choose another version, or add a corrected one."),
    ),
}
_GONE = gettext_noop("It was in the uploaded file. The public copy is without it.")

REMOVED: dict[str, str] = {
    "metadata": gettext_noop("Details about people and machines"),
    "metadata of pictures": gettext_noop("Details in pictures"),
    "metadata of recordings": gettext_noop("Details in recordings"),
    "names of parts": gettext_noop("Names of the files of pictures and recordings"),
    "names of shapes": gettext_noop("Names of shapes and bookmarks"),
    "names": gettext_noop("Names of places, layers and parts in the file"),
    "hidden parts of pictures": gettext_noop("Invisible parts of pictures"),
    "places": gettext_noop("Places"),
    "dates": gettext_noop("Dates of changes"),
    "attachments": gettext_noop("Attached files"),
    "embedded files": gettext_noop("Files in the file"),
    "drawings": gettext_noop("Pictures that can't be checked (EMF, WMF and the like), with what they show"),
    "actions": gettext_noop("Actions"),
    "scripts": gettext_noop("Scripts"),
    "application data": gettext_noop("Data of other programs"),
    "printer settings": gettext_noop("Printer settings"),
    "thumbnails": gettext_noop("Small pictures"),
    "comments": gettext_noop("Comments"),
    "tracked changes": gettext_noop("Tracked changes"),
    "signatures": gettext_noop("Signatures"),
    "form data": gettext_noop("Hidden form data"),
    "earlier states": gettext_noop("Earlier states"),
    "hidden text": gettext_noop("Hidden text"),
    "hidden sheets": gettext_noop("Hidden sheets"),
    "hidden cells": gettext_noop("Hidden cells"),
    "hidden slides": gettext_noop("Hidden slides"),
    "notes": gettext_noop("Speaker's notes"),
    "external references": gettext_noop("Parts from elsewhere"),
    "data tracks": gettext_noop("Data beside picture and sound"),
}
"""What cleaning removes (``documents.extraction.cleaning``) -> its name."""


def wording(name: str) -> Wording:
    """The words of a check; a name that isn't known stands for itself."""
    return _OTHERS.get(name) or FINDINGS.get(name, Wording(name, "", ""))


def label(name: str) -> str:
    """The translated name of a check."""
    return gettext(wording(name).label)


def sentence(name: str, detail: str, *, removed: bool) -> str:
    """What a check says, translated. ``detail`` is its msgid where the check brings one of its own."""
    if removed and name != INSPECTED:
        return gettext(_GONE)
    found = detail or wording(name).sentence
    return gettext(found) if found else ""


def removed_labels(removed: Mapping[str, int]) -> list[str]:
    """What was removed from the public copy, translated, in the order of ``REMOVED``."""
    known = [gettext(text) for key, text in REMOVED.items() if key in removed]
    return known + sorted(key for key in removed if key not in REMOVED)
