"""Answers many requests at once, for measuring."""

from collections.abc import Callable, Sequence

from plugins.instruct.bases import Base
from plugins.instruct.examples import Request
from plugins.instruct.generation import next_tokens
from plugins.instruct.sampling import Sampling

BATCH_TOKENS = 4096
"""Of the prompts of a batch, padding included."""
MOST_AT_ONCE = 64


def responses(
    base: Base,
    requests: Sequence[Request],
    sampling: Sampling,
    on_progress: Callable[[int], None] = lambda n_done: None,
) -> list[str]:
    """The response to each request; those of like length are written together.

    Args:
        base: Its model may carry an adapter.
        requests: Each shorter than the base's context, less the longest response.
        sampling: How tokens are chosen.
        on_progress: Called with the number of requests of each batch that is done.
    """
    prompts = [base.prompting.prompt(request) for request in requests]
    written = [""] * len(requests)
    for batch in batches([len(prompt) for prompt in prompts]):
        rows: list[list[int]] = [[] for _ in batch]
        asked = [prompts[at] for at in batch]
        for step in next_tokens(base.model, asked, base.ends, sampling, base.padding):
            for row, token in zip(rows, step, strict=True):
                row.extend([] if token is None else [token])
        for at, row in zip(batch, rows, strict=True):
            written[at] = _ended(base, base.tokenizer.decode(row, skip_special_tokens=True))
        on_progress(len(batch))
    return written


def _ended(base: Base, text: str) -> str:
    for stop in base.prompting.stops:
        text = text.split(stop)[0]
    return text.strip()


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Positions of prompts of these lengths that are answered together, longest first."""
    order = sorted(range(len(lengths)), key=lambda at: -lengths[at])
    together: list[list[int]] = []
    start = 0
    while start < len(order):
        n_rows = min(MOST_AT_ONCE, max(1, BATCH_TOKENS // lengths[order[start]]))
        together.append(order[start : start + n_rows])
        start += n_rows
    return together
