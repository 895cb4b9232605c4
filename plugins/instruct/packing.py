"""Stores a prefix language model in few bytes: its difference from the encoder it began as.

Differences are smaller than weights, so that they lose less when they are rounded, and what did not
change needs no bytes. Each 64 numbers of a row share a scale (blockwise absmax quantisation;
Dettmers et al. 2022, "8-bit optimizers via block-wise quantization", section 2.1).
"""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from assistant.errors import InputError, SettingsError
from ingest.embedder import model_dir
from plugins.instruct.prefix_lm import PrefixLM, PrefixLMConfig, from_encoder

PACKED = "packed.safetensors"
BITS = (4, 8)
GROUP = 64
"""Numbers that share a scale."""
CODES, SCALES = ".codes", ".scales"


def pack(model: Any, folder: Path, bits: int) -> None:
    """Writes a model's configuration and its rounded difference from the encoder into a folder.

    Args:
        model: A `PrefixLM` that began as the embedder.
        folder: Exists.
        bits: Of each number: one of `BITS`.

    Raises:
        InputError: It is another model, or `bits` is none of those.
    """
    if bits not in BITS:
        raise InputError(f"--bits must be 4 or 8, got {bits}.")
    if not isinstance(model, PrefixLM):
        raise InputError(
            "Only a model that was trained whole on the built-in base can be packed, got a "
            f"{model.config.model_type}: `assistant adapters export` writes others as they are."
        )
    start = from_encoder(model_dir()).state_dict()
    tensors: dict[str, Tensor] = {}
    unchanged: list[str] = []
    for name, weight in model.state_dict().items():
        difference = weight.float() - start[name]
        if not difference.any():
            unchanged.append(name)
            continue
        if difference.dim() == 1 or difference.shape[1] % GROUP:
            tensors[name] = difference.half()
            continue
        tensors[name + CODES], tensors[name + SCALES] = rounded(difference, bits)
    model.config.save_pretrained(folder)
    metadata = {"bits": json.dumps(bits), "unchanged": json.dumps(unchanged)}
    save_file(tensors, folder / PACKED, metadata)


def unpack(folder: Path) -> PrefixLM:
    """The model that `pack` has written, as float32.

    Raises:
        SettingsError: The folder holds something else.
    """
    model = from_encoder(model_dir())
    own = dict(model.named_parameters())
    try:
        PrefixLMConfig.from_pretrained(folder)
        with safe_open(folder / PACKED, "pt") as file, torch.no_grad():
            metadata = file.metadata()
            bits, unchanged = json.loads(metadata["bits"]), json.loads(metadata["unchanged"])
            names = set(file.keys())
            for name, weight in own.items():
                if name in unchanged:
                    continue
                if name in names:
                    weight.add_(file.get_tensor(name))
                else:
                    codes, scales = (file.get_tensor(name + end) for end in (CODES, SCALES))
                    weight.add_(restored(codes, scales, bits))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise SettingsError(
            f"{folder} holds no packed model ({error!r}): write it again with `assistant adapters "
            "pack`.",
            "ASSISTANT_INSTRUCT__BASE",
        ) from error
    return model


def is_packed(folder: Path) -> bool:
    """Whether a folder holds what `pack` has written."""
    return (folder / PACKED).is_file()


def rounded(weight: Tensor, bits: int) -> tuple[Tensor, Tensor]:
    """Codes and scales of a matrix.

    Args:
        weight: `(n_rows, n_columns)` float32, the columns a multiple of `GROUP`.
        bits: 4 or 8.

    Returns:
        `(n_rows, n_columns)` int8, or uint8 with two codes to a byte, `(n_rows, n_columns / 2)`;
        and `(n_rows, n_columns / GROUP)` float16.
    """
    groups = weight.reshape(len(weight), -1, GROUP)
    largest = 2 ** (bits - 1) - 1
    scales = (groups.abs().amax(dim=2) / largest).half()
    steps = scales.float().clamp(min=1e-8)[:, :, None]
    codes = (groups / steps).round().clamp(-largest, largest).to(torch.int8).flatten(1)
    if bits == 4:
        low, high = (codes + largest + 1).to(torch.uint8).reshape(len(codes), -1, 2).unbind(2)
        return low | high << 4, scales
    return codes, scales


def restored(codes: Tensor, scales: Tensor, bits: int) -> Tensor:
    """The matrix that `rounded` took, but for what rounding lost; float32."""
    if bits == 4:
        codes = torch.stack((codes & 15, codes >> 4), dim=2).flatten(1).to(torch.int8) - 8
    groups: Tensor = codes.reshape(len(codes), -1, GROUP).float() * scales.float()[:, :, None]
    return groups.flatten(1)
