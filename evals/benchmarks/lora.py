"""What do rank, layers and method of finetuning matter to the instruct model?

Data: instructions with responses, a file as `assistant train instruct` takes it; made for
instruction_data.json (Raschka 2024, "Build a Large Language Model (From Scratch)", chapter 7;
Apache 2.0)::

    [{"instruction": "Edit the following sentence for grammar.",
      "input": "He go to the park every day.", "output": "He goes to the park every day."}]

An item of the limit is a seed; five without one. The ways are those of tables 5 and 6 of Hu et al.
2021 ("LoRA: Low-rank adaptation of large language models"): which layers carry the adapters, and
of which rank they are; and everything trained. Each run is `assistant train instruct` in a process
of its own, on the base of the settings; it is compared with the base on the same test examples,
whatever the seed, which decides the order and the adapters' start.

A run that is done is kept under ASSISTANT_HOME, so that a study that was stopped goes on where it
was; one of other data, another base or other code of the training is done anew. The figure is drawn
there too.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import mean, pstdev
from typing import Any

from matplotlib.figure import Figure

from evals.benchmarks.command import assistant, environment
from evals.benchmarks.harness import Figures, opened, required, tracked
from evals.benchmarks.kept import kept
from evals.benchmarks.metrics import mean_and_deviation
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.watched import watch
from plugins.instruct.base_names import settled
from plugins.instruct.bases import weights_sha256
from plugins.instruct.data.reading import read_examples
from plugins.instruct.training.data import Data
from plugins.instruct.training.train import FORMAT

N_SEEDS = 5
EPOCHS = 5
RANKS = (1, 2, 4, 8, 16, 64)
TARGETS = ("q", "v", "qv")
ALL_LINEAR = "all-linear"
RANK = 8
FULL = "full"
WAYS: dict[str, tuple[str, ...]] = {
    **{f"{ALL_LINEAR}, rank {rank}": ("--rank", str(rank)) for rank in RANKS},
    **{f"{target}, rank {RANK}": ("--rank", str(RANK), "--target", target) for target in TARGETS},
    FULL: ("--method", FULL),
}
MEASURED = ("loss", "rouge_l", "f1", "exact")
DPI = 120


@dataclass(frozen=True, slots=True)
class Run:
    """What one way came to with one seed.

    Attributes:
        before: The base's figures on the test examples, by the names of `MEASURED`.
        after: The adapter's.
        minutes: From the command's start to its end.
        peak_mb: Its resident memory.
        trained_parameters: Numbers that were trained.
        bytes: Of the adapter on disk.
    """

    way: str
    seed: int
    before: dict[str, float]
    after: dict[str, float]
    minutes: float
    peak_mb: float
    trained_parameters: int
    bytes: int


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Trains every way with every seed.

    Raises:
        InputError: The data is missing or malformed.
        SettingsError: The base cannot be had.
    """
    file = required(data, "instructions, such as instruction_data.json")
    examples = tuple(read_examples(file))
    with opened(make_runtime()) as runtime:
        base = settled(runtime.settings.instruct.base)
        folder = runtime.settings.home / "lora-study"
    common = [FORMAT, Data(file.name, (examples,)).sha256(), base, weights_sha256(base), EPOCHS]
    jobs = [(way, seed) for seed in range(limit or N_SEEDS) for way in WAYS]
    runs = [
        Run(**kept(folder, [*common, way, WAYS[way], seed], partial(_run, way, seed, file, base)))
        for way, seed in tracked(jobs, "Training")
    ]
    figure = folder / "lora.png"
    _drawn(runs).savefig(figure)
    return Figures(
        {
            "base": runs[0].before,
            "ways": {way: summary([run for run in runs if run.way == way]) for way in WAYS},
            "figure": figure.name,
        },
        len(examples),
    )


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """Mean and standard deviation over the seeds, of one way; of the time, the fastest."""
    return {
        **{name: mean_and_deviation([run.after[name] for run in runs]) for name in MEASURED},
        "minutes": min(run.minutes for run in runs),  # others had less machine
        "peak_mb": max(run.peak_mb for run in runs),
        "trained_parameters": runs[0].trained_parameters,
        "bytes": runs[0].bytes,
    }


def _run(way: str, seed: int, file: Path, base: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        told = ["--data", str(file), "--base", base, "--out", str(place / "adapter"), *WAYS[way]]
        told += ["--epochs", str(EPOCHS), "--seed", str(seed)]
        watched = watch(assistant("train", "instruct", *told), environment(place))
    result = json.loads(watched.output.strip().split("\n")[-1])
    metrics, config = result["metrics"], result["config"]
    run = Run(
        way,
        seed,
        {name: metrics["before"][name] for name in MEASURED},
        {name: metrics["after"][name] for name in MEASURED},
        round(watched.seconds / 60, 2),
        watched.peak_mb,
        config["trained_parameters"],
        config["bytes"],
    )
    return asdict(run)


def _drawn(runs: Sequence[Run]) -> Figure:
    """Loss and ROUGE-L by rank on all layers, with the other ways beside."""
    figure = Figure(figsize=(10, 4), layout="constrained", dpi=DPI)
    for axes, name in zip(figure.subplots(1, 2), ("loss", "rouge_l"), strict=True):
        values = {way: [run.after[name] for run in runs if run.way == way] for way in WAYS}
        axes.errorbar(
            range(len(WAYS)),
            [mean(values[way]) for way in WAYS],
            yerr=[pstdev(values[way]) for way in WAYS],
            fmt="o",
            capsize=3,
        )
        axes.axhline(runs[0].before[name], color="gray", linestyle="--", linewidth=1, label="base")
        axes.set_xticks(range(len(WAYS)), list(WAYS), rotation=45, ha="right")
        axes.set_ylabel(f"{name.replace('_', '-')} on the test examples")
        axes.grid(alpha=0.3)
        axes.legend()
    return figure
