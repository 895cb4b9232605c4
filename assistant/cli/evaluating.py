"""The command group `eval`: the benchmarks by their names, beside its own commands."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from assistant.cli.shared import Json, command_settings
from assistant.terminal import as_json, out

Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        "--passages",
        min=1,
        help="Use only so many items: of context and scale, passages of the index.",
    ),
]
BENCHMARK = "NAME"
"""Stands for any benchmark's name."""


class Benchmarks(TyperGroup):
    """Takes what is no command of the group for the name of a benchmark."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the command that runs benchmarks before the name of one."""
        is_known = not args or args[0] in self.commands or args[0] == "--help"
        return super().parse_args(ctx, args if is_known else [BENCHMARK, *args])


def evaluate(
    name: Annotated[str, typer.Argument(help="The benchmark: see docs/experiments.md.")],
    data: Annotated[Path | None, typer.Option(help="The benchmark's data.")] = None,
    limit: Limit = None,
    ablation: Annotated[
        bool, typer.Option(help="Measure each stage of the search: of retrieval.")
    ] = False,
    json: Json = True,  # noqa: ARG001 - the figures are JSON in any case
) -> None:
    """Run a benchmark and print its figures as one JSON object."""
    from evals.benchmarks import run

    out(as_json(run(f"{name}-ablation" if ablation else name, _make_runtime, data, limit)))


def choice(
    data: Annotated[Path, typer.Option(help="Multiple-choice questions: JSON lines, or a CSV.")],
    model: Annotated[
        str, typer.Option(help="local/instruct, by likelihood; or a LiteLLM name, by letter.")
    ],
    limit: Limit = None,
    json: Json = True,  # noqa: ARG001 - the figures are JSON in any case
) -> None:
    """Measure how often a model chooses the right answer, as MMLU does."""
    from evals.benchmarks.choice import measure
    from evals.benchmarks.harness import reported

    out(as_json(reported("choice", lambda: measure(_make_runtime, data, limit, model))))


def judge(
    data: Annotated[Path, typer.Option(help="Instructions with the responses that are wanted.")],
    models: Annotated[str, typer.Option(help="LiteLLM name of a model to judge; more behind it.")],
    others: Annotated[
        list[str] | None, typer.Argument(help="LiteLLM names of further models.")
    ] = None,
    by: Annotated[
        str, typer.Option("--judge", help="LiteLLM name of the judge; that of the settings if not.")
    ] = "",
    limit: Limit = None,
    json: Json = True,  # noqa: ARG001 - the figures are JSON in any case
) -> None:
    """Let a model score the responses of others from 0 to 100, and compare them."""
    from evals.benchmarks.harness import reported
    from evals.benchmarks.judge import measure

    asked, grader = [models, *(others or ())], by or command_settings().model
    figures = reported("judge", lambda: measure(_make_runtime, data, limit, asked, grader))
    out(as_json(figures))


def _make_runtime(**options: Any) -> Any:
    from assistant.runtime import Runtime

    return Runtime(command_settings(**options))
