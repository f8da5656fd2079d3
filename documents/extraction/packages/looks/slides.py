"""PowerPoint: runs of a slide, where their ground can be told: their box, the shapes that lie behind it, the slide."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from documents.extraction.contrast import FAINT, PAPER, Colour, mixed
from documents.extraction.packages.looks import drawings, themes
from documents.extraction.packages.looks.pixels import shade
from documents.extraction.packages.numbers import number
from documents.extraction.packages.package import Package, find, local, value

_OWN_COLOUR = "1001"
"""The first ground of every theme: the colour as it is."""
_SHAPES = ("sp", "pic", "graphicFrame", "grpSp", "AlternateContent", "contentPart")
_PART = 0.2
"""Share of a box that has to lie on a shape, or its words may lie beside it."""
Frame = tuple[float, float, float, float]


class _Cover(NamedTuple):
    """A shape with more than words, where it lies, its place in the order of the slide (below 0: under all), its colours."""

    shape: Any
    frame: Frame | None
    at: int
    paints: list[themes.Paint]


class Looks:
    """How the words of one slide look."""

    def __init__(self, package: Package, slide: str) -> None:
        layout = _related(package, slide, "slideLayout")
        master = _related(package, layout, "slideMaster")
        self._package = package
        self._names = [name for name in (slide, layout, master) if name]
        self._parts = [package.xml(name) for name in self._names]
        self._slide = self._parts[0]
        self._colours = themes.with_aliases(themes.scheme(package, master), self._mapped())
        self._paper = self._background()
        # By element, which keeps it alive: lxml makes new objects of those that nobody holds.
        self._known: dict[Any, list[Colour]] = {}
        self._inherits: dict[tuple[Any, bool], themes.Paint] = {}

    @cached_property
    def _covers(self) -> list[_Cover]:
        """Shapes that may lie behind others, the lowest first."""
        trees = [(name, next(find(part, "spTree"), None)) for name, part in zip(self._names, self._parts, strict=True)]
        return [
            _Cover(shape, _frame(shape), at if name == self._names[0] else -1, list(self._paints(name, shape)))
            for name, tree in reversed(trees)
            for at, shape in enumerate(tree if tree is not None else ())
            if local(shape) in _SHAPES and _has_ground(shape, name == self._names[0])
        ]

    def unreadable(self) -> Iterator[tuple[str, str]]:
        """Code and words of each run that nobody can read."""
        for run, words, properties in drawings.runs(self._slide):
            if code := drawings.code_of(run, properties) or self._code(run, properties):
                yield code, words

    def _code(self, run: Any, properties: Any) -> str:
        shape = next((up for up in run.iterancestors() if local(up) in ("sp", "tc")), None)
        marker = _child(properties, "highlight")
        letters = themes.drawn(marker, self._colours) if marker is not None else None
        inks = themes.paints(properties, self._colours) or [self._inherited(shape, sure=letters is None)]
        paints = [*inks, *drawings.lines(properties, self._colours), *drawings.effects(properties, self._colours)]
        if any(each.colour is None and each.opacity >= FAINT for each in paints):
            return ""
        return "text_colour" if themes.blend_in(paints, letters, self._grounds(shape)) else ""

    def _inherited(self, shape: Any, *, sure: bool) -> themes.Paint:
        """The colour of letters that say none; without one where it can't be told, if it has to be ``sure``."""
        if shape is None:
            return themes.Paint(None)
        if (shape, sure) not in self._inherits:
            self._inherits[shape, sure] = self._inherited_by(shape, sure)
        return self._inherits[shape, sure]

    def _inherited_by(self, shape: Any, sure: bool) -> themes.Paint:
        said = [themes.painted(each, self._colours) for each in find(shape, "fontRef")]
        for style in find(shape, "lstStyle"):
            for each in find(style, "defRPr"):
                said += themes.paints(each, self._colours) or []
        if said:
            return said[-1]
        is_own = local(shape) == "sp" and next(find(shape, "ph"), None) is None
        return themes.Paint(self._colours.get("tx1") if is_own or not sure else None)

    def _grounds(self, shape: Any) -> list[Colour]:
        """What lies behind the words of a shape or cell; empty where it can't be told."""
        if shape is None:
            return []
        if shape not in self._known:
            self._known[shape] = self._ground_of(shape)
        return self._known[shape]

    def _ground_of(self, shape: Any) -> list[Colour]:
        kind, colour = themes.fill(_child(shape, "tcPr" if local(shape) == "tc" else "spPr"), self._colours)
        if colour is not None:
            return [colour]
        is_clear = local(shape) == "sp" and (kind == "noFill" or (not kind and not self._is_filled_elsewhere(shape)))
        if not is_clear:
            return []
        found = list(self._behind(shape))
        return [] if None in found else [each for each in found if each is not None]

    def _is_filled_elsewhere(self, shape: Any) -> bool:
        """Whether its style, or the place on the layout that it fills, has a ground."""
        if any(value(each, "idx") != "0" for each in find(shape, "fillRef")):
            return True
        return any(themes.fill(_child(each, "spPr"), {})[0] not in ("", "noFill") for each in self._places(shape))

    def _places(self, shape: Any) -> Iterator[Any]:
        """The shapes of layout and master whose place a shape takes."""
        own = next(find(shape, "ph"), None)
        if own is None:
            return
        for part in self._parts[1:]:
            for place in find(part, "ph"):
                same = value(own, "idx") and value(place, "idx") == value(own, "idx")
                if same or value(place, "type", "obj") == value(own, "type", "obj"):
                    yield next(up for up in place.iterancestors() if local(up) in _SHAPES)

    def _behind(self, shape: Any) -> Iterator[Colour | None]:
        """What lies behind a clear shape, down to one that hides all below it; None for what can't be told."""
        outer = shape
        while local(outer.getparent()) == "grpSp":
            for sibling in outer.itersiblings(preceding=True):
                if local(sibling) in _SHAPES and _has_ground(sibling, on_slide=True):
                    yield from map(self._on_paper, self._paints(self._names[0], sibling))
            outer = outer.getparent()
        if local(outer.getparent()) != "spTree":
            yield None
            return
        frame = _frame(outer) or next((found for each in self._places(shape) if (found := _frame(each))), None)
        own = outer.getparent().index(outer)
        for cover in reversed(self._covers):
            share = 1.0 if frame is None or cover.frame is None else _shared(frame, cover.frame)
            if outer is not shape and share > 0:
                share = _PART  # where in its group the box lies isn't asked
            if cover.at >= own or share < _PART:
                continue
            yield from map(self._on_paper, cover.paints)
            is_known = frame is not None and cover.frame is not None and local(cover.shape) == "sp"
            if is_known and share >= 1 and all(each.opacity >= 1 for each in cover.paints):
                return
        yield self._paper

    def _on_paper(self, paint: themes.Paint) -> Colour | None:
        return paint.colour and mixed(paint.opacity, paint.colour, self._paper or PAPER)

    def _paints(self, name: str, shape: Any) -> Iterator[themes.Paint]:
        """What a shape, or each in a group, is filled with."""
        if local(shape) not in ("sp", "pic", "grpSp"):
            yield themes.Paint(None)
        for picture in find(shape, "blip"):
            yield themes.Paint(shade(self._package, name, value(picture, "embed")))
        for properties in find(shape, "spPr"):
            paints = themes.paints(properties, self._colours)
            if paints is None:
                refs = find(properties.getparent(), "fillRef")
                paints = [themes.painted(each, self._colours) for each in refs if value(each, "idx") != "0"]
            if next(find(properties, "blip"), None) is None:
                yield from (each for each in paints if each.opacity >= FAINT)

    def _mapped(self) -> dict[str, str]:
        """What the slide, or its master, calls grounds and texts."""
        said: dict[str, str] = {}
        for part in reversed(self._parts):
            for each in find(part, "clrMap", "overrideClrMapping"):
                said |= {local(key): str(name) for key, name in each.attrib.items()}
        return said

    def _background(self) -> Colour | None:
        """The colour of the slide; None where it has more than one."""
        for part in self._parts:
            ground = next(find(part, "bg"), None)
            for each in ground if ground is not None else ():
                if local(each) == "bgRef":
                    return themes.drawn(each, self._colours) if value(each, "idx") == _OWN_COLOUR else None
                return themes.fill(each, self._colours)[1]
        return PAPER


def _has_ground(shape: Any, on_slide: bool) -> bool:
    """Whether a shape shows more than its words. Those of layouts that only keep a place are never shown."""
    if local(shape) != "sp":
        return True
    is_place = next(find(shape, "ph"), None) is not None
    if is_place and not on_slide:
        return False
    kind = themes.fill(_child(shape, "spPr"), {})[0]
    return kind not in ("", "noFill") or (
        not kind and any(value(each, "idx") != "0" for each in find(shape, "fillRef"))
    )


def _related(package: Package, name: str, kind: str) -> str:
    relations = package.relations(name) if name else None
    for relation in relations if relations is not None else ():
        if str(relation.get("Type", "")).endswith(f"/{kind}"):
            return package.target(name, relation)
    return ""


def _frame(shape: Any) -> Frame | None:
    """Left, top, right and bottom of a shape, where it says them itself."""
    form = next((each for part in shape for each in (part, *part) if local(each) == "xfrm"), None)
    place, size = _child(form, "off"), _child(form, "ext")
    if place is None or size is None:
        return None
    return corners(place, size)


def corners(place: Any, size: Any) -> Frame | None:
    """Left, top, right and bottom by ``off`` and ``ext``; None where they say no numbers."""
    said = (value(place, "x", "0"), value(place, "y", "0"), value(size, "cx", "0"), value(size, "cy", "0"))
    left, top, width, height = map(number, said)
    if left is None or top is None or width is None or height is None:
        return None
    return left, top, left + width, top + height


def _shared(one: Frame, other: Frame) -> float:
    """Which share of a frame lies in the other."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    area = (one[2] - one[0]) * (one[3] - one[1])
    return max(across, 0.0) * max(down, 0.0) / area if area > 0 else 1.0


def _child(element: Any, name: str) -> Any:
    return next((part for part in element if local(part) == name), None) if element is not None else None
