import io

import pytest
from rich.console import Console
from rich.status import Status
from rich.text import Text

from assistant.drawing import AnswerPrinter, context_lines, drawn
from assistant.events import Shown, Token
from assistant.schema import (
    Advance,
    Context,
    Download,
    Dropped,
    Gauge,
    Histogram,
    Part,
    Passage,
    Share,
    Table,
    WeighedText,
    WordWeight,
)

WEIGHED = WeighedText("free money, friend", (WordWeight(0, 4, 0.9), WordWeight(12, 18, -0.2)))


def lines(part: Part) -> list[str]:
    """What a terminal of 80 columns without colours shows."""
    console = Console(file=io.StringIO(), width=80)
    for line in drawn(part):
        console.print(line)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (Gauge("spam", 0.5, "no", "yes"), ["spam: no ████████████░░░░░░░░░░░░ yes 0.50"]),
        (Gauge("sure", 0.0), ["sure: ░░░░░░░░░░░░░░░░░░░░░░░░ 0.00"]),
        (Advance("Reading", 1500, 3000), ["Reading ████████████░░░░░░░░░░░░ 1,500 of 3,000"]),
        (Advance("Reading", 0, 0), ["Reading ░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 0"]),
        (WEIGHED, ["free money, friend", "free +0.90 · friend -0.20"]),
        (
            Histogram("All", (6, 3), "ham", "spam"),
            [
                "All",
                "0.00–0.50 ████████████████████████ 6 ham",
                "0.50–1.00 ████████████░░░░░░░░░░░░ 3 spam",
            ],
        ),
        (Histogram("None", (), "ham", "spam"), ["None"]),
        (
            Download("a.csv", "text/csv", b"x" * 1234),
            ["a.csv, 1,234 bytes: the chat page offers it as a file."],
        ),
    ],
)
def test_a_part_is_drawn_in_characters(part: Part, shown: list[str]) -> None:
    assert lines(part) == shown


def test_a_table_has_its_columns_its_rows_and_its_note() -> None:
    shown = lines(Table(("text", "probability"), (("[b]free[/b]", "0.97"),), "the 1 highest of 4"))
    assert [word in shown[1] for word in ("text", "probability")] == [True, True]
    assert [word in shown[3] for word in ("[b]free[/b]", "0.97")] == [True, True]
    assert shown[-1] == "the 1 highest of 4"


@pytest.mark.parametrize(
    "part",
    [
        Gauge("a\x1b[31mb", 0.5),
        WeighedText("a\x1b[31mb", (WordWeight(1, 5, 0.5),)),
        Table(("a\x1b[31mb",), (("a\x1b[31mb",),), "a\x1b[31mb"),
        Histogram("a\x1b[31mb", (1,), "a\x1b[31mb", ""),
        Download("a\x1b[31mb", "text/plain", b""),
    ],
)
def test_no_part_steers_the_terminal(part: Part) -> None:
    assert not any("\x1b" in line for line in lines(part))


def test_what_speaks_for_is_red_and_what_speaks_against_is_green() -> None:
    text = drawn(WEIGHED)[0]
    assert isinstance(text, Text)
    assert [(text.plain[span.start : span.end], str(span.style)) for span in text.spans] == [
        ("free", "bold red"),
        ("friend", "green"),
    ]


def test_progress_goes_to_the_status_and_starts_on_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal = io.StringIO()
    status = Status("Waiting", console=Console(file=terminal, force_terminal=True))
    printer = AnswerPrinter(status)
    for event in (Token("So far."), Shown(Advance("Reading", 1, 2)), Shown(Gauge("spam", 1.0))):
        printer.show(event)
    assert capsys.readouterr().out.splitlines()[0] == "So far."
    assert "Reading" in terminal.getvalue()


def test_the_budget_is_a_line_for_each_plugin_and_for_what_was_left_out() -> None:
    passage = Passage("1", "docs/guide.pdf", 3, 0, 4, "", "text", 0.2)
    dropped = tuple(Dropped(passage, f"reason {n}", "rag", 1200) for n in range(7))
    shares = (
        Share("rag", 8, 2, 1500),
        Share("memory", 1, 1, 60, 300),
        Share("silent", 0, 0, 0),
    )
    shown = context_lines(Context((), dropped, 1560, 3000, shares))
    assert shown[:2] == [
        "rag    ████████████░░░░░░░░░░░░ 1,500 of 3,000 tokens, 2 of 8 passages",
        "memory █████░░░░░░░░░░░░░░░░░░░ 60 of 300 tokens of its own, 1 of 1 passages",
    ]
    assert shown[2] == "left out: guide.pdf, page 3, 1,200 tokens: reason 0"
    assert shown[-1] == "left out: 2 more"
    assert context_lines(Context()) == []
