"""Loads the language model that adapters rest on: any causal one that transformers knows."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from ingest.embedder import model_dir
from ingest.minilm import fastest_device
from plugins.instruct.base_names import BUILT_IN, SHIPPED, UNTRAINED, weights_digest
from plugins.instruct.four_bits import four_bits, refuse_four_bits
from plugins.instruct.hub import OnBytes, fetched, first_line, folder_on_disk, not_loaded
from plugins.instruct.packing import is_packed, unpack
from plugins.instruct.prefix_lm import PrefixLM
from plugins.instruct.prompting import Prompting, prompting_for
from plugins.instruct.room import refuse_without_room
from plugins.instruct.soft_tokens import SoftPrompting


@dataclass(frozen=True, slots=True)
class Base:
    """A causal language model, ready to be run or trained.

    Attributes:
        name: Its folder, its name on the hub, "built-in" or "minilm".
        model: A `PreTrainedModel`.
        tokenizer: Its tokenizer.
        prompting: The form of its prompts.
        n_context: How many tokens it can read and write together.
        soft_tokens: Ids that stand in front of its prompts, for prompt tuning.
    """

    name: str
    model: Any
    tokenizer: Any
    prompting: Prompting
    n_context: int
    soft_tokens: tuple[int, ...] = ()

    def with_soft_tokens(self, soft_tokens: tuple[int, ...]) -> "Base":
        """The same base, whose prompts have these tokens in front."""
        if not soft_tokens:
            return self
        begins = frozenset({self.tokenizer.cls_token_id, self.tokenizer.bos_token_id} - {None})
        prompting = SoftPrompting(self.prompting, soft_tokens, begins)
        return replace(self, prompting=prompting, soft_tokens=soft_tokens)

    def without_soft_tokens(self) -> "Base":
        """The same base, asked in the form that it came with."""
        if not isinstance(self.prompting, SoftPrompting):
            return self
        return replace(self, prompting=self.prompting.plain, soft_tokens=())

    @property
    def ends(self) -> frozenset[int]:
        """The tokens that end a response."""
        ends = self.model.generation_config.eos_token_id
        known = ends if isinstance(ends, list) else [ends]
        return frozenset({*known, self.tokenizer.eos_token_id} - {None})

    @property
    def padding(self) -> int:
        """The token that shorter texts are filled up with."""
        padding = self.tokenizer.pad_token_id
        return int(self.tokenizer.eos_token_id if padding is None else padding)


def load_base(
    name: str,
    dtype: torch.dtype | None,
    on_bytes: OnBytes | None = None,
    four_bit: bool = False,
) -> Base:
    """Loads a base.

    Args:
        name: "built-in", "minilm", a folder, or the name of a model on the Hugging Face hub, which
            is fetched once. Only safetensors are read and no code of the model's is run.
        dtype: The type of its weights; `None` for that which they are stored in.
        on_bytes: Told how far a model of the hub is fetched that is not here yet; `None` where
            nothing may be fetched.
        four_bit: Whether its layers are stored in 4 bits, on a CUDA device; the type of its other
            weights is then bfloat16.

    Raises:
        SettingsError: It cannot be had, or not in 4 bits, is larger than the memory that is free,
            or is no causal language model.
    """
    if four_bit:
        refuse_four_bits(name)
    place = _place(name, on_bytes)
    # Imported here: it takes seconds.
    from transformers import AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            model_dir() if is_packed(place) else place, model_max_length=10**9
        )
        if not four_bit:  # those go to the GPU piece by piece
            refuse_without_room(name, place, dtype)
        model = _model(name, place, dtype, four_bit)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise not_loaded(
            name,
            f"{first_line(error)} Give the folder of a causal language model that transformers can "
            "load, with safetensors, or the name of one on the hub.",
        ) from error
    if model.config.model_type == "prefix-lm":
        tokenizer.eos_token = tokenizer.sep_token
    prompting = prompting_for(tokenizer, model.config.model_type)
    return Base(name, model, tokenizer, prompting, _n_context(model))


def load_served(name: str, four_bit: bool = False) -> Base:
    """Loads a base to be asked, where and in the type that it answers fastest.

    Args:
        name: As in `load_base`; nothing is fetched.
        four_bit: As there.

    Raises:
        SettingsError: As there, or it is larger than the GPU's memory that is free.
    """
    device, dtype = fastest_device()
    base = load_base(name, dtype, four_bit=four_bit)
    if isinstance(base.model, PrefixLM):
        base.model.set_attn_implementation("sdpa")  # of one token at a time the fastest
        if device.type == "cpu":
            base.model.shrink_words()
    try:
        base.model.to(device).eval().requires_grad_(False)
    except torch.OutOfMemoryError as error:
        raise not_loaded(
            name,
            "its weights take more of the GPU's memory than is free. End other programs, name a "
            "smaller base, or set ASSISTANT_INSTRUCT__FOUR_BIT=true.",
        ) from error
    return base


def weights_sha256(name: str) -> str:
    """The hash of a base's weights, which need not stay the same under a name.

    Raises:
        SettingsError: It is not here.
    """
    return weights_digest(_place(name, None))


def _place(name: str, on_bytes: OnBytes | None) -> Path:
    """The folder that a base lies in."""
    if name == UNTRAINED:
        return model_dir()
    if name == BUILT_IN:
        return SHIPPED
    if Path(name).is_dir():
        return Path(name).resolve()
    if on_bytes is not None:
        return fetched(name, on_bytes)
    folder = folder_on_disk(name)
    if folder is None:
        raise not_loaded(
            name,
            "it is no folder and was not fetched from the hub yet. With a network, `assistant "
            f"train instruct` fetches it, and so does `hf download {name}`.",
        )
    return folder


def _model(name: str, place: Path, dtype: torch.dtype | None, four_bit: bool) -> Any:
    from transformers import AutoModelForCausalLM

    from plugins.instruct.prefix_lm import from_encoder

    if name == UNTRAINED:
        return from_encoder(place).to(dtype)
    if is_packed(place):
        return unpack(place).to(dtype)
    return AutoModelForCausalLM.from_pretrained(
        place,
        dtype=torch.bfloat16 if four_bit else dtype or "auto",
        attn_implementation="eager",
        use_safetensors=True,
        quantization_config=four_bits() if four_bit else None,
    )


def _n_context(model: Any) -> int:
    config = model.config.get_text_config()
    return int(getattr(config, "max_position_embeddings", None) or 2048)
