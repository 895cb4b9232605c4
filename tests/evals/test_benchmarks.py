import asyncio
import json
from collections.abc import Sequence

import psutil
import pytest

from assistant.runtime import Runtime
from assistant.schema import (
    Answer,
    Citation,
    Completion,
    Message,
    Passage,
    Response,
    Route,
    Timings,
    Usage,
)
from evals.benchmarks import answers, overhead, triad
from evals.benchmarks.financebench import PageHit, PageQuestion, hit_rates
from evals.benchmarks.metrics import (
    balanced_accuracy,
    hit,
    mean,
    mean_and_deviation,
    reciprocal_rank,
    roc_auc,
    spread,
)
from evals.benchmarks.model_clock import ModelClock
from evals.benchmarks.model_server import events, running
from evals.benchmarks.questions import questions_about

# Metrics, worked out by hand


def test_mean_of_booleans_is_the_share_that_is_true() -> None:
    assert mean([True, False, False, True]) == 0.5
    assert mean([]) is None


@pytest.mark.parametrize(
    ("ranked", "k", "is_hit", "rank"),
    [
        (["a", "b", "c"], 1, True, 1.0),
        (["b", "a", "c"], 1, False, 0.0),
        (["b", "c", "a"], 3, True, 1 / 3),
        (["b", "c", "a"], 2, False, 0.0),
        ([], 10, False, 0.0),
    ],
)
def test_hit_and_reciprocal_rank_look_at_the_first_k(
    ranked: list[str], k: int, is_hit: bool, rank: float
) -> None:
    assert hit(ranked, {"a"}, k) is is_hit
    assert reciprocal_rank(ranked, {"a"}, k) == rank


def test_balanced_accuracy_weighs_both_classes_alike() -> None:
    assert balanced_accuracy(0.9, 0.5) == 0.7
    assert balanced_accuracy(None, 0.5) is None


def test_roc_auc_counts_pairs_in_the_right_order_and_ties_half() -> None:
    # Good 0.9 and 0.4 against bad 0.4 and 0.1: three pairs right, one tied, of four.
    assert roc_auc([0.9, 0.4, 0.4, 0.1], [True, True, False, False]) == 0.875


def test_roc_auc_agrees_with_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    scores = [0.1, 0.8, 0.8, 0.3, 0.55, 0.3, 0.9, 0.2]
    is_good = [False, True, False, False, True, True, True, False]
    assert roc_auc(scores, is_good) == pytest.approx(metrics.roc_auc_score(is_good, scores))


@pytest.mark.parametrize("is_good", [[True, True], [False, False]])
def test_roc_auc_of_one_class_is_null(is_good: list[bool]) -> None:
    assert roc_auc([0.1, 0.2], is_good) is None


def test_a_mean_stands_beside_the_deviation_from_it() -> None:
    assert mean_and_deviation([2, 4, 4, 4, 5, 5, 7, 9]) == {"mean": 5, "std": 2}
    assert mean_and_deviation([]) == {"mean": None, "std": None}


def test_spread_interpolates_the_95th_percentile() -> None:
    # Position 0.95 * 3 = 2.85 among 1, 2, 3, 4.
    assert spread([4, 1, 3, 2]) == {"median": 2.5, "p95": 3.85}
    assert spread([]) == {"median": None, "p95": None}


def test_hit_rates_count_pages_and_documents_apart() -> None:
    questions = [
        PageQuestion("one", "a", frozenset({PageHit("a", 3), PageHit("a", 4)})),
        PageQuestion("two", "b", frozenset({PageHit("b", 1)})),
    ]
    found = [
        [PageHit("a", 1), PageHit("a", 4), PageHit("b", 1)],
        [PageHit("a", 1), PageHit("a", 2), PageHit("b", 2)],
    ]
    assert hit_rates(questions, found, (1, 2), (1, 3)) == {
        "page_hit@1": 0.0,
        "page_hit@2": 0.5,
        "doc_hit@1": 0.5,
        "doc_hit@3": 1.0,
    }


@pytest.mark.parametrize(
    ("answer", "n", "share"),
    [
        # the/red, red/fox are there, fox/flew is not.
        ("The red fox flew.", 2, 2 / 3),
        ("The red fox flew.", 1, 3 / 4),
        # Two sentences: 3/3 and 0/1.
        ("The red fox jumped. Cows sleep.", 2, 0.5),
        # One word has no pair, so that the sentence is left out.
        ("Fox.", 2, 0.0),
        ("", 1, 0.0),
    ],
)
def test_overlap_is_the_mean_share_of_word_ngrams(answer: str, n: int, share: float) -> None:
    assert triad.overlap(answer, "The red fox jumped over\nthe fence.", n) == pytest.approx(share)


# Answers


def made_answer(text: str, n_citations: int, **timings: float) -> Answer:
    citations = tuple(Citation(1, "a.txt", None, "quote", 0, 5) for _ in range(n_citations))
    passage = Passage("7", "a.txt", None, 0, 5, "", "quote", 0.5)
    times = Timings(**{"route": 0.0, "gather": 0.0, "generate": 0.0, "total": 0.0, **timings})
    return Answer("id", text, Route(()), "m", (passage,), citations, Usage(), times)


@pytest.mark.parametrize(
    ("text", "n_citations", "right_answers", "is_there"),
    [
        ("They won 308\npoints [1].", 1, ("308 Points",), True),
        ("They won 308 points.", 1, ("309", "308"), True),
        ("They won 30 points.", 1, ("308",), False),
        ("That is not in your documents.", 0, ("your",), False),
        ("That is not in your documents.\n\nWhat comes closest:\n\n- 308 [1]", 1, ("308",), False),
    ],
)
def test_contains_ignores_case_line_breaks_marks_and_refusals(
    text: str, n_citations: int, right_answers: tuple[str, ...], is_there: bool
) -> None:
    assert answers.contains(made_answer(text, n_citations), right_answers) is is_there


def test_answer_figures_by_hand() -> None:
    refusal = made_answer("That is not in your documents.", 0)
    pairs = [
        ("four words", made_answer("Has four words now [1]", 1), refusal),
        ("x", made_answer("No such letter", 1), refusal),
        ("x", refusal, made_answer("an x it is", 1)),
        ("y", made_answer("y", 1), refusal),
    ]
    asked = [
        answers.Asked((right,), answers.Reply(answer, 0.65), answers.Reply(without, 0.35))
        for right, answer, without in pairs
    ]
    figures = answers.figures(asked)
    curve = figures.pop("by_threshold")
    assert curve["0.3"] == {"refused_wrongly": 0.0, "refused_rightly": 0.0}
    assert curve["0.5"] == {"refused_wrongly": 0.0, "refused_rightly": 1.0}
    assert curve["0.7"] == {"refused_wrongly": 1.0, "refused_rightly": 1.0}
    assert figures.pop("generate_ms") == {"median": 0.0, "p95": 0.0}
    assert figures == {
        "contains_answer": 0.5,
        "mean_words": round((4 + 3 + 1) / 3, 4),
        "refused_wrongly": 0.25,
        "refused_rightly": 0.75,
        "balanced_accuracy": 0.75,
        "contains_answer_without": 0.25,
    }


# Overhead


class SlowModel:
    """Two pieces of text, each after a tenth of a second."""

    name = "slow"

    async def chat(
        self, messages: Sequence[Message], system: str, options: object = None
    ) -> Response:
        for piece in ("one ", "two"):
            await asyncio.sleep(0.1)
            yield piece
        yield Completion(self.name)


def test_model_clock_counts_waiting_and_not_what_the_caller_does() -> None:
    llm = SlowModel()
    clock = ModelClock(llm)

    async def consume() -> list[object]:
        pieces: list[object] = []
        async for piece in llm.chat([], ""):
            pieces.append(piece)
            await asyncio.sleep(0.2)
        return pieces

    assert asyncio.run(consume()) == ["one ", "two", Completion("slow")]
    assert 0.19 < clock.waited_seconds < 0.4
    clock.reset()
    assert clock.waited_seconds == 0


def test_overhead_figures_by_hand() -> None:
    turns = [
        overhead.TurnTimes(made_answer("a", 1, route=10.0, gather=3.0, score=50.0), 20.0, 6.0, 5.0),
        overhead.TurnTimes(made_answer("b", 1, route=12.0, gather=3.0, score=70.0), 30.0, 8.0, 7.0),
    ]
    figures = overhead.figures([], turns, turns[:1])
    assert figures["overhead_ms"] == {"median": 25.0, "p95": 29.5}
    assert figures["forward_ms"] == {"median": 4.0, "p95": 6.7}  # 20 - 19 = 1 and 30 - 23 = 7
    assert figures["score_ms"] == {"median": 60.0, "p95": 69.0}
    # Both cite passage 7; only the first is the first to do so.
    assert figures["new_sources"] == {"overhead_ms": {"median": 20.0, "p95": 20.0}, "n": 1}
    assert figures["cited"] == 1.0


def test_turns_of_the_warm_up_count_for_nothing_but_known_sources() -> None:
    turn = overhead.TurnTimes(made_answer("a", 1), 20.0, 6.0, 5.0)
    figures = overhead.figures([turn], [turn], [])
    assert figures["new_sources"] == {"overhead_ms": {"median": None, "p95": None}, "n": 0}


def test_questions_about_documents_are_all_different(runtime: Runtime) -> None:
    asked = questions_about(runtime.store, 405)
    assert len(asked) == len(set(asked)) == 405
    assert asked == questions_about(runtime.store, 405)


def test_model_replies_are_twenty_words_with_two_marks_and_never_the_same() -> None:
    def reply(number: int) -> str:
        chunks = [json.loads(event.removeprefix("data: ")) for event in list(events(number))[:-1]]
        deltas = (choice["delta"] for chunk in chunks for choice in chunk["choices"])
        return "".join(delta.get("content", "") for delta in deltas)

    assert len(reply(1).split()) == 20
    assert reply(1).endswith(
        "rule 1 in so many words [1]. A second place also names case 1 once more [2]."
    )
    assert reply(1) != reply(2)


def test_model_server_stops_with_the_benchmark() -> None:
    with running() as api_base:
        assert api_base.startswith("http://127.0.0.1:")
        servers = [
            child
            for child in psutil.Process().children()
            if "model_server.py" in child.cmdline()[-1]
        ]
        assert len(servers) == 1
    assert not servers[0].is_running()
