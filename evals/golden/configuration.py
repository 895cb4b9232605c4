"""What an assistant's answers depend on, so that two runs can be told apart."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.settings import Settings

HASH_DIGITS = 12
ROOT = Path(__file__).parents[2]
PACKAGES = ("assistant", "ingest", "plugins")
"""Whose code and weights make the answers."""
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
        code=_code(),
        settings=dict(_flat(settings.model_dump(mode="json", include=set(SETTINGS)))),
    )


def _flat(group: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in group.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def _code() -> str:
    files = sorted(
        file
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    )
    return _hash(
        f"{file.relative_to(ROOT).as_posix()} {sha256(file.read_bytes()).hexdigest()}"
        for file in files
    )


def _hash(texts: Iterable[str]) -> str:
    return sha256("\0".join(texts).encode()).hexdigest()[:HASH_DIGITS]
