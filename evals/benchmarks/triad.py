"""Does the judge's groundedness tell supported answers from unsupported ones?

Data, a file or a folder of such files:

- QAGS (Wang, Cho and Lewis 2020, arXiv 2004.04228), `qags_*.jsonl`: news articles, and for each
  sentence of a machine's summary three crowd votes on whether the article supports it. A summary
  is good when each of its sentences has a majority of yes.

      {"article": "Vitamin supplements are ...", "summary_sentences": [
          {"sentence": "...", "responses": [{"worker_id": 0, "response": "yes"}, ...]}]}

- BEGIN (Dziri et al. 2022, arXiv 2105.00071; CC BY-SA), `begin_*.tsv`: replies of dialogue systems
  to a message, given some knowledge. Good is "Fully attributable", against the rest.

      model_name  data_source  knowledge  message  response  begin_label
      ctrl        tc           The NFL .. i had ..  yes, ..  Fully attributable

Beside the judge stand its two ingredients alone, and the overlap of single words. An item of the
limit is an answer; each file has the whole limit. Answers that the judge does not score, for they
have no words, are left out everywhere and counted.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from assistant.errors import InputError
from evals.benchmarks.harness import (
    Figures,
    opened,
    read_json_lines,
    read_text,
    required,
    temporary_home,
    tracked,
)
from evals.benchmarks.metrics import roc_auc
from evals.benchmarks.protocols import MakeRuntime, Runtime
from ingest.sentences import sentence_spans

DATA = "a file named qags_*.jsonl or begin_*.tsv, or a folder of them"
GOOD_LABEL = "Fully attributable"
WORD = re.compile(r"\w+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer to a message, the text that it should rest on, and whether people say it does."""

    message: str
    text: str
    answer: str
    is_good: bool


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Measures the ROC AUC of each score on each file.

    Raises:
        InputError: The data is missing or malformed.
    """
    path = required(data, DATA)
    files = {file.name: list(islice(read_judged(file), limit)) for file in _files(path)}
    with temporary_home() as home, opened(make_runtime(home=home, model="")) as runtime:
        metrics: dict[str, object] = {
            name: _separation(runtime, items, name) for name, items in files.items()
        }
    return Figures(metrics, sum(map(len, files.values())))


def read_judged(file: Path) -> Iterator[Judged]:
    """The answers of a file, by its name either QAGS or BEGIN.

    Raises:
        InputError: The name says neither, or a field is missing.
    """
    try:
        if file.name.startswith("qags_"):
            yield from (_from_qags(value) for _, value in read_json_lines(file))
        elif file.name.startswith("begin_"):
            lines = read_text(file).split("\n")
            yield from map(
                _from_begin, csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            )
        else:
            raise InputError(f"The file {file} is of no known kind: give --data with {DATA}.")
    except (KeyError, TypeError, AttributeError, csv.Error) as error:
        raise InputError(f"The data {file} is malformed: {error!r}.") from error


def overlap(answer: str, text: str, n: int) -> float:
    """Mean over the answer's sentences of the share of their word n-grams that the text has.

    Sentences of fewer than `n` words are left out; 0 where none is left.
    """
    known = _ngrams(text, n)
    shares = [len(own & known) / len(own) for part in _parts(answer) if (own := _ngrams(part, n))]
    return fmean(shares) if shares else 0.0


def _separation(runtime: Runtime, items: Sequence[Judged], name: str) -> dict[str, object]:
    """ROC AUC of each score on the answers of one file."""
    scores: dict[str, list[float]] = {
        "groundedness": [],
        "sentence_cosine": [],
        "bigram_overlap": [],
        "unigram_overlap": [],
    }
    is_good: list[bool] = []
    for item in tracked(items, f"Judging {name}"):
        groundedness = runtime.judge.score(item.message, [item.text], item.answer).groundedness
        if groundedness is None:
            continue
        is_good.append(item.is_good)
        scores["groundedness"].append(groundedness)
        scores["sentence_cosine"].append(_sentence_cosine(runtime, item))
        scores["bigram_overlap"].append(overlap(item.answer, item.text, 2))
        scores["unigram_overlap"].append(overlap(item.answer, item.text, 1))
    return {
        "roc_auc": {score: roc_auc(values, is_good) for score, values in scores.items()},
        "n": len(is_good),
        "good": sum(is_good),
        "not_scored": len(items) - len(is_good),
    }


def _sentence_cosine(runtime: Runtime, item: Judged) -> float:
    """Mean over the answer's sentences of the largest cosine with any sentence of the text."""
    said, known = _parts(item.answer), _parts(item.text)
    if not said or not known:
        return 0.0
    cosines = runtime.embedder.encode(said) @ runtime.embedder.encode(known).T
    return float(np.clip(cosines, 0.0, 1.0).max(axis=1).mean())


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted([*path.glob("qags_*.jsonl"), *path.glob("begin_*.tsv")])
    if not files:
        raise InputError(f"There is nothing to judge in {path}: give --data with {DATA}.")
    return files


def _from_qags(value: Any) -> Judged:
    sentences = value["summary_sentences"]
    answer = " ".join(str(sentence["sentence"]) for sentence in sentences)
    is_good = all(_majority(sentence["responses"]) for sentence in sentences)
    return Judged("", str(value["article"]), answer, is_good)


def _majority(responses: Sequence[dict[str, str]]) -> bool:
    return sum(one["response"] == "yes" for one in responses) * 2 > len(responses)


def _from_begin(row: dict[str, str]) -> Judged:
    label = row["begin_label"].strip()
    return Judged(row["message"], row["knowledge"], row["response"], label == GOOD_LABEL)


def _parts(text: str) -> list[str]:
    """The sentences of a text that have words."""
    parts = (text[start:end] for start, end in sentence_spans(text))
    return [part for part in parts if WORD.search(part)]


def _ngrams(text: str, n: int) -> set[tuple[str, ...]]:
    words = WORD.findall(text.casefold())
    return set(zip(*(words[i:] for i in range(n)), strict=False))
