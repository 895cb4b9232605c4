import pytest

from assistant.plugin import Services
from assistant.schema import (
    Advance,
    Context,
    Dropped,
    Gauge,
    Passage,
    Scores,
    Share,
    Turn,
    WeighedText,
    WordWeight,
)
from assistant.wording import SafeStream, asked, budget, chips, commands, drawn, kept, literal, safe
from tests.showing import Showing


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see ![x](http://a/b.png)", "see !\\[x](http://a/b.png)"),
        ("[here](http://a)", "\\[here](http://a)"),
        ("[1](http://a) [2]: b [3][4]", "\\[1](http://a) \\[2]: b \\[3][4]"),
        ("\\\\![x][y]", "\\\\\\\\!\\[x]\\[y]"),
        ("<img src=x>", "\\<img src=x>"),
        ("It is so. [1] Really!", "It is so. [1] Really!"),
        ("**bold** and\n- a list", "**bold** and\n- a list"),
    ],
)
def test_what_loads_runs_or_hides_an_address_is_escaped(text: str, shown: str) -> None:
    assert safe(text) == shown


@pytest.mark.parametrize("text", ["a ![x](http://a/b.png) z", "[here](http://a)!", "wow! [2]"])
def test_a_stream_is_as_safe_as_the_whole_wherever_it_is_cut(text: str) -> None:
    for cut in range(len(text) + 1):
        stream = SafeStream()
        pieces = [stream.feed(text[:cut]), stream.feed(text[cut:]), stream.flush()]
        assert "".join(pieces) == safe(text)


def test_literal_text_shows_no_markdown_and_one_line() -> None:
    assert literal("# a *b*\n_c_") == "\\# a \\*b\\* \\_c\\_"


def test_a_missing_score_says_why_and_is_no_number() -> None:
    shown = {
        chip["name"]: chip for chip in chips(Scores(answer_relevance=0.5, reason="No passage."))
    }
    assert shown["groundedness"]["score"] is None
    assert shown["groundedness"]["meaning"].endswith("No passage.")
    assert shown["answer relevance"] == {
        "name": "answer relevance",
        "score": 0.5,
        "meaning": "Does the answer address the question?",
    }


def test_a_part_is_drawn_from_its_fields() -> None:
    assert drawn(Gauge("spam", 0.5, "ham", "spam")) == {
        "kind": "Gauge", "label": "spam", "value": 0.5, "low": "ham", "high": "spam",
    }  # fmt: skip
    assert drawn(Advance("Reading", 1, 2)) == {
        "kind": "Advance", "label": "Reading", "n_done": 1, "n_total": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("weights", "pieces"),
    [
        ((), [("💸 free <b>", 0.0)]),
        (((2, 6, 0.5),), [("💸 ", 0.0), ("free", 0.5), (" <b>", 0.0)]),
        (((2, 6, 0.5), (0, 1, -1.0)), [("💸", -1.0), (" ", 0.0), ("free", 0.5), (" <b>", 0.0)]),
        (((2, 6, 0.5), (4, 10, 1.0), (5, 5, 1.0)), [("💸 ", 0.0), ("free", 0.5), (" <b>", 0.0)]),
        (((0, 99, 0.5),), [("💸 free <b>", 0.5)]),
    ],
)
def test_a_weighed_text_is_drawn_whole_in_pieces(
    weights: tuple[tuple[int, int, float], ...], pieces: list[tuple[str, float]]
) -> None:
    part = WeighedText("💸 free <b>", tuple(WordWeight(*weight) for weight in weights))
    shown = drawn(part)
    assert shown["kind"] == "WeighedText"
    assert [(piece["text"], piece["weight"]) for piece in shown["pieces"]] == pieces


def test_a_turn_without_a_word_is_remembered_by_what_was_done() -> None:
    turn = Turn("", plugin="showing", command="show", attached=("a/b.csv", "a/c.csv"))
    assert asked(turn) == "/show b.csv c.csv"
    assert asked(Turn("How are you?")) == "How are you?"


def test_the_commands_are_those_of_the_plugins_that_have_one(services: Services) -> None:
    class Quiet(Showing):
        command = ""

    assert commands([Showing(services), Quiet(services)]) == [
        {"id": "show", "icon": "shapes", "description": "Shows a part of each kind."}
    ]


def test_a_file_s_name_is_no_markup() -> None:
    assert kept(["a/[x](http://b).csv"]) == "I have b\\)\\.csv."


def test_the_budget_names_who_gathered_something_and_what_was_left_out() -> None:
    dropped = Dropped(Passage("1", "a/<b>.txt", 2, 0, 4, "", "text", 0.2), "it is late", "rag", 4)
    shares = (Share("rag", 2, 1, 10), Share("memory", 0, 0, 0, 300))
    assert budget(Context((), (dropped,), 10, 3000, shares)) == {
        "kind": "Budget",
        "n_tokens": 10,
        "budget_tokens": 3000,
        "shares": [
            {
                "plugin": "rag",
                "n_gathered": 2,
                "n_kept": 1,
                "n_tokens": 10,
                "budget_tokens": None,
            }
        ],
        "dropped": [
            {"place": "<b>.txt, page 2", "reason": "it is late", "plugin": "rag", "n_tokens": 4}
        ],
    }
