"""Where sentences begin and end, in prose and in the rows of tables.

Text from a PDF breaks its lines anywhere, so a line break ends a sentence only where the next
line begins something new: a list item, a row of a table, a paragraph behind a short line.
"""

import re
from collections.abc import Iterator

ABBREVIATIONS = frozenset(
    "approx art ca cf co corp dept dr e.g eq est etc fig figs gen i.e inc jan feb mar apr jun jul "
    "aug sep sept oct nov dec jr ltd messrs mr mrs ms no nos p pp prof rev sec sen sr st u.k u.s "
    "u.s.a vol vs".split()
)
STOP = re.compile(
    r"(?<![.!?…])[.!?…]+[\"'”’)\]]*(?:\s*\[\d+(?:\s*,\s*\d+)*\])*+(?=\s+[\"'“‘(\[]*[^\W_a-z])"
)
"""The end of a sentence, reference marks such as `[1]` behind it included."""
LINE = re.compile(r"[^\n]+")
LIST_ITEM = re.compile(r"\s*(?:[-–—*•▪◦●]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)])\s")
FIGURE = re.compile(r"[$€£(\-–]*\d[\d,.]*%?\)?")
FILLER = frozenset("$ € £ % ) ( - – —".split())
"""Pieces that stand between the figures of a table's row."""
NAMED_CELLS = re.compile(r"[^:;\n]{1,60}: [^;\n]*; [^:;\n]{1,60}: ")
SHORT_LINE = 0.6
"""A line below this share of the longest is taken to end its paragraph."""


MARK = re.compile(r"(?<!\s)\s*\[(\d+(?:\s*,\s*\d+)*)\]")


def cited_numbers(text: str) -> list[int]:
    """The numbers in a text's reference marks, `[2]` or `[1, 3]`, each once, in order."""
    numbers = (int(number) for mark in MARK.findall(text) for number in mark.split(","))
    return list(dict.fromkeys(numbers))


def disarm_marks(text: str) -> str:
    """A document's text with its own reference marks in parentheses, lest they pass for ours."""
    return MARK.sub(r" (\1)", text)


def without_marks(text: str) -> str:
    """A text without its reference marks."""
    return MARK.sub("", text)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Offsets of each sentence or table row, in order, without the white space around it."""
    spans: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        spans.extend(_sentences(text, start, end))
    return spans


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that read as one piece."""
    lines = [match.span() for match in LINE.finditer(text) if match.group().strip()]
    if not lines:
        return
    longest = max(end - start for start, end in lines)
    block_start, block_end = lines[0]
    for start, end in lines[1:]:
        line = text[text.rfind("\n", 0, block_end) + 1 : block_end]
        if "\n" in text[block_end:start].replace("\n", "", 1) or _ends_block(
            line, text[start:end], longest
        ):
            yield block_start, block_end
            block_start = start
        block_end = end
    yield block_start, block_end


def _ends_block(line: str, following: str, longest: int) -> bool:
    """Whether something new begins behind this line."""
    if LIST_ITEM.match(following) or NAMED_CELLS.match(line) or is_row_of_figures(line):
        return True
    begins_anew = not following.lstrip()[:1].islower()
    return begins_anew and len(line) < SHORT_LINE * longest


def is_row_of_figures(line: str) -> bool:
    """Whether a line ends in two figures, or in one that is more than a year or a count."""
    figures = []
    for piece in reversed(line.split()):
        if FIGURE.fullmatch(piece):
            figures.append(piece)
        elif piece not in FILLER:
            break
    return len(figures) > 1 or any(not figure.isdigit() for figure in figures)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences within one block."""
    block = text[start:end]
    begin = 0
    for stop in STOP.finditer(block):
        if not _is_abbreviation(block[begin : stop.start()], stop.group()):
            yield from _stripped(text, start + begin, start + stop.end())
            begin = stop.end()
    yield from _stripped(text, start + begin, end)


def _is_abbreviation(before: str, stop: str) -> bool:
    if stop != ".":
        return False
    word = re.split(r"[\s(\[\"“]", before)[-1].lower()
    return word in ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word != "i")


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if right > left:
        yield start + left, start + right
