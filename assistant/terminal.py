"""How results look in a terminal: JSON lines for programs, tables for people."""

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.status import Status
from rich.table import Table

from assistant.errors import InputError
from assistant.events import Scored
from assistant.plugin import Registered
from assistant.schema import Context

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a document or a model could steer the terminal with."""
TRIAD = ("context_relevance", "groundedness", "answer_relevance")


def out(line: str, end: str = "\n") -> None:
    """Prints a result, or with another end a piece of one."""
    sys.stdout.write(CONTROL.sub("", line) + end)
    sys.stdout.flush()


def say(line: str, end: str = "\n") -> None:
    """Prints a remark: progress, a warning, an error."""
    sys.stderr.write(CONTROL.sub("", line) + end)
    sys.stderr.flush()


def as_json(value: Any) -> str:
    """One line of JSON; NaN is a programming error, not a value."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def record(value: Any) -> dict[str, Any]:
    """A frozen dataclass as JSON-ready fields."""
    return asdict(value)


def answer_record(scored: Scored, context: Context) -> dict[str, Any]:
    """An answer as `assistant ask --json` prints it."""
    fields = record(scored.answer)
    scores = record(scored.scores)
    fields["timings_ms"] = fields.pop("timings")
    fields["scores"] = {name: scores[name] for name in TRIAD}
    fields["context"] = {
        name: value for name, value in record(context).items() if name != "passages"
    }
    return fields


def read_batch(path: str) -> Iterator[dict[str, Any] | InputError]:
    """The JSON objects of a file, a line each; `-` reads stdin. A bad line is an error in place.

    Raises:
        InputError: There is no such file.
    """
    try:
        lines = sys.stdin.buffer if path == "-" else Path(path).open("rb")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"The batch {path} cannot be opened: {error.strerror}.") from error
    with lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _parsed(line, number)


def _parsed(line: bytes, number: int) -> dict[str, Any] | InputError:
    try:
        value = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        return InputError(f"Line {number} of the batch is not JSON: {error}.")
    if not isinstance(value, dict):
        return InputError(f"Line {number} of the batch must be a JSON object.")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")


def text_field(line: dict[str, Any], name: str, default: str | None = None) -> str:
    """A field of a batch's line that must be text.

    Raises:
        InputError: It is missing, or it is not text.
    """
    value = line.get(name, default)
    if not isinstance(value, str):
        raise InputError(f'Each line must have the field "{name}" with a text, got {value!r}.')
    return encodable(value)


def texts_field(line: dict[str, Any], name: str) -> list[str]:
    """A field of a batch's line that must be a list of texts.

    Raises:
        InputError: It is missing, or it is not a list of texts.
    """
    value = line.get(name)
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InputError(f'Each line must have the field "{name}" with a list of texts.')
    return [encodable(text) for text in value]


def encodable(text: str) -> str:
    """Text without lone surrogates, which JSON can spell and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


@contextmanager
def waiting(message: str, enabled: bool) -> Iterator[Status]:
    """Shows a spinner on stderr until what it yields is stopped."""
    status = Console(stderr=True).status(message)
    if enabled:
        status.start()
    try:
        yield status
    finally:
        status.stop()


@contextmanager
def ingest_progress() -> Iterator[Callable[[Any], None]]:
    """A bar on stderr with files done, pages and passages per second."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rates]}"),
        TimeElapsedColumn(),
    )
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("ingest", total=None, rates="", visible=False)

        def show(state: Any) -> None:
            seconds = max(time.monotonic() - started, 1e-3)
            rates = (
                f"{state.pages / seconds:.1f} pages/s · {state.passages / seconds:.0f} passages/s"
            )
            progress.update(
                task,
                description=state.step.capitalize(),
                visible=True,
                total=state.n_files,
                completed=state.n_done,
                rates=rates if state.passages else "",
            )

        yield show


def show_answer(scored: Scored) -> None:
    """Prints what stands behind an answer whose text has been streamed."""
    out("")
    if scored.answer.asked:
        say(f"Looked for: {', '.join(f'“{one}”' for one in scored.answer.asked)}.")
    for citation in scored.answer.citations:
        page = f", page {citation.page}" if citation.page else ""
        out(f"\n[{citation.n}] {citation.source}{page}\n    “{' '.join(citation.quote.split())}”")
    out("")
    show_scores(record(scored.scores))
    for warning in scored.answer.warnings:
        say(warning)


def show_scores(scores: dict[str, Any]) -> None:
    """Prints the RAG triad on one line, and why a score is missing."""
    values = {name: scores[name] for name in TRIAD}
    out(
        " · ".join(
            f"{name.replace('_', ' ')} {'not scored' if value is None else f'{value:.2f}'}"
            for name, value in values.items()
        )
    )
    if scores["reason"]:
        say(scores["reason"])


def show_passages(passages: Sequence[dict[str, Any]]) -> None:
    """Prints passages, best first."""
    for passage in passages:
        page = f", page {passage['page']}" if passage["page"] else ""
        heading = f" · {passage['heading']}" if passage["heading"] else ""
        out(f"{passage['score']:.2f}  {passage['source']}{page}{heading}")
        out(f"      {' '.join(passage['text'].split())}\n")
    if not passages:
        say("Nothing was found: run `assistant ingest PATH` if there are no documents yet.")


def show_route(picks: Sequence[dict[str, Any]]) -> None:
    """Prints the plugins that would be picked."""
    for pick in picks:
        out(f"{pick['name']}  {pick['score']:.2f}  {pick['reason']}")
    if not picks:
        say("No plugin takes this message.")


def show_ingest(report: Any, as_lines: bool, dry_run: bool) -> None:
    """Prints what an ingest did, or would do."""
    if as_lines:
        out(as_json(record(report)))
    else:
        verb = "would be " if dry_run else ""
        out(
            f"{report.added} {verb}added, {report.updated} {verb}updated, {report.moved} "
            f"{verb}moved, {report.unchanged} unchanged, {report.deleted} {verb}removed, "
            f"{len(report.failed)} failed"
        )
        if not dry_run and report.pages:
            out(
                f"{report.pages:,} pages, {report.passages:,} passages in {report.seconds:.1f} s "
                f"({report.pages / report.seconds:.1f} pages/s)"
            )
    for label, problems in (
        ("failed", report.failed),
        ("in part", report.warnings),
        ("skipped", report.skipped),
    ):
        for problem in problems:
            say(f"{label}: {problem.path}: {problem.reason}")


def confirm_cost(estimate: Any, model: str, price: float | None, is_agreed: bool) -> None:
    """Shows what a model's work will take, and asks a person to agree.

    Raises:
        InputError: Nobody agrees, or nobody is there to be asked.
    """
    cost = "at a price that is not known" if price is None else f"for about ${price:.2f}"
    say(
        f"{estimate.passages:,} passages need a sentence: about {estimate.prompt_tokens:,} tokens "
        f"to {model} and {estimate.completion_tokens:,} back, {cost}."
    )
    if estimate.addresses:
        say("What the web addresses add to that is not known before they are fetched.")
    if is_agreed or not (estimate.passages or estimate.addresses):
        return
    if not sys.stdin.isatty():
        raise InputError("Nobody is there to agree to the cost: add --yes.")
    say("Go on? [y/N] ", end="")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise InputError("Nothing was done.")


def show_undone(undone: Any, as_lines: bool) -> None:
    """Prints what taking back the last ingest did."""
    if as_lines:
        empty = {"removed": 0, "restored": 0, "moved_back": 0}
        out(as_json(record(undone) if undone else empty))
    elif undone is None:
        out("There is no ingest that can be taken back.")
    else:
        out(
            f"Taken back: {undone.removed} documents taken out, {undone.restored} put back, "
            f"{undone.moved_back} given their old path."
        )


def show_documents(documents: Iterable[Any], as_lines: bool) -> None:
    """Prints the documents of the index."""
    rows = [
        {
            "source": document.source,
            "pages": document.n_pages,
            "passages": document.n_passages,
            "sha256": document.sha256,
            "ingested_at": document.ingested_at,
        }
        for document in documents
    ]
    _show_rows(rows, as_lines, hidden=("sha256",))


def show_chats(chats: Iterable[Any], as_lines: bool) -> None:
    """Prints a user's conversations."""
    _show_rows([record(chat) for chat in chats], as_lines, hidden=("user", "created_at"))


def show_users(accounts: Iterable[Any], as_lines: bool) -> None:
    """Prints the users."""
    _show_rows([record(account) for account in accounts], as_lines)


def show_plugins(registered: Iterable[Registered], as_lines: bool) -> None:
    """Prints the plugins that were announced."""
    rows = [
        {
            "name": plugin.name,
            "description": plugin.description,
            "version": plugin.version,
            "from": plugin.origin,
            "status": plugin.status,
        }
        for plugin in registered
    ]
    _show_rows(rows, as_lines)


def show_checks(checks: Iterable[Any], as_lines: bool) -> None:
    """Prints what the doctor found."""
    if as_lines:
        out(as_json({"checks": [record(check) for check in checks]}))
        return
    for check in checks:
        out(f"{'ok ' if check.ok else 'BAD'}  {check.name}: {check.detail}")
        if not check.ok:
            out(f"     {check.fix}")


def _show_rows(rows: Sequence[dict[str, Any]], as_lines: bool, hidden: Sequence[str] = ()) -> None:
    if as_lines:
        for row in rows:
            out(as_json(row))
        return
    if not rows:
        say("There are none yet.")
        return
    table = Table(*(name for name in rows[0] if name not in hidden))
    for row in rows:
        shown = (str(value) for name, value in row.items() if name not in hidden)
        table.add_row(*(escape(CONTROL.sub("", value)) for value in shown))
    Console().print(table)
