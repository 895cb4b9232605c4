"""The `assistant` command: renders events and reports, nothing else.

Results go to stdout, one JSON object a line with --json; everything else goes to stderr. Exit
status: 0 all went well, 1 something failed and the rest is done, 2 wrong usage.
"""

import sys

import typer

from assistant.cli import (
    adapters,
    asking,
    chats,
    documents,
    evaluating,
    following,
    golden,
    instructing,
    memory,
    models,
    reranking,
    serving,
    users,
)
from assistant.errors import AssistantError
from assistant.offline import stay_offline
from assistant.terminal import say

app = typer.Typer(
    help="Answers from your own documents, every answer cited and scored.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
docs = typer.Typer(help="The documents of the index.", no_args_is_help=True)

app.command()(asking.ask)
app.command()(asking.search)
app.command()(asking.route)
app.command()(asking.score)
app.command()(models.classify)
app.command()(following.instruct)
app.command()(documents.ingest)
app.command()(serving.plugins)
app.command()(serving.doctor)
app.command()(serving.dashboard)
app.command()(serving.chat)
app.add_typer(docs, name="docs")
train = typer.Typer(help="Train models on data of your own.", no_args_is_help=True)
app.add_typer(train, name="train")
train.command("spam")(models.train_spam)
train.command("instruct")(instructing.train_instruct)
train.command("reranker")(reranking.train_reranker)
library = typer.Typer(help="The instruct adapters that were trained here.", no_args_is_help=True)
app.add_typer(library, name="adapters")
library.command("list")(adapters.adapters_list)
library.command("show")(adapters.adapters_show)
library.command("use")(adapters.adapters_use)
library.command("merge")(adapters.adapters_merge)
library.command("export")(adapters.adapters_export)
library.command("pack")(adapters.adapters_pack)
library.command("remove")(adapters.adapters_remove)
accounts = typer.Typer(help="Who may log in.", no_args_is_help=True)
app.add_typer(accounts, name="users")
accounts.command("add")(users.users_add)
accounts.command("passwd")(users.users_passwd)
accounts.command("list")(users.users_list)
accounts.command("remove")(users.users_remove)
facts = typer.Typer(help="What the assistant remembers of a person.", no_args_is_help=True)
app.add_typer(facts, name="memory")
facts.command("list")(memory.memory_list)
facts.command("add")(memory.memory_add)
facts.command("remove")(memory.memory_remove)
facts.command("export")(memory.memory_export)
saved = typer.Typer(help="The conversations that were saved.", no_args_is_help=True)
app.add_typer(saved, name="chats")
saved.command("list")(chats.chats_list)
saved.command("export")(chats.chats_export)
saved.command("remove")(chats.chats_remove)
measuring = typer.Typer(
    cls=evaluating.Benchmarks,
    help="Run a benchmark by its name, golden questions, or the gate that they make.",
    no_args_is_help=True,
)
app.add_typer(measuring, name="eval")
measuring.command(evaluating.BENCHMARK)(evaluating.evaluate)
measuring.command("gate")(golden.gate)
measuring.command("choice")(evaluating.choice)
measuring.command("judge")(evaluating.judge)
questions = typer.Typer(help="Questions whose answers must stay right.", no_args_is_help=True)
measuring.add_typer(questions, name="golden")
questions.command("add")(golden.golden_add)
questions.command("list")(golden.golden_list)
questions.command("remove")(golden.golden_remove)
questions.command("run")(golden.golden_run)
questions.command("report")(golden.golden_report)
docs.command("list")(documents.docs_list)
docs.command("remove")(documents.docs_remove)
docs.command("undo")(documents.docs_undo)


def main() -> None:
    """Entry point of the console script."""
    stay_offline()
    try:
        app()
    except AssistantError as error:
        say(str(error))
        sys.exit(1)
