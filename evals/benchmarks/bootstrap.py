"""How sure a mean is: its bootstrap interval."""

from collections.abc import Hashable, Sequence

import numpy as np

from evals.benchmarks.metrics import Metric, mean

N_RESAMPLES = 1000
COVERAGE = 0.95


def mean_with_interval(
    values: Sequence[float],
    sources: Sequence[Hashable] | None = None,
    coverage: float = COVERAGE,
) -> dict[str, Metric]:
    """A mean and its bootstrap interval.

    Efron and Tibshirani 1993, "An introduction to the bootstrap", section 13.3: percentiles over
    1,000 samples.

    Args:
        values: Of each item.
        sources: What each was made from. Unless all that was made from one source is drawn
            together, the interval is too narrow. By default each stands alone.
        coverage: How often such an interval holds the true mean.

    Returns:
        `mean`, `low` and `high`; `None` where there are no values.
    """
    low, high = (
        _interval(values, sources or range(len(values)), coverage) if values else (None, None)
    )
    return {"mean": mean(values), "low": low, "high": high}


def _interval(
    values: Sequence[float], sources: Sequence[Hashable], coverage: float
) -> tuple[float, float]:
    places = {source: place for place, source in enumerate(dict.fromkeys(sources))}
    of_source = [places[source] for source in sources]
    sums, sizes = np.bincount(of_source, values), np.bincount(of_source)
    random = np.random.default_rng(0)
    draws = (random.integers(len(sums), size=len(sums)) for _ in range(N_RESAMPLES))
    ends = ((1 - coverage) / 2, (1 + coverage) / 2)
    low, high = np.quantile([sums[drawn].sum() / sizes[drawn].sum() for drawn in draws], ends)
    return round(float(low), 4), round(float(high), 4)
