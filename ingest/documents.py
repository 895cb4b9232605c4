"""What a loader reads from a file: pages of text, each divided into sections by headings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a page under one heading path.

    Attributes:
        start: Offset of its first character in the page's text.
        end: Offset behind the last.
        heading: Heading path, outermost first, joined by ` > `; empty above the first heading.
    """

    start: int
    end: int
    heading: str


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page as it is shown to a reader; sections cover it in order.

    Attributes:
        number: Page number from 1; `None` where the format has no pages.
        language: ISO 639-1 code of the language it is written in; empty where that is not clear.
    """

    number: int | None
    text: str
    sections: tuple[Section, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read.

    Attributes:
        title: What it calls itself, or its file name in words.
        subject: What its beginning says that it is (company, period, version); may be empty.
        pages: Pages with text, in order.
        n_pages: All pages, those without text included.
        warnings: What could not be read, as sentences.
    """

    title: str
    pages: tuple[Page, ...]
    n_pages: int
    warnings: tuple[str, ...] = ()
    subject: str = ""
