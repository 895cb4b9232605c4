"""The source viewer's HTML: one page of a document with what was cited from it highlighted.

What documents say is escaped, and the page carries no script or style of its own, so that its
policy can forbid all that stand in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from ingest.page_view import Box

Span = tuple[int, int]
"""Offsets into a page's text, the end exclusive."""

SURROUNDINGS_CHARS = 20_000
"""Text that is shown on each side of what is cited: some formats hold a book in one page."""

FRAGMENT_WORDS = 5
"""Words at either end of a quote by which a browser finds it."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address and the words on it."""

    address: str
    words: str


@dataclass(frozen=True, slots=True)
class View:
    """One page of a document, ready to be shown.

    Attributes:
        name: The document's name.
        heading: Heading path of the cited passage, joined by ` > `; a picture shows its own.
        page: Page number from 1; `None` where the format has no pages.
        previous: The page before, `None` at the beginning.
        next: The page behind, `None` at the end.
        cited: The cited page, where this is another.
        original: The document itself.
        picture: Address of the page's picture; empty where its text is shown instead.
        boxes: Where on the picture the cited words stand.
        text: The page's text as it was stored.
        is_code: Whether the text is a program's, to be shown in letters of one width.
        spans: What is cited of it, in order; they may overlap.
        note: What a reader must know about this view; may be empty.
    """

    name: str
    heading: str
    page: int | None
    n_pages: int
    previous: Link | None
    next: Link | None
    cited: Link | None
    original: Link | None
    picture: str
    boxes: tuple[Box, ...]
    text: str
    is_code: bool
    spans: tuple[Span, ...]
    note: str


def view_page(view: View) -> str:
    """The page that shows a view."""
    place = f", page {view.page}" if view.page else ""
    body = _picture(view) if view.picture else _text(view)
    note = f'<p class="note" role="note">{escape(view.note)}</p>' if view.note else ""
    return _document(f"{view.name}{place}", f"{_header(view)}\n<main>{note}\n{body}</main>")


def refusal_page(sentence: str) -> str:
    """The page that says why there is nothing to show."""
    return _document("Nothing to show", f'<main><p class="refusal">{escape(sentence)}</p></main>')


def text_fragment(cited: str) -> str:
    """What leads a browser to the cited words of a page: a text directive, percent-encoded.

    Each end must stand in one block of the page, hence in one line of the text. Commas, hyphens
    and ampersands have a meaning in a directive. See https://wicg.github.io/scroll-to-text-fragment
    """
    lines = [words for line in cited.splitlines() if (words := line.split())]
    if not lines:
        return ""
    if len(lines) == 1 and len(lines[0]) <= 2 * FRAGMENT_WORDS:
        ends = [lines[0]]
    else:
        ends = [lines[0][:FRAGMENT_WORDS], lines[-1][-FRAGMENT_WORDS:]]
    return ":~:text=" + ",".join(quote(" ".join(end), safe="").replace("-", "%2D") for end in ends)


def _document(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="/public/favicon.svg">
<link rel="stylesheet" href="/public/source.css">
<script src="/public/theme.js"></script>
<script src="/public/source.js"></script>
</head>
<body>
{body}
</body>
</html>
"""


def _header(view: View) -> str:
    crumbs = "" if view.picture else escape(view.heading).replace(" &gt; ", " › ")
    heading = f'<p class="heading" dir="auto">{crumbs}</p>' if crumbs else ""
    name = escape(view.name)
    cited = f'<a class="button" {_link(view.cited)}</a>' if view.cited else ""
    original = (
        f'<a class="button" target="_blank" rel="noopener noreferrer" {_link(view.original)}'
        '<span aria-hidden="true"> ↗</span></a>'
        if view.original
        else ""
    )
    return f"""<header>
<div class="about"><h1 title="{name}" dir="auto">{name}</h1>{heading}</div>
<nav aria-label="Pages">{_pager(view)}{cited}{original}</nav>
</header>"""


def _pager(view: View) -> str:
    if view.page is None:
        return ""
    before, behind = _step(view.previous, "prev", "‹"), _step(view.next, "next", "›")
    return f'{before}<span class="place">{view.page} / {view.n_pages}</span>{behind}'


def _step(step: Link | None, rel: str, arrow: str) -> str:
    if step is None:
        return f'<span class="step" aria-hidden="true">{arrow}</span>'
    return (
        f'<a class="step" rel="{rel}" title="{step.words}" aria-label="{step.words}" '
        f'href="{escape(step.address)}">{arrow}</a>'
    )


def _link(link: Link) -> str:
    """The end of a link's opening tag, and its words."""
    return f'href="{escape(link.address)}">{escape(link.words)}'


def _picture(view: View) -> str:
    boxes = "".join(
        f'<rect{"" if number else CITED} x="{box.left:.3%}" y="{box.top:.3%}" '
        f'width="{box.width:.3%}" height="{box.height:.3%}" rx="2"/>'
        for number, box in enumerate(view.boxes)
    )
    words = "" if boxes else _words(view)
    return (
        f'<figure class="sheet"><img src="{escape(view.picture)}" '
        f'alt="Page {view.page} of {escape(view.name)}">'
        f'<svg aria-hidden="true">{boxes}</svg></figure>{words}'
    )


def _words(view: View) -> str:
    """What is cited, in words, for a picture on which it cannot be shown."""
    return "".join(
        f'<blockquote dir="auto">{escape(view.text[start:end])}</blockquote>'
        for start, end in view.spans
    )


def _text(view: View) -> str:
    """The text around what is cited, and what is cited in marks."""
    spans = _merged(view.spans, view.text)
    first, last = (spans[0][0], spans[-1][1]) if spans else (0, 0)
    begin = max(0, first - SURROUNDINGS_CHARS)
    stop = min(len(view.text), last + SURROUNDINGS_CHARS)
    pieces, done = ["" if begin == 0 else "… "], begin
    for start, end in spans:
        pieces += [
            escape(view.text[done:start]),
            f"<mark{CITED if start == first else ''}>{escape(view.text[start:end])}</mark>",
        ]
        done = end
    pieces += [escape(view.text[done:stop]), "" if stop == len(view.text) else " …"]
    kind = "sheet code" if view.is_code else "sheet"
    return f'<article class="{kind}" dir="auto">{"".join(pieces)}</article>'


CITED = ' id="cited"'
"""The first highlight: addresses end in `#cited`, so that it is in sight without any script."""


def _merged(spans: Sequence[Span], text: str) -> list[Span]:
    """The same stretches in order, as one where nothing stands between them."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
