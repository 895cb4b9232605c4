"""Parses web pages, and cuts away what surrounds their content."""

import re
from typing import Any

from lxml import etree, html

from ingest.loaders.html_tables import flat_text

LINE_BREAK = "\u2028"
"""Stands for `<br>`: a line break in the source means no more than a space."""
NO_CONTENT = re.compile(r"^\s*<\?xml[^>]*\?>|</(?:body|html)\s*>", re.IGNORECASE)
"""What says nothing and may stand too early: the parser drops what follows the end of a page."""
DISPENSABLE_TAG = re.compile(
    r"<(?!/?(?:p|h[1-6]|li|table|tr|t[dh]|br|pre|title|script|style)\b)/?[a-z][^<>]*>",
    re.IGNORECASE,
)
NOT_TEXT = frozenset(
    "annotation annotation-xml audio button canvas datalist embed head iframe input map noscript "
    "object progress rp script select style svg template textarea video".split()
)
CHROME_ROLES = frozenset(
    "alertdialog contentinfo dialog doc-toc menu menubar navigation search toolbar".split()
)
CHROME_NAMES = re.compile(
    r"""(?:cookie|gdpr|consent)[-_]?(?:banner|bar|consent|message|modal|notice|overlay|popup|wall)
    | cookieconsent.* | onetrust.* | cc-window
    | ads? | advert(?:s|isements?|ising)? | ads?[-_](?:banner|box|container|slot|unit|wrapper)
    | adsbygoogle | google[-_]ads? | sponsored
    | breadcrumbs? | pagination | pager | back[-_]to[-_]top | skip[-_](?:link|to[-_]content)
    | nav | navbar | navigation | navbox | sidebar | (?:global|main|page|site|top)[-_]?(?:nav|menu)
    | (?:page|site)[-_]?(?:footer|header) | footer | toc | table[-_]of[-_]contents
    | share[-_]?(?:bar|buttons?|links|tools) | social[-_]?(?:buttons|icons|links|media|share)
    | newsletter[-_](?:box|form|signup) | related[-_](?:articles|content|links|posts)
    | comments | comment[-_]list | disqus_thread | modal | popup
    | sr-only | visually-hidden | noprint | mw-editsection | mw-jump-link
    | headerlink | anchor-link | linenos? | line-numbers""",
    re.VERBOSE | re.IGNORECASE,
)
HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
LINK_MARKS = frozenset("¶ # § 🔗".split())
MOST = 0.5
"""The share of a page's text that makes an element its content, whatever it is called."""


def parse_html(source: str) -> Any:
    """The tree of a page, however badly it is written.

    Raises:
        lxml.etree.ParserError: There is nothing in it.
    """
    source = NO_CONTENT.sub("", source)
    parser = html.HTMLParser(huge_tree=True)
    root = html.document_fromstring(source, parser=parser)
    if any("depth" in entry.message for entry in parser.error_log):
        # The parser gives up behind a few thousand nested elements and loses what follows.
        flat = DISPENSABLE_TAG.sub(" ", source)
        root = html.document_fromstring(flat, parser=html.HTMLParser(huge_tree=True))
    return root


def page_title(root: Any) -> str:
    """What a page calls itself in its head."""
    names = root.xpath("//head/title/text()|//head/meta[@property='og:title']/@content")
    return next((" ".join(name.split()) for name in names if name.strip()), "")


def content(root: Any) -> Any:
    """The element that holds a page's content, navigation and the like taken out of it."""
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    for element in list(root.iter(*NOT_TEXT)):
        _drop(element)
    for line_break in root.iter("br"):
        line_break.text = LINE_BREAK
    n_chars = len(flat_text(root))
    for element in list(root.iter(etree.Element)):
        is_chrome = element is not root and _is_chrome(element)
        if is_chrome and len(flat_text(element)) <= MOST * n_chars:
            _drop(element)
    return _main(root)


def _main(root: Any) -> Any:
    """The element that is marked as the content, where it holds most of the text."""
    n_chars = len(flat_text(root))
    for marked in (".//main|.//*[@role='main']", ".//article"):
        found = [
            element
            for element in root.xpath(marked)
            if not element.xpath("ancestor::main|ancestor::article")
        ]
        if len(found) == 1 and len(flat_text(found[0])) > MOST * n_chars:
            return _with_title(found[0], root)
    return root


def _with_title(element: Any, root: Any) -> Any:
    """The content with the page's heading, which may stand in front of it."""
    titles = root.xpath(".//h1")
    if len(titles) == 1 and element not in titles[0].iterancestors():
        title = titles[0]
        _keep_tail(title)
        title.tail = element.text
        element.text = None
        element.insert(0, title)
    return element


def _is_chrome(element: Any) -> bool:
    tag, role = element.tag, element.get("role", "")
    if tag in ("nav", "form") or role in CHROME_ROLES or _is_hidden(element):
        return True
    if tag == "dialog" and element.get("open") is None:
        return True
    if tag == "a" and flat_text(element) in LINK_MARKS:
        return True
    if tag in ("aside", "footer") or role == "complementary":
        return not _is_inside(element) or _is_mostly_links(element)
    if tag == "header" or role == "banner":
        return not _is_inside(element) and not element.xpath(".//h1|.//h2|.//h3")
    if tag in ("ul", "ol") and element.xpath("ancestor::header"):
        return _is_mostly_links(element)
    names = f"{element.get('class', '')} {element.get('id', '')}".split()
    return tag != "body" and any(CHROME_NAMES.fullmatch(name) for name in names)


def _is_hidden(element: Any) -> bool:
    return (
        element.get("hidden", "until-found") != "until-found"
        or element.get("aria-hidden") == "true"
        or HIDDEN_STYLE.search(element.get("style", "")) is not None
    )


def _is_inside(element: Any) -> bool:
    """Whether it belongs to a piece of content rather than to the page."""
    return bool(element.xpath("ancestor::article|ancestor::main|ancestor::blockquote"))


def _is_mostly_links(element: Any) -> bool:
    n_linked = sum(len(flat_text(link)) for link in element.iter("a"))
    return n_linked > MOST * len(flat_text(element))


def _drop(element: Any) -> None:
    _keep_tail(element)
    if element.getparent() is not None:
        element.getparent().remove(element)


def _keep_tail(element: Any) -> None:
    """Hands the text behind an element on: lxml moves and removes it with the element."""
    parent, previous, tail = element.getparent(), element.getprevious(), element.tail
    element.tail = None
    if parent is None or not tail:
        return
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
