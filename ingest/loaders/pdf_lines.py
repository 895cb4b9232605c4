"""What a page of a PDF is made of here: segments in lines, each with its place on the page."""

from dataclasses import dataclass
from typing import NamedTuple

SAME_ROW = 0.5
"""What shares this much of the lower one's height stands in one row."""


class Segment(NamedTuple):
    """A stretch of one line without a wide gap; lengths in points, as the page is read.

    A tuple, for a page may have hundreds and none is quicker to make.

    Attributes:
        start: Index of its first character among pdfium's characters of the page.
        end: Index behind the last.
        size: Height of its font.
        breaks: Whether pdfium begins a line with it.
    """

    text: str
    start: int
    end: int
    left: float
    bottom: float
    right: float
    top: float
    size: float
    breaks: bool = True


@dataclass(slots=True)
class Line:
    """Segments in one row, from left to right; lengths in points.

    Attributes:
        text: Its cells, parted by two spaces.
        is_bold: Whether it begins and ends in a bold font; long lines are not asked.
    """

    segments: tuple[Segment, ...]
    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of a page in reading order, and how the page is read.

    Attributes:
        bottom: Lower edge of the page, in points.
        top: Upper edge.
        turns: By how many quarters the text is turned to the left on the page's own axes.
    """

    lines: list[Line]
    bottom: float
    top: float
    turns: int


def line_of(segments: list[Segment]) -> Line:
    """The line of these segments, which it puts in order."""
    if len(segments) == 1:
        only = segments[0]
        return Line((only,), only.text, *only[3:8])
    segments = sorted(segments, key=lambda segment: segment.left)
    return Line(
        tuple(segments),
        "  ".join(segment.text for segment in segments),
        segments[0].left,
        min(segment.bottom for segment in segments),
        max(segment.right for segment in segments),
        max(segment.top for segment in segments),
        max((segment.end - segment.start, segment.size) for segment in segments)[1],
    )
