"""Finds what names the columns of a table that was read as lines of text: periods and units."""

import re

FAR_LINES = 40
"""How far above a row its header may stand."""

LONGEST_WORDS = 14
"""A longer line is prose."""

MOST_LINES = 4

YEAR = re.compile(r"(?:19|20)\d\d")
PERIOD = re.compile(
    r"\b(?:19|20)\d\d\b|\bQ[1-4]\b|\b(?:years?|months?|weeks?|quarters?) ended\b|"
    r"\b(?:as of|as at)\b",
    re.IGNORECASE,
)
UNIT = re.compile(
    r"\b(?:millions?|thousands?|billions?|percent(?:age)?|per share|dollars?|euros?)\b|[$€£%]",
    re.IGNORECASE,
)
FIGURE = re.compile(r"\d[\d,.]*")
LAST_DAY = 31

Span = tuple[int, int]


def header_above(text: str, end: int) -> Span | None:
    """The nearest lines before an offset that name periods, with those of units beside them."""
    lines = [match.span() for match in re.finditer(r"[^\n]*\S", text[: max(0, end)])]
    lines = lines[-FAR_LINES:]
    for at in range(len(lines) - 1, -1, -1):
        if PERIOD.search(text, *lines[at]) and _is_header(text[slice(*lines[at])]):
            first = at
            while (
                first > 0
                and at - first + 1 < MOST_LINES
                and _is_header(text[slice(*lines[first - 1])])
            ):
                first -= 1
            last = at
            while last + 1 < len(lines) and _is_header(text[slice(*lines[last + 1])]):
                last += 1
            return lines[first][0], lines[last][1]
    return None


def _is_header(line: str) -> bool:
    """Whether a line names periods or units, and no figures."""
    figures = [figure.rstrip(".,") for figure in FIGURE.findall(line)]
    return (
        len(line.split()) <= LONGEST_WORDS
        and not line.rstrip().endswith((".", ";"))
        and bool(PERIOD.search(line) or UNIT.search(line))
        and all(_is_part_of_date(figure) for figure in figures)
    )


def _is_part_of_date(figure: str) -> bool:
    return bool(YEAR.fullmatch(figure)) or (figure.isdigit() and int(figure) <= LAST_DAY)
