"""What a Word paragraph is by its style: a heading of some level, a list item, plain text."""

import re
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
TITLE = "title"
CONTENTS = re.compile(r"toc \d|toc heading|table of figures", re.IGNORECASE)
LIST_STYLE = re.compile(r"list (bullet|number)(?: (\d))?", re.IGNORECASE)
BODY_LEVEL = 9
MAX_INDENT = 8
UNMARKED = ("bullet", "none")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a paragraph is.

    Attributes:
        level: Of a heading, 0 for the document's title; `None` for anything else.
        mark: What stands in front of a list item: `- ` or `2. `, indented.
        is_left_out: It only repeats headings, as a table of contents does.
    """

    level: int | None = None
    mark: str = ""
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    outline_level: int | None
    numbering: Any


class WordStyles:
    """The styles and the list numbering of one Word document; it counts list items as they come."""

    def __init__(self, word: Any) -> None:
        self._styles = _styles(word)
        self._formats = _list_formats(word)
        self._counts: dict[str, list[int]] = {}

    def kind_of(self, paragraph: Any) -> Kind:
        """What a paragraph is; to be asked once for each, in order."""
        properties = paragraph.find(qn("w:pPr"))
        style = properties.find(qn("w:pStyle")) if properties is not None else None
        chain = self._chain(style.get(qn("w:val")) if style is not None else "")
        if any(CONTENTS.fullmatch(one.name) for one in chain):
            return Kind(is_left_out=True)
        level = _level(properties, chain)
        if level is not None:
            return Kind(level=level)
        return Kind(mark=self._mark(properties, chain))

    def _chain(self, style_id: str) -> list[_Style]:
        """A style and those that it is based on."""
        chain: list[_Style] = []
        seen: set[str] = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            style, style_id = self._styles[style_id]
            chain.append(style)
        return chain

    def _mark(self, properties: Any, chain: list[_Style]) -> str:
        own = properties.find(qn("w:numPr")) if properties is not None else None
        numbering = next(
            (one for one in (own, *(s.numbering for s in chain)) if one is not None), None
        )
        if numbering is None:
            return self._mark_by_name(chain)
        number_id = _value(numbering, "w:numId")
        depth = min(int(_value(numbering, "w:ilvl") or 0), MAX_INDENT)
        number_format = self._formats.get((number_id, depth), "none")
        if number_id in ("", "0"):
            return ""
        return self._counted(number_id, depth, number_format in UNMARKED)

    def _mark_by_name(self, chain: list[_Style]) -> str:
        named = next(filter(None, (LIST_STYLE.fullmatch(one.name) for one in chain)), None)
        if named is None:
            return ""
        depth = int(named.group(2) or 1) - 1
        return self._counted(named.group(1).lower(), depth, named.group(1).lower() == "bullet")

    def _counted(self, list_id: str, depth: int, is_bullet: bool) -> str:
        counts = self._counts.setdefault(list_id, [])
        del counts[depth + 1 :]
        counts.extend([0] * (depth + 1 - len(counts)))
        counts[depth] += 1
        return "  " * depth + ("- " if is_bullet else f"{counts[depth]}. ")


def _level(properties: Any, chain: list[_Style]) -> int | None:
    for style in chain:
        heading = HEADING.fullmatch(style.name)
        if heading:
            return int(heading.group(1))
        if style.name.lower() == TITLE:
            return 0
    own = _value(properties, "w:outlineLvl") if properties is not None else ""
    levels = (int(own) if own.isdecimal() else None, *(style.outline_level for style in chain))
    level = next((one for one in levels if one is not None), BODY_LEVEL)
    return level + 1 if level < BODY_LEVEL else None


def _styles(word: Any) -> dict[str, tuple[_Style, str]]:
    """Each style by its id, with the id of the one that it is based on."""
    styles = {}
    for element in word.styles.element.iter(qn("w:style")):
        outline = next(iter(element.iter(qn("w:outlineLvl"))), None)
        level = outline.get(qn("w:val"), "") if outline is not None else ""
        style = _Style(
            _value(element, "w:name"),
            int(level) if level.isdecimal() else None,
            next(iter(element.iter(qn("w:numPr"))), None),
        )
        styles[element.get(qn("w:styleId"), "")] = (style, _value(element, "w:basedOn"))
    return styles


def _list_formats(word: Any) -> dict[tuple[str, int], str]:
    """The number format of each list's levels."""
    try:
        root = word.part.numbering_part.element
    except (KeyError, NotImplementedError):  # a document without lists
        return {}
    abstract = {
        one.get(qn("w:abstractNumId")): {
            int(level.get(qn("w:ilvl"), "0")): _value(level, "w:numFmt")
            for level in one.iter(qn("w:lvl"))
        }
        for one in root.iter(qn("w:abstractNum"))
    }
    return {
        (number.get(qn("w:numId"), ""), depth): number_format
        for number in root.iter(qn("w:num"))
        for depth, number_format in abstract.get(_value(number, "w:abstractNumId"), {}).items()
    }


def _value(element: Any, child: str) -> str:
    found = element.find(qn(child))
    return str(found.get(qn("w:val"), "")) if found is not None else ""
