"""`--batch`: JSON lines in, one JSON line out for each, in order, errors in their place."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import Command

SKY = {
    "question": "What colour is the sky?",
    "contexts": ["The sky is blue."],
    "answer": "The sky is blue.",
}


def batch(*lines: Any) -> str:
    return "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)


@pytest.mark.parametrize(
    ("name", "lines", "errors"),
    [
        ("ask", [{"text": "Hello"}, "no json\n", {"text": ""}, {"text": "Good morning"}], [1, 2]),
        ("search", [{"query": "fox"}, "[1]\n", {"text": "owl"}, {"query": "hare"}], [1, 2]),
        ("route", [{"text": "Hello"}, {"query": "x"}, "\n", {"text": "Bye"}], [1]),
        ("score", [SKY, {"question": "x"}, SKY], [1]),
        ("score", [SKY, {**SKY, "contexts": None}, {**SKY, "contexts": "The sky."}, SKY], [1, 2]),
        ("ask", [{"text": None}, {"text": "Hello"}], [0]),
        ("route", [{"text": None}, {"text": "Hello"}], [0]),
    ],
    ids=["ask", "search", "route", "score", "contexts", "ask null", "route null"],
)
def test_a_batch_answers_in_order_and_a_bad_line_with_its_error(
    command: Command, name: str, lines: list[Any], errors: list[int]
) -> None:
    ran = command(name, "--batch", "-", stdin=batch(*lines))
    assert ran.exit_code == 1
    written = [line for line in lines if line != "\n"]
    assert [n for n, line in enumerate(ran.lines) if "error" in line] == errors
    assert len(ran.lines) == len(written)
    assert len(ran.stderr.splitlines()) >= len(errors)


@pytest.mark.parametrize("name", ["ask", "route", "search"])
def test_half_a_character_costs_one_line_of_a_batch_at_most(command: Command, name: str) -> None:
    key = "query" if name == "search" else "text"
    lines = batch({key: "\ud83d is half a smile"}, {key: "Hello"})
    ran = command(name, "--batch", "-", stdin=lines)
    assert len(ran.lines) == 2
    assert "error" not in ran.lines[1]


def test_a_batch_that_goes_well_ends_with_0(command: Command, tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text(batch({"query": "fox"}, {"query": "größe"}))
    ran = command("search", "--batch", tmp_path / "queries.jsonl", "-k", "1")
    assert ran.exit_code == 0
    assert [(line["query"], len(line["passages"])) for line in ran.lines] == [
        ("fox", 1), ("größe", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("content", [None, b'{"query": "fox"}\n\xff\xfe\n'], ids=["gone", "binary"])
def test_a_batch_that_cannot_be_read_is_one_sentence(
    command: Command, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "batch.jsonl"
    if content is not None:
        path.write_bytes(content)
    ran = command("search", "--batch", path)
    assert ran.exit_code == 1
    assert str(path) in ran.stderr or "Line 2" in ran.stderr
