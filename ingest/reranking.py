"""Reads the candidates of a search together with the question: which of them answer it?"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from assistant.schema import Passage
from ingest.reranker.built_in import SHIPPED, BuiltInReranker, is_trained_here
from ingest.reranker.cross_encoder import CrossEncoder

BUILT_IN, NONE = "built-in", "none"


class Reranker(Protocol):
    """Says how well passages answer a question."""

    @property
    def name(self) -> str:
        """What it is called, where figures name it."""
        ...

    def warm_up(self) -> None:
        """Loads what it needs; safe to call twice.

        Raises:
            SettingsError: It cannot be had.
        """
        ...

    def scores(self, query: str, passages: Sequence[Passage]) -> list[float]:
        """The probability of each passage that it answers the question.

        Args:
            query: The question.
            passages: Candidates in the order of the search, the best first, with its scores.

        Raises:
            SettingsError: It cannot be had.
        """
        ...


def load_reranker(name: str) -> Reranker | None:
    """The reranker of a name; light, for it loads on first use or in `warm_up`.

    Args:
        name: "built-in"; "none"; a folder that `assistant train reranker` has written; or the
            folder or name on the Hugging Face hub of a cross-encoder.
    """
    if name == NONE:
        return None
    if name == BUILT_IN:
        return BuiltInReranker(SHIPPED)
    if is_trained_here(Path(name)):
        return BuiltInReranker(Path(name), name)
    return CrossEncoder(name)
