"""What the records say of the answers' quality: read, averaged, compared; shown by `pages/`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import JSON, Column, DateTime, MetaData, String, Table, create_engine, select
from sqlalchemy.engine import Engine

from evals.records import TABLE_PREFIX, THUMB, TRIAD

SCORES = tuple(TRIAD)
RECENT = timedelta(days=7)
BEFORE = timedelta(days=28)
"""The answers of the last week are compared with those of the four weeks before it."""
LEAST_ANSWERS = 30
"""Of fewer answers on either side nothing is said."""
DRIFT = 0.05
"""So far a mean must have fallen, and its interval must lie below zero, before there is alarm."""
SPREAD = 1.96
"""Standard errors on either side of a mean that hold it 95 times in 100, if it is normal."""
NAME = "ai.observability."

events = Table(
    f"{TABLE_PREFIX}events",
    MetaData(),
    Column("event_id", String, primary_key=True),
    Column("record", JSON),
    Column("record_attributes", JSON),
    Column("start_timestamp", DateTime),
    Column("timestamp", DateTime),
)


@dataclass(frozen=True, slots=True)
class Drift:
    """A mean that has fallen.

    Attributes:
        before: The mean of the weeks before.
        now: The mean of the last week.
        n: Answers of the last week that have such a score.
    """

    score: str
    before: float
    now: float
    n: int

    @property
    def sentence(self) -> str:
        """It as a sentence."""
        return (
            f"{self.score} has fallen from {self.before:.2f} to {self.now:.2f} in the last "
            f"{RECENT.days} days ({self.n:,} answers)."
        )


def read_answers(database_url: str) -> pd.DataFrame:
    """A row for each answer, the newest first.

    Columns: id, at (UTC), seconds, question, answer, session, user, version, plugin, judge,
    not_scored, model, cost_usd, tokens, sources (file names), the three scores and Thumb (1 up, 0
    down), NaN where there is none.

    Args:
        database_url: SQLAlchemy URL of a database with TruLens's tables.
    """
    engine = create_engine(database_url)
    try:
        answers = _roots(engine).join(_generations(engine), on="id").join(_sources(engine), on="id")
        answers = answers.join(_scores(engine), on="id")
    finally:
        engine.dispose()
    for score in (*SCORES, THUMB):
        if score not in answers:
            answers[score] = np.nan
    return answers.sort_values("at", ascending=False, ignore_index=True)


def over_time(answers: pd.DataFrame, every: str = "D") -> pd.DataFrame:
    """Means by day, or another span in pandas's words: at, score, mean, low, high, n."""
    rows = []
    for at, group in answers.groupby(answers["at"].dt.floor(every)):
        for score in SCORES:
            mean, low, high, n = interval(group[score])
            if n:
                rows.append((at, score, mean, low, high, n))
    return pd.DataFrame(rows, columns=["at", "score", "mean", "low", "high", "n"])


def by(answers: pd.DataFrame, column: str) -> pd.DataFrame:
    """Means for each value of a column, the most frequent value first; sources count for each."""
    if column == "sources":
        answers = answers.explode(column)
    rows = []
    for value, group in answers.groupby(column, dropna=True):
        row: dict[str, object] = {column: value, "answers": len(group)}
        for score in SCORES:
            mean, low, high, n = interval(group[score])
            row[score] = mean if n else None
            row[f"± {score}"] = (high - low) / 2 if n > 1 else None
        row["thumbs up"] = group[THUMB].mean() if group[THUMB].notna().any() else None
        row["median seconds"] = group["seconds"].median()
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.sort_values("answers", ascending=False, ignore_index=True) if rows else table


def worst(answers: pd.DataFrame, n: int) -> pd.DataFrame:
    """The answers with a thumb down, then those whose lowest score is lowest."""
    lowest = answers[list(SCORES)].min(axis=1)
    order = answers.assign(down=answers[THUMB].eq(0), lowest=lowest)
    order = order[order["down"] | order["lowest"].notna()]
    return order.sort_values(["down", "lowest"], ascending=[False, True]).head(n)


def thumbs(answers: pd.DataFrame) -> pd.DataFrame:
    """How the scores of answers with a thumb up differ from those with one down.

    Columns: score, up, down (means), agreement: the probability that an answer with a thumb up
    scores higher than one with a thumb down, 0.5 where the score tells nothing (the area under the
    ROC curve).
    """
    rated = answers[answers[THUMB].notna()]
    rows = []
    for score in SCORES:
        scored = rated[rated[score].notna()]
        up, down = (scored.loc[scored[THUMB] == good, score] for good in (1, 0))
        rows.append(
            {
                "score": score,
                "up": up.mean() if len(up) else None,
                "down": down.mean() if len(down) else None,
                "agreement": _agreement(up.to_numpy(), down.to_numpy()),
            }
        )
    return pd.DataFrame(rows)


def drifts(answers: pd.DataFrame, now: datetime) -> Iterator[Drift]:
    """The scores that have fallen lately by more than chance and more than a little."""
    recent = answers[answers["at"] >= now - RECENT]
    earlier = answers[(answers["at"] < now - RECENT) & (answers["at"] >= now - RECENT - BEFORE)]
    for score in (*SCORES, THUMB):
        new, old = recent[score].dropna(), earlier[score].dropna()
        if min(len(new), len(old)) < LEAST_ANSWERS:
            continue
        fallen = old.mean() - new.mean()
        error = float(np.sqrt(old.var() / len(old) + new.var() / len(new)))
        if fallen >= DRIFT and fallen > SPREAD * error:
            yield Drift(score, float(old.mean()), float(new.mean()), len(new))


def interval(values: "pd.Series[float]") -> tuple[float, float, float, int]:
    """Mean, its 95 % interval, and of how many values; a single one is an interval of no width."""
    kept = values.dropna()
    if not len(kept):
        return float("nan"), float("nan"), float("nan"), 0
    mean = float(kept.mean())
    error = SPREAD * float(kept.std()) / float(np.sqrt(len(kept))) if len(kept) > 1 else 0.0
    return mean, max(0.0, mean - error), min(1.0, mean + error), len(kept)


def _agreement(up: NDArray[np.float64], down: NDArray[np.float64]) -> float | None:
    if not len(up) or not len(down):
        return None
    above = up[:, None] - down[None, :]
    return float((above > 0).mean() + (above == 0).mean() / 2)


def _attribute(name: str) -> Any:
    return events.c.record_attributes[name].as_string()


def _rows(engine: Engine, span: str, columns: Sequence[Any]) -> pd.DataFrame:
    """The attributes of all spans of a kind; the kind is the span's name."""
    asked = select(_attribute(f"{NAME}record_id").label("id"), *columns)
    asked = asked.where(events.c.record["name"].as_string() == span)
    with engine.connect() as connection:
        result = connection.execute(asked)
        return pd.DataFrame(result.fetchall(), columns=list(result.keys()))


def _roots(engine: Engine) -> pd.DataFrame:
    texts = {
        "question": f"{NAME}record_root.input",
        "answer": f"{NAME}record_root.output",
        "session": f"{NAME}conversation_id",
        "version": f"{NAME}app_version",
        "user": "assistant.user",
        "plugin": "assistant.plugin",
        "judge": "assistant.judge",
        "not_scored": "assistant.not_scored",
    }
    columns = [_attribute(name).label(label) for label, name in texts.items()]
    rows = _rows(
        engine,
        "record_root",
        [*columns, events.c.start_timestamp.label("at"), events.c.timestamp.label("ended")],
    )
    rows["at"], ended = pd.to_datetime(rows["at"]), pd.to_datetime(rows["ended"])
    rows["seconds"] = (ended - rows["at"]).dt.total_seconds()
    return rows.drop(columns="ended")


def _generations(engine: Engine) -> pd.DataFrame:
    cost, prompt, completion = (
        events.c.record_attributes[f"{NAME}cost.{name}"].as_float()
        for name in ("cost", "num_prompt_tokens", "num_completion_tokens")
    )
    rows = _rows(
        engine,
        "generation",
        [
            _attribute(f"{NAME}cost.model").label("model"),
            cost.label("cost_usd"),
            prompt.label("prompt"),
            completion.label("completion"),
        ],
    ).set_index("id")
    rows["tokens"] = rows.pop("prompt").fillna(0) + rows.pop("completion").fillna(0)
    return rows


def _sources(engine: Engine) -> pd.DataFrame:
    sources = events.c.record_attributes["assistant.sources"].as_json()
    rows = _rows(engine, "retrieval", [sources.label("sources")]).set_index("id")
    rows["sources"] = [
        sorted({PurePath(source).name for source in sources or ()}) for sources in rows["sources"]
    ]
    return rows


def _scores(engine: Engine) -> pd.DataFrame:
    score = events.c.record_attributes[f"{NAME}eval_root.score"].as_float()
    metric = _attribute(f"{NAME}eval_root.metric_name")
    rows = _rows(engine, "eval_root", [metric.label("metric"), score.label("score")])
    return rows.pivot_table(index="id", columns="metric", values="score", aggfunc="last")
