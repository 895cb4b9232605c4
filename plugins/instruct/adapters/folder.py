"""The folder of an adapter, or of a model that was trained whole: what lies in it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import SettingsError

CONFIG = "instruct.json"
ADAPTER = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"
"""Low-rank adapters and soft tokens as PEFT writes them."""
MODEL = "model.safetensors"
METRICS = "metrics.json"
TRAINING = "training.json"
CURVES = "curves.png"
CARD = "README.md"
OF_A_MODEL = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "chat_template.jinja",
    "special_tokens_map.json",
)
"""What transformers writes beside the weights."""
FILES = (
    CONFIG,
    ADAPTER,
    ADAPTER_CONFIG,
    MODEL,
    *OF_A_MODEL,
    METRICS,
    TRAINING,
    CURVES,
    CARD,
)
"""All that a training writes, the file that makes it one first."""


@dataclass(frozen=True, slots=True)
class AdapterConfig:
    """What an adapter is and what it rests on.

    Attributes:
        base: The base's folder or name.
        method: How it was trained: "lora", "qlora", "prompt" or "full".
        beats_base: Whether it was better than its base on what neither had seen.
        reason: Why it counts as better or not, in a sentence.
        soft_tokens: Ids that stand in front of each prompt, where it was trained by "prompt".
        base_version: Of the built-in base; see `base_names.version_of`.
    """

    base: str
    method: str
    beats_base: bool
    reason: str
    soft_tokens: tuple[int, ...] = ()
    base_version: str = ""

    def write(self, folder: Path) -> None:
        """Writes it into a folder."""
        (folder / CONFIG).write_text(json.dumps(asdict(self), indent=2) + "\n", "utf-8")


def read_config(folder: Path) -> AdapterConfig:
    """What the adapter in a folder is.

    Raises:
        SettingsError: There is none, or a damaged one.
    """
    try:
        fields = json.loads((folder / CONFIG).read_text("utf-8"))
        return AdapterConfig(
            base=str(fields["base"]),
            method=str(fields["method"]),
            beats_base=bool(fields["beats_base"]),
            reason=str(fields["reason"]),
            soft_tokens=tuple(map(int, fields.get("soft_tokens", ()))),
            base_version=str(fields.get("base_version", "")),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{folder} holds no adapter ({error!r}): name one that `assistant train instruct` has "
            "written, or leave it out for the base alone.",
            "ASSISTANT_INSTRUCT__ADAPTER",
        ) from error
