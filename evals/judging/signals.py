"""What speaks for and against that passages support a sentence: a number for each signal."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from evals.judging.mismatches import (
    denied_here,
    follows,
    is_passive,
    is_told_apart,
    keeps_company,
    missing_numbers,
    neighbours,
    numbers,
    opposites,
    turned,
)
from evals.judging.passages import Beside, Floats

PERSON = frozenset("i my me mine we our us you your i'm i've i'd i'll you're".split())
AGAINST = frozenset(
    "n_fragments worst_word second_worst worst_evidence names_missing names_far names_not_best "
    "replaced numbers_missing numbers_far numbers_apart negation_added negation_dropped "
    "negations_differ opposite turned names_turned names_turned_active personal asks "
    "pairs_broken n_sources".split()
)
"""Signals that speak against support the more, the larger they are; all others speak for it."""


def signals(beside: Beside) -> dict[str, float]:
    """Every signal of a sentence by its name, most of them from 0 to 1, to four digits."""
    found = {
        **_coverage(beside),
        **_runs(beside),
        **_missing(beside),
        **_numbers(beside),
        **_denials(beside),
        **_order(beside),
        "personal": _mean(word.text.casefold() in PERSON for word in beside.words),
        "asks": float(beside.text.endswith("?")),
    }
    return {name: round(value, 4) for name, value in found.items()}


def _coverage(beside: Beside) -> dict[str, float]:
    """How much of the sentence the passages have: its words themselves, or words like them."""
    best, evidence = beside.evidence[0], beside.evidence
    exact = (beside.alike >= 1.0).astype(np.float32)
    passage = beside.passages.sentences[best].passage
    own = [at for at, one in enumerate(beside.passages.sentences) if one.passage == passage]
    content = np.array([not word.is_plain for word in beside.words], np.float32)
    return {
        "soft_best": _share(beside.weights, beside.alike[:, best]),
        "soft_evidence": _share(beside.weights, beside.alike[:, evidence].max(axis=1)),
        "soft_all": _share(beside.weights, beside.alike.max(axis=1)),
        "exact_best": _share(beside.weights, exact[:, best]),
        "exact_evidence": _share(beside.weights, exact[:, evidence].max(axis=1)),
        "exact_passage": _share(beside.weights, exact[:, own].max(axis=1)),
        "exact_all": _share(beside.weights, exact.max(axis=1)),
        "unigrams": float(exact.max(axis=1).mean()),
        "content_best": _share(content, beside.alike[:, best]),
        "content_all": _share(content, beside.alike.max(axis=1)),
    }


def _runs(beside: Beside) -> dict[str, float]:
    """How long the runs of words are that stand in the passages as they do here."""
    n = len(beside.words)
    longest = beside.runs.max(axis=1)
    near = beside.runs[:, beside.evidence_columns].max(axis=1)
    best = beside.runs[:, beside.columns(beside.evidence[0])].max(axis=1)
    fragments = list(_fragments(longest))
    return {
        "bigrams": _pairs_kept(beside, longest),
        "bigrams_evidence": _pairs_kept(beside, near),
        "bigrams_best": _pairs_kept(beside, best),
        "plain_bigrams": _mean(longest[1:] >= 2) if n > 1 else float(longest[0] > 0),
        "trigrams": _mean(longest[2:] >= 3) if n > 2 else float(longest.max() >= n),
        "longest_run": float(longest.max()) / n,
        "longest_best": float(best.max()) / n,
        "density": sum(length**2 for _, length in fragments) / n**2,
        "n_fragments": len(fragments) / n,
        "content_pairs": _content_pairs(beside),
        "pairs_broken": _pairs_broken(beside),
        "n_sources": _n_sources(beside, fragments) / n,
    }


def _pairs_kept(beside: Beside, longest: NDArray[np.int32]) -> float:
    """Share of the pairs of neighbours, by rarity, that stand so; of one word, whether it does."""
    if len(longest) == 1:
        return float(longest[0] > 0)
    pairs = beside.weights[:-1] + beside.weights[1:]
    return _share(pairs, (longest[1:] >= 2).astype(np.float32))


def _fragments(longest: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """The runs that a sentence is put together from, the last first: their ends and lengths.

    Extractive fragments (Grusky, Naaman and Artzi 2018, section 4.1), found from the end.
    """
    at = len(longest) - 1
    while at >= 0:
        length = int(longest[at])
        if length:
            yield at, length
        at -= max(length, 1)


def _n_sources(beside: Beside, fragments: Iterable[tuple[int, int]]) -> int:
    """From how many sentences the runs of two words and more come."""
    sources: set[int] = set()
    for at, length in fragments:
        if length >= 2:
            ends = np.flatnonzero(beside.runs[at] == length)
            found = {beside.passages.sentence_of(int(end)) for end in ends}
            if not found & sources:
                sources.add(min(found))
    return len(sources)


def _content_pairs(beside: Beside) -> float:
    """Share of neighbouring content words that stand near each other, in this order."""
    content = [at for at, word in enumerate(beside.words) if not word.is_plain]
    pairs = list(pairwise(content))
    if not pairs:
        return float(bool(content) and bool(beside.same[content[0]].any()))
    return _mean(follows(beside, one, other) for one, other in pairs)


def _pairs_broken(beside: Beside) -> float:
    """Share of neighbouring content words that the best sentence has both, but not near."""
    columns = beside.columns(beside.evidence[0])
    content = [
        at
        for at, word in enumerate(beside.words)
        if not word.is_plain and beside.same[at, columns].any()
    ]
    return _mean(not follows(beside, one, other) for one, other in pairwise(content))


def _missing(beside: Beside) -> dict[str, float]:
    """What the passages, the evidence or the best sentence lack of the sentence."""
    lacking = np.sort(beside.weights * (1 - beside.alike.max(axis=1)))[::-1]
    far = beside.weights * (1 - beside.alike[:, beside.evidence].max(axis=1))
    names = beside.same[[at for at, word in enumerate(beside.words) if word.is_name]]
    best = beside.columns(beside.evidence[0])
    return {
        "worst_word": float(lacking[0]),
        "second_worst": float(lacking[1]) if len(lacking) > 1 else 0.0,
        "worst_evidence": float(far.max()),
        "names_missing": _mean(~names.any(axis=1)),
        "names_far": _mean(~names[:, beside.evidence_columns].any(axis=1)),
        "names_not_best": _mean(~names[:, best].any(axis=1)),
        "replaced": _replaced(beside),
    }


def _replaced(beside: Beside) -> float:
    """How rare and unlike a word is that stands in another's place in the best sentence."""
    best = beside.evidence[0]
    lacking = beside.weights * (1 - beside.alike[:, best])
    found = [
        float(lacking[at])
        for at, word in enumerate(beside.words)
        if not word.is_plain
        and not beside.same[at, beside.columns(best)].any()
        and _is_in_place(beside, at)
    ]
    return max(found, default=0.0)


def _is_in_place(beside: Beside, at: int) -> bool:
    """Whether the words around a word stand around another one or two in the best sentence."""
    same = beside.same[:, beside.columns(beside.evidence[0])]
    before = np.flatnonzero(same[at - 1]) if at else np.array([-1])
    behind = np.flatnonzero(same[at + 1]) if at + 1 < len(same) else np.array([same.shape[1]])
    gaps = behind[None, :] - before[:, None]
    return bool(((gaps >= 2) & (gaps <= 3)).any())


def _numbers(beside: Beside) -> dict[str, float]:
    found, missing = numbers(beside), missing_numbers(beside)
    near = beside.same[:, beside.evidence_columns].any(axis=1)
    return {
        "numbers_missing": _mean(at in missing for at in found),
        "numbers_far": _mean(not near[at] for at in found),
        "numbers_apart": _mean(at in missing or not keeps_company(beside, at) for at in found),
    }


def _denials(beside: Beside) -> dict[str, float]:
    own, best = beside.words, beside.known(beside.evidence[0])
    return {
        "negation_added": float(denied_here(own, best) is not None),
        "negation_dropped": float(denied_here(best, own) is not None),
        "negations_differ": float(
            any(word.is_negation for word in own) != any(word.is_negation for word in best)
        ),
        "opposite": float(bool(opposites(beside))),
    }


def _order(beside: Beside) -> dict[str, float]:
    """Whether what the best sentence has stands here in another order, and beside what."""
    pairs = turned(beside)
    named = _mean(
        is_turned
        for one, other, is_turned in pairs
        if is_told_apart(beside, one) and is_told_apart(beside, other)
    )
    company = [
        follows(beside, *sorted((at, side)))
        for at in range(len(beside.words))
        if is_told_apart(beside, at)
        for side in neighbours(beside.words, at)
    ]
    return {
        "turned": _mean(is_turned for _, _, is_turned in pairs),
        "names_turned": named,
        "names_turned_active": 0.0 if is_passive(beside) else named,
        "names_company": _mean(company) if company else 1.0,
    }


def _share(weights: Floats, has: Floats) -> float:
    return float(weights @ has) / float(weights.sum() or 1.0)


def _mean(values: Iterable[bool]) -> float:
    """The share that is true; 0 of nothing."""
    found = list(values)
    return sum(map(bool, found)) / len(found) if found else 0.0
