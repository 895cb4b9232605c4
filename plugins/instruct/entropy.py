"""How sure a model is of what it would say."""

from collections.abc import Sequence

import torch
from torch import Tensor

from plugins.instruct.bases import Base
from plugins.instruct.examples import Request
from plugins.instruct.generation import next_tokens
from plugins.instruct.responding import batches
from plugins.instruct.sampling import Sampling

MEASURED_TOKENS = 32
"""So many first tokens of a response tell how sure the model is of it."""


def entropies(
    base: Base, requests: Sequence[Request], max_tokens: int = MEASURED_TOKENS
) -> list[float]:
    """Mean entropy of the predictions behind which each request's greedy response is written.

    The prediction that ends the response is one of them. For n predictions over words w

        H = -1/n Σ_t Σ_w p(w | prompt, y_<t) log p(w | prompt, y_<t)

    Args:
        base: Its model may carry an adapter.
        requests: Each shorter than the base's context, less `max_tokens`.
        max_tokens: Only so many first tokens of a response are written.

    Returns:
        Nats for each request: 0 where the model is sure, at most the logarithm of how many words
        there are.
    """
    prompts = [base.prompting.prompt(request) for request in requests]
    found = [0.0] * len(prompts)
    for batch in batches([len(prompt) for prompt in prompts]):
        measured = _entropies(base, [prompts[at] for at in batch], Sampling(max_tokens=max_tokens))
        for at, entropy in zip(batch, measured, strict=True):
            found[at] = entropy
    return found


class MeanEntropy:
    """That of a response which is being written; see `entropies`."""

    def __init__(self) -> None:
        self._sum, self._n = 0.0, 0

    def add(self, logits: Tensor) -> None:
        """Takes the next prediction, `(1, n_words)`."""
        self._sum += float(_entropy(logits))
        self._n += 1

    @property
    def value(self) -> float:
        """Nats; 0 before the first prediction."""
        return self._sum / max(1, self._n)


def _entropies(base: Base, prompts: Sequence[Sequence[int]], sampling: Sampling) -> list[float]:
    sums, counts = [0.0] * len(prompts), [0] * len(prompts)
    alive = [True] * len(prompts)

    def add(logits: Tensor) -> None:
        for row, entropy in enumerate(_entropy(logits).tolist()):
            if alive[row]:
                sums[row] += entropy
                counts[row] += 1

    for step in next_tokens(base.model, prompts, base.ends, sampling, base.padding, add):
        alive[:] = [token is not None for token in step]
    return [total / count for total, count in zip(sums, counts, strict=True)]


def _entropy(logits: Tensor) -> Tensor:
    """That of each row's distribution, `(n_rows,)`, nats."""
    log_probabilities = logits.log_softmax(dim=1)
    entropy: Tensor = torch.special.entr(log_probabilities.exp()).sum(dim=1)
    return entropy
