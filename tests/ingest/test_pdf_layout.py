from itertools import chain
from pathlib import Path

from ingest.loaders.pdf import load_pdf
from tests.ingest.typeset import Ink, lines, write_pdf

LEFT = [
    "The harbour of the old town was",
    "built in the twelfth century, when",
    "the merchants of the northern coast",
    "had begun to trade in salt and fish.",
    "It burned down twice, and both times",
    "the citizens built it up again within",
    "a few years, larger than before.",
]
RIGHT = [
    "Today the warehouses are homes and",
    "workshops, and the quays are a place",
    "for walks. Every summer the tall ships",
    "return for a week, and the town is so",
    "full of guests that some of them have",
    "to sleep on board. Nobody has ever",
    "complained about that, so far.",
]
TABLE = [
    ("Region", "2023", "2022"),
    ("North", "12", "10"),
    ("South", "7", "9"),
    ("West", "30", "1"),
]


def text_of(path: Path) -> str:
    return "\n".join(page.text for page in load_pdf(path).pages)


def columns() -> tuple[list[Ink], list[Ink]]:
    return lines(60, 700, *LEFT), lines(320, 700, *RIGHT)


def test_two_columns_drawn_line_by_line_are_read_one_after_the_other(tmp_path: Path) -> None:
    left, right = columns()
    inks = chain.from_iterable(zip(left, right, strict=True))
    assert text_of(write_pdf(tmp_path / "a.pdf", [inks])).split("\n") == [*LEFT, *RIGHT]


def test_two_columns_drawn_one_after_the_other_are_left_as_they_are(tmp_path: Path) -> None:
    left, right = columns()
    assert text_of(write_pdf(tmp_path / "a.pdf", [left + right])).split("\n") == [*LEFT, *RIGHT]


def test_what_goes_across_the_columns_stays_above_and_below_them(tmp_path: Path) -> None:
    left, right = columns()
    title = Ink(150, 740, "A short history of the harbour and its town", 18)
    foot = Ink(100, 560, "All of this was told by the keeper of the lighthouse, who is very old.")
    inks = [title, *chain.from_iterable(zip(left, right, strict=True)), foot]
    read = text_of(write_pdf(tmp_path / "a.pdf", [inks])).split("\n")
    assert read == [title.text, *LEFT, *RIGHT, foot.text]


def test_three_columns_drawn_line_by_line_are_read_one_after_the_other(tmp_path: Path) -> None:
    thirds = [lines(x, 700, *LEFT, size=8) for x in (40, 230, 420)]
    inks = chain.from_iterable(zip(*thirds, strict=True))
    assert text_of(write_pdf(tmp_path / "a.pdf", [inks])).split("\n") == LEFT * 3


def test_a_table_drawn_row_by_row_is_not_taken_for_columns(tmp_path: Path) -> None:
    rows = [(f"Costs of the {name} office, which", f"{at},000") for at, name in enumerate(LEFT)]
    inks = [
        Ink(x, 700 - 12 * at, cell)
        for at, row in enumerate(rows)
        for x, cell in zip((60, 450), row, strict=True)
    ]
    read = text_of(write_pdf(tmp_path / "a.pdf", [inks])).split("\n")
    assert read == ["  ".join(row) for row in rows]


def test_a_table_of_wrapped_cells_is_not_taken_for_columns(tmp_path: Path) -> None:
    inks = []
    for row in range(4):
        for at in range(2):
            y = 700 - 60 * row - 12 * at
            inks += [Ink(60, y, LEFT[2 * at + 1]), Ink(320, y, RIGHT[2 * at + 1])]
    read = text_of(write_pdf(tmp_path / "a.pdf", [inks])).split("\n")
    assert read == [f"{LEFT[1]}  {RIGHT[1]}", f"{LEFT[3]}  {RIGHT[3]}"] * 4


def test_a_table_drawn_column_by_column_is_read_row_by_row(tmp_path: Path) -> None:
    inks = [
        Ink(x, 700 - 12 * at, row[column])
        for column, x in enumerate((60, 300, 400))
        for at, row in enumerate(TABLE)
    ]
    after = Ink(60, 600, "What follows the table stays behind it.")
    read = text_of(write_pdf(tmp_path / "a.pdf", [[*inks, after]])).split("\n")
    assert read == [*("  ".join(row) for row in TABLE), after.text]


def test_the_cells_of_a_table_s_head_are_read_whole(tmp_path: Path) -> None:
    inks = [
        Ink(60, 700, "Millions"),
        *lines(200, 712, "United", "States"),
        *lines(300, 724, "Middle", "East and", "Africa"),
        *lines(400, 712, "Latin", "America"),
        *(Ink(x, 685, text) for x, text in ((60, "Sales"), (200, "1"), (300, "2"), (400, "3"))),
    ]
    assert text_of(write_pdf(tmp_path / "a.pdf", [inks])).split("\n") == [
        "Millions  United States  Middle East and Africa  Latin America",
        "Sales  1  2  3",
    ]


def test_two_rows_that_pdfium_makes_one_line_of_are_parted(tmp_path: Path) -> None:
    rows = [["Pet", "2,259.4", "12"], ["Foodservice", "1,845.7", "10"]]
    inks = [
        Ink(x, 700 - 5.5 * at, row[column], 13, matrix="0.37 0 0 0.37")
        for at, row in enumerate(rows)
        for column, x in enumerate((60, 300, 400))
    ]
    path = write_pdf(tmp_path / "a.pdf", [inks])
    assert text_of(path).split("\n") == list(map("  ".join, rows))


def test_a_figure_has_its_sign_and_its_parentheses_beside_it(tmp_path: Path) -> None:
    inks = [
        Ink(x, 700, text)
        for x, text in (
            (60, "Net loss"),
            (200, "$"),
            (230, "(1,577"),
            (270, ")"),
            (300, "$"),
            (330, "12"),
        )
    ]
    assert text_of(write_pdf(tmp_path / "a.pdf", [inks])) == "Net loss  $ (1,577)  $ 12"


def test_a_page_printed_sideways_is_read_like_any_other(tmp_path: Path) -> None:
    left, right = columns()
    turned = [
        Ink(792 - ink.y, ink.x, ink.text, matrix="0 1 -1 0")
        for ink in chain.from_iterable(zip(left, right, strict=True))
    ]
    assert text_of(write_pdf(tmp_path / "a.pdf", [turned])).split("\n") == [*LEFT, *RIGHT]


def test_what_the_crop_box_cuts_off_is_not_read(tmp_path: Path) -> None:
    inks = [Ink(60, 700, "Outside of it."), Ink(60, 400, "Inside of it.")]
    path = write_pdf(tmp_path / "a.pdf", [inks], extra="/CropBox [0 100 612 600]")
    assert text_of(path) == "Inside of it."
