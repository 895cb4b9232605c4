"""How golden questions, their runs and comparisons look in a terminal."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.errors import InputError
from assistant.terminal import CONTROL, as_json, out, record, say

if TYPE_CHECKING:
    from evals.golden.comparing import Comparison, Difference
    from evals.golden.questions import GoldenQuestion
    from evals.golden.runs import Run

SHOWN = 20
"""Questions that are listed at most; --json has all."""
SHORT = {
    "context_relevance": "context",
    "groundedness": "grounded",
    "answer_relevance": "relevance",
}


def expected(question: "GoldenQuestion") -> str:
    """A question with what is expected, on one line."""
    wanted = [f"“{fact}”" for fact in question.facts] + [str(one) for one in question.sources]
    wanted += ["a refusal"] if question.refusal else []
    wanted += [f"by {question.plugin}"] if question.plugin else []
    return f"{question.question}  → {' · '.join(wanted)}"


def show_run(run: "Run") -> None:
    """Prints a run's figures, and the questions whose answers lack something."""
    wrong = [(one.question, "; ".join(one.lacks)) for one in run.outcomes if one.lacks]
    _print(("metric", "mean"), [(name, _figure(value)) for name, value in run.means.items()])
    say(
        f"{len(run.outcomes)} questions, {len(wrong)} not as expected; "
        f"configuration {run.configuration.version} at {run.commit}."
    )
    _list(wrong)


def show_runs(runs: Sequence[tuple[str, "Run"]], as_lines: bool) -> None:
    """Prints runs over time; an arrow marks what is better or worse than before for sure."""
    before = [None, *(run for _, run in runs)]
    compared = [
        (name, run, _since(run, earlier))
        for (name, run), earlier in zip(runs, before, strict=False)
    ]
    if as_lines:
        for one in compared:
            out(as_json(_run_record(*one)))
    else:
        for one in compared:
            _show_run_line(*one)
    if not runs:
        say("There are no runs yet: `assistant eval golden run` makes one.")


def show_comparison(comparison: "Comparison", margin: float, as_lines: bool) -> None:
    """Prints a run beside its baseline, and what is worse for sure."""
    regressions = comparison.regressions(margin)
    if as_lines:
        metrics = [one.metric for one in regressions]
        out(as_json({**record(comparison), "margin": margin, "regressions": metrics}))
        return
    rows = [
        (
            one.metric,
            _figure(one.before),
            _figure(one.after),
            f"{one.low:+.2f} to {one.high:+.2f}",
            str(one.n),
            "worse" if one.is_worse(margin) else "better" if one.is_better(margin) else "",
        )
        for one in comparison.differences
    ]
    _print(("metric", "baseline", "now", "99 % interval", "n", ""), rows)
    if comparison.changes:
        say(f"Changed since: {'; '.join(comparison.changes)}.")
    if comparison.n_new or comparison.n_gone:
        say(
            f"Left out: {comparison.n_new} questions that the baseline does not know, and "
            f"{comparison.n_gone} of its own that were not asked."
        )
    _list(comparison.worse)
    names = ", ".join(one.metric for one in regressions)
    say(f"Worse than the baseline: {names}." if names else "No worse than the baseline.")


def _since(run: "Run", before: "Run | None") -> "Comparison | None":
    """A run beside the one before it; nothing where the two have no question in common."""
    from evals.golden.comparing import compare

    try:
        return None if before is None else compare(run, before)
    except InputError:
        return None


def _run_record(name: str, run: "Run", comparison: "Comparison | None") -> dict[str, object]:
    return {
        "run": run.id,
        "baseline": name,
        "started_at": run.started_at,
        "n": len(run.outcomes),
        "metrics": run.means,
        "version": run.configuration.version,
        "commit": run.commit,
        "changes": list(comparison.changes) if comparison else [],
        "differences": [record(one) for one in comparison.differences] if comparison else [],
    }


def _show_run_line(name: str, run: "Run", comparison: "Comparison | None") -> None:
    arrows = {one.metric: _arrow(one) for one in comparison.differences} if comparison else {}
    figures = [
        f"{SHORT.get(metric, metric)} {_figure(mean)}{arrows.get(metric, '')}"
        for metric, mean in run.means.items()
        if mean is not None
    ]
    at = run.started_at[:16].replace("T", " ")
    out("  ".join([at, f"n {len(run.outcomes)}", *figures, f"[{name}]" if name else ""]).rstrip())
    if comparison and comparison.changes:
        out(f"{' ' * len(at)}  {'; '.join(comparison.changes)}")


def _arrow(difference: "Difference") -> str:
    if difference.is_worse(0):
        return "↓"
    return "↑" if difference.is_better(0) else ""


def _list(questions: Sequence[tuple[str, str]]) -> None:
    """Says of each question what its answer lacks."""
    for question, lacks in questions[:SHOWN]:
        say(f"  {question}\n    {lacks}")
    if len(questions) > SHOWN:
        say(f"  and {len(questions) - SHOWN} more: --json has all.")


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _print(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(*columns)
    for row in rows:
        table.add_row(*(escape(CONTROL.sub("", one)) for one in row))
    Console().print(table)
