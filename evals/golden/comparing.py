"""Compares two runs question by question: what is worse for sure, and what may be chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.errors import InputError
from evals.benchmarks.bootstrap import mean_with_interval
from evals.golden.runs import Run
from evals.golden.scoring import METRICS, TRIAD

MARGIN = 0.02
"""A difference that nobody minds."""
COVERAGE = 0.99
"""Of an interval. Eight metrics are looked at: with 95 % each, chance alone would stop every fifth
change to a system whose answers vary."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a metric has changed, over the questions that have it in both runs.

    Attributes:
        before: Mean in the baseline.
        after: Mean now.
        low: Lower end of the bootstrap interval of the mean difference.
        high: Upper end.
        n: How many questions.
    """

    metric: str
    before: float
    after: float
    low: float
    high: float
    n: int

    def is_worse(self, margin: float) -> bool:
        """Whether it has fallen by more than the margin beyond what chance explains."""
        return self.high < -margin

    def is_better(self, margin: float) -> bool:
        """Whether it has risen by more than the margin beyond what chance explains."""
        return self.low > margin


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside its baseline.

    Attributes:
        differences: A metric each; those of the triad only where the same judge scored both.
        worse: Questions that were right and are not, each with what its answer lacks now.
        mended: Questions that were not right and are.
        n_new: Questions that the baseline does not know.
        n_gone: Questions of the baseline that were not asked.
        changes: What is not as it was in the configuration.
    """

    differences: tuple[Difference, ...]
    worse: tuple[tuple[str, str], ...]
    mended: tuple[str, ...]
    n_new: int
    n_gone: int
    changes: tuple[str, ...]

    def regressions(self, margin: float = MARGIN) -> list[Difference]:
        """The metrics that have fallen for sure."""
        return [one for one in self.differences if one.is_worse(margin)]


def compare(run: Run, baseline: Run) -> Comparison:
    """Compares a run with a baseline, by paired bootstrap over the questions of both.

    Raises:
        InputError: They have no question in common.
    """
    before = {one.id: one for one in baseline.outcomes}
    pairs = [(before[one.id], one) for one in run.outcomes if one.id in before]
    if not pairs:
        raise InputError(
            "The run and its baseline have no question in common, so nothing can be compared: "
            "renew the baseline with `assistant eval golden run --save-baseline`."
        )
    metrics = [one for one in METRICS if one not in TRIAD or run.judge == baseline.judge]
    differences = (
        _difference(metric, [(old.figure(metric), new.figure(metric)) for old, new in pairs])
        for metric in metrics
    )
    return Comparison(
        differences=tuple(filter(None, differences)),
        worse=tuple(
            (new.question, "; ".join(new.lacks)) for old, new in pairs if old.right > new.right
        ),
        mended=tuple(new.question for old, new in pairs if new.right > old.right),
        n_new=len(run.outcomes) - len(pairs),
        n_gone=len(before) - len(pairs),
        changes=tuple(run.configuration.changes(baseline.configuration)),
    )


def _difference(
    metric: str, pairs: Sequence[tuple[float | None, float | None]]
) -> Difference | None:
    """The difference over the pairs that are whole; nothing where none is."""
    whole = [(old, new) for old, new in pairs if old is not None and new is not None]
    if not whole:
        return None
    interval = mean_with_interval([new - old for old, new in whole], coverage=COVERAGE)
    low, high = interval["low"], interval["high"]
    assert low is not None, "there are pairs"
    assert high is not None, "there are pairs"
    return Difference(
        metric,
        round(sum(old for old, _ in whole) / len(whole), 4),
        round(sum(new for _, new in whole) / len(whole), 4),
        low,
        high,
        len(whole),
    )
