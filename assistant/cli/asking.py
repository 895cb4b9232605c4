"""The commands that ask, search, route and score."""

import asyncio
from dataclasses import dataclass, replace
from typing import Annotated, Any

import typer

from assistant import terminal
from assistant.accounts import user_name
from assistant.chats.records import Conversation
from assistant.cli.shared import Batch, Json, Text, each, open_runtime, required
from assistant.drawing import AnswerPrinter, show_context
from assistant.errors import InputError
from assistant.events import Packed, Scored
from assistant.schema import LOCAL_USER, Context, Route, Turn, collections_of
from assistant.terminal import as_json, out, text_field, texts_field
from assistant.uploads import collection_of


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and the context that it rests on."""

    scored: Scored
    context: Context


def ask(
    text: Text = None,
    session: Annotated[str, typer.Option(help="Conversation to go on with.")] = "",
    user: Annotated[str, typer.Option(help="Who is asking.")] = LOCAL_USER,
    model: Annotated[str | None, typer.Option(help="LiteLLM name; overrides the setting.")] = None,
    plugin: Annotated[str | None, typer.Option(help="The only plugin to use.")] = None,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Ask a question and get a cited, scored answer."""
    overrides = {} if model is None else {"model": model}
    user = user_name(user)
    with open_runtime(**overrides) as runtime:
        runtime.tracker.warm_up()

        def answer(question: str, in_session: str, streamed: bool = False) -> Answered:
            turn = Turn(question, user=user, plugin=plugin, collections=collections_of(user))
            if not in_session:
                return asyncio.run(_answer(runtime, turn, streamed))
            turn = _continued(runtime.chats.open(user, in_session), turn)
            answered = asyncio.run(_answer(runtime, turn, streamed))
            runtime.chats.add(turn, answered.scored.answer, in_session)
            return answered

        if batch is None:
            answered = answer(required(text), session, streamed=not json)
            if json:
                out(as_json(terminal.answer_record(answered.scored, answered.context)))
            else:
                terminal.show_answer(answered.scored)
                show_context(answered.context)
            return

        def answer_line(line: dict[str, Any]) -> dict[str, Any]:
            asked = text_field(line, "text")
            answered = answer(asked, text_field(line, "session", session))
            return terminal.answer_record(answered.scored, answered.context)

        each(batch, text, answer_line)


def _continued(conversation: Conversation, turn: Turn) -> Turn:
    """The turn as the next one of a conversation."""
    return replace(
        turn,
        session=conversation.id,
        history=conversation.history,
        summary=conversation.summary,
        options=conversation.options,
        collections=(*turn.collections, collection_of(turn.user, conversation.id)),
    )


async def _answer(runtime: Any, turn: Turn, streamed: bool) -> Answered:
    """Runs a turn to its end, printing the answer as it comes where that is asked for."""
    context = Context()
    with terminal.waiting("Reading your documents …", enabled=streamed) as status:
        printer = AnswerPrinter(status)
        async for event in runtime.engine.stream(turn):
            if streamed:
                printer.show(event)
            if isinstance(event, Packed):
                context = event.context
            if isinstance(event, Scored):
                return Answered(event, context)
    raise InputError("The answer was not finished.")


def search(
    query: Text = None,
    top_k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 10,
    user: Annotated[str, typer.Option(help="Who is searching.")] = LOCAL_USER,
    batch: Batch = None,
    json: Json = False,
) -> None:
    """Find the passages that fit a query best."""
    collections = collections_of(user_name(user))
    with open_runtime() as runtime:

        def find(line: dict[str, Any]) -> dict[str, Any]:
            asked = text_field(line, "query")
            passages = runtime.search(asked, top_k, collections)
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
