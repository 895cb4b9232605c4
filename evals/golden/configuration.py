"""What an assistant's answers depend on, so that two runs can be told apart."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from assistant.configuration import code_hash
from assistant.settings import Settings

HASH_DIGITS = 12
SETTINGS = (
    *("router", "context_tokens", "history_tokens", "max_answer_tokens"),
    *("ingest", "rag", "spam", "instruct", "memory"),
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What answers depend on; hashes where it is long.

    Attributes:
        model: The language model's name, or "extractive".
        prompt: Hash of how the model is told to answer.
        documents: Hash of the documents' contents.
        code: Hash of the code and of what ships with it.
        settings: By name, such as "rag.top_k".
    """

    model: str
    prompt: str
    documents: str
    code: str
    settings: Mapping[str, str]

    @property
    def version(self) -> str:
        """One word for all of it."""
        return _hash([json.dumps(asdict(self), sort_keys=True)])

    def changes(self, before: "Configuration") -> list[str]:
        """What is not as it was, for a person: short ones with both values."""
        changed = [] if before.model == self.model else [f"model {before.model} → {self.model}"]
        for name in sorted({*before.settings, *self.settings}):
            old, new = before.settings.get(name, "none"), self.settings.get(name, "none")
            changed += [] if old == new else [f"{name} {old} → {new}"]
        hashes = ("prompt", "documents", "code")
        return changed + [one for one in hashes if getattr(before, one) != getattr(self, one)]


def configuration(
    settings: Settings, prompts: Sequence[str], documents: Iterable[str]
) -> Configuration:
    """The configuration of an assistant.

    Args:
        settings: Its settings.
        prompts: How its model is told to answer.
        documents: The hashes of its documents' contents.
    """
    return Configuration(
        model=settings.model or "extractive",
        prompt=_hash(prompts),
        documents=_hash(sorted(documents)),
        code=code_hash(),
        settings=dict(_flat(settings.model_dump(mode="json", include=set(SETTINGS)))),
    )


def _flat(group: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in group.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def _hash(texts: Iterable[str]) -> str:
    return sha256("\0".join(texts).encode()).hexdigest()[:HASH_DIGITS]
