"""The classifier as it is trained: a base, of which some is trained, and a linear head."""

import warnings
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from plugins.spam.base import blocks, width
from plugins.spam.folder import N_LABELS
from plugins.spam.pooling import pooled
from plugins.spam.training.options import TrainingOptions


class SpamModel(nn.Module):
    """Two logits for each message: ham's and spam's."""

    def __init__(self, encoder: nn.Module, options: TrainingOptions) -> None:
        super().__init__()
        self._pool = options.pool
        self.device = next(encoder.parameters()).device
        self.head = nn.Linear(width(encoder), N_LABELS).to(self.device)
        self.encoder = _made_trainable(encoder, options)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Logits `(n_rows, 2)` float32 of token ids and their mask, both `(n_rows, n_tokens)`."""
        tokens, mask = tokens.to(self.device), mask.to(self.device)
        hidden = self.encoder(input_ids=tokens, attention_mask=mask.long()).last_hidden_state
        logits: Tensor = self.head(pooled(hidden, mask, self._pool))
        return logits

    @torch.inference_mode()
    def logits(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """The same without gradients, on the CPU."""
        logits: Tensor = self(tokens, mask).cpu()
        return logits

    def trainable(self) -> dict[str, nn.Parameter]:
        """What is trained, by name."""
        return {name: one for name, one in self.named_parameters() if one.requires_grad}

    def weights(self) -> dict[str, Tensor]:
        """A copy of what is trained."""
        return {name: one.detach().clone() for name, one in self.trainable().items()}

    def load(self, weights: Mapping[str, Tensor]) -> None:
        """Takes such a copy back."""
        with torch.no_grad():
            for name, one in self.trainable().items():
                one.copy_(weights[name])


def _made_trainable(encoder: nn.Module, options: TrainingOptions) -> nn.Module:
    """Lets gradients into the part of the base that the strategy trains."""
    match options.strategy:
        case "lora":
            return _with_adapters(encoder, options.rank)
        case "full":
            encoder.requires_grad_(True)
        case "last-block":
            blocks(encoder)[-1:].requires_grad_(True)
        case "last-two":
            blocks(encoder)[-2:].requires_grad_(True)
    return encoder


def _with_adapters(encoder: nn.Module, rank: int) -> nn.Module:
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # PEFT asks transformers by an old name
        return get_peft_model(encoder, config, autocast_adapter_dtype=False)
