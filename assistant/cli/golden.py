"""The commands on golden questions: kept, asked, compared over time, and the gate they make."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.accounts import user_name
from assistant.cli import golden_tables
from assistant.cli.shared import Batch, Json, command_settings, each, open_runtime
from assistant.errors import InputError
from assistant.schema import LOCAL_USER
from assistant.terminal import as_json, out, record, say

if TYPE_CHECKING:  # they take long to import, and `--help` should not wait for them
    from evals.golden.questions import GoldenQuestion
    from evals.golden.runs import Run
    from evals.golden.store import GoldenStore

SLOWEST_SECONDS = 120.0
"""Time that a plugin has to contribute: a machine that is busy makes no answer worse."""

User = Annotated[str, typer.Option(help="Whose golden questions.")]
Data = Annotated[
    Path | None,
    typer.Option(help="Ask the questions of this file of JSON lines, not those that are kept."),
]
Docs = Annotated[
    Path | None,
    typer.Option(help="Ask about these documents alone, ingested anew, not about the index."),
]


def golden_add(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(help="Words that must stand in the answer; may be repeated."),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(help='What it must cite: "a.pdf" or "a.pdf, page 2"; may be repeated.'),
    ] = None,
    refusal: Annotated[
        bool, typer.Option("--refusal", help="The answer must say that it is not in the documents.")
    ] = False,
    plugin: Annotated[str, typer.Option(help="The plugin that must answer.")] = "",
    generate: Annotated[
        int | None,
        typer.Option(min=1, help="Let the model make so many questions from your documents."),
    ] = None,
    folder: Annotated[
        str, typer.Option(help="With --generate: only from documents whose path begins so.")
    ] = "",
    user: User = LOCAL_USER,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Keep a question with what must be true of its answer."""
    from evals.golden.questions import question_of

    user = user_name(user)
    with _store() as store:

        def add(fields: dict[str, Any]) -> dict[str, Any]:
            golden = question_of(fields)
            return {"id": golden.id, **golden.fields(), "added": store.add(user, golden)}

        if batch is not None:
            each(batch, question, add)
            return
        if generate is not None:
            added = [add(one.fields()) for one in _generated(generate, folder)]
        elif question is None:
            raise typer.BadParameter("give QUESTION, --batch FILE or --generate N")
        else:
            given = {"facts": fact or [], "sources": source or [], "refusal": refusal}
            fields = {"question": question, **given} | ({"plugin": plugin} if plugin else {})
            added = [add(fields)]
    for one in added:
        done = "Kept" if one["added"] else "Known already"
        out(as_json(one) if json else f"{done}: {one['id']}  {one['question']}")


def golden_list(user: User = LOCAL_USER, json: Json = False) -> None:
    """List the golden questions, oldest first."""
    with _store() as store:
        kept = store.questions(user_name(user))
    for one in kept:
        shown = golden_tables.expected(one)
        out(as_json({"id": one.id, **one.fields()}) if json else f"{one.id}  {shown}")
    if not kept:
        say("There are no golden questions yet: add some with `assistant eval golden add`.")


def golden_remove(
    ids: Annotated[list[str], typer.Argument(help="Ids, as `golden list` prints them.")],
    user: User = LOCAL_USER,
    json: Json = False,
) -> None:
    """Delete golden questions; the runs they were part of stay."""
    with _store() as store:
        removed = store.remove(user_name(user), ids)
    out(as_json({"removed": len(removed)}) if json else f"Removed {len(removed)} questions.")
    unknown = [one for one in dict.fromkeys(ids) if one not in removed]
    for one in unknown:
        say(f"There is no golden question {one}: see `assistant eval golden list`.")
    if unknown:
        raise typer.Exit(1)


def golden_run(
    data: Data = None,
    docs: Docs = None,
    save_baseline: Annotated[
        str, typer.Option(help="Keep the run as the baseline of this name, or in this .json file.")
    ] = "",
    user: User = LOCAL_USER,
    json: Json = False,
) -> None:
    """Ask the golden questions, score the answers and keep the run."""
    from evals.golden.runs import as_text

    user = user_name(user)
    run = _run(data, docs, user)
    is_file = save_baseline.endswith(".json")
    with _store() as store:
        store.keep(user, run, "" if is_file else save_baseline)
    if is_file:
        Path(save_baseline).write_text(as_text(run), "utf-8")
    if json:
        figures = {"metrics": run.means, "n": len(run.outcomes)}
        out(as_json({**figures, "version": run.configuration.version, **record(run)}))
    else:
        golden_tables.show_run(run)


def golden_report(user: User = LOCAL_USER, json: Json = False) -> None:
    """Compare the runs over time, each with the one before it."""
    with _store() as store:
        kept = store.runs(user_name(user))
    golden_tables.show_runs(kept, json)


def gate(
    baseline: Annotated[
        str, typer.Option(help="The baseline to hold: a name, or a .json file of one.")
    ],
    data: Data = None,
    docs: Docs = None,
    margin: Annotated[
        float, typer.Option(min=0, max=1, help="A loss up to this is no regression.")
    ] = 0.02,
    times: Annotated[int, typer.Option(min=1, help="Go through it so many times.")] = 1,
    user: User = LOCAL_USER,
    json: Json = False,
) -> None:
    """Ask the golden questions and fail where the answers are worse than a baseline's."""
    from evals.golden.comparing import compare

    user = user_name(user)
    before = _baseline(baseline, user)
    n_failed = 0
    for _ in range(times):
        comparison = compare(_run(data, docs, user), before)
        golden_tables.show_comparison(comparison, margin, json)
        n_failed += bool(comparison.regressions(margin))
    if times > 1:
        say(f"The gate held {times - n_failed} times out of {times}.")
    if n_failed:
        raise typer.Exit(1)


def _run(data: Path | None, docs: Path | None, user: str) -> "Run":
    """Asks the questions that are meant, of the assistant that is meant."""
    from evals.benchmarks.harness import counted
    from evals.benchmarks.provenance import commit
    from evals.golden.configuration import configuration
    from evals.golden.runs import ask_all
    from plugins.rag.generate import SYSTEM

    questions = _questions(data, user)
    with _assistant(docs) as runtime, counted("Asking", len(questions)) as count:
        hashes = [document.sha256 for document in runtime.store.documents()]
        configured = configuration(runtime.settings, [SYSTEM], hashes)
        return ask_all(questions, runtime.engine, runtime.judge, configured, commit(), user, count)


@contextmanager
def _assistant(docs: Path | None) -> Iterator[Any]:
    """The assistant of the settings, or one that knows these documents alone."""
    from evals.benchmarks.harness import ingest_files, required, temporary_home

    if docs is None:
        with open_runtime(gather_timeout_seconds=SLOWEST_SECONDS) as runtime:
            yield runtime
        return
    files = required(docs, "documents")
    with (
        temporary_home() as home,
        open_runtime(home=home, gather_timeout_seconds=SLOWEST_SECONDS) as runtime,
    ):
        ingest_files(runtime, [files])
        yield runtime


def _questions(data: Path | None, user: str) -> "list[GoldenQuestion]":
    from evals.benchmarks.harness import read_json_lines
    from evals.golden.questions import question_of

    if data is None:
        with _store() as store:
            return store.questions(user)
    questions = []
    for number, fields in read_json_lines(data):
        try:
            questions.append(question_of(fields))
        except InputError as error:
            raise InputError(f"Line {number} of {data} is no golden question: {error}") from error
    return questions


def _baseline(given: str, user: str) -> "Run":
    from evals.golden.runs import read_run

    if given.endswith(".json"):
        return read_run(Path(given))
    with _store() as store:
        kept = store.baseline(user, given)
    if kept is None:
        raise InputError(
            f"There is no baseline {given!r}: keep one with `assistant eval golden run "
            f"--save-baseline {given}`."
        )
    return kept


def _generated(n: int, folder: str) -> "list[GoldenQuestion]":
    from evals.golden.generating import generate

    with open_runtime() as runtime:
        return generate(runtime.llm, runtime.store, n, folder)


@contextmanager
def _store() -> "Iterator[GoldenStore]":
    from evals.golden.store import GoldenStore

    settings = command_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    store = GoldenStore(settings)
    try:
        yield store
    finally:
        store.close()
