"""The commands that ask, search, route and score."""

import asyncio
from typing import Annotated, Any

import typer

from assistant import terminal
from assistant.cli.shared import Batch, Json, Text, each, open_runtime, required
from assistant.drawing import AnswerPrinter
from assistant.errors import InputError
from assistant.schema import Message, Route, Scored, Turn
from assistant.terminal import as_json, out, text_field, texts_field


def ask(
    text: Text = None,
    session: Annotated[str, typer.Option(help="Name of the conversation.")] = "",
    user: Annotated[str, typer.Option(help="Who is asking.")] = "local",
    model: Annotated[str | None, typer.Option(help="LiteLLM name; overrides the setting.")] = None,
    plugin: Annotated[str | None, typer.Option(help="The only plugin to use.")] = None,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Ask a question and get a cited, scored answer."""
    overrides = {} if model is None else {"model": model}
    with open_runtime(**overrides) as runtime:
        runtime.tracker.warm_up()
        histories: dict[str, tuple[Message, ...]] = {}

        async def answer(question: str, in_session: str) -> Scored:
            turn = Turn(
                question,
                user=user,
                session=in_session,
                plugin=plugin,
                history=histories.get(in_session, ()) if in_session else (),
            )
            scored = await _answer(runtime, turn, streamed=batch is None and not json)
            said = (Message("user", question), Message("assistant", scored.answer.text))
            histories[in_session] = (*turn.history, *said)
            return scored

        if batch is None:
            scored = asyncio.run(answer(required(text), session))
            terminal.show_answer(scored, json)
            return

        def answer_line(line: dict[str, Any]) -> dict[str, Any]:
            scored = asyncio.run(
                answer(text_field(line, "text"), text_field(line, "session", session))
            )
            return terminal.answer_record(scored)

        each(batch, text, answer_line)


async def _answer(runtime: Any, turn: Turn, streamed: bool) -> Scored:
    """Runs a turn to its end, printing the answer as it comes where that is asked for."""
    with terminal.waiting("Reading your documents …", enabled=streamed) as status:
        printer = AnswerPrinter(status)
        async for event in runtime.engine.stream(turn):
            if streamed:
                printer.show(event)
            if isinstance(event, Scored):
                return event
    raise InputError("The answer was not finished.")


def search(
    query: Text = None,
    top_k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 10,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Find the passages that fit a query best."""
    with open_runtime() as runtime:

        def find(line: dict[str, Any]) -> dict[str, Any]:
            asked = text_field(line, "query")
            passages = runtime.search(asked, top_k, Turn(asked).collections)
            return {"query": asked, "passages": [terminal.record(one) for one in passages]}

        if batch is not None:
            each(batch, query, find)
            return
        found = find({"query": required(query)})
        if json:
            out(as_json(found))
        else:
            terminal.show_passages(found["passages"])


def route(text: Text = None, batch: Batch = None, json: Json = False) -> None:
    """Show which plugins a message would be given to, and why; nothing is run."""
    with open_runtime() as runtime:

        def pick(line: dict[str, Any]) -> dict[str, Any]:
            asked = text_field(line, "text")
            picked: Route = runtime.router.route(Turn(asked))
            return {"text": asked, **terminal.record(picked)}

        if batch is not None:
            each(batch, text, pick)
            return
        picked = pick({"text": required(text)})
        if json:
            out(as_json(picked))
        else:
            terminal.show_route(picked["plugins"])


def score(
    question: Annotated[str | None, typer.Option(help="What was asked.")] = None,
    context: Annotated[
        list[str] | None, typer.Option(help="A text that the answer rests on; may be repeated.")
    ] = None,
    answer: Annotated[str | None, typer.Option(help="The answer.")] = None,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Judge an answer: context relevance, groundedness, answer relevance, from 0 to 1."""
    with open_runtime() as runtime:

        def judge(line: dict[str, Any]) -> dict[str, Any]:
            scores = runtime.judge.score(
                text_field(line, "question"),
                texts_field(line, "contexts"),
                text_field(line, "answer"),
            )
            return terminal.record(scores)

        if batch is not None:
            each(batch, question, judge)
            return
        line = {
            "question": required(question, "--question"),
            "contexts": context or [],
            "answer": required(answer, "--answer"),
        }
        scores = judge(line)
        if json:
            out(as_json(scores))
        else:
            terminal.show_scores(scores)
