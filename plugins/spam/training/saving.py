"""Writes a trained classifier into a folder that `SpamClassifier` reads."""

from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from plugins.spam.folder import (
    ADAPTER,
    ADAPTER_CONFIG,
    BUILT_IN,
    CARD,
    CHANGED,
    CONFIG,
    HEAD,
    ClassifierConfig,
)
from plugins.spam.training.model import SpamModel

BUILT_IN_NAME = "sentence-transformers/all-MiniLM-L6-v2"
"""What the built-in base is called elsewhere: other tools look it up by this name."""


def save_classifier(model: SpamModel, config: ClassifierConfig, folder: Path) -> None:
    """Writes the head, and what was trained of the base: PEFT's files, or weights by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (CONFIG, ADAPTER, ADAPTER_CONFIG, CHANGED, HEAD, CARD):
        (folder / name).unlink(missing_ok=True)
    save_file(
        {name: one.contiguous() for name, one in model.head.state_dict().items()}, folder / HEAD
    )
    encoder: Any = model.encoder
    if hasattr(encoder, "peft_config"):
        if config.base == BUILT_IN:
            encoder.peft_config["default"].base_model_name_or_path = BUILT_IN_NAME
        encoder.save_pretrained(folder)
    else:
        changed = {name: one for name, one in encoder.named_parameters() if one.requires_grad}
        if changed:
            save_file(
                {name: one.detach().contiguous() for name, one in changed.items()},
                folder / CHANGED,
            )
    config.write(folder)  # last: without it the folder holds no classifier
