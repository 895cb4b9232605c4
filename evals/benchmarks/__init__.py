"""The benchmarks: `assistant eval NAME` runs one and prints its figures.

Each file holds one benchmark, with the source, the licence and an example of its data at the top.
"""

from collections.abc import Callable
from pathlib import Path

from assistant.errors import InputError
from evals.benchmarks import (
    ablation,
    answers,
    asking,
    citations,
    context,
    crash,
    doubt,
    fuzz,
    generation,
    icl,
    ingest,
    instruct,
    instruct_storage,
    judge_quality,
    lora,
    memory,
    memory_load,
    memory_speed,
    overhead,
    packing,
    removal,
    retrieval,
    routing,
    scale,
    spam,
    spam_speed,
    sync,
    tracking,
    triad,
)
from evals.benchmarks.harness import Figures, reported
from evals.benchmarks.protocols import MakeRuntime

BENCHMARKS: dict[str, Callable[[MakeRuntime, Path | None, int | None], Figures]] = {
    "answers": answers.measure,
    "asking": asking.measure,
    "citations": citations.measure,
    "context": context.measure,
    "crash": crash.measure,
    "doubt": doubt.measure,
    "fuzz": fuzz.measure,
    "generation": generation.measure,
    "icl": icl.measure,
    "ingest": ingest.measure,
    "ingest-one-core": ingest.measure_one_core,
    "instruct": instruct.measure,
    "instruct-storage": instruct_storage.measure,
    "judge-quality": judge_quality.measure,
    "lora": lora.measure,
    "memory": memory.measure,
    "memory-load": memory_load.measure,
    "memory-speed": memory_speed.measure,
    "overhead": overhead.measure,
    "packing": packing.measure,
    "removal": removal.measure,
    "retrieval": retrieval.measure,
    "retrieval-ablation": ablation.measure,
    "routing": routing.measure,
    "scale": scale.measure,
    "spam": spam.measure,
    "spam-speed": spam_speed.measure,
    "sync": sync.measure,
    "tracking": tracking.measure,
    "triad": triad.measure,
}


def run(
    name: str, make_runtime: MakeRuntime, data: Path | None = None, limit: int | None = None
) -> dict[str, object]:
    """Runs one benchmark; its progress goes to stderr.

    Args:
        name: A key of `BENCHMARKS`.
        make_runtime: Builds the assistant; takes settings that override the environment's.
        data: The benchmark's data: a file or a folder, as its module says.
        limit: Use only so many items; what an item is, its module says.

    Returns:
        JSON-ready fields: the figures, what they were measured on, and the seconds it took.

    Raises:
        InputError: There is no such benchmark, or its data is missing or malformed.
    """
    measure = BENCHMARKS.get(name)
    if measure is None:
        raise InputError(
            f"There is no benchmark {name!r}: known are {', '.join(sorted(BENCHMARKS))}."
        )
    return reported(name, lambda: measure(make_runtime, data, limit))
