from pathlib import Path

from ingest.documents import Page
from ingest.loaders.pdf import load_pdf
from tests.ingest.typeset import Ink, lines, write_pdf

PROSE = [
    "The harbour was built in the twelfth century, when merchants",
    "came to trade in salt. It burned down twice, and both times",
    "the citizens built it up again within a few years, larger than",
    "it had been before.",
]


def sections(page: Page) -> list[tuple[str, str]]:
    return [(section.heading, page.text[section.start : section.end]) for section in page.sections]


def chapter(number: int) -> list[Ink]:
    return [
        Ink(60, 740, f"Chapter {number}", 18),
        *lines(60, 700, *PROSE),
        Ink(60, 650, f"Section {number}.1", 10, bold=True),
        *lines(60, 630, *PROSE),
    ]


def test_headings_are_told_by_their_fonts_and_levels_by_their_sizes(tmp_path: Path) -> None:
    pages = load_pdf(write_pdf(tmp_path / "a.pdf", [chapter(1), chapter(2)])).pages
    prose = "\n".join(PROSE)
    assert [sections(page) for page in pages] == [
        [
            (f"Chapter {n}", f"Chapter {n}\n{prose}\n"),
            (f"Chapter {n} > Section {n}.1", f"Section {n}.1\n{prose}"),
        ]
        for n in (1, 2)
    ]


def test_a_heading_goes_on_over_the_end_of_its_page(tmp_path: Path) -> None:
    pages = [chapter(1), lines(60, 720, *PROSE), chapter(2)]
    read = load_pdf(write_pdf(tmp_path / "a.pdf", pages)).pages
    assert sections(read[1]) == [("Chapter 1 > Section 1.1", "\n".join(PROSE))]


def test_a_heading_right_below_another_is_in_one_section_with_it(tmp_path: Path) -> None:
    pages = [
        [
            Ink(60, 740, f"Chapter {n}", 18),
            Ink(60, 715, "Beginnings", 10, bold=True),
            *lines(60, 700, *PROSE, *PROSE),
        ]
        for n in (1, 2)
    ]
    read = load_pdf(write_pdf(tmp_path / "a.pdf", pages)).pages
    assert [[heading for heading, _ in sections(page)] for page in read] == [
        ["Chapter 1 > Beginnings"],
        ["Chapter 2 > Beginnings"],
    ]


def test_bold_labels_in_a_table_are_no_headings(tmp_path: Path) -> None:
    table = [
        ink
        for at, label in enumerate(("Current assets", "Fixed assets"))
        for ink in (
            Ink(60, 600 - 30 * at, label, bold=True),
            Ink(60, 588 - 30 * at, "Of these"),
            Ink(400, 588 - 30 * at, "1,234"),
            Ink(500, 588 - 30 * at, "5,678"),
        )
    ]
    pages = load_pdf(write_pdf(tmp_path / "a.pdf", [[*chapter(n), *table] for n in (1, 2)])).pages
    assert [len(page.sections) for page in pages] == [2, 2]


def test_a_sentence_in_bold_is_no_heading_but_a_numbered_title_with_a_stop_is(
    tmp_path: Path,
) -> None:
    pages = [
        [
            Ink(60, 740, f"Item {n}. Harbours.", bold=True),
            *lines(60, 700, *PROSE, *PROSE),
            Ink(60, 500, "All of it is true.", bold=True),
        ]
        for n in (1, 2)
    ]
    read = load_pdf(write_pdf(tmp_path / "a.pdf", pages)).pages
    assert [[heading for heading, _ in sections(page)] for page in read] == [
        ["Item 1. Harbours."],
        ["Item 2. Harbours."],
    ]


def test_a_number_apart_from_its_heading_belongs_to_it(tmp_path: Path) -> None:
    pages = [
        [Ink(60, 740, f"{n}.", 18), Ink(120, 740, "Harbours", 18), *lines(60, 700, *PROSE)]
        for n in (1, 2)
    ]
    read = load_pdf(write_pdf(tmp_path / "a.pdf", pages)).pages
    assert [page.sections[0].heading for page in read] == ["1. Harbours", "2. Harbours"]


def test_the_words_of_a_title_page_are_no_headings_of_what_follows(tmp_path: Path) -> None:
    cover = [Ink(60, 400, "THE BOOK", 40), *lines(60, 100, *PROSE)]
    read = load_pdf(write_pdf(tmp_path / "a.pdf", [cover, chapter(1), chapter(2)])).pages
    assert not any("BOOK" in section.heading for page in read for section in page.sections)


def test_the_outline_goes_before_the_fonts_and_sections_begin_where_its_titles_stand(
    tmp_path: Path,
) -> None:
    marks = [(1, "Chapter 1"), (2, "Section 2.1")]
    pages = [chapter(1), chapter(2), lines(60, 720, *PROSE)]
    read = load_pdf(write_pdf(tmp_path / "a.pdf", pages, bookmarks=marks)).pages
    prose = "\n".join(PROSE)
    assert [sections(page) for page in read] == [
        [("Chapter 1", f"Chapter 1\n{prose}\nSection 1.1\n{prose}")],
        [("Chapter 1", f"Chapter 2\n{prose}\n"), ("Section 2.1", f"Section 2.1\n{prose}")],
        [("Section 2.1", prose)],
    ]


def test_a_bookmark_whose_title_is_not_on_its_page_counts_from_its_top(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(60, 700, *PROSE)], bookmarks=[(1, "Another name")])
    (page,) = load_pdf(path).pages
    assert sections(page) == [("Another name", "\n".join(PROSE))]


def test_a_heading_is_cut_to_a_hundred_characters(tmp_path: Path) -> None:
    marks = [(1, "The harbour was built " * 8)]
    (page,) = load_pdf(
        write_pdf(tmp_path / "a.pdf", [lines(60, 700, *PROSE)], bookmarks=marks)
    ).pages
    assert len(page.sections[0].heading) == 100
    assert page.sections[0].heading.endswith("…")
