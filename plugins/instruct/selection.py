"""Which examples go into the prompt of a request: drawn, nearest, diverse, or of least entropy."""

import hashlib
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError
from assistant.plugin import Embedder
from plugins.instruct.examples import Example, Request
from plugins.instruct.vote_k import Indices, Progress, diverse

Selection = Literal["random", "similar", "diverse", "mdl"]
CodeLengths = Callable[[Sequence[list[Example]], Request], Sequence[float]]
"""How many nats a model needs for its response to a request behind each set of examples.

The mean entropy of what it predicts: 0 where it is sure; see `entropy.entropies`.
"""
Choose = Callable[[Request, CodeLengths], list[Example]]
"""Chooses examples for a request, the closest last; how, is settled."""

SELECTIONS: tuple[Selection, ...] = get_args(Selection)

N_NEAREST = 30
"""Examples that "mdl" draws its sets from, as Wu et al. do; twice k where that is more."""

N_SHOWN = 8
"""Examples that stand before a request where nothing else is asked."""

EMBEDDED_AT_ONCE = 1024


class ExamplePool:
    """Examples to choose from, embedded once. Safe to use from several threads.

    For n examples of dimension d, a selection takes O(n d + n log n), and the first "diverse" one
    O(n² d + n_diverse n e) beside it, for vote-k with e edges from each example. Memory is never
    needed for n² of anything; see `vote_k.diverse`.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        embedder: Embedder,
        seed: int = 0,
        n_diverse: int = 100,
        n_candidates: int = 10,
        on_progress: Progress = lambda n_done: None,
    ) -> None:
        """Embeds the requests of the examples, equal texts once.

        Args:
            examples: What is chosen from; at least one.
            embedder: Its vectors decide what is similar.
            seed: Decides what "random" and "mdl" draw for each request.
            n_diverse: How many examples vote-k keeps for "diverse".
            n_candidates: How many sets "mdl" compares, at most.
            on_progress: Called with the number of examples that were embedded since the last call.

        Raises:
            InputError: There is no example, or one of the numbers is below 1.
        """
        if not examples:
            raise InputError("There are no examples to select from: give at least one.")
        _require_positive(n_diverse=n_diverse, n_candidates=n_candidates)
        self._examples = tuple(examples)
        self._embedder = embedder
        self._seed = seed
        self._n_diverse = n_diverse
        self._n_candidates = n_candidates
        texts = [example.request.text for example in self._examples]
        self._vectors = _embedded(texts, embedder, on_progress)
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            self._places[_folded(text)].append(place)
        self._lock = threading.Lock()
        self._diverse: Indices | None = None

    def choose_diverse(self, on_progress: Progress = lambda n_done: None) -> Indices:
        """Chooses what "diverse" selects from, by vote-k; a second call returns what was chosen.

        The first selection calls it too: call it before that where its progress is to be shown.

        Args:
            on_progress: Called with the number of examples whose neighbours were found since the
                last call.

        Returns:
            `(n_diverse,)`: places in the pool, the first choice first; all of a smaller pool.
        """
        with self._lock:
            if self._diverse is None:
                self._diverse = diverse(self._vectors, self._n_diverse, on_progress)
            return self._diverse

    def select(
        self, request: Request, how: Selection, k: int, code_lengths: CodeLengths | None = None
    ) -> list[Example]:
        """Chooses k examples for a request, the closest to it last, right before the request.

        Closeness is the inner product of the embeddings; of equally close ones the earlier in the
        pool counts as closer. An example that asks the same as the request, whatever its case and
        spaces, is left out: it would give the answer away.

            random: Drawn for this request: the same ones for the same text and seed.
            similar: The k nearest (KATE; Liu et al. 2022, "What makes good in-context examples for
                GPT-3?", algorithm 1).
            diverse: The k nearest of those that vote-k keeps (Su et al. 2022, "Selective annotation
                makes language models better few-shot learners", sections 2.1 and 2.2).
            mdl: Of sets near the request, the one with the shortest description; see `shortest`.

        Args:
            request: What is asked.
            how: One of `SELECTIONS`.
            k: How many examples; as many as there are where that is fewer.
            code_lengths: The measure of "mdl", finite; called once with all of its sets.

        Raises:
            InputError: `how` is unknown, k is below 1, or "mdl" has no measure.
        """
        if how not in SELECTIONS:
            raise InputError(
                f"Examples cannot be selected by {how!r}: choose one of {', '.join(SELECTIONS)}."
            )
        _require_positive(k=k)
        places = self._others(request)
        random = _generator(self._seed, request.text)
        if how == "random":
            places = np.sort(random.choice(places, min(k, len(places)), replace=False))
        elif how == "diverse":
            places = np.intersect1d(places, self.choose_diverse())
        similarities = self._vectors @ self._embedder.encode([request.text])[0]
        if how != "mdl":
            return self._at(closest_last(similarities, places, k))
        near = closest_last(similarities, places, max(2 * k, N_NEAREST))
        sets = candidate_sets(len(near), k, self._n_candidates, random)
        return shortest([self._at(near[list(one)]) for one in sets], request, code_lengths)

    def _others(self, request: Request) -> Indices:
        """Places of the examples that do not ask the same, in order."""
        same = self._places.get(_folded(request.text), [])
        return np.delete(np.arange(len(self._examples)), same)

    def _at(self, places: Indices) -> list[Example]:
        return [self._examples[place] for place in places]


def closest_last(similarities: NDArray[np.float32], places: Indices, k: int) -> Indices:
    """Those k of the places, or all where there are fewer, with the greatest similarity.

    Args:
        similarities: `(n,)`: of everything in the pool.
        places: `(n_places,)`: what is chosen from.
        k: How many are chosen.

    Returns:
        `(k,)`: the closest last; of equal ones the later of `places` first.
    """
    order = np.argsort(-similarities[places], kind="stable")[:k]
    return places[order[::-1]]


def candidate_sets(
    n_near: int, k: int, n_sets: int, random: np.random.Generator
) -> list[tuple[int, ...]]:
    """The k nearest, as the authors of "mdl" have them in their code, and sets drawn at random.

    Args:
        n_near: How many examples there are to draw from, by closeness: the closest is the last.
        k: The size of a set; `n_near` where that is smaller.
        n_sets: How many sets there are at most: one that is drawn again is left out.
        random: What they are drawn with.

    Returns:
        Sets, the closest of each last.
    """
    size = min(k, n_near)
    nearest = tuple(range(n_near - size, n_near))
    drawn = (np.sort(random.choice(n_near, size, replace=False)) for _ in range(n_sets - 1))
    return list(dict.fromkeys([nearest, *(tuple(one.tolist()) for one in drawn)]))


def shortest(
    sets: Sequence[list[Example]], request: Request, code_lengths: CodeLengths | None
) -> list[Example]:
    """The set behind which a model needs the fewest nats; of equal ones the first.

    Minimum description length (Wu et al. 2023, "Self-adaptive in-context learning", the ranking
    module). The description of an unknown label is as long as the model expects it to be, and that
    of the model itself is the same for all sets C, so that the choice for a request x is

        c* = argmin_{c ∈ C} -Σ_y p(y | c, x) log p(y | c, x)

    Only sets are compared; the paper compares their orders too, here the closest is always last.

    Raises:
        InputError: There is no measure.
    """
    if code_lengths is None:
        raise InputError(
            "Selecting examples by mdl needs a model that says how sure it is: choose random, "
            "similar or diverse where there is none."
        )
    return sets[int(np.argmin(code_lengths(sets, request)))]


def _embedded(
    texts: Sequence[str], embedder: Embedder, on_progress: Progress
) -> NDArray[np.float32]:
    """`(n_texts, dim)` float32; equal texts have the same vector to the last bit."""
    counts = Counter(texts)
    different = list(counts)
    blocks = []
    for start in range(0, len(different), EMBEDDED_AT_ONCE):
        block = different[start : start + EMBEDDED_AT_ONCE]
        blocks.append(embedder.encode(block))
        on_progress(sum(counts[text] for text in block))
    rows = {text: row for row, text in enumerate(different)}
    return np.concatenate(blocks)[[rows[text] for text in texts]]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _generator(seed: int, text: str) -> np.random.Generator:
    """The same for a seed and a text, where Python's own hash differs from process to process."""
    digest = hashlib.sha256(f"{seed}\n{text}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest))


def _require_positive(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise InputError(f"{name} must be at least 1, got {number}: raise it.")
