"""Does the instruct model know when it makes something up?

Data: examples with the name of their task, such as P3's (see `instruct_families.py`), of the
families that have right answers: a metric of 0.5 or more is right, and ROUGE-L tells no such thing.
What right and wrong responses are told apart by is the mean entropy of the predictions that they
were written from.

- roc_auc: how well entropy tells right responses from others, on test examples.
- validation_threshold: the entropy that does so best on validation examples, by balanced accuracy.
- at_threshold: on test examples, what comes of the threshold that ships, `doubt.UNSURE`: the share
  of all responses that is doubted, of the wrong ones and of the right ones.

An item of the limit (1,000) is an example, drawn at random, of each part. The model is the base of
the settings, alone.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.benchmarks.harness import Figures, counted, drawn, opened
from evals.benchmarks.instruct_data import read_split
from evals.benchmarks.instruct_families import METRICS, family_of
from evals.benchmarks.metrics import Metric, balanced_accuracy, mean, roc_auc
from evals.benchmarks.protocols import MakeRuntime
from plugins.instruct.bases import Base, load_base
from plugins.instruct.doubt import UNSURE
from plugins.instruct.entropy import MEASURED_TOKENS, entropies
from plugins.instruct.examples import Example
from plugins.instruct.responding import responses
from plugins.instruct.sampling import Sampling
from plugins.instruct.training.encoding import fitting

N_EXAMPLES = 1000
SAMPLING = Sampling(max_tokens=MEASURED_TOKENS)
RIGHT = 0.5
"""Least metric of a right response."""


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Answers examples and compares how sure the model was with how right it was.

    Raises:
        InputError: The data is missing or malformed.
        SettingsError: The base cannot be had.
    """
    split = read_split(data, "instructions with their tasks, such as p3_instructions.jsonl.gz")
    with opened(make_runtime()) as runtime:
        settings = runtime.settings.instruct
    base = load_base(settings.base, dtype=None, four_bit=settings.four_bit)
    base.model.eval().requires_grad_(False)
    known, known_right = _answered(base, drawn(split.validation, limit or N_EXAMPLES))
    found, is_right = _answered(base, drawn(split.test, limit or N_EXAMPLES))
    doubted = [entropy > UNSURE for entropy in found]
    return Figures(
        {
            "roc_auc": roc_auc([-entropy for entropy in found], is_right),
            "right": mean(is_right),
            "validation_threshold": _best_threshold(known, known_right),
            "at_threshold": {
                "threshold": UNSURE,
                "doubted": mean(doubted),
                "doubted_of_wrong": _share(doubted, [not right for right in is_right]),
                "doubted_of_right": _share(doubted, is_right),
            },
        },
        len(found),
    )


def _answered(base: Base, examples: Sequence[Example]) -> tuple[list[float], list[bool]]:
    """How unsure the model is of each of its responses, nats, and which of them are right."""
    examples = [one for one in examples if _has_answer(one)]
    examples, _ = fitting(base, examples, base.n_context - MEASURED_TOKENS)
    requests = [one.request for one in examples]
    with counted("Answering", len(examples)) as count:
        said = responses(base, requests, SAMPLING, count)
    is_right = []
    for one, text in zip(examples, said, strict=True):
        family = family_of(one.task)
        assert family is not None
        is_right.append(METRICS[family.metric](text, one.response) >= RIGHT)
    return entropies(base, requests), is_right


def _has_answer(example: Example) -> bool:
    family = family_of(example.task)
    return family is not None and family.metric != "ROUGE-L"


def _best_threshold(found: Sequence[float], is_right: Sequence[bool]) -> Metric:
    """The entropy above which doubt is right most often, classes weighing alike."""

    def value(threshold: float) -> float:
        sure = [entropy <= threshold for entropy in found]
        doubted_wrong = _share([not one for one in sure], [not right for right in is_right])
        return balanced_accuracy(_share(sure, is_right), doubted_wrong) or 0

    candidates: list[float] = np.quantile(found, np.linspace(0.05, 0.95, 91)).tolist()
    best = max(candidates, key=value)
    return round(best, 3)


def _share(told: Sequence[bool], among: Sequence[bool]) -> Metric:
    return mean(one for one, counts in zip(told, among, strict=True) if counts)
