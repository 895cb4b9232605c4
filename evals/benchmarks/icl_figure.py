"""Draws how well each way of asking does."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

DPI = 120


def draw_figure(
    ways: Mapping[str, Mapping[str, Any]], metrics: Sequence[str], folder: Path
) -> Path:
    """Writes a PNG of each metric by way, with its interval.

    Args:
        ways: Of each way, each metric's `mean`, `low` and `high`.
        metrics: Which are drawn.
        folder: Is made.

    Returns:
        Where it is.
    """
    figure = Figure(
        figsize=(4 * len(metrics), 0.4 * len(ways) + 1.2), layout="constrained", dpi=DPI
    )
    for axes, metric in zip(figure.subplots(1, len(metrics), sharey=True), metrics, strict=True):
        means = [ways[way][metric]["mean"] for way in ways]
        below = [ways[way][metric]["mean"] - ways[way][metric]["low"] for way in ways]
        above = [ways[way][metric]["high"] - ways[way][metric]["mean"] for way in ways]
        axes.barh(list(ways), means, xerr=[below, above], color="#4c78a8", capsize=3)
        axes.set_xlim(0, 1)
        axes.set_xlabel(metric)
        axes.grid(axis="x", alpha=0.3)
    figure.axes[0].invert_yaxis()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "icl.png"
    figure.savefig(file)
    return file
