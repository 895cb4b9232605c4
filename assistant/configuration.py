"""What an answer depends on beside its question and documents: model, settings, adapters, code."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from assistant.settings import Settings

GROUPS = ("rag", "memory", "spam", "instruct")
"""Settings that change answers, by group."""
SPLITTING = {"chunk_tokens", "overlap_tokens"}
"""Settings of the ingest that change answers."""
SINGLE = ("router", "context_tokens", "history_tokens", "max_answer_tokens")
"""Settings that change answers and stand in no group."""
CODE = ("assistant", "plugins", "ingest", "evals")
LEFT_OUT = frozenset({"__pycache__", "benchmarks", "golden"})
"""Folders of what measures answers and makes none."""
ACTIVE_ADAPTER = "active.json"
"""Beside the adapters, it says which of them answers."""


def configuration(settings: Settings, judge: str) -> Mapping[str, str]:
    """What tells the answers of this assistant from those of others, by name.

    Args:
        settings: The settings; no key and no password enters.
        judge: Name and version of the judge.
    """
    active = settings.adapters_dir / ACTIVE_ADAPTER
    return {
        "model": settings.model or "extractive",
        "judge": judge,
        "adapter": active.read_text("utf-8").strip() if active.is_file() else "",
        **{name: getattr(settings, name).model_dump_json() for name in GROUPS},
        "ingest": settings.ingest.model_dump_json(include=SPLITTING),
        **{name: str(getattr(settings, name)) for name in SINGLE},
        "code": code_hash(),
    }


def code_hash() -> str:
    """A hash of the code that answers, with its prompts, examples and weights: 12 hex digits."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for package in CODE:
        for file in sorted((root / package).rglob("*")):
            if file.is_file() and LEFT_OUT.isdisjoint(file.parts):
                digest.update(file.relative_to(root).as_posix().encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]
