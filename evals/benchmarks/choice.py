"""Does a model choose the right one of several answers?

Data: multiple-choice questions of the MMLU kind; see `choice_data.py` for the forms. An item
of the limit is a question, drawn at random; all without one.

A model that runs in this process, `local/instruct`, is measured by likelihood in two ways: as MMLU
does it, by the letter that it finds most probable behind the question and its lettered choices
(`accuracy`), and by the text that it finds most probable behind the bare question, its
log-likelihood divided by its bytes (`accuracy_of_texts`; `acc_norm` of lm-evaluation-harness). Any
other model is asked for the letter; a reply without one counts as wrong.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from assistant.llm import LOCAL
from assistant.plugin import LanguageModel
from assistant.schema import Message
from assistant.settings import Settings
from evals.benchmarks.bootstrap import mean_with_interval
from evals.benchmarks.choice_data import LETTERS, Choice, read_choices
from evals.benchmarks.harness import Figures, counted, drawn, opened, required
from evals.benchmarks.metrics import mean
from evals.benchmarks.protocols import MakeRuntime
from plugins.instruct.adapters.library import Library
from plugins.instruct.adapters.switching import Adapters
from plugins.instruct.bases import load_served
from plugins.instruct.examples import Example, Request
from plugins.instruct.likelihood import log_likelihoods

SYSTEM = "You answer multiple-choice questions. Reply with the letter of the right choice alone."
AT_ONCE = 4
LETTER = re.compile(r"\b([A-J])\b")
ALONE = re.compile(r"\W*([A-Ja-j])\W*")
THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None, model: str) -> Figures:
    """Has the model choose, and counts how often it is right.

    Raises:
        InputError: The data is missing or malformed.
        SettingsError: The model cannot be had.
        ModelError: The model did not answer.
    """
    choices = drawn(read_choices(required(data, "multiple-choice questions")), limit)
    with opened(make_runtime(model=model)) as runtime:
        if runtime.llm is None:
            raise SettingsError("--model must name a model, got none.", "ASSISTANT_MODEL")
        if not model.startswith(LOCAL):
            picked = {"accuracy": asyncio.run(_asked(runtime.llm, choices))}
        elif model == f"{LOCAL}instruct":
            picked = _by_likelihood(runtime.settings, choices)
        else:
            raise SettingsError(
                f"Of the models in this process only {LOCAL}instruct can be measured by "
                f"likelihood, got {model!r}.",
                "ASSISTANT_MODEL",
            )
    return Figures(figures(choices, picked), len(choices))


def figures(
    choices: Sequence[Choice], picked: Mapping[str, Sequence[int | None]]
) -> dict[str, Any]:
    """The share that is right by each way of choosing, by subject, and what chance would reach."""
    right = {
        name: [float(at == one.answer) for at, one in zip(ways, choices, strict=True)]
        for name, ways in picked.items()
    }
    by_subject: dict[str, list[float]] = defaultdict(list)
    for one, is_right in zip(choices, right["accuracy"], strict=True):
        by_subject[one.subject or "all"].append(is_right)
    return {
        **{name: mean_with_interval(shares) for name, shares in right.items()},
        "chance": mean(1 / len(one.choices) for one in choices),
        "without_choice": sum(at is None for at in picked["accuracy"]),
        "by_subject": {name: mean(shares) for name, shares in sorted(by_subject.items())},
    }


def letter_of(reply: str, n_choices: int) -> int | None:
    """The position of the choice that a reply names: a letter alone, or the only one in capitals.

    "A" may be an article in English: it counts in a sentence only where no other letter stands.
    """
    reply = THOUGHT.sub("", reply).strip()
    alone = ALONE.fullmatch(reply) or re.match(r"\W*([A-J])[).:]", reply)
    letters = {alone[1].upper()} if alone else set(LETTER.findall(reply)) - {"I"}
    if len(letters) > 1:
        letters -= {"A"}
    if len(letters) != 1:
        return None
    at = LETTERS.index(letters.pop())
    return at if at < n_choices else None


async def _asked(llm: LanguageModel, choices: Sequence[Choice]) -> list[int | None]:
    """What a model replies, a few questions at a time."""
    places = asyncio.Semaphore(AT_ONCE)
    with counted("Asking", len(choices)) as count:

        async def ask(one: Choice) -> int | None:
            async with places:
                stream = llm.chat([Message("user", one.lettered)], SYSTEM)
                reply = "".join([piece async for piece in stream if isinstance(piece, str)])
            count(1)
            return letter_of(reply, len(one.choices))

        return await asyncio.gather(*map(ask, choices))


def _by_likelihood(settings: Settings, choices: Sequence[Choice]) -> dict[str, list[int | None]]:
    """What the instruct model of the settings, with its adapter, finds most probable."""
    adapter = Library(settings.adapters_dir, settings.instruct.adapter).active()
    base = load_served(settings.instruct.base, settings.instruct.four_bit)
    lettered = [
        [Example(Request(one.lettered), letter) for letter in LETTERS[: len(one.choices)]]
        for one in choices
    ]
    texts = [[Example(Request(one.question), text) for text in one.choices] for one in choices]
    with Adapters(base).used(adapter) as used:

        def likeliest(
            label: str, groups: list[list[Example]], length: Callable[[str], int]
        ) -> list[int | None]:
            flat = [one for group in groups for one in group]
            with counted(label, len(flat)) as count:
                found = iter(log_likelihoods(used, flat, count))
            scores = [
                [_per(next(found), length(one.response)) for one in group] for group in groups
            ]
            return [_best(group) for group in scores]

        return {
            "accuracy": likeliest("Reading letters", lettered, lambda text: 1),
            "accuracy_of_texts": likeliest(
                "Reading texts", texts, lambda text: max(1, len(text.encode()))
            ),
        }


def _per(value: float | None, length: int) -> float | None:
    return None if value is None else value / length


def _best(scores: Sequence[float | None]) -> int | None:
    """The position of the highest; nothing where one is not known."""
    known = [score for score in scores if score is not None]
    return known.index(max(known)) if len(known) == len(scores) else None
