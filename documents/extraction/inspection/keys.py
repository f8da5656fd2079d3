"""What the dictionaries of a PDF may hold: the keys by kind of dictionary, each with the kind of its value.

What shows pages, leads through them or is read out is here. Everything else that programs leave in a file tells about
them and their people: paths of pictures, names of layers' makers, other forms of a picture, data of their own. The names
are those of ISO 32000-2.
"""

from __future__ import annotations

VALUE = ""
"""Numbers, names and the like, without any text."""
TEXT = "text"
"""The same, and strings."""
UP = "up"
"""Leads back to something that is reached another way."""


def _keys(names: str, kind: str = VALUE) -> dict[str, str]:
    return {f"/{name}": kind for name in names.split()}


_STREAM = _keys("Length Filter DecodeParms", "parameters")
_FUNCTION = _keys("FunctionType Domain Range Size BitsPerSample Order Encode Decode C0 C1 N Bounds") | _keys(
    "Functions", "function"
)
_RESOURCES = {
    "/ExtGState": "states",
    "/ColorSpace": "colours",
    "/Pattern": "patterns",
    "/Shading": "shadings",
    "/XObject": "drawings",
    "/Font": "fonts",
    "/Properties": "all properties",
    "/ProcSet": VALUE,
}
_SHARED_BY_PAGES = _keys("Type MediaBox CropBox Rotate") | {"/Parent": UP, "/Resources": "resources"}

KEYS: dict[str, dict[str, str]] = {
    "root": _keys("Type Version PageLayout PageMode")
    | {
        "/Pages": "pages",
        "/PageLabels": "labels",
        "/ViewerPreferences": "values",
        "/Outlines": "bookmark",
        "/Lang": TEXT,
        "/MarkInfo": "values",
        "/StructTreeRoot": "structure",
        "/OutputIntents": "intent",
        "/OCProperties": "layers",
        "/AcroForm": "form",
        "/Names": "names",
        "/Dests": UP,
    },
    "names": {"/Dests": UP},
    "pages": _SHARED_BY_PAGES | _keys("Count") | {"/Kids": "pages"},
    "page": _SHARED_BY_PAGES
    | _keys("BleedBox TrimBox ArtBox UserUnit StructParents Dur")
    | {"/Tabs": TEXT, "/Contents": "content", "/Group": "group", "/Annots": "annotation", "/Trans": "values"},
    "content": _STREAM,
    "parameters": _keys("K EndOfLine EncodedByteAlign Columns Rows EndOfBlock BlackIs1 DamagedRowsBeforeError")
    | _keys("Predictor Colors BitsPerComponent EarlyChange ColorTransform Type Name")
    | {"/JBIG2Globals": "content"},
    "resources": _RESOURCES,
    "properties": _keys("MCID Type Subtype BBox Attached P")
    | _keys("ActualText Alt E Lang", TEXT)
    | {"/OCGs": "properties", "/VE": "properties"},
    "layer": _keys("Type Intent") | {"/Name": TEXT, "/Usage": "usage"},
    "usage": _keys("View Print Export Zoom PageElement", "values") | {"/Language": "texts"},
    "layers": {"/OCGs": "properties", "/D": "order of layers"},
    "order of layers": _keys("BaseState Intent ListMode")
    | _keys("ON OFF Order RBGroups Locked", "properties")
    | {"/AS": "switch"},
    "switch": _keys("Event Category") | {"/OCGs": "properties"},
    "form drawing": _STREAM
    | _keys("Type Subtype FormType BBox Matrix StructParent StructParents")
    | {"/Resources": "resources", "/Group": "group", "/OC": "properties"},
    "image": _STREAM
    | _keys(
        "Type Subtype Width Height BitsPerComponent Intent ImageMask Decode Interpolate SMaskInData Matte StructParent"
    )
    | {"/ColorSpace": "colour", "/Mask": "drawing", "/SMask": "drawing", "/OC": "properties"},
    "group": _keys("Type S I K") | {"/CS": "colour"},
    "state": _keys("Type LW LC LJ ML D RI OP op OPM FL SM SA BM CA ca AIS TK UseBlackPtComp")
    | _keys("BG BG2 UCR UCR2 TR TR2", "function")
    | {"/Font": "font", "/SMask": "soft mask"},
    "soft mask": _keys("Type S BC") | {"/G": "drawing", "/TR": "function"},
    "function": _STREAM | _FUNCTION,
    "colour": _STREAM
    | _FUNCTION
    | _keys("WhitePoint BlackPoint Gamma Matrix Subtype Components")
    | {"/Alternate": "colour", "/Colorants": "colours", "/Process": "colour", "/ColorSpace": "colour"},
    "pattern": _STREAM
    | _keys("Type PatternType PaintType TilingType BBox XStep YStep Matrix")
    | {"/Resources": "resources", "/Shading": "shading", "/ExtGState": "state"},
    "shading": _STREAM
    | _keys("ShadingType Background BBox AntiAlias Domain Matrix Coords Extend")
    | _keys("BitsPerCoordinate BitsPerComponent BitsPerFlag VerticesPerRow Decode")
    | {"/ColorSpace": "colour", "/Function": "function"},
    "font": _keys("Type Subtype BaseFont FirstChar LastChar Widths FontBBox FontMatrix DW W DW2 W2")
    | {
        "/FontDescriptor": "font descriptor",
        "/Encoding": "encoding",
        "/ToUnicode": "encoding",
        "/CharProcs": "contents",
        "/Resources": "resources",
        "/DescendantFonts": "font",
        "/CIDSystemInfo": "texts",
        "/CIDToGIDMap": "content",
    },
    "encoding": _STREAM
    | _keys("Type BaseEncoding Differences CMapName WMode")
    | {"/CIDSystemInfo": "texts", "/UseCMap": "encoding"},
    "font descriptor": _keys("Type FontName FontStretch FontWeight Flags FontBBox ItalicAngle Ascent Descent Leading")
    | _keys("CapHeight XHeight StemV StemH AvgWidth MaxWidth MissingWidth Lang")
    | _keys("FontFamily CharSet", TEXT)
    | _keys("FontFile FontFile2 FontFile3 CIDSet", "font file")
    | {"/Style": "texts", "/FD": "font descriptors"},
    "font file": _STREAM | _keys("Length1 Length2 Length3 Subtype"),
    "annotation": _keys(
        "Type Subtype Rect F AS Border C StructParent QuadPoints H IC CA ca BM Vertices L LE LL LLE LLO CL"
    )
    | _keys("InkList Q IT RD Sy Repeat FT Ff MaxLen TI I Name")
    | _keys("Contents DA DS RC Lang OverlayText T TU TM V RV DV Opt", TEXT)
    | {
        "/P": UP,
        "/Parent": "annotation",
        "/Kids": "annotation",
        "/DR": "resources",
        "/AP": "looks",
        "/MK": "look of a field",
        "/BS": "values",
        "/BE": "values",
        "/OC": "properties",
        "/A": "action",
        "/PA": "action",
        "/Dest": TEXT,
        "/RO": "drawing",
    },
    "looks": _keys("N R D", "look"),
    "look of a field": _keys("R BC BG TP") | _keys("CA RC AC", TEXT) | _keys("I RI IX", "drawing") | {"/IF": "values"},
    "form": _keys("NeedAppearances Q") | {"/Fields": "annotation", "/DR": "resources", "/DA": TEXT},
    "action": _keys("Type S N NewWindow IsMap") | {"/URI": TEXT, "/D": TEXT, "/F": "file"},
    "file": _keys("Type F UF FS", TEXT),
    "bookmark": _keys("Type Count C F")
    | {"/Title": TEXT, "/First": "bookmark", "/Next": "bookmark", "/Last": UP, "/Prev": UP, "/Parent": UP}
    | {"/Dest": TEXT, "/A": "action"},
    "structure": _keys("Type ParentTreeNextKey")
    | {
        "/K": "element",
        "/ParentTree": "parents",
        "/IDTree": "elements by name",
        "/RoleMap": "values",
        "/ClassMap": "all attributes",
    }
    | {"/Namespaces": "namespace"},
    "namespace": _keys("Type") | {"/NS": TEXT, "/RoleMapNS": "namespaces"},
    "parents": _keys("Limits") | {"/Nums": "element", "/Kids": "parents"},
    "elements by name": {"/Limits": TEXT, "/Names": "element", "/Kids": "elements by name"},
    "element": _keys("Type S R C MCID")
    | _keys("ID Lang Alt E ActualText", TEXT)
    | {"/P": UP, "/Pg": UP, "/K": "element", "/Ref": "element", "/A": "attributes", "/NS": UP, "/Stm": UP, "/Obj": UP},
    "labels": _keys("Limits") | {"/Nums": "label", "/Kids": "labels"},
    "label": _keys("Type S St") | {"/P": TEXT},
    "intent": _keys("Type S") | {"/OutputConditionIdentifier": TEXT, "/DestOutputProfile": "colour"},
}
"""Kind of a dictionary -> its keys, each with the kind of what it holds. Arrays are looked into."""
MAPS: dict[str, str] = {
    "values": VALUE,
    "texts": TEXT,
    "states": "state",
    "colours": "colour",
    "patterns": "pattern",
    "shadings": "shading",
    "drawings": "drawing",
    "fonts": "font",
    "all properties": "properties",
    "contents": "content",
    "font descriptors": "font descriptor",
    "look": "drawing",
    "attributes": TEXT,
    "all attributes": "attributes",
    "namespaces": TEXT,
}
"""Kind of a dictionary with keys of its makers' choice -> the kind of what all of them hold."""
QUIET = frozenset({"/Info", "/Name", "/Creator", "/CreatorInfo", "/Extensions", "/HT", "/SE", "/T", "/Requirements"})
"""What programs write into every file there: it goes, but is nothing to stop a file for that is there already."""
