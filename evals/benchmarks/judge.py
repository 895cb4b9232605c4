"""Which of several models answers better, in the eyes of another one?

Data: instructions with the responses that are wanted, a file as `assistant train instruct` takes it
(see `icl.py` for an example). Each model answers each instruction, and the judge, which sees the
wanted response too, gives each answer a score from 0 to 100 (Raschka 2024, "Build a Large Language
Model (From Scratch)", section 7.8). An item of the limit is an instruction, drawn at random; all
without one.
"""

import asyncio
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from assistant.errors import InputError, SettingsError
from assistant.plugin import LanguageModel
from assistant.schema import Message
from evals.benchmarks.bootstrap import mean_with_interval
from evals.benchmarks.harness import Figures, counted, drawn, opened, required
from evals.benchmarks.protocols import MakeRuntime
from plugins.instruct.data.reading import read_examples
from plugins.instruct.examples import Example
from plugins.instruct.training.judging import Judge

AT_ONCE = 4
AFTER_FAILURE = "Nothing is kept of this measurement: start it again."


def measure(
    make_runtime: MakeRuntime,
    data: Path | None,
    limit: int | None,
    models: Sequence[str],
    judge: str,
) -> Figures:
    """Has the models answer and the judge score them.

    Raises:
        InputError: The data is missing or malformed, or a model is named twice.
        SettingsError: A model cannot be had.
        ModelError: A model or the judge did not answer.
    """
    if len(set(models)) < len(models):
        raise InputError(f"--models must name different models, got {', '.join(models)}.")
    defects: list[str] = []
    examples = read_examples(required(data, "instructions with responses"), defects.append)
    examples = drawn(examples, limit)
    said = {model: _answers(make_runtime, model, examples) for model in models}
    with opened(make_runtime(model=judge)) as runtime:
        grader = Judge(_model(runtime.llm, "--judge"), after_failure=AFTER_FAILURE)
        scores: dict[str, Sequence[float | None]] = {}
        for model, answers in said.items():
            with counted(f"Judging {model}", len(examples)) as count:
                scores[model] = grader.judge(examples, answers, count).scores
    return Figures(
        {"judge": judge, "defective_records": len(defects), **figures(scores)}, len(examples)
    )


def figures(scores: dict[str, Sequence[float | None]]) -> dict[str, Any]:
    """Each model's mean score, and for each two the mean difference over what both were graded on.

    Where its interval does not hold 0, the first of the two is better or worse for sure.
    """
    return {
        "models": {
            model: {
                **mean_with_interval([one for one in given if one is not None]),
                "graded": sum(one is not None for one in given),
            }
            for model, given in scores.items()
        },
        "differences": {
            f"{one} - {other}": mean_with_interval(_paired(scores[one], scores[other]))
            for one, other in combinations(scores, 2)
        },
    }


def _paired(ones: Sequence[float | None], others: Sequence[float | None]) -> list[float]:
    pairs = zip(ones, others, strict=True)
    return [one - other for one, other in pairs if one is not None and other is not None]


def _answers(make_runtime: MakeRuntime, model: str, examples: Sequence[Example]) -> list[str]:
    with opened(make_runtime(model=model)) as runtime:
        return asyncio.run(_answer_all(_model(runtime.llm, "--models"), examples))


def _model(llm: LanguageModel | None, option: str) -> LanguageModel:
    if llm is None:
        raise SettingsError(f"{option} must name a model, got none.", "ASSISTANT_MODEL")
    return llm


async def _answer_all(llm: LanguageModel, examples: Sequence[Example]) -> list[str]:
    places = asyncio.Semaphore(AT_ONCE)
    with counted(f"Asking {llm.name}", len(examples)) as count:

        async def answer(example: Example) -> str:
            request = example.request
            messages = [*request.history, Message("user", request.text)]
            async with places:
                stream = llm.chat(messages, request.system)
                text = "".join([piece async for piece in stream if isinstance(piece, str)])
            count(1)
            return text

        return await asyncio.gather(*map(answer, examples))
