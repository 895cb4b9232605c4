"""Reads a tree of HTML elements as text: headings, paragraphs, lists, tables, code."""

from dataclasses import dataclass
from typing import Any

from lxml import etree

from ingest.loaders.html_tables import BLOCKS, flat_text, is_layout, table_lines
from ingest.loaders.html_tree import LINE_BREAK
from ingest.loaders.pages import PageBuilder

HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = frozenset(("ul", "ol", "menu", "dl"))


def walk(element: Any, builder: PageBuilder) -> None:
    """Adds an element's text to a page; without recursion, for elements nest without limit."""
    _Walk(element, builder).run()


@dataclass(slots=True)
class _List:
    is_numbered: bool
    number: int
    has_items: bool = False


class _Walk:
    """Collects words until a block ends, then adds them behind the mark of their list item."""

    def __init__(self, root: Any, builder: PageBuilder) -> None:
        self._root = root
        self._builder = builder
        self._words: list[str] = []
        self._lists: list[_List] = []
        self._term = ""
        self._mark = ""
        self._is_tight = False

    def run(self) -> None:
        walker = etree.iterwalk(self._root, events=("start", "end"))
        for event, element in walker:
            if event == "end":
                self._close(element)
            elif self._add_whole(element):
                walker.skip_subtree()
            else:
                self._open(element)
        self._flush()

    def _add_whole(self, element: Any) -> bool:
        """Adds an element that is not walked into; says whether it was one."""
        if element.tag in HEADINGS:
            self._flush()
            self._builder.heading(flat_text(element), HEADINGS[element.tag])
        elif element.tag == "pre":
            self._flush()
            code = "".join(element.itertext()).replace(LINE_BREAK, "\n")
            self._builder.add(code.strip("\n"), self._is_tight)
        elif element.tag == "table" and not is_layout(element):
            self._flush()
            self._builder.add("\n".join(table_lines(element)))
        else:
            return False
        self._mark, self._is_tight = "", False
        return True

    def _open(self, element: Any) -> None:
        if element.tag == "dt":
            self._take_term()  # of a term around this one: their end tags may be left out
        elif element.tag in BLOCKS:
            self._flush()
        if element.tag in LISTS:
            start = element.get("start", "1")
            number = int(start[:9]) if start.isdecimal() else 1
            self._lists.append(_List(element.tag == "ol", number))
        elif element.tag in ("li", "dt"):
            self._begin_item(element.tag)
        elif element.tag == "dd" and self._term:
            self._mark, self._term = f"{self._term}: ", ""
        self._words.append(element.text or "")

    def _begin_item(self, tag: str) -> None:
        items = self._lists[-1] if self._lists else _List(is_numbered=False, number=1)
        self._is_tight = items.has_items or len(self._lists) > 1
        items.has_items = True
        if tag == "li":
            indent = "  " * (len(self._lists) - 1)
            self._mark = f"{indent}{items.number}. " if items.is_numbered else f"{indent}- "
            items.number += 1

    def _close(self, element: Any) -> None:
        if element.tag == "dt":
            self._take_term()
        elif element.tag in BLOCKS:
            self._flush()
        if element.tag in ("li", "dd"):
            self._mark, self._is_tight = "", False
        if element.tag in LISTS:
            self._lists.pop()
            self._builder.add(self._term)
            self._term = ""
        if element is not self._root:
            self._words.append(element.tail or "")

    def _take_term(self) -> None:
        self._term = ", ".join(filter(None, (self._term, self._take())))

    def _take(self) -> str:
        lines = [" ".join(line.split()) for line in "".join(self._words).split(LINE_BREAK)]
        self._words.clear()
        return "\n".join(lines).strip()

    def _flush(self) -> None:
        text = self._take()
        if text:
            self._builder.add(self._mark + text, self._is_tight)
            self._mark, self._is_tight = "", False
