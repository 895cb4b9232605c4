import pytest

from assistant.refusal import REFUSAL
from assistant.schema import Scores
from evals.judges import LocalJudge
from ingest.embedder import MiniLMEmbedder

QUESTION = "What colour is the sky?"
SKY = "The sky is blue."
CATS = "Cats sleep on warm roofs."
BRIDGE = (
    "The Marwick Bridge opened to traffic on 14 June 1987 after six years of construction. "
    "Helen Osgood designed it, and Peter Novak checked the figures."
)
TRIAD = ("context_relevance", "groundedness", "answer_relevance")


@pytest.fixture(scope="session")
def judge(embedder: MiniLMEmbedder) -> LocalJudge:
    return LocalJudge(embedder)


def cosine(embedder: MiniLMEmbedder, one: str, other: str) -> float:
    left, right = embedder.encode([one, other])
    return max(0.0, float(left @ right))


def supporting(scores: Scores) -> list[int | None]:
    return [sentence.context for sentence in scores.sentences]


def test_a_sentence_that_stands_in_the_context_is_grounded_and_its_evidence_is_itself(
    judge: LocalJudge,
) -> None:
    scores = judge.score(QUESTION, [f"{CATS} {SKY}"], SKY)
    assert scores.groundedness > 0.9
    assert (scores.reason, scores.judge) == ("", "local-2")
    [sentence] = scores.sentences
    assert (sentence.evidence, sentence.reasons) == (SKY, ())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "The Marwick Bridge opened to traffic on 14 June 1978 after six years of construction.",
            "The number 1978 stands nowhere in the passages.",
        ),
        (
            "The Marwick Bridge never opened to traffic on 14 June 1987.",
            "The passage has no “never” there.",
        ),
        (
            "The Marwick Bridge closed to traffic on 14 June 1987 after six years of construction.",
            "Where “closed” stands, the passage has “opened”.",
        ),
        ("Helen Brook designed it.", "The name Brook stands nowhere in the passages."),
        (
            "Peter Novak designed it, and Helen Osgood checked the figures.",
            "Peter and Helen stand the other way round there.",
        ),
        (
            "The Marwick Bridge opened to traffic after an earthquake.",
            "Nothing in the passages means “earthquake”.",
        ),
    ],
    ids=["number", "negation", "opposite", "name", "swapped", "word"],
)
def test_what_is_falsified_scores_below_what_is_said_and_the_reason_names_it(
    judge: LocalJudge, said: str, reason: str
) -> None:
    scores = judge.score("When did it open?", [BRIDGE], f"{BRIDGE} {said}")
    *true, false = scores.sentences
    assert false.groundedness < min(sentence.groundedness for sentence in true)
    assert reason in false.reasons


def test_numbers_in_words_and_in_figures_are_the_same(judge: LocalJudge) -> None:
    [sentence] = judge.score("How long?", [BRIDGE], "Construction took 6 years.").sentences
    assert not any("number" in reason for reason in sentence.reasons)


def test_an_answer_is_as_grounded_as_all_its_sentences_together(judge: LocalJudge) -> None:
    false = "Bananas cost nine euros."
    good, mixed = (judge.score(QUESTION, [SKY, CATS], f"{SKY} {end}") for end in (CATS, false))
    assert good.groundedness > 0.5 > mixed.groundedness
    assert mixed.groundedness < mixed.sentences[0].groundedness


@pytest.mark.parametrize(
    ("contexts", "position"),
    [([SKY, CATS], 0), ([CATS, SKY], 1), ([CATS, CATS, SKY], 2), (["", " ", SKY], 2)],
    ids=["first", "second", "third", "behind blank ones"],
)
def test_a_sentence_names_the_context_that_supports_it(
    judge: LocalJudge, contexts: list[str], position: int
) -> None:
    assert supporting(judge.score(QUESTION, contexts, SKY)) == [position]


def test_sentences_are_told_by_their_place_in_the_answer(judge: LocalJudge) -> None:
    answer = f"{SKY} [1]\n\n{CATS} [2]"
    sentences = judge.score(QUESTION, [SKY, CATS], answer).sentences
    assert [sentence.text for sentence in sentences] == [SKY, CATS]
    assert [answer[sentence.start : sentence.end] for sentence in sentences] == [
        f"{SKY} [1]",
        f"{CATS} [2]",
    ]


def test_marks_are_not_part_of_what_is_judged(judge: LocalJudge) -> None:
    plain, marked = (judge.score(QUESTION, [SKY], text) for text in (SKY, "The sky is blue [1]."))
    assert [getattr(plain, name) for name in TRIAD] == [getattr(marked, name) for name in TRIAD]


def test_context_relevance_is_the_mean_of_the_closest_sentence_of_each_passage(
    judge: LocalJudge, embedder: MiniLMEmbedder
) -> None:
    scores = judge.score(QUESTION, [f"{CATS} {SKY}", CATS, ""], SKY)
    best = cosine(embedder, QUESTION, SKY), cosine(embedder, QUESTION, CATS), 0.0
    assert scores.passages == pytest.approx(best, abs=1e-3)
    assert scores.context_relevance == pytest.approx(sum(best) / 3, abs=1e-3)


def test_answer_relevance_is_the_cosine_of_the_best_sentence(
    judge: LocalJudge, embedder: MiniLMEmbedder
) -> None:
    scores = judge.score(QUESTION, [SKY], f"{CATS} {SKY}")
    assert scores.answer_relevance == pytest.approx(cosine(embedder, QUESTION, SKY), abs=1e-3)


def test_a_supported_answer_scores_above_an_unsupported_one(judge: LocalJudge) -> None:
    contexts = ["The invoice of 12 May was paid by bank transfer on 3 June.", CATS]
    paid, unpaid, elsewhere = (
        judge.score("When was the invoice paid?", contexts, answer).groundedness
        for answer in (
            "The invoice was paid on 3 June.",
            "The invoice was never paid by anyone.",
            "Bananas are rich in potassium.",
        )
    )
    assert paid > unpaid > elsewhere


@pytest.mark.parametrize("answer", ["", "  \n", "[1]", "…", "🙂"])
def test_an_answer_without_words_is_not_scored(judge: LocalJudge, answer: str) -> None:
    scores = judge.score(QUESTION, [SKY], answer)
    assert [getattr(scores, name) for name in TRIAD] == [None] * 3
    assert "empty" in scores.reason


@pytest.mark.parametrize(
    "contexts", [[], [""], [" \n", ""], ["🙂"]], ids=["none", "empty", "blank", "no words"]
)
def test_without_contexts_only_the_answer_s_relevance_is_scored_and_the_reason_said(
    judge: LocalJudge, contexts: list[str]
) -> None:
    scores = judge.score(QUESTION, contexts, SKY)
    assert (scores.context_relevance, scores.groundedness) == (None, None)
    assert scores.answer_relevance > 0.5
    assert scores.reason
    assert supporting(scores) == [None]


def test_a_refusal_claims_nothing_that_could_be_grounded(judge: LocalJudge) -> None:
    scores = judge.score(QUESTION, [SKY], "That is not in your documents.")
    assert (scores.groundedness, scores.context_relevance) == (None, None)
    assert "refusal" in scores.reason


def test_only_the_refusal_is_scored_and_not_what_comes_closest(judge: LocalJudge) -> None:
    alone = judge.score("When does it ring?", ["It rings."], REFUSAL)
    with_lines = judge.score("When does it ring?", ["It rings."], f"{REFUSAL}\n\n- It rings. [1]")
    assert with_lines == alone


def test_an_answer_that_speaks_about_refusals_is_scored(judge: LocalJudge) -> None:
    said = "The assistant says that the answer is not in your documents when no sentence fits."
    assert judge.score("When does it refuse?", [said], f"{said} [1]").groundedness > 0.8


@pytest.mark.parametrize(
    "odd",
    ["12", "İstanbul’da", "a\x00b", "x" * 30_000, "[9]" * 50 + "!a", "天空是蓝色的。", "1" * 400],
)
def test_no_text_is_too_odd_to_be_scored_between_0_and_1(judge: LocalJudge, odd: str) -> None:
    for question, context, answer in ((odd, SKY, SKY), (QUESTION, odd, SKY), (QUESTION, SKY, odd)):
        scores = judge.score(question, [context], answer)
        found = [getattr(scores, name) for name in TRIAD]
        assert all(score is not None and 0 <= score <= 1 for score in found)
        assert all(0 <= sentence.groundedness <= 1 for sentence in scores.sentences)
