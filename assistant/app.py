"""The chat page: Chainlit handlers that render the engine's events, and nothing else."""

import asyncio
import logging
import shutil
from pathlib import Path

import chainlit as cl
from chainlit.server import app as server
from chainlit.utils import utc_now
from starlette.middleware.trustedhost import TrustedHostMiddleware

from assistant.errors import AssistantError
from assistant.offline import stay_offline

stay_offline()
logging.getLogger().setLevel(logging.WARNING)  # Chainlit's own level floods the terminal
logging.getLogger("chainlit").setLevel(logging.INFO)

from assistant import wording  # noqa: E402 - the environment comes first
from assistant.runtime import Runtime  # noqa: E402
from assistant.schema import (  # noqa: E402
    SHARED,
    Answer,
    Finished,
    Gathered,
    Message,
    Packed,
    Pick,
    Routed,
    Scored,
    Token,
    Turn,
)
from assistant.security import SecurityHeaders  # noqa: E402
from assistant.settings import read_settings  # noqa: E402

HISTORY_MESSAGES = 10
CHAT_COLLECTION = "chat-"

runtime = Runtime(read_settings())
server.add_middleware(SecurityHeaders)
server.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]"])


@cl.on_app_startup
async def start_up() -> None:
    """Forgets uploads of chats that a crash left behind, and loads the models."""
    await asyncio.to_thread(_forget_uploads, None)
    await asyncio.to_thread(runtime.warm_up)


@cl.on_app_shutdown
async def shut_down() -> None:
    """Writes what is still to be written."""
    await asyncio.to_thread(runtime.close)


@cl.set_starters
async def starters(user: cl.User | None = None, language: str | None = None) -> list[cl.Starter]:  # noqa: ARG001
    """Questions that the sample documents answer."""
    return [
        cl.Starter(label=label, message=message, icon=f"/public/icons/{icon}.svg")
        for label, message, icon in wording.STARTERS
    ]


@cl.on_chat_start
async def open_chat() -> None:
    """Starts a conversation without a past."""
    cl.user_session.set("history", ())


@cl.on_chat_end
async def close_chat() -> None:
    """Deletes what was dropped into the chat."""
    await asyncio.to_thread(_forget_uploads, _collection())


@cl.on_message
async def answer_message(message: cl.Message) -> None:
    """Reads what was attached, answers the message, and renders each event as it comes."""
    attached = await _ingest_uploads(message)
    if not message.content.strip() and message.elements:
        if attached:
            await cl.Message(content=wording.uploaded(attached)).send()
        return
    history: tuple[Message, ...] = cl.user_session.get("history")
    turn = Turn(
        message.content,
        session=cl.user_session.get("id"),
        history=history[-HISTORY_MESSAGES:],
        collections=(SHARED, _collection()),
        attached=tuple(attached),
    )
    try:
        answer = await _render(turn)
    except AssistantError as error:
        await cl.ErrorMessage(content=wording.safe(str(error))).send()
    else:
        said = (Message("user", turn.text), Message("assistant", answer.text))
        cl.user_session.set("history", (*history, *said))


async def _render(turn: Turn) -> Answer:
    """Shows a turn: a step for each plugin, the answer as it grows, citations, scores."""
    reply: cl.Message | None = None
    safe = wording.SafeStream()
    steps: dict[str, cl.Step] = {}
    gathered: list[Gathered] = []
    answer: Answer | None = None
    try:
        async for event in runtime.engine.stream(turn):
            match event:
                case Routed(route):
                    for pick in route.plugins:
                        steps[pick.name] = await _open_step(pick)
                case Gathered():
                    gathered.append(event)
                case Packed(context):
                    for contribution in gathered:
                        step = steps[contribution.plugin]
                        step.output += wording.contribution(contribution, context)
                        await step.update()
                    reply = cl.Message(content="")  # not before: the page orders by creation
                case Token(text) if reply:
                    await reply.stream_token(safe.feed(text))
                case Finished(answer) if reply:
                    await reply.stream_token(safe.flush())
                    reply.elements = _citations(answer)
                    await reply.send()
                    for warning in answer.warnings:
                        await cl.Message(content=wording.safe(warning), author="warning").send()
                case Scored(answer, scores) if reply:
                    await cl.CustomElement(
                        name="Scores", props={"chips": wording.chips(scores)}
                    ).send(for_id=reply.id)
    except AssistantError:
        if reply and reply.content:
            await reply.send()
        raise
    finally:
        for step in steps.values():  # ended steps fold away
            step.end = utc_now()
            await step.update()
    assert answer is not None, "the engine's last event carries the answer"
    return answer


async def _open_step(pick: Pick) -> cl.Step:
    """Shows that a plugin was picked and why; the step stays open until the answer is there."""
    step = cl.Step(
        name=pick.name,
        type="retrieval",
        parent_id=cl.context.current_step.id,
        default_open=True,
        auto_collapse=True,
    )
    step.start = step.created_at = utc_now()
    step.output = wording.picked(pick)
    await step.send()
    return step


def _citations(answer: Answer) -> list[cl.element.Element]:
    """An element for each mark of an answer: the PDF at its page, or the passage's text."""
    elements: list[cl.element.Element] = []
    for n in sorted({citation.n for citation in answer.citations}):
        passage = answer.passages[n - 1]
        path = runtime.store.path_of(passage)
        if path and path.suffix.lower() == ".pdf" and path.exists():
            elements.append(
                cl.Pdf(name=f"[{n}]", path=str(path), page=passage.page or 1, display="side")
            )
        else:
            text = wording.cited_passage(answer, n)
            elements.append(cl.Text(name=f"[{n}]", content=text, display="side"))
    return elements


async def _ingest_uploads(message: cl.Message) -> list[str]:
    """Brings the message's files into the chat's own collection; returns their sources."""
    paths = [_keep(element) for element in message.elements or [] if element.path]
    if not paths:
        return []
    async with cl.Step(name="reading files", type="tool") as step:
        report = await asyncio.to_thread(
            runtime.ingest, [str(path) for path in paths], collection=_collection()
        )
        step.output = wording.ingested(report)
    for problem in report.failed:
        await cl.ErrorMessage(content=wording.not_read(problem)).send()
    failed = {problem.path for problem in report.failed}
    return [str(path) for path in paths if str(path) not in failed]


def _keep(element: cl.element.Element) -> Path:
    """Copies an uploaded file under its own name to the chat's folder."""
    name = Path(element.name).name or "file"
    folder = runtime.settings.uploads_dir / _collection()
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(element.path, folder / name))


def _collection() -> str:
    return f"{CHAT_COLLECTION}{cl.user_session.get('id')}"


def _forget_uploads(collection: str | None) -> None:
    """Deletes the uploads of one chat, or of all chats for `None`."""
    runtime.store.remove(
        document
        for document in runtime.store.documents(collection)
        if document.collection.startswith(CHAT_COLLECTION)
    )
    folder = runtime.settings.uploads_dir
    shutil.rmtree(folder / collection if collection else folder, ignore_errors=True)
