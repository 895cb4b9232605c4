"""Draws the study of the spam classifier."""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean, pstdev
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from plugins.spam.training.metrics import reliability

if TYPE_CHECKING:
    from evals.benchmarks.spam import Run

WIDTH, DPI = 9, 120
LAYERS = ("head", "last-block", "last-two", "lora", "full")


def draw_figures(runs: Sequence["Run"], chosen: str, folder: Path) -> list[Path]:
    """Writes the figures as PNG files; `chosen` is the way that ships. Returns where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {
        "ways": _ways(runs),
        "layers": _layers(runs),
        "reliability": _reliability(_of(runs, chosen)),
        "attacks": _attacks(runs),
    }
    files = [folder / f"spam-{name}.png" for name in drawn]
    for file, figure in zip(files, drawn.values(), strict=True):
        figure.savefig(file)
    return files


def _ways(runs: Sequence["Run"]) -> Figure:
    """F1 of every way on the full set, mean and deviation over the seeds."""
    named = [way for way in names(runs) if not way.startswith("subset ")]
    rows = sorted((_spread(runs, way, "f1"), way) for way in named)
    figure = Figure(figsize=(WIDTH, 0.4 * len(rows) + 1), layout="constrained", dpi=DPI)
    axes = figure.subplots()
    middles = [middle for (middle, _), _ in rows]
    axes.barh(
        [way for _, way in rows], middles, xerr=[std for (_, std), _ in rows], color="#4c78a8"
    )
    axes.set_xlim(min(middles) - 0.05, 1.0)
    axes.axvline(0.97, color="#e45756", linestyle="--", linewidth=1)
    axes.set_xlabel("F1 of spam on the test messages; the dashed line is the aim")
    return figure


def _layers(runs: Sequence["Run"]) -> Figure:
    """Accuracy against minutes, by what is trained."""
    figure = Figure(figsize=(WIDTH, 4), layout="constrained", dpi=DPI)
    axes = figure.subplots()
    for way in LAYERS:
        minutes = min(run.figures["minutes"] for run in _of(runs, way))  # others had less machine
        accuracy, deviation = _spread(runs, way, "accuracy")
        axes.errorbar(minutes, accuracy, yerr=deviation, fmt="o", capsize=3)
        axes.annotate(way, (minutes, accuracy), xytext=(6, 6), textcoords="offset points")
    axes.set_xlabel("minutes of training on this machine, of the fastest seed")
    axes.set_ylabel("accuracy on the test messages")
    axes.grid(alpha=0.3)
    return figure


def _reliability(runs: Sequence["Run"]) -> Figure:
    """What was said against how often it was so, all seeds together."""
    said = [one for run in runs for one in run.said]
    bins = reliability(np.array([p for p, _ in said]), np.array([spam for _, spam in said]))
    figure = Figure(figsize=(5, 4.5), layout="constrained", dpi=DPI)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], "--", color="gray", linewidth=1)
    sizes = [20 + 12 * np.log2(size) for _, _, size in bins]
    axes.scatter([p for p, _, _ in bins], [share for _, share, _ in bins], s=sizes)
    for p, share, size in bins:
        axes.annotate(f"{size:,}", (p, share), xytext=(6, -12), textcoords="offset points")
    axes.set_xlabel("probability of spam that was said")
    axes.set_ylabel("share that was spam")
    axes.grid(alpha=0.3)
    return figure


def _attacks(runs: Sequence["Run"]) -> Figure:
    """The share of spam that is found, by attack."""
    ways = [way for way in names(runs) if _of(runs, way)[0].spam]
    attacks = list(_of(runs, ways[0])[0].spam)
    figure = Figure(figsize=(WIDTH, 4), layout="constrained", dpi=DPI)
    axes = figure.subplots()
    width = 0.8 / len(ways)
    for number, way in enumerate(ways):
        places = [place + number * width for place in range(len(attacks))]
        values = [[run.spam[attack]["recall"] for run in _of(runs, way)] for attack in attacks]
        axes.bar(places, list(map(mean, values)), width, yerr=list(map(pstdev, values)), label=way)
    axes.set_xticks([place + 0.4 - width / 2 for place in range(len(attacks))])
    axes.set_xticklabels([attack or "as it came" for attack in attacks])
    axes.set_ylabel("share of spam that is found")
    axes.legend(loc="lower left")
    return figure


def names(runs: Sequence["Run"]) -> list[str]:
    """The ways that were run, in the order of their first runs."""
    return list(dict.fromkeys(run.way for run in runs))


def _of(runs: Sequence["Run"], way: str) -> list[Any]:
    return [run for run in runs if run.way == way]


def _spread(runs: Sequence["Run"], way: str, figure: str) -> tuple[float, float]:
    values = [run.figures[figure] for run in _of(runs, way)]
    return mean(values), pstdev(values)
