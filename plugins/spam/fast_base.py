"""The built-in base with a classifier's changes merged in, as fast as the embedder."""

import json
from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from ingest.embedder import MAX_TOKENS, model_dir
from ingest.minilm import MiniLM, fastest_device, read_weights
from plugins.spam.folder import ADAPTER, ADAPTER_CONFIG, CHANGED
from plugins.spam.scorer import Encode, Hidden

PEFT_PREFIX = "base_model.model."


def fast_base(folder: Path) -> tuple[Encode, Hidden]:
    """The tokenizer, and the forward pass of the base with what the folder changes.

    Raises:
        OSError, ValueError, KeyError, RuntimeError: The files are damaged or of another base.
    """
    tokenizer = Tokenizer.from_file(str(model_dir() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)

    def encode(texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in tokenizer.encode_batch(texts)]

    return encode, MiniLM(merged(read_weights(model_dir()), folder), *fastest_device()).hidden


def merged(weights: Mapping[str, Tensor], folder: Path) -> dict[str, Tensor]:
    """The base's weights with what a classifier's folder changes.

    A low-rank adapter adds `alpha / rank * B @ A` to the weight that it belongs to (Hu et al. 2021,
    "LoRA", equation 3).

    Raises:
        KeyError: A change belongs to a weight that the base does not have.
    """
    merged = dict(weights)
    if (folder / CHANGED).exists():
        for name, changed in load_file(folder / CHANGED).items():
            merged[name] = changed.float().reshape(merged[name].shape)
    if (folder / ADAPTER).exists():
        config = json.loads((folder / ADAPTER_CONFIG).read_text("utf-8"))
        scale = config["lora_alpha"] / config["r"]
        adapters = load_file(folder / ADAPTER)
        for name in [name for name in adapters if name.endswith(".lora_A.weight")]:
            down, up = adapters[name], adapters[name.replace(".lora_A.", ".lora_B.")]
            target = name.removeprefix(PEFT_PREFIX).replace(".lora_A.", ".")
            merged[target] = merged[target].float() + scale * up.float() @ down.float()
    return merged
