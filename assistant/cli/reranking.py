"""The command `train reranker`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assistant.cli.shared import Json, command_settings
from assistant.terminal import as_json, out
from assistant.training.rounding import rounded
from assistant.training_progress import training_progress


def train_reranker(
    data: Annotated[
        Path,
        typer.Option(
            help='JSON lines {"question", "passage", "answer"}, or P3\'s examples; may be .gz.'
        ),
    ],
    synthetic: Annotated[
        int, typer.Option(help="At most so many questions are made of the passages' sentences.")
    ] = 1000,
    epochs: Annotated[int, typer.Option(help="At most so many passes.")] = 50,
    seed: Annotated[int, typer.Option(help="Decides the split and the made questions.")] = 0,
    folder: Annotated[
        Path | None,
        typer.Option("--out", help="Where it goes; HOME/adapters/reranker if not given."),
    ] = None,
    json: Json = False,
) -> None:
    """Train the reranker on questions about passages; a training that was killed goes on."""
    from evals.benchmarks.provenance import commit
    from ingest.reranker.training.card import config, figures
    from ingest.reranker.training.data import read_data
    from ingest.reranker.training.train import Trained, TrainingOptions, train

    def show_trained(trained: Trained) -> None:
        table = Table("", "recall@1 of the search", "reranked", "MRR of the search", "reranked")
        for part in ("validation", "test"):
            one = getattr(trained, part)
            both = (one.before.recall_at_1, one.after.recall_at_1, one.before.mrr, one.after.mrr)
            table.add_row(part, *(f"{figure:.4f}" for figure in both))
        Console().print(table)
        out(
            f"Trained in {trained.seconds:.0f} s. The reranker and its card are in "
            f"{trained.folder}.\nUse it with ASSISTANT_RAG__RERANKER={trained.folder}"
        )

    settings = command_settings()
    options = TrainingOptions(synthetic, epochs, seed)
    with training_progress(json) as show:
        trained = train(
            read_data(data),
            options,
            folder or settings.adapters_dir / "reranker",
            commit(),
            on_work=show.work,
            on_epoch=show.epoch,
        )
    result = {
        "adapter": str(trained.folder),
        "metrics": figures(trained),
        "seconds": trained.seconds,
        "config": config(trained, commit()),
    }
    if json:
        out(as_json(rounded(result)))
    else:
        show_trained(trained)
