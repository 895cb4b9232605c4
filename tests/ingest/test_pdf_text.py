from pathlib import Path

import pytest

from ingest.loaders.pdf import load_pdf
from tests.ingest.typeset import Ink, lines, write_pdf

BODY = [
    "The harbour of the old town was built in the twelfth century.",
    "It burned down twice, and was built up again within a few years.",
    "Today the warehouses are homes, and the quays a place for walks.",
]


def text_of(path: Path) -> str:
    return "\n".join(page.text for page in load_pdf(path).pages)


def read(tmp_path: Path, *texts: str) -> list[str]:
    return text_of(write_pdf(tmp_path / "a.pdf", [lines(60, 700, *texts)])).split("\n")


def book(tmp_path: Path, n_pages: int, *, footer: str = "{}", odd: str, even: str) -> Path:
    """Pages with a header, three lines that no other page has, and a footer."""
    pages = [
        [
            Ink(60, 760, odd if number % 2 else even),
            *lines(60, 700, *(f"{line} This is told on page {number}." for line in BODY)),
            Ink(300, 30, footer.format(number)),
        ]
        for number in range(1, n_pages + 1)
    ]
    return write_pdf(tmp_path / "a.pdf", pages)


def test_ligatures_are_taken_apart(tmp_path: Path) -> None:
    assert read(tmp_path, "The \ufb01rst \ufb02oor") == ["The first floor"]


def test_a_word_broken_at_the_end_of_a_line_is_mended(tmp_path: Path) -> None:
    assert read(tmp_path, "This is an exam-", "ple of a broken word.") == [
        "This is an example",
        "of a broken word.",
    ]


def test_a_word_known_from_elsewhere_is_mended_though_its_halves_are_words(tmp_path: Path) -> None:
    assert read(tmp_path, "In time we inform you of the form. We in-", "form you.") == [
        "In time we inform you of the form. We inform",
        "you.",
    ]


def test_a_compound_known_from_elsewhere_keeps_its_hyphen(tmp_path: Path) -> None:
    assert read(tmp_path, "Of our long-term debt, the long-", "term part is small.") == [
        "Of our long-term debt, the long-term",
        "part is small.",
    ]


def test_a_compound_of_known_words_keeps_its_hyphen(tmp_path: Path) -> None:
    first = "It is based on content, and is a content-"
    assert read(tmp_path, first, "based method.")[0] == f"{first}based"


@pytest.mark.parametrize("rest", ["GAAP", "19", "Cola"])
def test_a_hyphen_before_a_capital_or_a_digit_stays(tmp_path: Path, rest: str) -> None:
    assert read(tmp_path, "Words such as these: abc-", f"{rest} and more.") == [
        f"Words such as these: abc-{rest}",
        "and more.",
    ]


def test_a_word_that_the_page_number_follows_is_left_alone(tmp_path: Path) -> None:
    pages = [
        [*lines(60, 700, f"{name}'s debt rose year-"), Ink(300, 670, str(number))]
        for number, name in enumerate(("Anna", "Bert", "Cleo"), 1)
    ]
    read = text_of(write_pdf(tmp_path / "a.pdf", pages)).split("\n")
    assert read == ["Anna's debt rose year-", "Bert's debt rose year-", "Cleo's debt rose year-"]


def test_headers_and_page_numbers_are_dropped_and_the_body_is_kept(tmp_path: Path) -> None:
    path = book(tmp_path, 4, odd="The history of harbours", even="The history of harbours")
    for page in load_pdf(path).pages:
        assert page.text.split("\n") == [f"{x} This is told on page {page.number}." for x in BODY]


def test_headers_may_differ_on_even_and_odd_pages(tmp_path: Path) -> None:
    path = book(tmp_path, 8, odd="The history of harbours", even="Chapter 2")
    assert "history of harbours" not in text_of(path)
    assert "Chapter" not in text_of(path)


def test_a_footer_with_a_number_in_it_is_dropped(tmp_path: Path) -> None:
    path = book(tmp_path, 4, odd="Harbours", even="Harbours", footer="Annual report | Page {} of 4")
    assert "Annual report" not in text_of(path)


def test_lines_of_two_pages_alone_are_not_taken_for_headers(tmp_path: Path) -> None:
    path = book(tmp_path, 2, odd="The history of harbours", even="The history of harbours")
    assert text_of(path).count("The history of harbours") == 2


def test_lines_that_repeat_below_others_are_kept(tmp_path: Path) -> None:
    pages = [
        [Ink(60, 700, f"{name} begins."), Ink(60, 688, "All rights are reserved."), *foot]
        for name, foot in zip(
            ("Anna", "Bert", "Cleo"),
            ([Ink(60, 600 - 30 * n, "x" * n)] for n in (1, 2, 3)),
            strict=True,
        )
    ]
    assert text_of(write_pdf(tmp_path / "a.pdf", pages)).count("All rights are reserved.") == 3


def test_figures_at_the_top_of_many_pages_are_kept(tmp_path: Path) -> None:
    pages = [[Ink(60, 760, f"{n * 7} 2023 2022"), *lines(60, 700, *BODY)] for n in range(1, 6)]
    assert "14 2023 2022" in text_of(write_pdf(tmp_path / "a.pdf", pages))


def test_a_page_that_has_running_lines_alone_is_not_emptied(tmp_path: Path) -> None:
    pages = [
        [Ink(60, 760, "The harbours"), *lines(60, 700, f"{n} {x}")] for n, x in enumerate(BODY)
    ]
    pages.append([Ink(60, 760, "The harbours")])
    read = load_pdf(write_pdf(tmp_path / "a.pdf", pages)).pages
    assert [page.text for page in read] == [
        *(f"{n} {x}" for n, x in enumerate(BODY)),
        "The harbours",
    ]


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Microsoft Word - x.doc",
        "report.indd",
        "Untitled 1",
        "abc",
        "0001018724-18-000005",
        "Document",
        "10-K",
        "10-K - 02/07/2019 - 3M",
    ],
)
def test_a_title_that_says_nothing_gives_way_to_the_file_s_name(tmp_path: Path, title: str) -> None:
    path = write_pdf(tmp_path / "3M_2018_10K.pdf", [lines(60, 700, *BODY)], title)
    assert load_pdf(path).title == "3M 2018 10K"


def test_a_title_that_says_something_is_kept(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(60, 700, *BODY)], "A history of harbours")
    assert load_pdf(path).title == "A history of harbours"


def test_a_damaged_page_is_reported_and_the_others_are_read(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [lines(60, 700, text) for text in BODY])
    whole = path.read_bytes()
    assert whole.count(b"7 0 obj\n<< /Type /Page ") == 1
    path.write_bytes(whole.replace(b"7 0 obj\n<< /Type /Page ", b"7 0 obj\n[[ /Type /Page "))
    document = load_pdf(path)
    assert [page.text for page in document.pages] == [BODY[0], BODY[2]]
    assert document.n_pages == 3
    (warning,) = document.warnings
    assert "1 of 3 pages are damaged" in warning
    assert "page 2" in warning
