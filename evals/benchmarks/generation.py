"""How fast does the instruct model write on this machine, and does it keep its memory?

Data: a text to make prompts from, by default the sample documents in `examples/docs` (Apache 2.0).
A prompt is 200 tokens of it, each one of another stretch; a response is 64 tokens, whatever the
model would rather say. The model is that of the settings, as it is served.

- first_token_ms: from a request's text until the first piece of its response is there to be shown.
- tokens_per_second: of a response, the reading of its prompt included; `without_cache` where the
  keys and values of what was read are computed anew for each token.
- growth_mb: resident memory after an item of the limit (1,000), a request of 8 tokens, less that
  after the first tenth of them.
"""

import gc
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import psutil

from assistant.errors import InputError
from evals.benchmarks.harness import Figures, opened, read_text, tracked
from evals.benchmarks.metrics import spread
from evals.benchmarks.protocols import MakeRuntime
from plugins.instruct.bases import Base, load_served
from plugins.instruct.examples import Request
from plugins.instruct.generation import next_tokens
from plugins.instruct.model import InstructModel
from plugins.instruct.sampling import Sampling
from plugins.instruct.written import Written

EXAMPLES = Path(__file__).parents[2] / "examples" / "docs"
TEXTS = ("getting-started.md", "troubleshooting.txt")
PROMPT_TOKENS = 200
RESPONSE_TOKENS = 64
N_REQUESTS = 1000
N_TIMED = 20
SHORT = Sampling(max_tokens=8)
LONG = Sampling(max_tokens=RESPONSE_TOKENS)
MEGABYTE = 1e6


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Writes responses with and without the cache, then many short ones.

    Raises:
        InputError: The text is missing or too short.
        SettingsError: The base cannot be had.
    """
    n_requests = limit or N_REQUESTS
    with opened(make_runtime()) as runtime:
        settings = runtime.settings.instruct
    base = load_served(settings.base, settings.four_bit)
    texts = _texts(base, data)
    prompts = [base.prompting.prompt(Request(text)) for text in texts[:N_TIMED]]
    figures: dict[str, Any] = {
        "tokens_per_second": {
            "with_cache": spread([_with_cache(base, one) for one in tracked(prompts, "With")]),
            "without_cache": spread(
                [_without_cache(base, one) for one in tracked(prompts, "Without")]
            ),
        },
        "prompt_tokens": len(prompts[0]),
        "response_tokens": RESPONSE_TOKENS,
    }
    del base
    model = InstructModel(settings)
    model.warm_up()
    firsts, memory = [], []
    for at in tracked(range(n_requests), "Requests"):
        firsts.append(_first_token_ms(model, texts[at % len(texts)]))
        gc.collect()
        memory.append(psutil.Process().memory_info().rss / MEGABYTE)
    return Figures(
        {
            **figures,
            "first_token_ms": spread(firsts[1:] or firsts),
            "growth_mb": round(memory[-1] - memory[n_requests // 10], 1),
            "resident_mb": round(memory[-1], 1),
        },
        n_requests,
    )


def _texts(base: Base, data: Path | None) -> list[str]:
    """Stretches of text whose prompts have just as many tokens as they should."""
    files = [data] if data else [EXAMPLES / name for name in TEXTS]
    text = "\n".join(read_text(file) for file in files)
    ids = base.tokenizer(text, add_special_tokens=False, verbose=False).input_ids
    n_around = len(base.prompting.prompt(Request("a"))) - 1
    size = PROMPT_TOKENS - n_around
    starts = range(0, len(ids) - size, size // 2)
    texts = [base.tokenizer.decode(ids[start : start + size]) for start in starts]
    if not texts:
        raise InputError(
            f"The text must have more than {PROMPT_TOKENS} tokens, got {len(ids)}: give a longer "
            "one with --data."
        )
    return texts


def _with_cache(base: Base, prompt: Sequence[int]) -> float:
    began = time.perf_counter()
    steps = next_tokens(base.model, [prompt], frozenset(), LONG, base.padding)
    n_tokens = sum(1 for _ in steps)
    return n_tokens / (time.perf_counter() - began)


def _without_cache(base: Base, prompt: Sequence[int]) -> float:
    """Each token by a request of its own, which reads all that stands before it."""
    began = time.perf_counter()
    so_far = list(prompt)
    one = replace(LONG, max_tokens=1)
    for _ in range(RESPONSE_TOKENS):
        step = next_tokens(base.model, [so_far], frozenset(), one, base.padding)
        so_far += [token for token in chain.from_iterable(step) if token is not None]
    return (len(so_far) - len(prompt)) / (time.perf_counter() - began)


def _first_token_ms(model: InstructModel, text: str) -> float:
    began = time.perf_counter()
    pieces = model.stream(Request(text), SHORT, None, Written())
    next(filter(None, pieces), None)
    milliseconds = (time.perf_counter() - began) * 1000
    for _ in pieces:
        pass
    return milliseconds
