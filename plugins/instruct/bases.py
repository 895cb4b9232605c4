"""Loads the language model that adapters rest on: any causal one that transformers knows."""

import os
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError

from assistant.errors import SettingsError
from ingest.embedder import model_dir
from plugins.instruct.base_names import UNTRAINED, settled
from plugins.instruct.prompting import Prompting, prompting_for


@dataclass(frozen=True, slots=True)
class Base:
    """A causal language model, ready to be run or trained.

    Attributes:
        name: Its folder, its name on the hub, or "minilm".
        model: A `PreTrainedModel`.
        tokenizer: Its tokenizer.
        prompting: The form of its prompts.
        n_context: How many tokens it can read and write together.
    """

    name: str
    model: Any
    tokenizer: Any
    prompting: Prompting
    n_context: int

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


def load_base(name: str, dtype: torch.dtype | None, may_fetch: bool = False) -> Base:
    """Loads a base.

    Args:
        name: "minilm", a folder, or the name of a model on the Hugging Face hub, which is fetched
            once. Only safetensors are read and no code of the model's is run.
        dtype: The type of its weights; `None` for that which they are stored in.
        may_fetch: Whether a model of the hub that is not here yet is fetched.

    Raises:
        SettingsError: It cannot be had, or is no causal language model.
    """
    place = settled(name)
    if may_fetch and place == name and name != UNTRAINED:
        # A person has named a model of the hub; everything else stays offline.
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "0"
    # Imported here: the variables above are read at import.
    from transformers import AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            model_dir() if name == UNTRAINED else place, model_max_length=10**9
        )
        model = _model(name, place, dtype)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise SettingsError(
            f"The base {name!r} cannot be loaded: {_first_line(error)} Give the folder of a causal "
            "language model that transformers can load, with safetensors, or the name of one on "
            "the hub, with a network.",
            "ASSISTANT_INSTRUCT__BASE",
        ) from error
    if model.config.model_type == "prefix-lm":
        tokenizer.eos_token = tokenizer.sep_token
    prompting = prompting_for(tokenizer, model.config.model_type)
    return Base(name, model, tokenizer, prompting, _n_context(model))


def _model(name: str, place: str, dtype: torch.dtype | None) -> Any:
    from transformers import AutoModelForCausalLM

    from plugins.instruct.prefix_lm import from_encoder

    if name == UNTRAINED:
        return from_encoder(model_dir()).to(dtype)
    return AutoModelForCausalLM.from_pretrained(
        place, dtype=dtype or "auto", attn_implementation="eager", use_safetensors=True
    )


def _n_context(model: Any) -> int:
    config = model.config.get_text_config()
    return int(getattr(config, "max_position_embeddings", None) or 2048)


def _first_line(error: Exception) -> str:
    line = str(error).strip().split("\n")[0].rstrip(".")
    return f"{line}." if line else f"{error!r}."
