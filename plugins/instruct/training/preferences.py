"""Preference tuning: makes preferred responses more probable than those to avoid.

Direct preference optimisation (Rafailov et al. 2023, equation 7), on the loop that examples are
learnt by: TRL's trainer wants a base with an output layer of its own, which the built-in one has
not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from plugins.instruct.bases import Base
from plugins.instruct.examples import Preference
from plugins.instruct.prefix_lm import IGNORED
from plugins.instruct.training.batches import Tokens, padded
from plugins.instruct.training.trainer import InstructTrainer

BETA = 0.1
"""How strongly the model is held to what it was before."""
RATE_SHARE = 0.1
"""Steps are smaller than those of examples by this factor."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A response to prefer and one to avoid, as tokens.

    Attributes:
        reference: Log-likelihoods of both under the model before, in nats.
    """

    chosen: Tokens
    rejected: Tokens
    reference: tuple[float, float] = (0.0, 0.0)

    def __len__(self) -> int:
        return 2 * max(len(self.chosen), len(self.rejected))


def encoded_pairs(base: Base, preferences: Sequence[Preference]) -> list[Pair]:
    """The tokens of those preferences that the base can read whole."""
    pairs = []
    for one in preferences:
        prompt = base.prompting.prompt(one.request)
        chosen, rejected = (
            Tokens(prompt, base.prompting.response(text)) for text in (one.chosen, one.rejected)
        )
        if max(len(chosen), len(rejected)) <= base.n_context:
            pairs.append(Pair(chosen, rejected))
    return pairs


def collated(pairs: Sequence[Pair], padding: int) -> dict[str, Tensor]:
    """Pairs as tensors `(n_pairs, 2, n_tokens)`, the chosen first, and their reference."""
    rows = [side for pair in pairs for side in (pair.chosen, pair.rejected)]
    batch = {name: tensor.view(len(pairs), 2, -1) for name, tensor in padded(rows, padding).items()}
    return {**batch, "reference": torch.tensor([pair.reference for pair in pairs])}


class PreferenceTrainer(InstructTrainer):
    """Learns from pairs.

    Args:
        **options: Those of `InstructTrainer`; its data sets are lists of `Pair`.
    """

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,  # noqa: ARG002 - the library gives it
    ) -> Any:
        """How little the model prefers what is to be preferred, the mean over pairs."""
        loss = -functional.logsigmoid(BETA * margins(model, inputs)).mean()
        return (loss, {}) if return_outputs else loss

    def collate(self, pairs: list[Any]) -> dict[str, Tensor]:
        """Pairs as tensors."""
        return collated(pairs, self.padding)

    def with_reference(self, pairs: Sequence[Pair]) -> list[Pair]:
        """The pairs with their log-likelihoods under the model as it is now."""
        known: dict[int, tuple[float, float]] = {}
        for positions, batch in self.batches(pairs):
            chosen, rejected = _both(self.model, batch).T.tolist()
            known.update(zip(positions, zip(chosen, rejected, strict=True), strict=True))
        return [replace(pair, reference=known[at]) for at, pair in enumerate(pairs)]

    def accuracy(self, pairs: Sequence[Pair]) -> float:
        """Share of pairs whose chosen side gained more, compared with the reference."""
        gained = [margins(self.model, batch) > 0 for _, batch in self.batches(pairs)]
        return torch.cat(gained).float().mean().item()


def margins(model: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """How much more the chosen side gained since the reference than the other, `(n_pairs,)`."""
    gained = _both(model, batch) - batch["reference"]
    return gained[:, 0] - gained[:, 1]


def _both(model: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Log-likelihoods of both responses of each pair, `(n_pairs, 2)` float32, in nats."""
    ids, mask, labels = (
        batch[name].flatten(0, 1) for name in ("input_ids", "attention_mask", "labels")
    )
    logits = model(input_ids=ids, attention_mask=mask).logits[:, :-1].float()
    targets = labels[:, 1:]
    losses = functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="none"
    )
    return -losses.view(targets.shape).sum(dim=1).view(-1, 2)
