"""Is every damaged file either read or refused with a sentence, within its limits?

Data: none; `examples/docs` and a made file of each format are damaged (`mutations.py`), each kind
of loader as often as any other. An item of the limit is a file; 1,000 without one.

The files go through the ingest in batches, under limits of 20 s and 1,024 MB a file, and the index
is checked in the end. Before that, each batch is read by a worker alone, a file after the other,
which tells how long each takes.

- `unaccounted`: files that are neither ingested nor in the report: must be 0;
- `crashes`: files that ended their reader; `too_slow` and `too_large` ran into a limit, `hangs`
  went on behind it;
- `without_sentence`: refusals that are no sentence, with examples.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from assistant.settings import IngestSettings
from evals.benchmarks.harness import Figures, opened, progress, temporary_home
from evals.benchmarks.made_files import WRITERS, made_file
from evals.benchmarks.mutations import mutated
from evals.benchmarks.protocols import MakeRuntime, Runtime
from evals.benchmarks.synthetic import EXAMPLES
from ingest.embedder import model_dir
from ingest.loaders import LOADERS
from ingest.reader import read_file
from ingest.report import IngestReport
from ingest.workers import Limits, reading

N_FILES = 1_000
IN_A_BATCH = 50
SENTENCES = 12
SETTINGS = IngestSettings(file_seconds=20, file_memory_mb=1024)
LATE_SECONDS = 5.0
"""How much longer than its limit a file may take: a worker is started and ended, too."""
SEED = 19
SENTENCE = re.compile(r"[A-Z\"'].*[.…]$", re.DOTALL)
SHOWN = 5
LIKE = {
    ".htm": ".html",
    ".xhtml": ".html",
    ".markdown": ".md",
    ".log": ".txt",
    ".rst": ".txt",
    ".ndjson": ".jsonl",
    ".tsv": ".csv",
    ".xlsm": ".xlsx",
}
"""Endings whose files are made like those of another."""


@dataclass(slots=True)
class Tally:
    """What became of the files.

    Attributes:
        refused: Refusals, as sentences or not.
        seconds: How long each file took to read.
    """

    n_files: int = 0
    ingested: int = 0
    skipped: int = 0
    refused: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, report: IngestReport) -> None:
        """Counts the files of a batch."""
        self.ingested += report.added + report.updated + report.moved + report.unchanged
        self.skipped += len(report.skipped)
        self.refused.extend(problem.reason for problem in report.failed)


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:  # noqa: ARG001 - every benchmark takes the same
    """Ingests damaged files."""
    n_files = limit or N_FILES
    tally = Tally()
    with temporary_home() as work, opened(_runtime(make_runtime, work)) as runtime:
        with progress("Ingesting damaged files", n_files) as show:
            for batch in damaged(work, n_files):
                _ingest(runtime, batch, tally)
                show(tally.n_files, n_files)
        problems = runtime.store.check()
    return Figures(figures(tally) | {"index_problems": problems}, n_files)


def damaged(work: Path, n_files: int) -> Iterator[list[Path]]:
    """Writes damaged files, a folder for each batch."""
    random = Random(SEED)  # noqa: S311 - not for secrets
    by_loader = list(_seeds(work / "seeds", random).values())
    for first in range(0, n_files, IN_A_BATCH):
        folder = work / f"batch-{first:06}"
        folder.mkdir()
        batch = []
        for number in range(first, min(first + IN_A_BATCH, n_files)):
            seed = random.choice(by_loader[number % len(by_loader)])
            batch.append(folder / f"{number:06}-{seed.name}")
            batch[-1].write_bytes(mutated(seed.read_bytes(), random))
        yield batch


def figures(tally: Tally) -> dict[str, object]:
    """The metrics; see the module for what each counts."""
    refused = tally.refused
    odd = [reason for reason in refused if not SENTENCE.match(reason)]
    slowest = max(tally.seconds, key=lambda name: tally.seconds[name], default="")
    return {
        "ingested": tally.ingested,
        "failed": len(refused),
        "skipped": tally.skipped,
        "unaccounted": tally.n_files - tally.ingested - len(refused) - tally.skipped,
        "crashes": _n_with(refused, "crashed its reader"),
        "too_slow": _n_with(refused, "took longer than"),
        "too_large": _n_with(refused, "MB of memory"),
        "hangs": sum(
            seconds > SETTINGS.file_seconds + LATE_SECONDS for seconds in tally.seconds.values()
        ),
        "without_sentence": len(odd),
        "such_as": [reason[:200] for reason in odd[:SHOWN]],
        "commonest": dict(Counter(reason[:100] for reason in refused).most_common(SHOWN)),
        "slowest": {"file": slowest, "seconds": round(tally.seconds.get(slowest, 0.0), 2)},
    }


def _ingest(runtime: Runtime, batch: Sequence[Path], tally: Tally) -> None:
    tally.n_files += len(batch)
    tally.seconds |= {path.name: seconds for path, seconds in _timed(batch)}
    tally.add(runtime.ingest([str(batch[0].parent)]))


def _timed(batch: Sequence[Path]) -> Iterator[tuple[Path, float]]:
    """Reads files by one worker; how long each took. The first is read twice: the worker starts."""
    read = partial(read_file, tokenizer_file=model_dir() / "tokenizer.json", settings=SETTINGS)
    limits = Limits(SETTINGS.file_seconds, SETTINGS.file_memory_mb)
    with reading([batch[0], *batch], read, 1, limits) as outcomes:
        next(outcomes)
        before = time.perf_counter()
        for path, _ in outcomes:
            now = time.perf_counter()
            yield path, now - before
            before = now


def _runtime(make_runtime: MakeRuntime, work: Path) -> Runtime:
    return make_runtime(home=work / "home", model="", ingest=SETTINGS)


def _seeds(folder: Path, random: Random) -> dict[object, list[Path]]:
    """Sound files of every ending, by what loads them."""
    folder.mkdir()
    seeds: dict[object, list[Path]] = {}
    for ending, loader in LOADERS.items():
        examples = [file for file in EXAMPLES.iterdir() if file.suffix == ending]
        seeds.setdefault(loader, []).extend(examples)
        if ending != ".pdf":
            seeds[loader].append(_made(folder / f"made{ending}", random))
    return seeds


def _made(path: Path, random: Random) -> Path:
    like = LIKE.get(path.suffix, path.suffix if path.suffix in WRITERS else ".py")
    return made_file(path.with_name(f"new{like}"), random, SENTENCES).rename(path)


def _n_with(reasons: Sequence[str], part: str) -> int:
    return sum(part in reason for reason in reasons)
