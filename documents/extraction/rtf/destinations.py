"""Which groups and words of RTF have no business in a public copy.

Groups that begin with ``\\*`` are skipped by every program that doesn't know them: what is not on the list of
those that belong to the page is dropped, whoever invented it.
"""

from __future__ import annotations

import re

Why = tuple[str, str]
"""The code of a finding, and what is counted as removed (empty: it can't be removed, and blocks)."""

METADATA: Why = ("metadata", "metadata")
OF_PICTURES: Why = ("metadata", "metadata of pictures")
CHANGES: Why = ("changes", "tracked changes")
COMMENTS: Why = ("comments", "comments")
HIDDEN: Why = ("hidden_text", "hidden text")
OTHER_PROGRAMS: Why = ("custom_data", "application data")
EMBEDDED: Why = ("embedded", "embedded files")
REMOTE: Why = ("remote", "external references")
DRAWINGS: Why = ("drawings", "drawings")


def _words(text: str) -> frozenset[bytes]:
    return frozenset(word.encode() for word in text.split())


DROPPED_GROUPS: dict[bytes, Why] = {
    **dict.fromkeys(
        _words(
            "info userprops rsidtbl generator docvar template revtbl xmlnstbl passwordhash password wgrffmtfilter "
            "protusertbl hlinkbase windowcaption writereservation writereservhash title subject author manager company "
            "operator category keywords comment doccomm creatim revtim printim buptim filetbl private propname staticval "
            "linkval"
        ),
        METADATA,
    ),
    **dict.fromkeys(
        _words("annotation atnid atnauthor atndate atnref atntime atrfstart atrfend atnparent atnicn"), COMMENTS
    ),
    **dict.fromkeys(_words("mvfmf mvfml mvtof mvtol"), CHANGES),
    **dict.fromkeys(
        _words(
            "datastore themedata mailmerge datafield ud_private oldcprops oldpprops oldtprops oldsprops nonesttables shprslt "
            "factoidname ffentrymcr ffexitmcr nextfile gridtbl mhtmltag svb hsv fchars lchars ebcstart ebcend protstart protend "
            "xmlopen xmlname xmlattrname xmlattrvalue xmlclose liststylename mmaddfieldname mmconnectstr mmconnectstrdata "
            "mmdatasource mmheadersource mmmailsubject mmodso mmodsofilter mmodsofldmpdata mmodsomappedname mmodsoname "
            "mmodsorecipdata mmodsosort mmodsosrc mmodsotable mmodsoudl mmodsoudldata mmodsouniquetag mmquery"
        ),
        OTHER_PROGRAMS,
    ),
    **dict.fromkeys(_words("objdata objclass objname objalias objsect objtime oleclsid"), EMBEDDED),
    **dict.fromkeys(_words("xe rxe txe pxe tc tcn bkmkpub ffdeftext ffhelptext ffstattext"), HIDDEN),
    # A second copy of each picture for programs of the nineties, in a format that nothing here looks into.
    b"nonshppict": OTHER_PROGRAMS,
    b"blipuid": OF_PICTURES,
}
"""First word of a group -> why it goes with all it holds."""

SHOWN = _words(
    "shppict shpinst do moMath moMathPara ud background nesttableprops fldinst fldtype cs ts tsrowd hl hlloc hlsrc hlfr"
)
r"""Groups with ``\*`` that are or hold what a reader sees, or where a click leads."""
FILE, PICTURE, ANYWHERE = b"rtf", b"pict", b""
DEFINITIONS: dict[bytes, bytes] = {
    **dict.fromkeys(
        _words(
            "fonttbl colortbl stylesheet listtable listoverridetable latentstyles colorschememapping pgptbl pgdsctbl defchp "
            "defpap mmathPr ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn"
        ),
        FILE,
    ),
    **dict.fromkeys(_words("panose falt fname fontemb fontfile"), b"fonttbl"),
    **dict.fromkeys(_words("listpicture listname leveltext levelnumbers levelmarker"), b"list"),
    **dict.fromkeys(_words("ffname ffformat ffl"), b"formfield"),
    b"lsdlockedexcept": b"latentstyles",
    b"keycode": b"stylesheet",
    b"picprop": PICTURE,
    **dict.fromkeys(_words("bkmkstart bkmkend pn pnseclvl formfield sp"), ANYWHERE),
}
"""Groups that say how the page looks -> how the table begins that they belong to. Their words are names, not text.

Elsewhere, and in the middle of a group, no program writes them; some show their words, some don't: they go.
"""
WORDLESS = _words(
    "stylesheet listtable listoverridetable listpicture latentstyles pgptbl pgdsctbl defchp defpap mmathPr picprop formfield "
    "ffformat"
)
"""Those whose words are in groups of their own; some programs show words beside them."""
MARKS: dict[bytes, Why] = {
    **dict.fromkeys(
        _words("insrsid rsidroot rsid charrsid pararsid delrsid sectrsid tblrsid styrsid revisions revprop revbar"),
        METADATA,
    ),
    **dict.fromkeys(
        _words(
            "deleted revised mvf mvt revauth revdttm revauthdel revdttmdel crauth crdate mvauth mvdate trauth trdate "
            "prauth prdate srauth srdate pnrauth pnrdate pnrdate clins cldel clinsauth clinsdttm cldelauth cldeldttm "
            "clmrgdauth clmrgddttm"
        ),
        CHANGES,
    ),
}
"""Words -> why they go; the text behind them is another question."""

_FIRST_WORD = re.compile(rb"[ \t\r\n]*+(\\\*)?+[ \t\r\n]*+(?:\\([a-zA-Z]{1,32}))?+")
_PROPERTY = re.compile(
    rb"\s*+\\sp\s*+\{\\sn ?([^{}\\]{1,60})\}\s*+\{\\sv ?+(?:([^{}]*+)\}\s*+\}|\s*+(?=\{))", re.DOTALL
)
_WITH_GROUPS = frozenset({b"pib", b"fillblip", b"lineblip", b"linefillblip", b"pihlshape", b"metroblob"})
"""Properties whose value is a picture, a link or a shape."""
_HIDING = (b"fhidden", b"cropfrom")
_NUMBER = re.compile(rb"-?\d{1,12}")
_PATH = re.compile(rb"[A-Za-z]:\\|\\\\|/Users/|/home/|file:|\.\w{3,4}$")
_FULL = 65536
"""The whole side of a picture in the measure of a shape's crop."""
CROPPED = 0.02
"""Share of a side from which on a picture counts as cropped."""


def first_word(content: bytes, at: int) -> tuple[bytes, bool]:
    r"""The word with which a group begins at ``at`` (empty: with none), and whether ``\*`` stands before it."""
    found = _FIRST_WORD.match(content, at)
    star, word = found.groups() if found else (None, None)
    return word or b"", bool(star)


def why_dropped(word: bytes, starred: bool) -> Why | None:
    """Why a group of this kind goes; None for one that stays."""
    if why := DROPPED_GROUPS.get(word):
        return why
    return OTHER_PROGRAMS if starred and word not in SHOWN and word not in DEFINITIONS else None


def why_property(content: bytes, at: int) -> Why | None:
    """As ``why_dropped`` for a property of a shape or picture that begins at ``at``.

    One in no plain form goes; it blocks where it may hide something, which nobody sees who reads the copy.
    """
    match = _PROPERTY.match(content, at)
    if match is None:
        return ("custom_data", "")
    name, value = match.group(1).strip().lower(), match.group(2)
    if value is None and name not in _WITH_GROUPS:
        return ("custom_data", "") if name.startswith(_HIDING) else OTHER_PROGRAMS
    return _why_said(name, (value or b"").strip())


def _why_said(name: bytes, value: bytes) -> Why | None:
    if name in (b"pibname", b"pibprintname", b"wzscript") or name.endswith(b"blipname"):
        return OF_PICTURES if value else None
    if name == b"metroblob":  # the shape once more, as a packed file with pictures of its own
        return OTHER_PROGRAMS
    if name in (b"wzname", b"wzdescription") and _PATH.search(value):
        return OF_PICTURES
    if name == b"fhidden" and value != b"0":
        return ("hidden_text", "")
    if name.startswith(b"cropfrom") and not (_NUMBER.fullmatch(value) and int(value) <= CROPPED * _FULL):
        return ("picture_cropped", "")
    return None
