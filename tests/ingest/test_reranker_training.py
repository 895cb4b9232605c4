"""Training the reranker: what is read, what is asked of sentences, what is fitted and written."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError
from ingest.reranker.training.candidates import Work
from ingest.reranker.training.data import Data, Question, read_data
from ingest.reranker.training.fitting import Candidates, Epoch, fit, measure
from ingest.reranker.training.synthetic import questions_of
from ingest.reranker.training.train import TrainingOptions, train
from ingest.reranking import load_reranker

TOWNS = ("Ghent", "Bruges", "Lille", "Arras", "Namur")
THINGS = ("gun", "bell", "bridge", "tower")


def town_data() -> Data:
    documents = tuple(
        f"The {thing} of {town} was made in {1500 + 10 * row + column} by {town}'s own masons. "
        f"It cost the town much silver, as its old chronicle says."
        for row, town in enumerate(TOWNS)
        for column, thing in enumerate(THINGS)
    )
    questions = tuple(
        Question(f"When was the {thing} of {town} made?", row * len(THINGS) + column, str(year))
        for row, town in enumerate(TOWNS)
        for column, thing in enumerate(THINGS)
        for year in [1500 + 10 * row + column]
    )
    return Data(documents, questions, "towns.jsonl")


def lines(file: Path, *examples: object) -> Path:
    file.write_text("".join(json.dumps(example) + "\n" for example in examples))
    return file


def test_questions_of_ones_own_are_read(tmp_path: Path) -> None:
    examples = [{"question": f"Who is {n}?", "passage": f"{n // 2} is."} for n in range(20)]
    data = read_data(lines(tmp_path / "own.jsonl", *examples, examples[0]))
    assert len(data.documents) == 10
    assert len(data.questions) == 20
    assert data.questions[3] == Question("Who is 3?", 1, "")


def test_the_extractive_questions_of_p3_are_read(tmp_path: Path) -> None:
    prompt = 'Question: "Who is {}?"\n\nContext: "It is\nshe, {}."\n\nAnswer:'
    examples = [
        {
            "template": "adversarial_qa_dbert_question_context_answer",
            "prompt": prompt.format(n, n),
            "completion": "she",
        }
        for n in range(10)
    ]
    facts = "\n\n- ".join(["Information:", "A long fact about a town " * 5, "Which town?"])
    others = [
        {"template": "wiki_hop_original_explain_relation", "prompt": facts, "completion": "in"},
        {"template": "imdb_Reviewer_Enjoyment", "prompt": "Nice.", "completion": "Yes"},
    ]
    file = tmp_path / "p3.jsonl.gz"
    with gzip.open(file, "wt") as packed:
        packed.writelines(json.dumps(one) + "\n" for one in [*examples, *others])
    data = read_data(file)
    assert data.questions[2] == Question("Who is 2?", 2, "she")
    assert data.documents[2] == "It is\nshe, 2."
    assert data.documents[10].startswith("A long fact about a town")
    assert len(data.documents) == 11


@pytest.mark.parametrize("content", ["{", "[1]\n", '{"question": 1, "passage": 2}\n', ""])
def test_what_cannot_be_learned_from_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(content)
    with pytest.raises(InputError, match=r"bad\.jsonl"):
        read_data(file)


def test_a_sentence_is_asked_for_what_it_says() -> None:
    sentence = "The gun of the old town was cast in 1510 with much silver of its people."
    (question,) = questions_of({7: sentence}, 5, seed=1)
    assert question.document == 7
    assert question.answer == sentence
    assert question.text.split()[0] in {"When", "What", "In"}
    assert "1510" not in question.text
    assert questions_of({7: sentence}, 5, seed=1) == [question]
    assert questions_of({7: sentence}, 0, seed=1) == []
    assert questions_of({7: "誰が壁を直したか", 8: "", 9: "Yes."}, 5, seed=1) == []


def drawn(n_questions: int, seed: int) -> Candidates:
    """Of three passages the one with the largest first number answers; the second is noise."""
    rng = np.random.default_rng(seed)
    evidence = rng.normal(size=(n_questions, 3, 7))
    answers = evidence[:, :, 0] == evidence[:, :, 0].max(axis=1, keepdims=True)
    return Candidates(evidence, np.ones_like(answers), answers)


def test_weights_are_found_and_probabilities_fit_how_often_passages_answer() -> None:
    epochs: list[Epoch] = []
    weights = fit(drawn(300, 0), drawn(100, 1), 50, epochs.append)
    test = drawn(200, 2)
    assert weights.weights[0] > 10 * max(map(abs, weights.weights[1:]))
    assert measure(test, weights.weights).recall_at_1 > 0.95
    logits = weights.intercept + test.evidence @ weights.weights
    assert np.mean(1 / (1 + np.exp(-logits))) == pytest.approx(1 / 3, abs=0.03)
    assert [one.epoch for one in epochs] == list(range(1, len(epochs) + 1))
    assert epochs[-1].train_loss < epochs[0].train_loss


def test_ranks_are_counted_by_hand() -> None:
    """The right passage is second of the search's order, then first, then not found at all."""
    evidence = np.array([[[0.0], [1.0]], [[1.0], [0.0]], [[0.0], [0.0]]])
    answers = np.array([[False, True], [True, False], [False, False]])
    candidates = Candidates(
        evidence, np.array([[True, True], [True, True], [True, False]]), answers
    )
    before, after = measure(candidates, None), measure(candidates, [2.0])
    assert (before.recall_at_1, before.mrr) == pytest.approx((1 / 3, (1 / 2 + 1) / 3))
    assert (after.recall_at_1, after.mrr) == pytest.approx((2 / 3, 2 / 3))


def test_a_training_leaves_a_reranker_and_goes_on_where_it_was(
    tmp_path: Path, read_here: None
) -> None:
    data, options = town_data(), TrainingOptions(synthetic=4, epochs=5, seed=3)
    folder = tmp_path / "reranker"
    searched: list[Work] = []

    def kill(epoch: Epoch) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(data, options, folder, on_epoch=kill)
    assert list(folder.rglob("candidates-*.safetensors"))
    trained = train(data, options, folder, "abc", on_work=searched.append)
    again = train(data, options, tmp_path / "again")

    assert {one.what for one in searched} <= {"Searching", "Embedding"}
    assert trained.weights == again.weights
    assert trained.test.after.mrr >= trained.test.before.mrr - 0.05
    assert sum(trained.n_questions.values()) == len(data.questions) + 4
    names = {file.name for file in folder.iterdir()}
    assert names == {"reranker.json", "metrics.json", "training.json", "README.md"}
    kept = json.loads((folder / "training.json").read_text())
    assert (kept["seed"], kept["commit"], kept["data_sha256"]) == (3, "abc", data.sha256())
    reranker = load_reranker(str(folder))
    assert reranker is not None
    reranker.warm_up()


@pytest.mark.parametrize("option", ["synthetic", "epochs", "seed"])
def test_an_option_out_of_range_is_refused(option: str) -> None:
    with pytest.raises(InputError, match=f"--{option}"):
        replace(TrainingOptions(), **{option: -1})
