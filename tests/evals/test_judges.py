import pytest

from assistant.schema import Scores
from evals.judges import LocalJudge
from ingest.embedder import MiniLMEmbedder

QUESTION = "What colour is the sky?"
SKY = "The sky is blue."
CATS = "Cats sleep on warm roofs."
TRIAD = ("context_relevance", "groundedness", "answer_relevance")


@pytest.fixture(scope="session")
def judge(embedder: MiniLMEmbedder) -> LocalJudge:
    return LocalJudge(embedder)


def cosine(embedder: MiniLMEmbedder, one: str, other: str) -> float:
    left, right = embedder.encode([one, other])
    return max(0.0, float(left @ right))


def grounded(scores: Scores) -> list[tuple[float | None, int | None]]:
    return [(sentence.groundedness, sentence.context) for sentence in scores.sentences]


def test_a_sentence_that_stands_in_the_context_is_wholly_grounded(judge: LocalJudge) -> None:
    scores = judge.score(QUESTION, [f"{CATS} {SKY}"], SKY)
    assert scores.groundedness == 1.0
    assert (scores.reason, scores.judge) == ("", "local-1")


def test_groundedness_is_the_mean_of_cosine_and_shared_word_pairs(
    judge: LocalJudge, embedder: MiniLMEmbedder
) -> None:
    # "the sky" and "sky is" of three pairs stand in the context, "is green" does not.
    expected = (cosine(embedder, "The sky is green.", SKY) + 2 / 3) / 2
    scores = judge.score(QUESTION, [SKY], "The sky is green.")
    assert scores.groundedness == pytest.approx(expected, abs=1e-3)


def test_a_sentence_of_one_word_is_compared_by_that_word(
    judge: LocalJudge, embedder: MiniLMEmbedder
) -> None:
    scores = judge.score(QUESTION, [SKY], "Blue!")
    assert scores.groundedness == pytest.approx((cosine(embedder, "Blue!", SKY) + 1) / 2, abs=1e-3)


def test_an_answer_s_groundedness_is_the_mean_over_its_sentences(judge: LocalJudge) -> None:
    scores = judge.score(QUESTION, [SKY, CATS], f"{SKY} Bananas cost nine euros.")
    first, second = (sentence.groundedness for sentence in scores.sentences)
    assert (first, second) == (1.0, pytest.approx(0, abs=0.15))
    assert scores.groundedness == pytest.approx((first + second) / 2, abs=1e-4)


@pytest.mark.parametrize(
    ("contexts", "supporting"),
    [([SKY, CATS], 0), ([CATS, SKY], 1), ([CATS, CATS, SKY], 2), (["", " ", SKY], 2)],
    ids=["first", "second", "third", "behind blank ones"],
)
def test_a_sentence_names_the_context_that_supports_it(
    judge: LocalJudge, contexts: list[str], supporting: int
) -> None:
    assert grounded(judge.score(QUESTION, contexts, SKY)) == [(1.0, supporting)]


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


def test_context_relevance_is_the_mean_of_the_best_sentence_of_each_passage(
    judge: LocalJudge, embedder: MiniLMEmbedder
) -> None:
    scores = judge.score(QUESTION, [f"{CATS} {SKY}", CATS], SKY)
    best = cosine(embedder, QUESTION, SKY), cosine(embedder, QUESTION, CATS)
    assert scores.passages == pytest.approx(best, abs=1e-3)
    assert scores.context_relevance == pytest.approx(sum(best) / 2, abs=1e-3)


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


@pytest.mark.parametrize("answer", ["", "  \n", "[1]", "…"])
def test_an_answer_without_words_is_not_scored(judge: LocalJudge, answer: str) -> None:
    scores = judge.score(QUESTION, [SKY], answer)
    assert [getattr(scores, name) for name in TRIAD] == [None] * 3
    assert "empty" in scores.reason


@pytest.mark.parametrize("contexts", [[], [""], [" \n", ""]], ids=["none", "empty", "blank"])
def test_without_contexts_only_the_answer_s_relevance_is_scored_and_the_reason_said(
    judge: LocalJudge, contexts: list[str]
) -> None:
    scores = judge.score(QUESTION, contexts, SKY)
    assert (scores.context_relevance, scores.groundedness) == (None, None)
    assert scores.answer_relevance > 0.5
    assert scores.reason
    assert grounded(scores) == [(None, None)]


def test_a_refusal_claims_nothing_that_could_be_grounded(judge: LocalJudge) -> None:
    scores = judge.score(QUESTION, [SKY], "That is not in your documents.")
    assert (scores.groundedness, scores.context_relevance) == (None, None)
    assert "refusal" in scores.reason


def test_an_answer_that_speaks_about_refusals_is_scored(judge: LocalJudge) -> None:
    said = "The assistant says that the answer is not in your documents when no sentence fits."
    assert judge.score("When does it refuse?", [said], f"{said} [1]").groundedness == 1.0


@pytest.mark.parametrize(
    "odd", ["🙂", "12", "İstanbul’da", "a\x00b", "x" * 30_000, "[9]" * 50 + "!a"]
)
def test_no_text_is_too_odd_to_be_scored_between_0_and_1(judge: LocalJudge, odd: str) -> None:
    for question, context, answer in ((odd, SKY, SKY), (QUESTION, odd, SKY), (QUESTION, SKY, odd)):
        scores = judge.score(question, [context], answer)
        found = [getattr(scores, name) for name in TRIAD]
        assert all(score is None or 0 <= score <= 1 for score in found)
        assert scores.reason or None not in found
