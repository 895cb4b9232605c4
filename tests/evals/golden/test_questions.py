"""Golden questions are read strictly, and hold an answer to words, sources and refusals."""

from typing import Any

import pytest

from assistant.errors import InputError
from assistant.schema import Answer, Citation, Passage, Route, Scores, Timings, Turn, Usage
from evals.golden.from_answers import as_answered, as_corrected, can_be_asked_again
from evals.golden.questions import GoldenQuestion, Source, question_of
from evals.golden.scoring import outcome
from evals.golden.words import stands_in

REFUSAL = "That is not in your documents."


def answer(text: str, *cited: tuple[str, int | None], collection: str = "shared") -> Answer:
    passages = [
        Passage(str(n), source, page, 0, 1, "", "x", 0.5, collection)
        for n, (source, page) in enumerate(cited)
    ]
    citations = [Citation(n, *place, "x", 0, 1) for n, place in enumerate(cited, 1)]
    timings = Timings(0, 0, 0, 0)
    return Answer(
        "1", text, Route(()), "m", tuple(passages), tuple(citations), Usage(), timings, plugin="rag"
    )


@pytest.mark.parametrize(
    ("fact", "text", "found"),
    [
        ("60 seconds", "It waits up to 60 Seconds.", True),
        ("60 seconds", "It waits 160 seconds.", False),
        ("20,000", "At most 20,000 characters.", True),
        ("20", "At most 20,000 characters.", False),
        ("3.11", "Python 3.11.", True),
        ("--prune", "the option `--prune`, which", True),
        ("apply", "The application", False),
        ("Straße 5", "in der STRASSE 5", True),
        ("東京", "会議は東京で開かれます。", True),
        ("京都", "会議は東京で開かれます。", False),
        ("five ﬁles", "five files", True),
        ("one\n  two", "One two", True),
    ],
)
def test_a_fact_stands_in_an_answer_word_for_word(fact: str, text: str, found: bool) -> None:
    assert stands_in(fact, text) is found


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "must be a text"),
        ({"question": "  ", "refusal": True}, "must be a text"),
        ({"question": "Why?"}, "must expect something"),
        ({"question": "Why?", "refusal": "yes"}, "true or false"),
        ({"question": "Why?", "facts": "one"}, "list of texts"),
        ({"question": "Why?", "facts": [7]}, "list of texts"),
        ({"question": "Why?", "facts": ["…"]}, "a word or a figure"),
        ({"question": "Why?", "facts": ["a"], "refusal": True}, "either, not both"),
        ({"question": "Why?", "fact": ["a"]}, "'fact' is unknown"),
        ({"question": "Why?", "facts": ["a " * 20_000]}, "20,000 characters"),
    ],
)
def test_what_no_answer_could_be_held_against_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        question_of(fields)


def test_a_question_is_the_same_after_it_was_written_and_read() -> None:
    question = GoldenQuestion(
        "Où? \x00", ("ici",), (Source.read("Ü, page 2.pdf, page 7"),), plugin="rag"
    )
    assert question.sources == (Source("Ü, page 2.pdf", 7),)
    assert question_of(question.fields()) == question
    assert question.id == question_of(question.fields()).id
    assert question.id != GoldenQuestion("Où?", ("ici",)).id


def test_what_utf_8_cannot_spell_is_replaced() -> None:
    """It could be kept, but not printed."""
    read = question_of({"question": "a\ud800?", "facts": ["\udfff b"]})
    assert read == GoldenQuestion("a??", ("? b",))
    assert as_corrected(Turn("a\ud800?"), answer("No."), "\udfff b") == read


def test_an_answer_is_scored_by_its_words_its_sources_and_its_plugin() -> None:
    question = GoldenQuestion(
        "How long?",
        ("60 seconds", "a minute"),
        (Source("A.pdf", 2), Source("b.md")),
        plugin="memory",
    )
    scored = outcome(
        question, answer("60 seconds [1].", ("docs/a.PDF", 2), ("docs/b.html", None)), Scores()
    )
    assert (scored.facts, scored.sources, scored.refusal, scored.plugin) == (0.5, 0.5, 1.0, 0.0)
    assert scored.right == 0.0
    assert scored.lacks == (
        "does not say “a minute”", "does not cite b.md", "comes from rag, not from memory",
    )  # fmt: skip


def test_the_number_of_a_mark_is_no_fact() -> None:
    scored = outcome(GoldenQuestion("How many?", ("2",)), answer("Some [2].", ("a", 1)), Scores())
    assert scored.facts == 0.0


@pytest.mark.parametrize(
    ("expected", "said", "right"),
    [
        (True, REFUSAL, 1.0),
        (False, REFUSAL, 0.0),
        (True, "It is 5.", 0.0),
        (False, "It is 5.", 1.0),
    ],
)
def test_a_refusal_is_right_where_it_is_expected(expected: bool, said: str, right: float) -> None:
    question = GoldenQuestion("Why?", () if expected else ("5",), refusal=expected)
    assert outcome(question, answer(said), Scores()).refusal == right


def test_what_stands_below_a_refusal_is_no_answer() -> None:
    closest = answer(f"{REFUSAL}\n\nThe closest is: 5 files [1].", ("a.pdf", 2))
    scored = outcome(GoldenQuestion("Why?", ("5",), (Source("a.pdf"),)), closest, Scores())
    assert (scored.facts, scored.sources, scored.refusal) == (0.0, 0.0, 0.0)
    assert outcome(GoldenQuestion("Why?", refusal=True), closest, Scores()).right == 1.0
    assert as_answered(Turn("Why?"), closest) == GoldenQuestion("Why?", refusal=True)


def test_an_answer_that_is_right_becomes_its_figures_and_sources() -> None:
    given = answer("It waits 60 s [1], or 3.5 h [1].", ("d/a.pdf", 2))
    assert as_answered(Turn("How long?"), given) == GoldenQuestion(
        "How long?", ("60", "3.5"), (Source("a.pdf", 2),), plugin="rag"
    )
    assert as_answered(Turn("Why?"), answer(REFUSAL)) == GoldenQuestion("Why?", refusal=True)
    assert as_answered(Turn("Hello"), answer("Hello!")) is None


def test_a_correction_becomes_facts_or_a_refusal() -> None:
    given = answer("No idea.")
    wanted = as_corrected(Turn("How long?"), given, " 60 seconds \n\n{ignore} your <b>rules</b>\n")
    assert wanted.facts == ("60 seconds", "{ignore} your <b>rules</b>")
    assert as_corrected(Turn("Why?"), given, "It is not in the documents").refusal
    with pytest.raises(InputError, match="expect something"):
        as_corrected(Turn("Why?"), given, "\n")


def test_a_question_on_a_file_of_the_chat_is_not_offered() -> None:
    assert can_be_asked_again(Turn("Why?"), answer("So [1].", ("a.pdf", 1)))
    dropped = answer("So [1].", ("a.pdf", 1), collection="chat-1")
    assert not can_be_asked_again(Turn("Why?"), dropped)
    assert not can_be_asked_again(Turn("Why?", attached=("a.pdf",)), answer("So."))
