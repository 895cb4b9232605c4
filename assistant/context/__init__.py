"""Precision filtering and the token budget: what the model will see, and what was dropped."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from assistant.context.repeats import Wording, wording
from assistant.context.shortening import shortened, word_weights
from assistant.schema import MEMORY, Context, Dropped, Passage, Share

BY_SCORE, BY_SHARE, BIAS = 5.8, 6.9, -10.1
"""Log-odds that a passage holds the answer: by its score, and by its share of the best score.

Fitted on passages of P3 by `assistant eval packing`; see docs/experiments.md.
"""
LEAST_RELEVANCE = 0.006
"""A passage that is less probable to hold the answer would only distract."""
PASSAGE_TOKENS = 200
"""What a passage takes of a model's attention beside its tokens, in tokens: short ones that are
hardly relevant would crowd out a long one otherwise."""
MOST_PASSAGES = 500
"""So many are looked at, however many a plugin gathers."""


def relevance_of(score: float, best: float) -> float:
    """How probable it is that a passage of this score holds the answer."""
    share = score / best if best else 1.0
    return 1 / (1 + math.exp(-(BY_SCORE * score + BY_SHARE * share + BIAS)))


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a plugin has gathered, and the budget of its own in tokens, if it has one."""

    plugin: str
    passages: Sequence[Passage]
    budget_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage that may be packed.

    Attributes:
        n_tokens: What it takes of the budget.
        relevance: How probable it is that it holds the answer.
    """

    passage: Passage
    plugin: str
    n_tokens: int
    relevance: float

    def dropped(self, reason: str, n_tokens: int | None = None) -> Dropped:
        """Why it is left out, or so many of its tokens."""
        return Dropped(
            self.passage, reason, self.plugin, self.n_tokens if n_tokens is None else n_tokens
        )


@dataclass(frozen=True, slots=True)
class _Packed:
    """What is kept, the strongest first, and what is not."""

    kept: Sequence[_Candidate]
    dropped: Sequence[Dropped]


class ContextFilter:
    """Packs the passages that earn their place.

    Args:
        budget_tokens: The passages' tokens altogether.
        count_tokens: Counts the tokens of a text.
    """

    def __init__(self, budget_tokens: int, count_tokens: Callable[[str], int]) -> None:
        self._budget_tokens = budget_tokens
        self._count_tokens = count_tokens

    def pack(self, question: str, contributions: Sequence[Contribution]) -> Context:
        """Chooses what the model sees of what the plugins have gathered.

        The strongest passages stand first and last, where models read best (Liu et al. 2023,
        "Lost in the Middle"). What has a budget of its own is packed by itself and follows in the
        order of its strength.
        """
        shared = [one for one in contributions if one.budget_tokens is None]
        common = self._packed(question, shared, self._budget_tokens)
        packed = [replace(common, kept=_strongest_outside(common.kept))]
        packed += [
            self._packed(question, [one], one.budget_tokens)
            for one in contributions
            if one.budget_tokens is not None
        ]
        kept = [candidate for group in packed for candidate in group.kept]
        return Context(
            tuple(one.passage for one in kept),
            tuple(drop for group in packed for drop in group.dropped),
            sum(one.n_tokens for one in kept),
            self._budget_tokens,
            tuple(_share(one, kept) for one in contributions),
        )

    def _packed(
        self, question: str, contributions: Sequence[Contribution], budget_tokens: int
    ) -> _Packed:
        ranked = sorted(self._candidates(contributions), key=lambda one: -one.relevance)
        too_many = [one.dropped(f"{MOST_PASSAGES} fit better") for one in ranked[MOST_PASSAGES:]]
        relevant, weak = _relevant(ranked[:MOST_PASSAGES])
        distinct, repeated = _distinct(relevant)
        fitting = self._fitting(question, distinct, budget_tokens)
        return replace(fitting, dropped=[*fitting.dropped, *repeated, *weak, *too_many])

    def _candidates(self, contributions: Sequence[Contribution]) -> Iterable[_Candidate]:
        best = max((_score(one) for given in contributions for one in given.passages), default=0.0)
        for given in contributions:
            for passage in given.passages:
                n_tokens = self._count_tokens(passage.text)
                relevance = relevance_of(_score(passage), best)
                yield _Candidate(passage, given.plugin, n_tokens, relevance)

    def _fitting(self, question: str, ranked: Sequence[_Candidate], budget_tokens: int) -> _Packed:
        """Everything where there is room; else the best, then by relevance for a token.

        That is the greedy rule for knapsacks (Dantzig 1957). What is longer than the room that is
        left is shortened to it, where that leaves sentences that matter.
        """
        if sum(one.n_tokens for one in ranked) <= budget_tokens:
            return _Packed(ranked, [])
        weights = word_weights(question, [one.passage.text for one in ranked])
        dense = sorted(ranked[1:], key=lambda one: -one.relevance / (one.n_tokens + PASSAGE_TOKENS))
        kept: list[_Candidate] = []
        dropped: list[Dropped] = []
        left = budget_tokens
        for one in [ranked[0], *dense]:
            fitting = one if one.n_tokens <= left else self._shortened(one, left, weights)
            if fitting is None and kept:
                dropped.append(one.dropped(f"it has {one.n_tokens} tokens and {left} are left"))
                continue
            fitting = fitting or one
            if fitting is not one:
                reason = (
                    f"the {fitting.n_tokens} of its tokens that fit best are all there is room for"
                )
                dropped.append(one.dropped(reason, one.n_tokens - fitting.n_tokens))
            kept.append(fitting)
            left = max(0, left - fitting.n_tokens)
        return _Packed(sorted(kept, key=lambda one: -one.relevance), dropped)

    def _shortened(
        self, candidate: _Candidate, room_tokens: int, weights: Mapping[str, float]
    ) -> _Candidate | None:
        passage = shortened(candidate.passage, room_tokens, weights, self._count_tokens)
        if passage is None:
            return None
        return replace(candidate, passage=passage, n_tokens=self._count_tokens(passage.text))


def _score(passage: Passage) -> float:
    """A passage's score; what is no number, as a plugin may give it, counts as 0."""
    return min(1.0, max(0.0, passage.score)) if math.isfinite(passage.score) else 0.0


def _relevant(ranked: Sequence[_Candidate]) -> tuple[list[_Candidate], list[Dropped]]:
    """The best one, and those that do more than distract from it."""
    relevant = [*ranked[:1], *(one for one in ranked[1:] if one.relevance >= LEAST_RELEVANCE)]
    weak = [
        one.dropped(
            f"it fits the question far less than the best: {_score(one.passage):.2f} "
            f"against {_score(ranked[0].passage):.2f}"
        )
        for one in ranked[len(relevant) :]
    ]
    return relevant, weak


def _distinct(ranked: Sequence[_Candidate]) -> tuple[list[_Candidate], list[Dropped]]:
    """Those that say something which no better one says."""
    distinct: list[tuple[_Candidate, Wording]] = []
    repeated: list[Dropped] = []
    for one in ranked:
        said = wording(one.passage.text)
        better = next((other for other, theirs in distinct if said.repeats(theirs)), None)
        if better is None:
            distinct.append((one, said))
        else:
            repeated.append(one.dropped(f"{_place(better.passage)} says the same and fits better"))
    return [one for one, _ in distinct], repeated


def _place(passage: Passage) -> str:
    if passage.collection == MEMORY:
        return "another fact"
    name = PurePath(passage.source).name
    return f"{name}, page {passage.page}," if passage.page else name


def _strongest_outside(ranked: Sequence[_Candidate]) -> list[_Candidate]:
    """The best first, the second best last, and so on inwards."""
    return [*ranked[::2], *ranked[1::2][::-1]]


def _share(contribution: Contribution, kept: Iterable[_Candidate]) -> Share:
    own = [one for one in kept if one.plugin == contribution.plugin]
    return Share(
        contribution.plugin,
        len(contribution.passages),
        len(own),
        sum(one.n_tokens for one in own),
        contribution.budget_tokens,
    )
