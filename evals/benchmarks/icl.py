"""Do examples in front of a request do what training does?

Data: instructions with responses, a file as `assistant train instruct` takes it; such as
instruction_data.json (Raschka 2024, "Build a Large Language Model (From Scratch)", chapter 7;
Apache 2.0)::

    [{"instruction": "Edit the following sentence for grammar.",
      "input": "He go to the park every day.", "output": "He goes to the park every day."}]

An item of the limit is an example of the part that `assistant train instruct` keeps apart to test
on, drawn at random; all without one. They are answered by the base of the settings without an
example and behind up to eight, chosen in each of the four ways from the part that is trained on;
and without an example by the adapter of the settings, or the active one, where there is one. What
does not fit into the base together with the longest response is left out: whole test examples
beforehand, and of the examples in front the furthest.

The figure is drawn under ASSISTANT_HOME.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from evals.benchmarks.bootstrap import mean_with_interval
from evals.benchmarks.harness import Figures, counted, drawn, opened
from evals.benchmarks.icl_figure import draw_figure
from evals.benchmarks.instruct_data import read_split
from evals.benchmarks.metrics import mean
from evals.benchmarks.protocols import MakeRuntime
from ingest.embedder import MiniLMEmbedder
from plugins.instruct.adapters.library import Library
from plugins.instruct.adapters.switching import Adapters
from plugins.instruct.bases import Base, load_served
from plugins.instruct.demonstrations import demonstrated, fits
from plugins.instruct.entropy import entropies
from plugins.instruct.examples import Example, Request
from plugins.instruct.metrics import exact_match, loops, rouge_l, token_f1
from plugins.instruct.responding import responses
from plugins.instruct.sampling import Sampling
from plugins.instruct.selection import N_SHOWN, SELECTIONS, ExamplePool, Selection
from plugins.instruct.training.grouping import same_text

SAMPLING = Sampling(max_tokens=64)
ROOM = SAMPLING.max_tokens
METRICS: dict[str, Callable[[str, str], float]] = {
    "exact match": exact_match,
    "token F1": token_f1,
    "ROUGE-L": rouge_l,
}
ZERO_SHOT, ADAPTER = "zero-shot", "adapter"
"""The ways beside those of `SELECTIONS`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said one way.

    Attributes:
        said: The responses, in the order of the test examples.
        n_prompt_tokens: Of each request with all that stands in front of it.
        n_examples: In front of each request.
        seconds: Choosing and answering, for all together.
    """

    said: list[str]
    n_prompt_tokens: list[int]
    n_examples: list[int]
    seconds: float


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Answers the test examples in every way and compares with what was wanted.

    Raises:
        InputError: The data is missing or malformed, or longer than the base can read.
        SettingsError: The base or the adapter cannot be had.
    """
    split = read_split(data, "instructions, such as instruction_data.json")
    with opened(make_runtime()) as runtime:
        settings = runtime.settings
        pool = _pool(split.train, runtime.embedder)
    adapter = Library(settings.adapters_dir, settings.instruct.adapter).active()
    base = load_served(settings.instruct.base, settings.instruct.four_bit)
    adapters = Adapters(base)
    test = drawn(_readable(split.test, (base, adapters.base_with(adapter))), limit)
    requests = [one.request for one in test]
    answered = _every_way(base, pool, requests)
    if adapter is not None:
        with adapters.used(adapter) as adapted:
            answered[ADAPTER] = _answered(adapted, requests, ADAPTER)
    sources = same_text(test).tolist()
    ways = {way: _figures(test, one, sources) for way, one in answered.items()}
    figure = draw_figure(ways, list(METRICS), settings.home / "icl-study")
    metrics = {
        "ways": ways,
        "k": N_SHOWN,
        "n_pool": len(split.train),
        "adapter": adapter and str(adapter),
        "figure": figure.name,
    }
    return Figures(metrics, len(test))


def _pool(examples: Sequence[Example], embedder: MiniLMEmbedder) -> ExamplePool:
    with counted("Embedding the pool", len(examples)) as count:
        pool = ExamplePool(examples, embedder, on_progress=count)
    with counted("Choosing diverse ones", len(examples)) as count:
        pool.choose_diverse(count)
    return pool


def _readable(examples: Sequence[Example], bases: Sequence[Base]) -> list[Example]:
    """Those that leave room for the response in the prompts of all bases."""
    kept = [one for one in examples if all(fits(base, one.request, ROOM) for base in bases)]
    if not kept:
        raise InputError(
            f"A test example must leave {ROOM} of the {bases[0].n_context} tokens that the base "
            "reads for the response, and none does: name a base that reads more."
        )
    return kept


def _every_way(base: Base, pool: ExamplePool, requests: Sequence[Request]) -> dict[str, Answered]:
    responses(base, requests[:1], SAMPLING)  # what is slow the first time is nobody's time
    ways = {ZERO_SHOT: _answered(base, requests, ZERO_SHOT)}
    for how in SELECTIONS:
        ways[how] = _answered(base, requests, how, partial(_shown, base, pool, how))
    return ways


def _shown(base: Base, pool: ExamplePool, how: Selection, request: Request) -> Request:
    return demonstrated(
        base,
        request,
        lambda one, code_lengths: pool.select(one, how, N_SHOWN, code_lengths),
        ROOM,
        partial(entropies, base),
    )


def _answered(
    base: Base,
    requests: Sequence[Request],
    way: str,
    show: Callable[[Request], Request] = lambda request: request,
) -> Answered:
    began = time.perf_counter()
    shown = []
    with counted(f"Asking, {way}", len(requests)) as count:
        for request in requests:
            shown.append(show(request))
            count(1)
    with counted(f"Answering, {way}", len(requests)) as count:
        said = responses(base, shown, SAMPLING, count)
    seconds = time.perf_counter() - began
    lengths = [len(base.prompting.prompt(request)) for request in shown]
    return Answered(said, lengths, [len(request.examples) for request in shown], seconds)


def _figures(test: Sequence[Example], answered: Answered, sources: Sequence[int]) -> dict[str, Any]:
    """JSON-ready: each metric with its interval, and what it took on average."""
    pairs = [(text, one.response) for text, one in zip(answered.said, test, strict=True)]
    return {
        **{
            name: mean_with_interval([float(metric(*pair)) for pair in pairs], sources)
            for name, metric in METRICS.items()
        },
        "looping": mean(map(loops, answered.said)),
        "examples": mean(answered.n_examples),
        "prompt_tokens": mean(answered.n_prompt_tokens),
        "seconds_per_response": round(answered.seconds / len(pairs), 4) if pairs else None,
    }
