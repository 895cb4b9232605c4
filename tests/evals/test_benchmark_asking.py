"""The benchmark of what is looked for: its lines, its paragraphs, and a run from end to end."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.errors import InputError
from evals.benchmarks.asking import FILE, SETS, Line, Outcome, paragraphs, read_lines
from tests.evals.measuring import measured


def test_there_are_enough_lines_of_each_kind_to_develop_on_and_to_test_on() -> None:
    lines = read_lines(FILE)
    n_by_kind = Counter((bool(one.turn.history), one.is_test) for one in lines)
    assert min(n_by_kind.values()) >= 25
    assert sum(n for (rewritten, _), n in n_by_kind.items() if rewritten) >= 120
    assert len({one.id for one in lines}) == len(lines)


@pytest.mark.parametrize(
    ("asked", "is_right"),
    [
        (("Capital in 2019?",), True),
        (("Capital in 2018 and 2019?",), False),
        (("In 2019?",), False),
        (("Capital?", "In 2019?"), False),
    ],
)
def test_a_line_is_right_where_all_words_are_there_and_no_wrong_one(
    asked: tuple[str, ...], is_right: bool
) -> None:
    turn = read_lines(FILE)[0].turn
    line = Line("a", "free", True, turn, ("whole",), ("capital", "2019"), ("2018",))
    assert Outcome(line, asked, None, None).is_right is is_right


def test_paragraphs_come_from_the_instructions_that_have_one(tmp_path: Path) -> None:
    prompt = 'passage\n\n"Bees fly." \n\nanswer'
    good = 'passage\n\n"Bees fly.",\n\nanswer the following question. Who?'
    prompts = [("adversarial_qa_a", good), ("adversarial_qa_b", good), ("other", prompt)]
    file = tmp_path / "p3.jsonl.gz"
    with gzip.open(file, "wt") as lines:
        for template, text in prompts:
            lines.write(json.dumps({"template": template, "prompt": text}) + "\n")
    assert paragraphs(file) == ["Bees fly."]
    file.write_bytes(b"no archive")
    with pytest.raises(InputError, match="no gzipped file"):
        paragraphs(file)


def test_a_run_from_end_to_end() -> None:
    found = measured("asking", 8)
    kinds = [found[half][kind] for half in SETS for kind in ("rewritten", "split")]
    assert sum(one["n"] * (one["right"]["mean"] or 0) for one in kinds) >= 3
