from html.parser import HTMLParser

import pytest

from assistant.source_page import (
    SURROUNDINGS_CHARS,
    Link,
    Span,
    View,
    refusal_page,
    text_fragment,
    view_page,
)

HOSTILE = "</mark></article><script>alert(1)</script> \"' onload=x & &lt;b&gt; <img src=x>"


class Seen(HTMLParser):
    """What a browser would make of a page: its elements, and the text in some of them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"article": [], "mark": [], "h1": [], "blockquote": []}
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in self.texts:
            self._open.append(tag)
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self.texts[tag][-1] += data

    def count(self, tag: str) -> int:
        return sum(one == tag for one, _ in self.elements)


def seen(text: str, *spans: Span, name: str = "a.txt", heading: str = "") -> Seen:
    link = Link('/a?b=1&c="><script>', "Open file")
    view = View(
        name=name,
        heading=heading,
        page=None,
        n_pages=1,
        previous=None,
        next=None,
        cited=None,
        original=link,
        picture="",
        boxes=(),
        text=text,
        is_code=False,
        spans=spans,
        note="",
    )
    return Seen(view_page(view))


def test_the_cited_words_are_marked_and_the_text_around_them_is_whole() -> None:
    page = seen("One. Two. Three. Four.", (5, 9), (17, 22))
    assert page.texts["mark"] == ["Two.", "Four."]
    assert page.texts["article"] == ["One. Two. Three. Four."]


def test_only_the_first_mark_is_what_the_address_leads_to() -> None:
    page = seen("One. Two. Three. Four.", (17, 22), (5, 9))
    assert [attributes.get("id") for tag, attributes in page.elements if tag == "mark"] == [
        "cited",
        None,
    ]


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        (((0, 4), (2, 9)), ["One. Two."]),
        (((0, 9), (2, 4)), ["One. Two."]),
        (((5, 9), (0, 4)), ["One. Two."]),
        (((0, 4), (10, 16)), ["One.", "Three."]),
    ],
)
def test_what_overlaps_or_touches_is_one_mark(spans: tuple[Span, ...], marked: list[str]) -> None:
    assert seen("One. Two. Three.", *spans).texts["mark"] == marked


def test_hostile_text_is_text_wherever_it_stands() -> None:
    text = f"{HOSTILE} {HOSTILE} {HOSTILE}"
    span = (len(HOSTILE) + 1, 2 * len(HOSTILE) + 1)
    page = seen(text, span, name=HOSTILE, heading=HOSTILE)
    assert page.texts["article"] == [text]
    assert page.texts["mark"] == [HOSTILE]
    assert page.texts["h1"] == [HOSTILE]
    assert (page.count("script"), page.count("img")) == (2, 0)
    assert not [one for one in page.elements if any(name.startswith("on") for name in one[1])]


def test_a_refusal_says_hostile_words_as_words() -> None:
    assert Seen(refusal_page(HOSTILE)).count("script") == 2


def test_a_page_has_no_script_or_style_of_its_own() -> None:
    page = seen("One.", (0, 4))
    assert [attributes for tag, attributes in page.elements if tag == "script"] == [
        {"src": "/public/theme.js"},
        {"src": "/public/source.js"},
    ]
    assert page.count("style") == 0
    assert not [tag for tag, attributes in page.elements if "style" in attributes]


def test_of_a_long_text_only_the_surroundings_are_shown() -> None:
    text = "a" * 50_000 + "CITED" + "b" * 50_000
    (shown,) = seen(text, (50_000, 50_005)).texts["article"]
    assert shown == f"… {'a' * SURROUNDINGS_CHARS}CITED{'b' * SURROUNDINGS_CHARS} …"


@pytest.mark.parametrize(
    ("cited", "fragment"),
    [
        ("", ""),
        ("A short quote.", ":~:text=A%20short%20quote."),
        ("well-known, this & that", ":~:text=well%2Dknown%2C%20this%20%26%20that"),
        ("Größe #1?", ":~:text=Gr%C3%B6%C3%9Fe%20%231%3F"),
        ("1 2 3 4 5 6 7 8 9 10", ":~:text=1%202%203%204%205%206%207%208%209%2010"),
        ("1 2 3 4 5 6 7 8 9 10 11", ":~:text=1%202%203%204%205,7%208%209%2010%2011"),
        ("A heading\n\nIts first\nand last words.", ":~:text=A%20heading,and%20last%20words."),
        (" \n spaced   out \n ", ":~:text=spaced%20out"),
    ],
)
def test_a_browser_is_led_to_the_cited_words(cited: str, fragment: str) -> None:
    assert text_fragment(cited) == fragment
