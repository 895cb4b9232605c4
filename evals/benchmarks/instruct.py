"""How well does the instruct model do the tasks of each family, on texts it has not seen?

Data: examples with the name of their task, such as P3's (see `instruct_families.py`). Tested is the
part that `assistant train instruct` keeps apart, by a hash of the texts, in which no text is that
was trained on. An item of the limit is an example, drawn at random; all without one.

The model is that of the settings: ASSISTANT_INSTRUCT__BASE and ASSISTANT_INSTRUCT__ADAPTER. Beside
it stand the most frequent response of each template, and words copied from the prompt. A family
that holds several data sets is also told apart by them, for in one of them the response may always
be the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.benchmarks.harness import Figures, counted, drawn, opened
from evals.benchmarks.instruct_data import read_split
from evals.benchmarks.instruct_families import Family, copy, family_of, majority, measured
from evals.benchmarks.protocols import MakeRuntime
from plugins.instruct.adapters.switching import Adapters
from plugins.instruct.bases import load_base
from plugins.instruct.examples import Example
from plugins.instruct.responding import responses
from plugins.instruct.sampling import Sampling
from plugins.instruct.training.encoding import fitting
from plugins.instruct.training.grouping import same_text

SAMPLING = Sampling(max_tokens=64)
ROOM = SAMPLING.max_tokens
SETS = ("imdb", "rotten_tomatoes", "amazon", "ag_news", "dbpedia", "glue_mrpc", "glue_qqp", "paws")
"""Data sets that share a family, by what their templates' names begin with."""


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Answers the test examples and compares with what was wanted, family by family.

    Raises:
        InputError: The data is missing or malformed.
        SettingsError: The base or the adapter cannot be had.
    """
    split = read_split(data, "instructions with their tasks, such as p3_instructions.jsonl.gz")
    with opened(make_runtime()) as runtime:
        settings = runtime.settings.instruct
    base = load_base(settings.base, dtype=None, four_bit=settings.four_bit)
    base.model.eval().requires_grad_(False)
    adapters = Adapters(base)
    adapter = Path(settings.adapter) if settings.adapter else None
    asked = adapters.base_with(adapter)
    test, _ = fitting(asked, drawn(split.test, limit), asked.n_context - ROOM)
    test = [example for example in test if family_of(example.task)]
    said: dict[str, list[str]] = {
        "model": _said(adapters, adapter, test),
        "majority": list(map(majority(split.train), test)),
        "copy": list(map(copy, test)),
    }
    return Figures(_families(test, said), len(test))


def _said(adapters: Adapters, adapter: Path | None, test: Sequence[Example]) -> list[str]:
    with counted("Answering", len(test)) as count, adapters.used(adapter) as used:
        return responses(used, [one.request for one in test], SAMPLING, count)


def _families(test: Sequence[Example], said: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """For each family, and each data set in it, the figures of the model and of the baselines."""
    groups = same_text(test).tolist()
    members: defaultdict[tuple[Family, str], list[int]] = defaultdict(list)
    for at, example in enumerate(test):
        family = family_of(example.task)
        assert family is not None
        members[family, ""].append(at)
        for name in SETS:
            if family.aim is not None and example.task.startswith(name):
                members[family, name].append(at)
    table: dict[str, Any] = {}
    for (family, name), positions in sorted(members.items(), key=lambda item: str(item[0])):
        wanted = [test[at].response for at in positions]
        sources = [groups[at] for at in positions]
        row: dict[str, Any] = {"metric": family.metric, "aim": None if name else family.aim}
        for who, texts in said.items():
            row[who] = measured(family, [texts[at] for at in positions], wanted, sources)
        table[f"{family.name}: {name}" if name else family.name] = row
    return table
