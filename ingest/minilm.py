"""The forward pass of all-MiniLM-L6-v2, a BERT encoder (Devlin et al. 2019) of six layers.

Written out because a question waits for it: without a general library's bookkeeping, one short
text takes about half the time, and a command need not import that library, which takes seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from ingest.embedder import DIM

N_LAYERS = 6
N_HEADS = 12
LAYER_NORM_EPSILON = 1e-12


@dataclass(frozen=True, slots=True)
class _Linear:
    """A weight `(out, in)` and a bias `(out,)`."""

    weight: Tensor
    bias: Tensor

    def __call__(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class _LayerNorm:
    """Layer normalisation over the last dimension."""

    weight: Tensor
    bias: Tensor

    def __call__(self, hidden: Tensor) -> Tensor:
        return functional.layer_norm(hidden, (DIM,), self.weight, self.bias, LAYER_NORM_EPSILON)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One encoder layer; query, key and value are one product."""

    query_key_value: _Linear
    attention_output: _Linear
    attention_norm: _LayerNorm
    intermediate: _Linear
    output: _Linear
    output_norm: _LayerNorm

    def __call__(self, hidden: Tensor, mask: Tensor) -> Tensor:
        n_rows, n_tokens, _ = hidden.shape
        heads = self.query_key_value(hidden).view(n_rows, n_tokens, 3, N_HEADS, DIM // N_HEADS)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        joined = attended.transpose(1, 2).reshape(n_rows, n_tokens, DIM)
        hidden = self.attention_norm(hidden + self.attention_output(joined))
        return self.output_norm(hidden + self.output(functional.gelu(self.intermediate(hidden))))


class MiniLM:
    """The encoder with its weights.

    Args:
        weights: What `read_weights` gives, changed or not.
        device: Where they are held and multiplied.
        dtype: The type that they are held and multiplied in.
    """

    def __init__(
        self, weights: Mapping[str, Tensor], device: torch.device, dtype: torch.dtype
    ) -> None:
        self._device = device
        self._weights = {name: tensor.to(device, dtype) for name, tensor in weights.items()}
        self._tokens = self._weights["embeddings.word_embeddings.weight"]
        self._positions = (
            self._weights["embeddings.position_embeddings.weight"]
            + self._weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = self._layer_norm("embeddings.LayerNorm")
        self._layers = [self._layer(f"encoder.layer.{index}") for index in range(N_LAYERS)]

    @torch.inference_mode()
    def embed(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Embeds texts: the mean over their tokens, at unit length.

        Args:
            tokens: `(n_rows, n_tokens)` int64 token ids, padded.
            mask: `(n_rows, n_tokens)` bool, true where there is a token; at least one a row.

        Returns:
            `(n_rows, 384)` float32, L2-normalised, on the CPU.
        """
        hidden = self.hidden(tokens, mask)
        weights = mask.to(self._device)[:, :, None].float()
        pooled = (hidden.float() * weights).sum(dim=1) / weights.sum(dim=1)
        return functional.normalize(pooled, dim=1).cpu()

    @torch.inference_mode()
    def hidden(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """What the last layer makes of each token, `(n_rows, n_tokens, 384)`, on its device.

        Args:
            tokens: `(n_rows, n_tokens)` int64 token ids, padded.
            mask: `(n_rows, n_tokens)` bool, true where there is a token; at least one a row.
        """
        tokens, mask = tokens.to(self._device), mask.to(self._device)
        hidden = self._norm(self._tokens[tokens] + self._positions[: tokens.shape[1]])
        for layer in self._layers:
            hidden = layer(hidden, mask[:, None, None, :])
        return hidden

    def _layer(self, name: str) -> _Layer:
        projections = [
            self._linear(f"{name}.attention.self.{part}") for part in ("query", "key", "value")
        ]
        return _Layer(
            query_key_value=_Linear(
                torch.cat([projection.weight for projection in projections]),
                torch.cat([projection.bias for projection in projections]),
            ),
            attention_output=self._linear(f"{name}.attention.output.dense"),
            attention_norm=self._layer_norm(f"{name}.attention.output.LayerNorm"),
            intermediate=self._linear(f"{name}.intermediate.dense"),
            output=self._linear(f"{name}.output.dense"),
            output_norm=self._layer_norm(f"{name}.output.LayerNorm"),
        )

    def _linear(self, name: str) -> _Linear:
        return _Linear(self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _layer_norm(self, name: str) -> _LayerNorm:
        return _LayerNorm(self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])


def read_weights(folder: Path) -> dict[str, Tensor]:
    """The weights by their names in `model.safetensors` of a folder, as they are stored."""
    weights = load_file(folder / "model.safetensors")
    return {name: tensor for name, tensor in weights.items() if tensor.is_floating_point()}


def fastest_device() -> tuple[torch.device, torch.dtype]:
    """A CUDA device where there is one, else the CPU; bfloat16 where it multiplies in it.

    On a CPU that does, bfloat16 is three to four times as fast as float32.
    """
    if torch.cuda.is_available():
        return torch.device("cuda"), torch.bfloat16
    fast = torch.cpu.get_capabilities().get("avx512_bf16", False)
    return torch.device("cpu"), torch.bfloat16 if fast else torch.float32
