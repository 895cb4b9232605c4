"""Is what is looked for what the person means?

Data: `asking.jsonl`, written by hand for this benchmark by the author of the rules (Apache 2.0): a
line each, follow-ups and questions with several parts, and the whole questions that they stand for:

    {"id": "docs/1", "over": "docs", "set": "test", "text": "and --watch?",
     "history": ["What does the option --prune do?", "It removes documents that are gone."],
     "whole": ["What does the option --watch do?"], "must": ["--watch"], "must_not": ["--prune"]}

`history` has what the person and the assistant said, in turns. What is looked for must have all of
the words of `must` in it, none of those of `must_not`, and as many questions as `whole` has.
Lines over "docs" are searched for in the sample documents. Those over "p3" are with `--data`: the
paragraphs of adversarial_qa (Bartolo et al. 2020, CC BY-SA) among P3's instructions, each made a
document. Lines over "free" are not searched for.

`same_passage` says how often what the search finds for the whole questions, the best passage of
each, is among as many first passages that it finds for what is looked for; `text_alone` says the
same of the message as it was typed. Lines whose set is "development" were there to write the rules.
With a language model configured, it rewrites. An item of the limit is a line.
"""

import asyncio
import gzip
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import InputError
from assistant.schema import SHARED, Message, Turn
from evals.benchmarks.bootstrap import mean_with_interval
from evals.benchmarks.harness import (
    Figures,
    drawn,
    ingest_files,
    opened,
    read_json_lines,
    temporary_home,
    tracked,
)
from evals.benchmarks.protocols import MakeRuntime, Runtime
from plugins.rag.plugin import interleaved

FILE = Path(__file__).with_name("asking.jsonl")
DOCUMENTS = Path(__file__).parents[2] / "examples" / "docs"
PARAGRAPH = re.compile(r'passage\s+"(.+?)",\s+answer the following question', re.DOTALL)
SETS = ("development", "test")
TOP_K = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A message, and what it stands for."""

    id: str
    over: str
    is_test: bool
    turn: Turn
    whole: tuple[str, ...]
    must: tuple[str, ...]
    must_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of a line; the shares are `None` where it was not searched for."""

    line: Line
    asked: tuple[str, ...]
    same_passage: float | None
    text_alone: float | None

    @property
    def is_right(self) -> bool:
        """Whether what is looked for has the words that it must have, in as many questions."""
        said = " ".join(self.asked).lower()
        has_all = all(word.lower() in said for word in self.line.must)
        has_others = any(word.lower() in said for word in self.line.must_not)
        return has_all and not has_others and len(self.asked) == len(self.line.whole)


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Measures rewriting and splitting by their words and by what the search finds.

    Raises:
        InputError: The data is missing or malformed.
    """
    lines = drawn(read_lines(FILE), limit)
    outcomes = [
        outcome
        for over in ("free", "docs", *(["p3"] if data else []))
        for outcome in _over(make_runtime, over, [one for one in lines if one.over == over], data)
    ]
    figures = {
        name: _figures([one for one in outcomes if SETS[one.line.is_test] == name]) for name in SETS
    }
    return Figures(figures, len(outcomes))


def read_lines(file: Path) -> list[Line]:
    """The lines of a file.

    Raises:
        InputError: The file is malformed.
    """
    try:
        return [
            Line(
                line["id"],
                line["over"],
                line["set"] == "test",
                Turn(line["text"], history=_history(line.get("history", ()))),
                tuple(line["whole"]),
                tuple(line.get("must", ())),
                tuple(line.get("must_not", ())),
            )
            for _, line in read_json_lines(file)
        ]
    except (KeyError, TypeError) as error:
        raise InputError(f"The data {file} has a line without {error}.") from error


def _history(said: Sequence[str]) -> tuple[Message, ...]:
    return tuple(
        Message("assistant" if position % 2 else "user", text) for position, text in enumerate(said)
    )


def _over(
    make_runtime: MakeRuntime, over: str, lines: Sequence[Line], data: Path | None
) -> Iterator[Outcome]:
    """What becomes of the lines over one collection of documents."""
    with (
        _documents(over, data) as folder,
        temporary_home() as home,
        opened(make_runtime(home=home)) as runtime,
    ):
        if folder:
            ingest_files(runtime, [folder])
        for line in tracked(lines, f"Asking {over}"):
            yield _outcome(runtime, line, folder is not None)


@contextmanager
def _documents(over: str, data: Path | None) -> Iterator[Path | None]:
    if over == "docs":
        yield DOCUMENTS
    elif over == "p3" and data:
        with temporary_home() as folder:
            for position, text in enumerate(paragraphs(data)):
                (folder / f"{position:03d}.txt").write_text(text, "utf-8")
            yield folder
    else:
        yield None


def paragraphs(data: Path) -> list[str]:
    """The paragraphs among instructions, each once.

    Raises:
        InputError: The file is missing, malformed, or has none.
    """
    try:
        with gzip.open(data, "rt", encoding="utf-8") as lines:
            prompts = [json.loads(line)["prompt"] for line in lines if "adversarial_qa" in line]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"The data {data} is no gzipped file of instructions: {error}.") from error
    found = [match[1] for prompt in prompts if (match := PARAGRAPH.search(prompt))]
    if not found:
        raise InputError(f"The data {data} has no paragraphs of adversarial_qa.")
    return list(dict.fromkeys(found))


def _outcome(runtime: Runtime, line: Line, searches: bool) -> Outcome:
    asked = asyncio.run(runtime.asker.asked(line.turn)) or (line.turn.text,)
    if not searches:
        return Outcome(line, asked, None, None)
    best = [_found(runtime, [whole])[0] for whole in line.whole]
    shares = [
        sum(one in _found(runtime, questions)[: len(best)] for one in best) / len(best)
        for questions in (asked, [line.turn.text])
    ]
    return Outcome(line, asked, *shares)


def _found(runtime: Runtime, questions: Sequence[str]) -> list[str]:
    """The ids of the passages that are found for questions, as the rag plugin gathers them."""
    rankings = [runtime.search(question, TOP_K, (SHARED,)) for question in questions]
    return [passage.id for passage in interleaved(rankings)]


def _figures(outcomes: Sequence[Outcome]) -> dict[str, object]:
    kinds = {
        "rewritten": [one for one in outcomes if one.line.turn.history],
        "split": [one for one in outcomes if not one.line.turn.history],
    }
    return {
        name: {
            "n": len(chosen),
            "right": mean_with_interval([float(one.is_right) for one in chosen]),
            "same_passage": _shares([one.same_passage for one in chosen]),
            "text_alone": _shares([one.text_alone for one in chosen]),
            "failures": [_failure(one) for one in chosen if not one.is_right],
        }
        for name, chosen in kinds.items()
    }


def _shares(shares: Sequence[float | None]) -> dict[str, float | None]:
    return mean_with_interval([share for share in shares if share is not None])


def _failure(one: Outcome) -> str:
    return f"{one.line.id}: “{one.line.turn.text}” became {list(one.asked)}."
