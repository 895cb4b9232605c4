"""What the embedded default quotes: rows with their header, whole lists, sentences and no less."""

import pytest

from assistant.refusal import REFUSAL, refusal_in
from assistant.schema import Citation, Passage
from assistant.settings import RagSettings
from ingest.embedder import MiniLMEmbedder
from plugins.rag.closest import LINE_CHARS, closest
from plugins.rag.extract import Extractor
from plugins.rag.headers import header_above
from plugins.rag.kinds import holds, kinds_asked
from plugins.rag.pieces import pieces_of

CASH_FLOWS = """\
3M Company and Subsidiaries
Consolidated Statement of Cash Flows
Years ended December 31
(Millions) 2018 2017 2016
Cash Flows from Investing Activities
Purchases of property, plant and equipment (PP&E) (1,577) (1,373) (1,420)
Proceeds from sale of PP&E and other assets 262 49 58
Acquisitions, net of cash acquired 13 (2,023) (16)"""

OFFICES = """\
The company was founded in 1961 and makes lamps. It has its head office in Turku.

To open an account you need three things:

- a passport or an identity card
- proof of your address
- a deposit of 50 euros

The account is free of charge for students."""


def passage(text: str, start: int = 0, source: str = "a.txt") -> Passage:
    return Passage(text, source, None, start, start + len(text), "", text, 0.8)


def quotes(embedder: MiniLMEmbedder, question: str, *texts: str) -> list[str]:
    extractor = Extractor(embedder, RagSettings(min_answer_score=0.0, max_sentences=1))
    found = extractor.answer(question, [passage(text, 40) for text in texts])
    for one in found:
        assert texts[one.n - 1][one.start - 40 : one.end - 40] == one.quote
    return [one.quote for one in found]


def test_a_row_is_quoted_behind_the_header_that_names_its_years_and_unit(
    embedder: MiniLMEmbedder,
) -> None:
    found = quotes(embedder, "What was the FY2018 capital expenditure of 3M?", CASH_FLOWS, OFFICES)
    assert found == [
        "Years ended December 31\n(Millions) 2018 2017 2016",
        "Purchases of property, plant and equipment (PP&E) (1,577) (1,373) (1,420)",
    ]


def test_what_introduces_a_list_brings_the_whole_list(embedder: MiniLMEmbedder) -> None:
    (found,) = quotes(embedder, "Which things do I need to open an account?", OFFICES)
    assert found.startswith("To open an account")
    assert found.endswith("- a deposit of 50 euros")


def test_a_pronoun_brings_the_sentence_that_says_what_it_stands_for(
    embedder: MiniLMEmbedder,
) -> None:
    (found,) = quotes(embedder, "In which city is the head office?", OFFICES)
    assert found.startswith("The company was founded")
    assert found.endswith("Turku.")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Sales\n2018 2017\nNet 5.1 4.2", "2018 2017"),
        ("(in millions)\nJune 30, 2018 June 30, 2017\nNet 5.1 4.2", None),
        ("In 2018 we sold more than 12 lamps.\nNet 5.1 4.2", ""),
        ("Net 5.1 4.2", ""),
        ("", ""),
    ],
)
def test_the_header_above_a_row_is_found(text: str, header: str | None) -> None:
    row = text.find("Net")
    span = header_above(text, row)
    expected = text[: row - 1] if header is None else header
    assert (text[slice(*span)] if span else "") == expected


@pytest.mark.parametrize(
    ("question", "kind", "gives", "lacks"),
    [
        ("Who wrote the report?", "who", "It was written by Ada Lovelace.", "It was written soon."),
        ("When did it open in Oslo?", "when", "It opened in 1912.", "It opened in Oslo."),
        ("How many rooms are there?", "how many", "There are twelve rooms.", "Rooms are there."),
        ("How long is the bridge?", "how long", "It has 300 metres.", "It is a bridge."),
    ],
)
def test_a_sentence_holds_what_is_asked_for_or_does_not(
    question: str, kind: str, gives: str, lacks: str
) -> None:
    assert kind in kinds_asked(question)
    assert holds(kind, gives, question)
    assert not holds(kind, lacks, question)


@pytest.mark.parametrize("text", ["", " \n", "?", "-", "a", "é" * 5000, "1 2 3\n" * 500, "• \n• "])
def test_no_passage_is_too_odd_to_be_read(embedder: MiniLMEmbedder, text: str) -> None:
    extractor = Extractor(embedder, RagSettings(min_answer_score=0.0))
    for question in ("What is it?", "", "?", "東京の人口は?"):
        odd = passage(text)
        for one in [*extractor.answer(question, [odd]), *extractor.nearest(question, [odd])]:
            assert text[one.start : one.end] == one.quote != ""
        assert 0 <= extractor.likelihood(question, [odd]) <= 1


def test_what_two_passages_share_is_one_piece() -> None:
    text = "Cats sleep all day. Dogs bark at night."
    pieces = pieces_of([passage(text), passage("Dogs bark at night.", 20), passage("It rains.", 9)])
    assert [(one.n, one.text) for one in pieces] == [
        (1, "Cats sleep all day."), (1, "Dogs bark at night."), (3, "It rains."),
    ]  # fmt: skip


def test_below_a_refusal_stands_a_line_for_each_near_passage() -> None:
    long = "word " * 100
    near = [
        Citation(2, "docs/guide.pdf", 7, "Bells\nring [1].", 5, 20),
        Citation(4, "b.txt", None, long, 0, len(long)),
    ]
    parts = list(closest(near))
    text = REFUSAL + "".join(part for part in parts if isinstance(part, str))
    assert "\n- guide.pdf, page 7: “Bells ring (1).” [2]" in text
    assert refusal_in(text) == REFUSAL
    cut = parts[-1]
    assert isinstance(cut, Citation)
    assert cut.quote == long[: cut.end]
    assert len(cut.quote) <= LINE_CHARS


@pytest.mark.parametrize(
    "answer",
    [
        "The sum is 5. [1]\n\nThe rest is not in your documents.",
        "It is not in your documents [1].",
        "",
    ],
)
def test_an_answer_that_claims_something_is_no_refusal(answer: str) -> None:
    assert refusal_in(answer) == ""
