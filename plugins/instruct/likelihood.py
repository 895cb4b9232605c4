"""How probable a model finds responses that it is given."""

from collections.abc import Callable, Sequence

import torch
from torch.nn import functional

from plugins.instruct.bases import Base
from plugins.instruct.examples import Example
from plugins.instruct.prefix_lm import IGNORED
from plugins.instruct.training.batches import Tokens, padded
from plugins.instruct.training.encoding import encoded

BATCH_TOKENS = 1024
"""Read at once: each has a score for every word of the vocabulary."""


def log_likelihoods(
    base: Base,
    examples: Sequence[Example],
    on_progress: Callable[[int], None] = lambda n_done: None,
) -> list[float | None]:
    """Log-likelihood of each response behind its request, in nats, its end left out.

    `None` where the base cannot read the two as a whole.

    Args:
        base: Its model may carry an adapter.
        examples: Requests with the responses to look at.
        on_progress: Called with the number of examples of each batch.
    """
    tokens = [Tokens(one.prompt, one.response[:-1]) for one in encoded(base, examples)]
    found: list[float | None] = [None] * len(tokens)
    readable = [at for at, one in enumerate(tokens) if len(one) <= base.n_context]
    order = sorted(readable, key=lambda at: len(tokens[at]))
    on_progress(len(tokens) - len(order))
    while order:
        n_rows = max(1, BATCH_TOKENS // len(tokens[order[-1]]))
        batch, order = order[-n_rows:], order[:-n_rows]
        for at, value in zip(batch, _batch(base, [tokens[at] for at in batch]), strict=True):
            found[at] = value
        on_progress(len(batch))
    return found


@torch.inference_mode()
def _batch(base: Base, tokens: Sequence[Tokens]) -> list[float]:
    fields = {
        name: tensor.to(base.model.device) for name, tensor in padded(tokens, base.padding).items()
    }
    targets = fields.pop("labels")[:, 1:]
    logits = base.model(**fields).logits[:, :-1].float()
    losses = functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="none"
    )
    sums: list[float] = (-losses.view(targets.shape).sum(dim=1)).tolist()
    return sums
