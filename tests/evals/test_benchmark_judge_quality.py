"""Whether groundedness can be trusted: the made sentences, the figures, a whole run."""

import gzip
import json
from pathlib import Path
from random import Random

import pytest

from evals.benchmarks.judge_corruptions import CORRUPTIONS, PARAPHRASES
from evals.benchmarks.judge_made import Row, is_test, labelled, questions
from evals.benchmarks.judge_quality import WRITTEN, calibration_error
from tests.evals.measuring import measured

PASSAGE = (
    "In 1987, the old mill was sold to Anna Berg for 400 crowns.",
    "Otto Lang, who repaired the bridge, lives in Graz with two children.",
    "The bridge had fallen into the river after a flood in March.",
)


@pytest.mark.parametrize("kind", CORRUPTIONS)
@pytest.mark.parametrize("seed", range(5))
def test_a_corruption_says_something_else_or_nothing(kind: str, seed: int) -> None:
    for sentence in (*PASSAGE, "", "Yes.", "11", "🙂 a B c"):
        said = CORRUPTIONS[kind](sentence, PASSAGE, Random(seed))
        assert said is None or said.lower() != sentence.lower()


@pytest.mark.parametrize(
    ("kind", "at", "expected"),
    [
        ("denied", 0, "In 1987, the old mill was not sold to Anna Berg for 400 crowns."),
        ("opposite", 0, "In 1987, the new mill was sold to Anna Berg for 400 crowns."),
        (
            "names swapped",
            1,
            "Graz, who repaired the bridge, lives in Otto Lang with two children.",
        ),
    ],
)
def test_a_corruption_changes_one_thing(kind: str, at: int, expected: str) -> None:
    made = {CORRUPTIONS[kind](PASSAGE[at], PASSAGE, Random(seed)) for seed in range(20)}
    assert expected in made


@pytest.mark.parametrize(
    ("kind", "at", "expected"),
    [
        ("moved", 0, "The old mill was sold to Anna Berg for 400 crowns in 1987."),
        ("shorter", 1, "Otto Lang lives in Graz with two children."),
        ("respelt", 1, "Otto Lang, who repaired the bridge, lives in Graz with 2 children."),
        ("passive", 3, "The bridge was repaired by Otto Lang."),
    ],
)
def test_a_paraphrase_says_the_same_in_other_words(kind: str, at: int, expected: str) -> None:
    sentence = (*PASSAGE, "Otto Lang repaired the bridge.")[at]
    made = {PARAPHRASES[kind](sentence, PASSAGE, Random(seed)) for seed in range(20)}
    assert expected in made


def rows(n: int) -> list[Row]:
    prompts = (
        f"Question: Who painted house {at}?\nContext: Anna Berg painted house {at} in 19{at}. "
        f"Otto Lang, her brother, lived {at} years in house {at} with {at} children. "
        f"It was sold to the city of Graz for {at}00 crowns, because nobody wanted house {at}."
        for at in range(10, 10 + n)
    )
    return [Row("adversarial_qa_based_on", prompt, "Anna Berg") for prompt in prompts]


def test_what_is_tested_is_never_learned_from() -> None:
    learned, tested = (
        {one.text for one in labelled(rows(30), Random(0), is_for_test=half)}
        for half in (False, True)
    )
    assert learned
    assert tested
    assert not any(map(is_test, learned))
    assert all(map(is_test, tested))


def test_a_question_becomes_a_statement_with_its_answer_and_with_another_name() -> None:
    right, wrong = list(questions(rows(1), Random(0)))
    assert (right.sentence, right.is_good) == ("Anna Berg painted house 10.", True)
    assert wrong.sentence.endswith(" painted house 10.")
    assert not wrong.is_good


def test_calibration_error_is_worked_out_by_hand() -> None:
    # The bin of 0.8 to 0.9: 0.8 said, half true: 0.3 off, two of three; that of 0: 0.04 off.
    error = calibration_error([0.8, 0.8, 0.04], [True, False, False])
    assert error == pytest.approx((2 * 0.3 + 0.04) / 3, abs=1e-4)
    assert calibration_error([], []) is None


def test_every_written_passage_has_as_much_of_either_label() -> None:
    for line in WRITTEN.read_text("utf-8").splitlines():
        one = json.loads(line)
        said = [*one["supported"], *one["unsupported"].values()]
        assert len(one["supported"]) == len(one["unsupported"])
        assert len(set(said)) == len(said)


def test_a_run_measures_every_set_and_the_time(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "p3_instructions.jsonl.gz", "wt") as file:
        for row in rows(30):
            line = {"template": row.template, "prompt": row.prompt, "completion": row.completion}
            file.write(json.dumps(line) + "\n")
    metrics = measured("judge-quality", 12, tmp_path)
    assert set(metrics) == {
        "judge_quality.jsonl", "p3_instructions.jsonl.gz", "ms_an_answer", "cpu_ms_an_answer",
    }  # fmt: skip
    for name in ("judge_quality.jsonl", "p3_instructions.jsonl.gz"):
        figures = metrics[name]
        assert (figures["n"], figures["not_scored"]) == (12, 0)
        assert 0 <= figures["judge"]["calibration_error"] <= 1
        assert {"exact_all", "cosine", "numbers_missing"} <= set(figures["signals"])
    assert metrics["ms_an_answer"]["median"] > 0
