"""Precision filtering and the token budget: what the model will see, and what was dropped."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.schema import Context, Dropped, Passage

LEAST_SHARE = 0.5
"""A passage must score at least this share of the best one: the rest would only distract."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Passages that a plugin contributes under a budget of its own, in tokens."""

    passages: Sequence[Passage]
    budget_tokens: int


class ContextFilter:
    """Ranks gathered passages and packs the best of them.

    Args:
        budget_tokens: The passages' tokens altogether.
        count_tokens: Counts the tokens of a text.
    """

    def __init__(self, budget_tokens: int, count_tokens: Callable[[str], int]) -> None:
        self._budget_tokens = budget_tokens
        self._count_tokens = count_tokens

    def pack(self, passages: Iterable[Passage], apart: Sequence[Apart] = ()) -> Context:
        """Keeps the passages that earn their place: best first, no repeats, within the budget.

        The best one is kept even where it alone exceeds the budget. Those apart follow, each
        group packed by itself in the same way.
        """
        packed = [self._packed(passages, self._budget_tokens)]
        packed += [self._packed(one.passages, one.budget_tokens) for one in apart]
        return Context(
            tuple(passage for context in packed for passage in context.passages),
            tuple(drop for context in packed for drop in context.dropped),
            sum(context.n_tokens for context in packed),
        )

    def _packed(self, passages: Iterable[Passage], budget_tokens: int) -> Context:
        ranked = sorted(passages, key=lambda passage: -passage.score)
        least = ranked[0].score * LEAST_SHARE if ranked else 0.0
        kept: list[Passage] = []
        dropped: list[Dropped] = []
        seen: set[str] = set()
        n_tokens = 0
        for passage in ranked:
            wording = " ".join(passage.text.split()).casefold()
            cost = self._count_tokens(passage.text)
            if passage.score < least:
                dropped.append(Dropped(passage, "it fits the question far less than the best"))
            elif wording in seen:
                dropped.append(Dropped(passage, "it repeats a better passage word for word"))
            elif kept and n_tokens + cost > budget_tokens:
                left = budget_tokens - n_tokens
                dropped.append(Dropped(passage, f"it has {cost} tokens and {left} are left"))
            else:
                seen.add(wording)
                kept.append(passage)
                n_tokens += cost
        return Context(tuple(kept), tuple(dropped), n_tokens)
