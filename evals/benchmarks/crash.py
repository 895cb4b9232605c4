"""Does an ingest that is killed at any moment leave a whole index, which the next one completes?

Data: none; the files of `examples/docs` and more made ones of each format, 60 in all, about
800 passages. An item of the limit is a kill; 100 without one.

The command `assistant ingest` is killed (SIGKILL, the command's own process alone): one time at a
moment drawn from all the time that it takes undisturbed, the next time up to 0.3 s after it has
begun to write documents, which takes it a small part of that time. After each kill the index is
checked; the next ingest goes on in the same home. One that ends before its kill is counted and its
home is wiped, so that all stretches of an ingest are struck. Every tenth time `assistant doctor`
looks too. What a kill leaves running is looked for by a mark in its environment two seconds later.

In the end an ingest runs to its end, and its passages must be those of an undisturbed one. Vectors
may differ in what bf16 rounds off, for other texts share their batch: their smallest cosine is
given, and below 0.999 they count as different.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from evals.benchmarks.command import assistant, environment, ingest
from evals.benchmarks.harness import Figures, progress, temporary_home
from evals.benchmarks.killing import at, killed, while_writing
from evals.benchmarks.made_files import WRITERS, made_file
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.synthetic import EXAMPLES
from ingest.store import PassageStore

N_KILLS = 100
N_FILES = 60
SENTENCES = 120
DOCTOR_EVERY = 10
WRITING_SECONDS = 0.3
SAME_COSINE = 0.999
SEED = 17
PASSAGES = """
    SELECT source, number, start, "end", passages.text, vector FROM passages
    JOIN documents ON documents.id = passages.document_id JOIN vectors ON passage_id = passages.id
    JOIN pages ON pages.document_id = passages.document_id AND position = page_position
    WHERE removed_run IS NULL ORDER BY source, page_position, start, "end"
"""


@dataclass(slots=True)
class Tally:
    """What the kills did.

    Attributes:
        finished_before: Ingests that ended before they were killed.
        mid_write: Kills that found some documents in the index, but not all.
        orphans: Processes that were still there.
        problems: What was wrong with an index, as sentences.
    """

    kills: int = 0
    finished_before: int = 0
    mid_write: int = 0
    checks_ok: int = 0
    doctors: int = 0
    doctors_ok: int = 0
    orphans: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Indexed:
    """All passages of an index in order, and their vectors `(n_passages, 384)`."""

    rows: list[tuple[object, ...]]
    vectors: NDArray[np.float32]


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:  # noqa: ARG001 - every benchmark takes the same
    """Kills ingests, and compares what they lead to with an undisturbed one."""
    with temporary_home() as work:
        folder, whole, killed = work / "documents", work / "whole", work / "killed"
        make_files(folder, N_FILES)
        watched, report = ingest(whole, folder)
        tally = _kill_many(folder, killed, limit or N_KILLS, watched.seconds, report["added"])
        _, last = ingest(killed, folder)
        metrics = _figures(tally) | compare(passages_of(whole), passages_of(killed))
    metrics |= {"undisturbed_seconds": watched.seconds, "failed": len(last["failed"])}
    return Figures(metrics, tally.kills)


def make_files(folder: Path, n_files: int) -> None:
    """The sample documents, and made files of every format up to a number."""
    shutil.copytree(EXAMPLES, folder)
    random, endings = Random(SEED), list(WRITERS)  # noqa: S311 - not for secrets
    for number in range(n_files - len(list(folder.iterdir()))):
        made_file(folder / f"made-{number:02}{endings[number % len(endings)]}", random, SENTENCES)


def passages_of(home: Path) -> Indexed:
    """All passages of the index in a home."""
    connection = sqlite3.connect(home / "index" / "passages.db")
    try:
        rows = connection.execute(PASSAGES).fetchall()
    finally:
        connection.close()
    vectors = np.frombuffer(b"".join(row[-1] for row in rows), dtype="<f2").reshape(len(rows), -1)
    return Indexed([row[:-1] for row in rows], vectors.astype(np.float32))


def compare(one: Indexed, other: Indexed) -> dict[str, object]:
    """Whether two indexes hold the same."""
    same_text = one.rows == other.rows
    smallest = float((one.vectors * other.vectors).sum(axis=1).min()) if same_text else 0.0
    return {
        "equal": same_text and smallest >= SAME_COSINE,
        "smallest_cosine": round(smallest, 5),
        "passages": len(other.rows),
    }


def _kill_many(folder: Path, home: Path, n_kills: int, seconds: float, n_files: int) -> Tally:
    random, tally = Random(SEED), Tally()  # noqa: S311 - not for secrets
    with progress("Killing ingests", n_kills) as show:
        while tally.kills < n_kills:
            if tally.kills % 2 == 0:
                moment = at(random.uniform(0, seconds))
            else:
                moment = while_writing(home, random.uniform(0, WRITING_SECONDS))
            n_left = killed(assistant("ingest", folder), environment(home), moment)
            if n_left is None:
                tally.finished_before += 1
                shutil.rmtree(home)
                continue
            tally.orphans += n_left
            tally.kills += 1
            _examine(home, tally, n_files)
            show(tally.kills, n_kills)
    return tally


def _examine(home: Path, tally: Tally, n_files: int) -> None:
    """Checks what a kill has left."""
    try:
        store = PassageStore(home / "index")
    except StoreError as error:
        tally.problems.append(str(error))
        return
    try:
        problems = store.check()
        tally.mid_write += 0 < len(store.documents()) < n_files
    finally:
        store.close()
    tally.checks_ok += not problems
    tally.problems.extend(problems)
    if tally.kills % DOCTOR_EVERY == 0:
        tally.doctors += 1
        tally.doctors_ok += _is_well(home)


def _is_well(home: Path) -> bool:
    done = subprocess.run(  # noqa: S603 - the benchmark's own command
        assistant("doctor"),
        env={**os.environ, **environment(home)},
        stdout=subprocess.PIPE,
        check=False,
    )
    checks = json.loads(done.stdout)["checks"]
    for check in checks:
        if not check["ok"]:
            print(f"{check['name']}: {check['detail']}", file=sys.stderr)  # noqa: T201
    return all(check["ok"] for check in checks)


def _figures(tally: Tally) -> dict[str, object]:
    return {
        "kills": tally.kills,
        "kills_between_documents": tally.mid_write,
        "finished_before": tally.finished_before,
        "checks_ok": tally.checks_ok,
        "doctors": tally.doctors,
        "doctors_ok": tally.doctors_ok,
        "orphans": tally.orphans,
        "problems": tally.problems,
    }
