"""Approximate nearest neighbours for large collections: an inverted file, mapped into memory.

Vectors are grouped around centroids, and a search looks only into the nearest groups (Sivic and
Zisserman 2003; in FAISS `IndexIVF`, Douze et al. 2024, "The Faiss library", section 5). A vector
has 8 bits a dimension here; whoever searches compares the exact vectors of what is found.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
from numpy.typing import NDArray

from ingest.batching import n_cores
from ingest.embedder import DIM

CENTROIDS_PER_ROOT = 4
"""Groups, as a multiple of the root of the number of vectors."""

TRAINED_PER_CENTROID = 48
"""Vectors that each group is learned from; FAISS advises 39 to 256."""

N_PROBES = 64
"""Groups that a search looks into. The share of the true nearest ten found is measured."""

TRAINING_ROUNDS = 8
SEED = 20

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


def n_centroids(n_vectors: int) -> int:
    """Into how many groups so many vectors are divided."""
    return max(1, int(CENTROIDS_PER_ROOT * n_vectors**0.5))


def build(
    file: Path,
    sample: Vectors,
    n_vectors: int,
    batches: Iterator[tuple[Ids, Vectors]],
    on_progress: Callable[[int], None],
) -> None:
    """Builds an index and writes it to a file.

    Args:
        file: Where it is written.
        sample: `(n, 384)` vectors to learn the groups from.
        n_vectors: How many there will be.
        batches: All vectors with their ids; only one batch is held at a time.
        on_progress: Called with the number of vectors that are in.

    Raises:
        RuntimeError, OSError: The file cannot be written.
    """
    faiss.omp_set_num_threads(n_cores())
    quantizer = faiss.IndexFlatIP(DIM)
    index = faiss.IndexIVFScalarQuantizer(
        quantizer,
        DIM,
        min(n_centroids(n_vectors), len(sample)),
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.cp.niter = TRAINING_ROUNDS
    index.cp.seed = SEED
    index.cp.min_points_per_centroid = 1  # a small sample is no mistake here
    index.train(sample)
    for ids, vectors in batches:
        index.add_with_ids(vectors, ids)
        on_progress(index.ntotal)
    faiss.write_index(index, str(file))
    with file.open("rb+") as written:  # before the database refers to it: the power may fail
        os.fsync(written.fileno())


def opened(file: Path) -> Any | None:
    """The index in a file, mapped into memory; `None` where it is missing or damaged."""
    if not file.exists():
        return None
    try:
        index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP)
    except (RuntimeError, MemoryError):
        return None
    fits = isinstance(index, faiss.IndexIVFScalarQuantizer) and index.d == DIM
    return index if fits else None


def search(index: Any, vector: Vectors, top_k: int, removed: Ids) -> list[int]:
    """Ids of the vectors that are nearest, nearest first.

    Args:
        index: As `opened` gives it.
        vector: `(384,)`, of length one.
        top_k: How many.
        removed: Ids that are passed over.
    """
    # The stubs of FAISS do not know that its classes take their fields by name.
    parameters: Any = cast(Any, faiss.SearchParametersIVF)(nprobe=min(N_PROBES, index.nlist))
    if len(removed):
        gone = faiss.IDSelectorBatch(removed)
        parameters.sel = selector = faiss.IDSelectorNot(gone)  # noqa: F841 - FAISS holds no reference
    _, ids = index.search(vector[None], top_k, params=parameters)
    return [int(one) for one in ids[0] if one >= 0]
