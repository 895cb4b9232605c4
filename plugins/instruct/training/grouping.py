"""Finds requests about the same text, so that none is trained on whose twin is tested on."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from plugins.instruct.examples import Example, Preference

SHINGLE_WORDS = 6
"""Two requests about one text share stretches of so many words."""
MOST_IN_A_TASK = 12
"""A stretch in more requests of one task than this is the task's wording, not a text …"""
WORDING_SHARE = 0.05
"""… where it is also in more than this share of them."""
SHARED_SHARE = 0.4
"""Two requests belong together where the shorter one shares this much of its text."""

WORD = re.compile(r"\w+")


def same_text(examples: Sequence[Example | Preference]) -> NDArray[np.int64]:
    """The group of each example, `(n_examples,)`; examples about the same text share one.

    Public collections ask many things about one passage. What they share are stretches of words
    (shingles, Broder 1997) that a task's own wording does not explain.
    """
    shingles = _shingles(examples)
    kept = shingles[:, ~_wording(shingles, examples)]
    n_own = np.maximum(1, np.diff(kept.indptr))
    shared = (kept @ kept.T).tocoo()
    least = SHARED_SHARE * np.minimum(n_own[shared.row], n_own[shared.col])
    together = shared.data >= np.maximum(1, least)
    links = csr_matrix(
        (np.ones(together.sum()), (shared.row[together], shared.col[together])), shared.shape
    )
    groups: NDArray[np.int64] = connected_components(links, directed=False)[1].astype(np.int64)
    return groups


def _shingles(examples: Sequence[Example | Preference]) -> csr_matrix:
    """Which stretches of words each request holds, `(n_examples, n_shingles)` int32."""
    numbers: dict[str, int] = {}
    starts, columns = [0], []
    for example in examples:
        words = WORD.findall(example.request.text.lower())
        last = max(1, len(words) - SHINGLE_WORDS + 1)
        held = {" ".join(words[at : at + SHINGLE_WORDS]) for at in range(last)}
        columns.extend(sorted(numbers.setdefault(one, len(numbers)) for one in held))
        starts.append(len(columns))
    ones = np.ones(len(columns), dtype=np.int32)
    return csr_matrix((ones, columns, starts), shape=(len(examples), len(numbers)))


def _wording(shingles: csr_matrix, examples: Sequence[Example | Preference]) -> NDArray[np.bool_]:
    """Which shingles are the wording of a task."""
    tasks = [example.task for example in examples]
    order = np.argsort(np.array(tasks), kind="stable")
    ends = [
        at for at, (one, two) in enumerate(pairwise([tasks[i] for i in order]), 1) if one != two
    ]
    wording = np.zeros(shingles.shape[1], dtype=bool)
    for members in np.split(order, ends):
        counts = np.asarray(shingles[members].sum(axis=0)).ravel()
        wording |= counts > max(MOST_IN_A_TASK, WORDING_SHARE * len(members))
    return wording
