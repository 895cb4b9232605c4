"""The benchmarks of the way to the context: how long it takes, and what is packed."""

import gzip
import json
from pathlib import Path

import pytest

from assistant.errors import InputError
from evals.benchmarks.p3 import read_p3
from tests.evals.measuring import measured

CONTEXT = "Each question is asked in Bergen. " * 8 + "The harbour was built in 1874 by Anna Lind."
STORY = "The {} has a garden, a well and a gate, and nobody knows who made them. " * 4


def written(folder: Path, *examples: dict[str, str]) -> Path:
    file = folder / "p3.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(f"{json.dumps(one)}\n" for one in examples)
    return file


def example(template: str, prompt: str, completion: str) -> dict[str, str]:
    return {"template": template, "prompt": prompt, "completion": completion}


def based_on(asked: str, passage: str, answer: str) -> dict[str, str]:
    prompt = f"Extract the answer.\nQuestion: {asked}\nContext: {passage}"
    return example("adversarial_qa_dbert_based_on", prompt, answer)


def test_questions_are_those_whose_answer_stands_in_their_passage(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        based_on("Who built the harbour?", CONTEXT, "Anna Lind"),
        based_on("Who built the tower?", CONTEXT, "Bert"),
        based_on("Who built it?", "By Anna.", "Anna"),
        example(
            "quoref_Answer_Question_Given_Context",
            f"Given the following context:\n\n{CONTEXT}\n\nanswer the following question:\n\nWhen?",
            "1874",
        ),
        example("imdb_sentiment", f"Question: Who?\nContext: {CONTEXT}", "Anna Lind"),
    )
    squad = read_p3(file, None)
    assert list(squad.paragraphs.values()) == [CONTEXT]
    assert [(one.text, one.answers) for one in squad.questions] == [
        ("Who built the harbour?", ("Anna Lind",)),
        ("When?", ("1874",)),
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"{}"), gzip.compress(b"[]")],
    ids=["empty", "no gzip", "no fields", "no object"],
)
def test_what_is_no_p3_is_refused_with_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "p3.jsonl.gz").write_bytes(content)
    with pytest.raises(InputError, match=r"P3|no questions"):
        read_p3(tmp_path / "p3.jsonl.gz", None)


@pytest.mark.slow
def test_packing_keeps_the_answer_and_fits_its_rule(tmp_path: Path) -> None:
    stories = [STORY.replace("{}", name) for name in ("castle", "mill", "school", "abbey")]
    file = written(
        tmp_path,
        based_on("Who built the harbour?", CONTEXT, "Anna Lind"),
        *(based_on(f"What has the {story.split()[1]}?", story, "a well") for story in stories),
    )
    metrics = measured("packing", 10, file)
    assert metrics["budgets"][3000]["answer"] == 1.0
    assert metrics["budgets"][128]["tokens"] <= 128
    assert metrics["relevance"]["right_kept"] == 1.0
    assert metrics["fit"]["by_share"] > 0


@pytest.mark.slow
def test_the_way_to_the_context_is_timed_step_by_step(tmp_path: Path) -> None:
    metrics = measured("context", 20, tmp_path / "kept")
    assert metrics["documents"] > 0.5
    for kind in ("fresh", "repeated"):
        steps = {name: one["median"] for name, one in metrics[kind].items()}
        assert set(steps) == {"route_ms", "gather_ms", "pack_ms", "total_ms"}
        assert max(steps.values()) == steps["total_ms"] > 0
    assert metrics["repeated"]["gather_ms"]["median"] < metrics["fresh"]["gather_ms"]["median"]
    with pytest.raises(InputError, match="20 passages"):
        measured("context", 30, tmp_path / "kept")
