"""Web pages and Markdown: what is kept, what is cut away, and how it is laid out as text."""

from pathlib import Path

import pytest

from ingest.loaders import load
from tests.ingest.reading import headings, text_of, text_read, write

BODY = "The owl and the pussycat went to sea in a beautiful pea green boat. "


def html_read(tmp_path: Path, source: str | bytes) -> str:
    return text_read(tmp_path / "page.html", source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<div><div>One</div><div>Two <b>bold</b></div>tail</div>", "One\n\nTwo bold\n\ntail"),
        ("bare text<p>and a paragraph</p>more", "bare text\n\nand a paragraph\n\nmore"),
        ("<p>one<br>two<br/>three</p>", "one\ntwo\nthree"),
        ("<p>line\n  breaks   in the source</p>", "line breaks in the source"),
        ("<p>a<p>b<b>c<i>d</b>e</i>", "a\n\nbcde"),
        ("<body><p>before</p></body></html><p>behind the end</p>", "before\n\nbehind the end"),
        ("<p>1 &lt; 2 &amp; caf&eacute;</p>", "1 < 2 & café"),
        ('<?xml version="1.0" encoding="utf-8"?><html><body>x</body></html>', "x"),
        ("<details><summary>More</summary>inside</details>", "More\n\ninside"),
    ],
    ids=["divs", "bare", "br", "spaces", "unclosed", "trailing", "entities", "xhtml", "details"],
)
def test_the_text_of_a_page_without_landmarks_is_all_kept(
    tmp_path: Path, source: str, expected: str
) -> None:
    assert html_read(tmp_path, source) == expected


@pytest.mark.parametrize(
    "chrome",
    [
        "<nav>gone</nav>",
        "<div role=navigation>gone</div>",
        "<footer>gone</footer>",
        "<header><ul><li>gone</li></ul></header>",
        "<aside>gone</aside>",
        "<form><label>gone</label><input value=gone></form>",
        "<script>gone</script><style>gone</style><noscript>gone</noscript>",
        "<div hidden>gone</div>",
        "<div style='color: red; display:none'>gone</div>",
        "<span aria-hidden=true>gone</span>",
        "<dialog>gone</dialog>",
        "<!-- gone -->",
        "<div class='bottom cookie-banner'>gone</div>",
        "<div id=onetrust-consent-sdk>gone</div>",
        "<div class=ad-container>gone</div>",
        "<ol class=breadcrumb><li>gone</ol>",
        "<section id=comments>gone</section>",
        "<svg><text>gone</text></svg><button>gone</button>",
        "<template>gone</template>",
    ],
)
def test_what_surrounds_the_content_is_cut_away(tmp_path: Path, chrome: str) -> None:
    assert html_read(tmp_path, f"<p>{BODY}</p>{chrome}tail") == f"{BODY.strip()}\n\ntail"


@pytest.mark.parametrize(
    "wrapper",
    ["form", "aside", "header", "div class=sidebar", "div hidden", "div id=comments", "nav"],
)
def test_what_holds_most_of_the_text_stays_whatever_it_is_called(
    tmp_path: Path, wrapper: str
) -> None:
    page = f"<{wrapper}><h4>Top</h4><p>{BODY}</p></{wrapper.split()[0]}><p>tail</p>"
    assert BODY.strip() in html_read(tmp_path, page)


@pytest.mark.parametrize("landmark", ["main", "article", "div role=main"])
def test_the_main_part_is_taken_where_it_holds_most_of_the_text(
    tmp_path: Path, landmark: str
) -> None:
    page = f"<div>around it</div><{landmark}><p>{BODY}</p></{landmark.split()[0]}><div>more</div>"
    assert html_read(tmp_path, page) == BODY.strip()


def test_a_small_main_part_does_not_lose_the_rest_of_the_page(tmp_path: Path) -> None:
    page = f"<main><p>Small.</p></main><div>{BODY * 3}</div>"
    assert "pussycat" in html_read(tmp_path, page)


def test_several_articles_are_all_read(tmp_path: Path) -> None:
    page = f"<article>{BODY * 4}</article><article>Another one.</article>"
    assert "Another one." in html_read(tmp_path, page)


def test_a_heading_in_front_of_the_article_stays_its_heading(tmp_path: Path) -> None:
    page = f"<div><h1>Boats</h1></div><article>Intro.<p>{BODY}</p></article><div>x</div>"
    (read,) = load(write(tmp_path / "a.html", page)).pages
    assert read.text == f"Boats\n\nIntro.\n\n{BODY.strip()}"
    assert list(headings(read)) == ["Boats"]


def test_the_header_and_footer_of_an_article_are_content(tmp_path: Path) -> None:
    page = (
        f"<header>Site</header><article><header><h2>Title</h2><p>By Anna</p></header>{BODY}"
        "<footer>Source: the sea</footer></article><footer>Imprint</footer>"
    )
    expected = f"Title\n\nBy Anna\n\n{BODY.strip()}\n\nSource: the sea"
    assert html_read(tmp_path, page) == expected


def test_a_header_with_the_page_s_heading_loses_only_its_menu(tmp_path: Path) -> None:
    page = f"<header><h1>Boats</h1><ul><li><a href=/>Home</a></ul></header><p>{BODY}</p>"
    assert html_read(tmp_path, page) == f"Boats\n\n{BODY.strip()}"


def test_an_aside_within_the_content_stays_unless_it_is_a_list_of_links(tmp_path: Path) -> None:
    links = "<aside><a href=1>Related one</a> <a href=2>Related two</a></aside>"
    page = f"<main>{BODY}<aside>Mind the runcible spoon.</aside>{links}</main>"
    assert html_read(tmp_path, page) == f"{BODY.strip()}\n\nMind the runcible spoon."


def test_a_skipped_heading_level_does_not_mix_up_the_path(tmp_path: Path) -> None:
    source = "<h1>A</h1>a<h3>B</h3>b<h3>C</h3>c<h2>D</h2>d<h3 id=x>E <a href=#x>¶</a></h3>e"
    (page,) = load(write(tmp_path / "a.html", source)).pages
    assert list(headings(page)) == ["A", "A > B", "A > C", "A > D", "A > D > E"]


def test_lists_keep_their_marks_and_their_nesting(tmp_path: Path) -> None:
    page = (
        "<ul><li>one<ul><li>inner</li></ul></li><li><p>two</p></li></ul>"
        "<ol start=3><li>three</li><li>four</li></ol>after"
    )
    assert html_read(tmp_path, page) == "- one\n  - inner\n- two\n\n3. three\n4. four\n\nafter"


def test_a_definition_stands_behind_its_term(tmp_path: Path) -> None:
    page = "<dl><dt>Owl<dd>A bird.<dt>Cat<dt>Pussycat<dd>No bird.</dl>after"
    assert html_read(tmp_path, page) == "Owl: A bird.\nCat, Pussycat: No bird.\n\nafter"


def test_code_keeps_its_line_breaks_and_its_indentation(tmp_path: Path) -> None:
    page = "<p>Run <code>f()</code>:</p><pre>def f():\n    return <b>1</b>\n\n\nf()</pre>"
    assert html_read(tmp_path, page) == "Run f():\n\ndef f():\n    return 1\n\n\nf()"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "<tr><th>City<th>People<tr><td>Bonn<td>3<tr><td>Köln<td>",
            "City: Bonn; People: 3\nCity: Köln",
        ),
        ("<tr><th>Born<td>1912<tr><th>Died<td>1954", "Born: 1912\nDied: 1954"),
        ("<tr><td>Born<td>1912<tr><td>Died<td>1954", "Born: 1912\nDied: 1954"),
        ("<tr><td><b>A</b><td><b>B</b><tr><td>1<td>2", "A: 1; B: 2"),
        ("<tr><td>A<td>B<td>C<tr><td>1<td>2<td>3", "A: 1; B: 2; C: 3"),
        (
            "<caption>Sales</caption><thead><tr><th rowspan=2>Year<th colspan=2>In<tr><th>EU<th>US"
            "<tbody><tr><td rowspan=2>2020<td>1<td>2<tr><td>3<td>4<tr><td colspan=3>in millions",
            "Sales\nYear: 2020; In EU: 1; In US: 2\nYear: 2020; In EU: 3; In US: 4\nin millions",
        ),
        ("<tr><th>A<th>B<tr><td><p>one</p><p>two</p><td>x<br>y", "A: one two; B: x y"),
        ("<tr><th>A<th>B", "A | B"),
        ("<tr><td colspan=999999999>wide<td>B<tr><td>1<td>2", "wide: 1"),
    ],
    ids=["th", "pairs", "pairs of td", "bold", "td", "spans", "cells", "header only", "too wide"],
)
def test_a_row_of_a_table_names_its_columns(tmp_path: Path, table: str, expected: str) -> None:
    read = html_read(tmp_path, f"<table>{table}</table>")
    assert read.startswith(expected)


def test_a_table_that_lays_the_page_out_is_read_as_the_page(tmp_path: Path) -> None:
    page = (
        "<table><tr><td><h1>Boats</h1><p>First.</p><table><tr><th>A<th>B<tr><td>1<td>2</table>"
        "<td>Right.</table>"
    )
    (read,) = load(write(tmp_path / "a.html", page)).pages
    assert read.text == "Boats\n\nFirst.\n\nA: 1; B: 2\n\nRight."
    assert list(headings(read)) == ["Boats"]


def test_a_page_nested_thousands_deep_keeps_its_text(tmp_path: Path) -> None:
    page = "<div>" * 5_000 + "deep" + "</div>" * 5_000 + "<p>behind</p>"
    assert html_read(tmp_path, page) == "deep\n\nbehind"


def test_entities_of_a_page_do_not_grow(tmp_path: Path) -> None:
    page = (
        '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">'
        '<!ENTITY f SYSTEM "file:///etc/hostname">]><p>x &b; &f;</p>'
    )
    assert "haha" not in html_read(tmp_path, page)


def test_the_encoding_that_a_page_declares_is_believed(tmp_path: Path) -> None:
    page = "<meta charset='windows-1251'><title>Привет</title><p>Сова и кошечка</p>"
    document = load(write(tmp_path / "a.html", page.encode("cp1251")))
    assert (document.title, text_of(document)) == ("Привет", "Сова и кошечка")


def test_a_page_without_a_title_goes_by_its_first_heading(tmp_path: Path) -> None:
    page = "<title> </title><h2>Boats</h2><p>text</p>"
    assert load(write(tmp_path / "a.html", page)).title == "Boats"


def test_front_matter_gives_markdown_its_title_and_is_text(tmp_path: Path) -> None:
    source = '---\ntitle: "Pea green"\nauthor: Lear\n---\n# Boats\n\nText.\n'
    document = load(write(tmp_path / "a.md", source))
    assert document.title == "Pea green"
    assert text_of(document) == 'title: "Pea green"\nauthor: Lear\n\nBoats\n\nText.'


def test_markdown_html_never_survives_as_markup(tmp_path: Path) -> None:
    source = "Hi\n\n<script>alert(1)</script>\n\n<div onclick=x><b>raw</b></div>\n\n<b>inline</b>"
    assert text_read(tmp_path / "a.md", source) == "Hi\n\nraw\n\ninline"


def test_markdown_code_and_lists_stay_as_written(tmp_path: Path) -> None:
    source = "- a\n  - b\n- c\n\n```html\n<p>\n    not a mark\n</p>\n```\n\n1. x\n2. y\n"
    expected = "- a\n  - b\n- c\n\n<p>\n    not a mark\n</p>\n\n1. x\n2. y"
    assert text_read(tmp_path / "a.md", source) == expected


def test_deeply_nested_markdown_is_read(tmp_path: Path) -> None:
    assert "owl" in text_read(tmp_path / "a.md", ">" * 60 + " owl\n\n" + "[" * 5_000)
