"""Can the judge's groundedness be trusted?

Always measured: `judge_quality.jsonl`, 36 passages that were written for this, each with sentences
that say the same in other words and with sentences that change one thing.

    {"passage": "...", "supported": ["...", ...], "unsupported": {"number": "...", ...}}

With --data FOLDER also, of what lies there: QAGS and BEGIN (see `triad.py`; of BEGIN only the texts
that the judge did not learn from), and `p3_instructions.jsonl.gz` (see `judge_made.py`), of whose
other half sentences are falsified and paraphrased by rules.

For each set:

- judge: ROC AUC, balanced accuracy at 0.5, and the expected calibration error (Guo et al. 2017,
  equation 3, ten bins) of an answer's groundedness;
- signals: the ROC AUC of each signal alone, the mean over an answer's sentences; what speaks
  against support is counted backwards;
- kinds: of made sentences, the ROC AUC of each kind that is unsupported against all supported.

An item of the limit is an answer; each set has the whole limit, drawn at random. `ms_an_answer` is
the time of five sentences over five written passages that were never seen, on one core, and
`cpu_ms_an_answer` the part of it that the process computed: all of it on a machine of its own.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import numpy as np

from evals.benchmarks.harness import (
    Figures,
    drawn,
    elapsed_ms,
    opened,
    read_json_lines,
    required,
    temporary_home,
    tracked,
)
from evals.benchmarks.judge_made import is_test, labelled, read_rows
from evals.benchmarks.metrics import balanced_accuracy, mean, roc_auc, spread
from evals.benchmarks.protocols import MakeRuntime
from evals.benchmarks.triad import read_judged
from evals.judges import LocalJudge
from evals.judging.reading import Reader
from evals.judging.signals import AGAINST
from ingest.batching import one_core
from ingest.embedder import MiniLMEmbedder
from ingest.sentences import sentence_spans

WRITTEN = Path(__file__).with_name("judge_quality.jsonl")
DATA = "a folder with qags_*.jsonl, begin_*.tsv or p3_instructions.jsonl.gz"
P3 = "p3_instructions.jsonl.gz"
MOST_MADE = 600
N_PASSAGES = 5
N_BINS = 10


@dataclass(frozen=True, slots=True)
class Item:
    """An answer, the text that it should rest on, and whether it does."""

    text: str
    answer: str
    is_good: bool
    kind: str = ""


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Measures the judge on every set there is.

    Raises:
        InputError: The data is missing or malformed.
    """
    sets = {WRITTEN.name: _written()} | (_from_folder(required(data, DATA)) if data else {})
    sets = {name: drawn(items, limit) for name, items in sets.items()}
    with temporary_home() as home, opened(make_runtime(home=home, model="")) as runtime:
        reader = Reader(runtime.embedder)
        metrics: dict[str, object] = {
            name: _figures(runtime.judge, reader, items, name) for name, items in sets.items()
        }
    return Figures({**metrics, **_times()}, sum(map(len, sets.values())))


def calibration_error(probabilities: Sequence[float], is_good: Sequence[bool]) -> float | None:
    """Expected calibration error: how far probabilities are from what comes true, bin by bin."""
    if not probabilities:
        return None
    said, good = np.asarray(probabilities), np.asarray(is_good, float)
    bins = np.minimum((said * N_BINS).astype(int), N_BINS - 1)
    gaps = [abs((good - said)[bins == each].sum()) for each in range(N_BINS)]
    return round(float(sum(gaps)) / len(said), 4)


def _written() -> list[Item]:
    items = []
    for _, value in read_json_lines(WRITTEN):
        items += [Item(value["passage"], said, True) for said in value["supported"]]
        items += [
            Item(value["passage"], said, False, kind) for kind, said in value["unsupported"].items()
        ]
    return items


def _from_folder(folder: Path) -> dict[str, list[Item]]:
    sets = {}
    for file in sorted([*folder.glob("qags_*.jsonl"), *folder.glob("begin_*.tsv")]):
        items = [Item(one.text, one.answer, one.is_good) for one in read_judged(file)]
        is_learned = file.name.startswith("begin_")
        sets[file.name] = [one for one in items if not is_learned or is_test(one.text)]
    if (folder / P3).exists():
        random = Random(1)  # noqa: S311 - no secret
        rows = read_rows(folder / P3)
        made = labelled(rows, random, is_for_test=True)[:MOST_MADE]
        sets[P3] = [Item(one.text, one.sentence, one.is_good, one.kind) for one in made]
    return sets


def _figures(
    judge: LocalJudge, reader: Reader, items: Sequence[Item], name: str
) -> dict[str, object]:
    scored: list[tuple[Item, float]] = []
    signals: dict[str, list[float]] = {}
    for item in tracked(items, f"Judging {name}"):
        groundedness = judge.score("", [item.text], item.answer).groundedness
        if groundedness is None:
            continue
        scored.append((item, groundedness))
        for signal, value in _signals(reader, item).items():
            signals.setdefault(signal, []).append(-value if signal in AGAINST else value)
    said, is_good = [score for _, score in scored], [item.is_good for item, _ in scored]
    return {
        "judge": {
            "roc_auc": roc_auc(said, is_good),
            "balanced_accuracy": balanced_accuracy(
                mean(score >= 0.5 for item, score in scored if item.is_good),
                mean(score < 0.5 for item, score in scored if not item.is_good),
            ),
            "calibration_error": calibration_error(said, is_good),
        },
        "signals": {signal: roc_auc(values, is_good) for signal, values in signals.items()},
        "kinds": _kinds(scored),
        "n": len(scored),
        "good": sum(is_good),
        "not_scored": len(items) - len(scored),
    }


def _signals(reader: Reader, item: Item) -> dict[str, float]:
    """The mean of each signal over the sentences of an answer."""
    passages = reader.passages([item.text])
    beside = [
        reader.beside(item.answer[slice(*span)], passages) for span in sentence_spans(item.answer)
    ]
    read = [signals for signals in reader.weighable(beside) if signals]
    return {name: float(np.mean([one[name] for one in read])) for name in read[0]}


def _kinds(scored: Sequence[tuple[Item, float]]) -> dict[str, float | None]:
    good = [score for item, score in scored if item.is_good]
    kinds = sorted({item.kind for item, _ in scored if item.kind and not item.is_good})
    found = {}
    for kind in kinds:
        bad = [score for item, score in scored if item.kind == kind and not item.is_good]
        found[kind] = roc_auc([*good, *bad], [True] * len(good) + [False] * len(bad))
    return found


def _times() -> dict[str, object]:
    """Of answers put together from the passages' own sentences; the first is not counted."""
    embedder = MiniLMEmbedder()
    judge = LocalJudge(embedder)
    texts = list(dict.fromkeys(item.text for item in _written()))
    wall, cpu = [], []
    with one_core():
        embedder.warm_up()
        for start in range(0, len(texts) - N_PASSAGES + 1, N_PASSAGES):
            passages = texts[start : start + N_PASSAGES]
            answer = "\n\n".join(text[slice(*sentence_spans(text)[-1])] for text in passages)
            before = time.process_time()
            score = partial(judge.score, f"What is said of {answer[:40]}?", passages, answer)
            wall.append(elapsed_ms(score))
            cpu.append((time.process_time() - before) * 1000)
    return {"ms_an_answer": spread(wall[1:]), "cpu_ms_an_answer": spread(cpu[1:])}
