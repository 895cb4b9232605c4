"""Passages grow by what they lack, and stay exact spans of their page."""

from dataclasses import replace

import pytest

from assistant.schema import Passage
from ingest.retrieval.completion import LONGEST_CHARS, complete, completed

TABLE = """The year was good for all of us and we thank everybody who took part in it.
Balance Sheets
in millions  2022  2021
Assets
Cash  100  90
Goods  200  180
Total assets  300  270
Liabilities
Debt  120  110
Total liabilities  120  110
See the notes."""
LIST = """You need:
- a hammer
- a saw
- some nails

Then begin."""
PROSE = "First of all. The lease, which was signed in May, ends in June. After that it goes on."


def grown(text: str, piece: str) -> str:
    start = text.index(piece)
    begin, end = completed(text, (start, start + len(piece)))
    return text[begin:end]


@pytest.mark.parametrize("piece", ["Goods  200  180", "Cash  100  90\nGoods", "Debt  120  110"])
def test_a_table_is_whole_with_what_names_its_columns(piece: str) -> None:
    table = grown(TABLE, piece)
    assert "in millions  2022  2021\nAssets\nCash" in table
    assert table.endswith("Total liabilities  120  110")


def test_the_title_of_a_table_brings_its_rows() -> None:
    assert "Total assets  300  270" in grown(TABLE, "Balance Sheets\nin millions")


def test_an_item_of_a_list_gets_its_lead() -> None:
    assert grown(LIST, "- a saw\n- some nails") == LIST[: LIST.index("\n\n")]


def test_a_sentence_is_completed_at_both_ends() -> None:
    assert (
        grown(PROSE, "which was signed in") == "The lease, which was signed in May, ends in June."
    )


@pytest.mark.parametrize("piece", ["First of all.", "After that it goes on.", PROSE])
def test_what_is_whole_stays_as_it_is(piece: str) -> None:
    assert grown(PROSE, piece) == piece


def test_a_long_table_is_cut_and_keeps_what_was_found() -> None:
    rows = [f"Item {n}  {n}.00  {n}.50" for n in range(1000)]
    text = "\n".join(["Prices  2022  2021", *rows])
    for piece in (rows[0], rows[500], rows[999], "\n".join(rows[:300])):
        table = grown(text, piece)
        assert piece in table
        assert len(table) <= max(LONGEST_CHARS, len(piece))


@pytest.mark.parametrize(
    "text", ["", "\n\n\n", "x", "1 2\n" * 3, "• \n• \n", "a" * 10_000, "表 1 2\n行 3 4"]
)
def test_any_span_of_any_text_only_grows(text: str) -> None:
    for start in range(0, len(text), max(1, len(text) // 5)):
        for end in range(start, len(text) + 1, max(1, len(text) // 5)):
            begin, stop = completed(text, (start, end))
            assert 0 <= begin <= start <= end <= stop <= len(text)


def test_what_a_better_passage_now_holds_is_left_out() -> None:
    start, end = TABLE.index("Cash"), TABLE.index("Goods")
    first = Passage("1", "a.pdf", 1, start, end, "", TABLE[start:end], 0.9)
    held = replace(first, id="2", start=end, end=end + 5, text=TABLE[end : end + 5])
    other = replace(held, id="3", page=2)
    shown = list(complete([first, held, other], lambda passage: TABLE))
    assert [one.id for one in shown] == ["1", "3"]
    assert all(one.text == TABLE[one.start : one.end] for one in shown)


def test_without_its_page_a_passage_stays_as_it_is() -> None:
    passage = Passage("1", "a.pdf", 1, 4, 9, "", "Cash 1", 0.9)
    assert list(complete([passage], lambda passage: None)) == [passage]
