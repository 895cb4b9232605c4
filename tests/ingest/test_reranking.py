"""Rerankers: which passage answers, what their scores mean, and what cannot be loaded."""

import json
import math
from functools import cache
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.schema import Passage
from ingest.reranker.evidence import FEATURES
from ingest.reranking import Reranker, load_reranker

GUNS = "The gun was cast in 1510 at Ghent. It weighs sixteen tonnes."
WALLS = "The walls of the town were repaired by masons who came from Bruges."
RIVER = "Two rivers meet below the town, and barges carry wool to the sea."


def passages(*texts: str, scores: tuple[float, ...] = ()) -> list[Passage]:
    return [
        Passage(str(at), "town.txt", None, 0, len(text), "", text, scores[at] if scores else 0.5)
        for at, text in enumerate(texts)
    ]


@cache
def reranker(name: str) -> Reranker:
    loaded = load_reranker(name)
    assert loaded is not None
    return loaded


def scores(question: str, found: list[Passage], name: str = "built-in") -> list[float]:
    return reranker(name).scores(question, found)


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("When was the gun cast?", 0),
        ("Who repaired the walls?", 1),
        ("What do boats transport to the ocean?", 2),
    ],
)
def test_the_passage_that_answers_comes_first(question: str, best: int) -> None:
    found = scores(question, passages(GUNS, WALLS, RIVER))
    assert found.index(max(found)) == best


def test_scores_are_probabilities_one_for_each_passage_in_order() -> None:
    found = scores("Who repaired the walls?", passages(GUNS, WALLS, RIVER, WALLS))
    assert len(found) == 4
    assert all(0 < one < 1 for one in found)
    assert found[1] == pytest.approx(found[3])


def test_of_equal_passages_the_one_that_the_search_prefers_scores_higher() -> None:
    first, second, _ = scores("Who made it?", passages(WALLS, WALLS, RIVER, scores=(0.9, 0.6, 0.3)))
    assert first > second


@pytest.mark.parametrize(
    "question",
    ["", "?", "the of and", "1510", "¿Quién? 誰が壁を直したか", "why " * 5_000, "\x00\ud800"],
)
def test_any_question_gets_finite_scores(question: str) -> None:
    texts = ("", " ", "。", "word " * 5_000, WALLS, "\ud800 \x00")
    found = scores(question, passages(*texts))
    assert len(found) == len(texts)
    assert all(map(math.isfinite, found))


def test_no_passages_get_no_scores_and_one_gets_one() -> None:
    assert scores("Who?", []) == []
    assert len(scores("Who repaired the walls?", passages(WALLS))) == 1


def test_none_is_no_reranker() -> None:
    assert load_reranker("none") is None


def test_weights_of_a_folder_are_used(tmp_path: Path) -> None:
    weights = dict.fromkeys(FEATURES, 0.0) | {"numbers": 8.0}
    (tmp_path / "reranker.json").write_text(json.dumps({"intercept": -4.0, "weights": weights}))
    found = scores("What was in 1510?", passages(WALLS, GUNS), str(tmp_path))
    assert found == pytest.approx([1 / (1 + math.exp(4)), 1 / (1 + math.exp(-4))])


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"intercept": 0, "weights": {}}', '{"intercept": "x", "weights": null}'],
)
def test_damaged_weights_are_refused_with_the_way_out(tmp_path: Path, content: str) -> None:
    (tmp_path / "reranker.json").write_text(content)
    with pytest.raises(SettingsError, match="train reranker") as refused:
        reranker(str(tmp_path)).warm_up()
    assert refused.value.option == "ASSISTANT_RAG__RERANKER"
