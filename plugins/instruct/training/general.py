"""Examples of other tasks than those that are learnt: measured on, and replayed lest they fade."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.errors import InputError
from plugins.instruct.bases import Base
from plugins.instruct.data.reading import read_examples
from plugins.instruct.examples import Example
from plugins.instruct.training.data import Data, General
from plugins.instruct.training.encoding import Part, fitting
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.splitting import split_examples

SHIPPED = Path(__file__).parent.parent / "general.jsonl"
"""Eighty examples of simple tasks, the text being in each request; they are tested on only."""
SHIPPED_NAME = "the examples that ship"
MOST_TESTED = 400
"""Enough to tell forgetting from chance; a large file would take long to measure, twice."""


@dataclass(frozen=True, slots=True)
class GeneralParts:
    """What general examples are there for.

    Attributes:
        name: Of their file.
        replayed: Those that are mixed into the training.
        test: Those that the model is measured on, which are in no training; maybe none that the
            base can read.
    """

    name: str
    replayed: Part
    test: list[Example]


def general_parts(data: Data, base: Base, options: TrainingOptions, n_trained: int) -> GeneralParts:
    """Divides the general examples, those that the data holds too being left out of them.

    Args:
        data: Has the general examples; where it has none, those that ship are tested on.
        base: Decides what can be read.
        options: Their seed draws what is replayed.
        n_trained: Examples that they are mixed into.

    Raises:
        InputError: There are too few of them.
    """
    if data.general is None:
        return GeneralParts(SHIPPED_NAME, ([], []), _test(base, read_examples(SHIPPED), data))
    split = split_examples(data.general.examples)
    replayed = _replayed(data.general, _others(split.train, data), base, options, n_trained)
    test = _test(base, split.test, data)
    if not test:
        raise InputError(
            f"--general must hold examples that the base can read, and all that {data.general.name}"
            " has to test on are longer or stand in --data too: give shorter or other ones."
        )
    return GeneralParts(data.general.name, replayed, test)


def _test(base: Base, candidates: Sequence[Example], data: Data) -> list[Example]:
    """Those to measure on: the same ones whatever the seed, from all over the file."""
    others = _others(candidates, data)
    drawn = np.random.default_rng(0).permutation(len(others))[:MOST_TESTED]
    return fitting(base, [others[at] for at in drawn], None)[0]


def _others(examples: Sequence[Example], data: Data) -> list[Example]:
    """Those that the data does not hold, which trains or tests on its own."""
    own = {one.request.text for one in data.examples}
    own |= {one.request.text for one in data.preferences}
    return [one for one in examples if one.request.text not in own]


def _replayed(
    general: General,
    candidates: Sequence[Example],
    base: Base,
    options: TrainingOptions,
    n_trained: int,
) -> Part:
    """So many that they make up their share of the training, drawn by seed."""
    n = round(general.replay / (1 - general.replay) * n_trained)
    drawn = np.random.default_rng(options.seed).permutation(len(candidates))
    order = [candidates[at] for at in drawn]
    examples, tokens = fitting(base, order[:n], options.max_tokens)
    for example in order[n:]:
        if len(examples) == n:
            break
        more = fitting(base, [example], options.max_tokens)
        examples.extend(more[0])
        tokens.extend(more[1])
    if len(examples) < n:
        most = int(100 * len(examples) / (len(examples) + n_trained)) / 100
        raise InputError(
            f"--replay {general.replay:g} beside {n_trained:,} examples takes {n:,} general ones, "
            f"and {general.name} has {len(examples):,} to train on that the base can read: add "
            f"some, or lower it to {most:g}."
        )
    return examples, tokens
