"""Writes a trained classifier into a folder that `SpamClassifier` reads."""

from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from plugins.spam.folder import BUILT_IN, CHANGED, HEAD, ClassifierConfig
from plugins.spam.training.model import SpamModel

BUILT_IN_NAME = "sentence-transformers/all-MiniLM-L6-v2"
"""What the built-in base is called elsewhere: other tools look it up by this name."""


def save_classifier(model: SpamModel, config: ClassifierConfig, folder: Path) -> None:
    """Writes the head, and what was trained of the base: PEFT's files, or weights by name."""
    save_file(
        {name: one.contiguous() for name, one in model.head.state_dict().items()}, folder / HEAD
    )
    encoder: Any = model.encoder
    if hasattr(encoder, "peft_config"):
        name = BUILT_IN_NAME if config.base == BUILT_IN else Path(config.base).name
        encoder.peft_config["default"].base_model_name_or_path = name
        encoder.save_pretrained(folder)
    else:
        changed = {name: one for name, one in encoder.named_parameters() if one.requires_grad}
        if changed:
            save_file(
                {name: one.detach().contiguous() for name, one in changed.items()},
                folder / CHANGED,
            )
    config.write(folder)
