"""Many records at once, for pages that must cope with them: `python -m` this HOME N."""

import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from assistant.events import Gathered
from assistant.schema import Context, Pick, Route, Scores, Timings, Usage, new_id
from evals.records import Record, Records
from tests.evals.recording import said

DAY_NS = 86_400 * 10**9
TOGETHER = 250


def write(home: Path, n: int) -> None:
    """Fills a home's records with `n` made answers of sixty days, a tenth with a thumb."""
    chance = random.Random(0)
    records = Records(f"sqlite:///{home / 'evals.db'}", "0.1.0 made", {"model": "made"})
    now = time.time_ns()
    for begin in range(0, n, TOGETHER):
        records.write(
            [made(chance, now, position / n) for position in range(begin, min(n, begin + TOGETHER))]
        )
    records.close()


def made(chance: random.Random, now: int, age: float) -> Record:
    """An answer that is up to sixty days old."""
    turn, context, answer = said(contexts=["The sky is blue. Cats sleep."] * 5)
    turn = replace(turn, id=new_id(), session=new_id())
    plugin = chance.choice(("rag", "rag", "rag", "memory"))
    answer = replace(
        answer,
        id=turn.id,
        plugin=plugin,
        route=Route((Pick(plugin, 0.9, "made"),)),
        usage=Usage(800, 60, 0.001),
        timings=Timings(10.0, 30.0, 60.0, 100.0 + 400 * chance.random()),
    )
    grounded = min(1.0, max(0.0, chance.gauss(0.8, 0.15)))
    scores = Scores(chance.random(), grounded, chance.random(), judge="made")
    gathered = [Gathered(plugin, answer.passages, 12.0)]
    finished = now - int(age * 60 * DAY_NS)
    return Record(turn, Context(context.passages), answer, gathered, scores, "evaluated", finished)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
