"""Finds messages that say nearly the same: a template that was sent with other numbers.

Were one of them in the training set and the other in the test set, the test would measure memory.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import CountVectorizer

SIMILAR = 0.6
"""Jaccard index of their letter quadruples from which two messages count as one."""

ROWS_AT_ONCE = 512


def near_duplicates(texts: Sequence[str]) -> NDArray[np.int32]:
    """Numbers the groups of texts that are alike, directly or through others between them.

    Texts are alike whose sets of four letters in a row, digits made equal and case ignored, have
    a Jaccard index (Jaccard 1912) of `SIMILAR` or more.

    Returns:
        `(n_texts,)`: the number of each text's group.
    """
    grams = CountVectorizer(
        analyzer="char_wb", ngram_range=(4, 4), binary=True, dtype=np.float32, preprocessor=_plain
    )
    try:
        sets = grams.fit_transform(texts)
    except ValueError:  # not one text has a letter
        return np.arange(len(texts), dtype=np.int32)
    sizes = np.asarray(sets.sum(axis=1)).ravel()
    rows, columns = [], []
    for start in range(0, len(texts), ROWS_AT_ONCE):
        shared = (sets[start : start + ROWS_AT_ONCE] @ sets.T).tocoo()
        either = sizes[start + shared.row] + sizes[shared.col] - shared.data
        alike = shared.data >= SIMILAR * either
        rows.append(start + shared.row[alike])
        columns.append(shared.col[alike])
    row, column = np.concatenate(rows), np.concatenate(columns)
    links = csr_matrix((np.ones(len(row)), (row, column)), shape=(len(texts), len(texts)))
    groups: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return groups


def _plain(text: str) -> str:
    return " ".join("".join("0" if one.isdigit() else one for one in text.lower()).split())
