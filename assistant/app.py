"""The chat page: Chainlit handlers that render the engine's events, and nothing else."""

import asyncio
import contextlib
import logging
import shutil
from pathlib import Path, PurePath

from assistant.offline import stay_offline

stay_offline()  # before Chainlit is imported

# ruff: noqa: E402
import chainlit as cl
from chainlit.config import FILES_DIRECTORY
from chainlit.server import app as server
from chainlit.session import WebsocketSession
from chainlit.utils import utc_now
from filelock import FileLock, Timeout
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from assistant.errors import AssistantError

logging.getLogger().setLevel(logging.WARNING)  # Chainlit's own level floods the terminal
logging.getLogger("chainlit").setLevel(logging.INFO)

from assistant import wording
from assistant.runtime import Runtime
from assistant.schema import (
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
    new_id,
)
from assistant.security import SameOrigin, SecurityHeaders, SourceKeys
from assistant.settings import read_settings
from assistant.source_links import SourceLinks
from assistant.sources import Sources

CHAT_COLLECTION = "chat-"
MAX_NAME_BYTES = 200
SOURCE_ELEMENT = Path(__file__).parent / "page" / "public" / "elements" / "Source.jsx"

log = logging.getLogger(__name__)
closing: set["asyncio.Task[None]"] = set()

runtime = Runtime(read_settings())
only_chat = FileLock(runtime.settings.home / "chat.lock")
links = SourceLinks(runtime.store, SourceKeys(runtime.settings.home / "secret.key"))
server.add_middleware(SecurityHeaders)
server.add_middleware(SameOrigin)
server.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]"])


async def source_element(request: Request) -> FileResponse:  # noqa: ARG001
    """What draws a mark's source.

    An element is a link only where its name stands in the message, so it must be called [1], and
    the page asks for the file of that name.
    """
    return FileResponse(SOURCE_ELEMENT)


# Before Chainlit's own, of which the last takes every address.
server.router.routes[:0] = [
    *Sources(runtime.store, links).routes(),
    Route("/public/elements/[{n:int}].jsx", source_element),
]


@cl.on_app_startup
async def start_up() -> None:
    """Forgets uploads that a crash left behind, and loads the models."""
    with contextlib.suppress(Timeout):  # another chat on this state folder has uploads of its own
        only_chat.acquire(timeout=0)
        await asyncio.to_thread(_sweep)
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
    """Starts a conversation without a past, with a collection for what is dropped into it.

    Its name is ours: the session's own id comes from the browser, and names a folder here.
    """
    cl.user_session.set("history", ())
    cl.user_session.set("collection", f"{CHAT_COLLECTION}{new_id()}")


@cl.on_chat_end
async def close_chat() -> None:
    """Deletes what was dropped into the chat, once it cannot be taken up again."""
    session = cl.context.session
    task = asyncio.create_task(_close_for_good(session.id, _collection(), session.to_clear))
    closing.add(task)
    task.add_done_callback(closing.discard)


async def _close_for_good(session_id: str, collection: str, at_once: bool) -> None:
    """Waits as long as Chainlit would take up a broken connection, then deletes the uploads."""
    if not at_once:
        await asyncio.sleep(cl.config.config.project.session_timeout + 1)
        if WebsocketSession.get_by_id(session_id) is not None:
            return
    await asyncio.to_thread(_forget_uploads, collection)


@cl.on_message
async def answer_message(message: cl.Message) -> None:
    """Reads what was attached, answers the message, and renders each event as it comes."""
    attached = await _ingest_uploads(message)
    if not message.content.strip() and message.elements:
        if attached:
            await cl.Message(content=wording.uploaded(attached)).send()
        return
    turn = Turn(
        message.content,
        session=cl.user_session.get("id"),
        history=cl.user_session.get("history"),
        collections=(SHARED, _collection()),
        attached=tuple(attached),
    )
    try:
        await _render(turn)
    except AssistantError as error:
        await cl.ErrorMessage(content=wording.safe(str(error))).send()
    except Exception:
        log.exception("A message could not be answered.")
        await cl.ErrorMessage(content=wording.FAILED).send()


async def _render(turn: Turn) -> None:
    """Shows a turn: a step for each plugin, the answer as it grows, citations, scores."""
    reply: cl.Message | None = None
    safe = wording.SafeStream()
    steps: dict[str, cl.Step] = {}
    gathered: list[Gathered] = []
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
                    reply.elements = await asyncio.to_thread(_cited_sources, answer)
                    await reply.send()
                    _remember(turn, answer)
                    for warning in answer.warnings:
                        await cl.Message(content=wording.literal(warning), author="warning").send()
                case Scored(_, scores) if reply:
                    await cl.CustomElement(
                        name="Scores", props={"chips": wording.chips(scores)}
                    ).send(for_id=reply.id)
    except (AssistantError, asyncio.CancelledError):
        if reply and reply.content:
            await reply.send()
        raise
    finally:
        for step in steps.values():  # ended steps fold away
            step.end = utc_now()
            await step.update()


def _remember(turn: Turn, answer: Answer) -> None:
    """Keeps what was said for the next turn."""
    said = (Message("user", turn.text), Message("assistant", answer.text))
    cl.user_session.set("history", (*turn.history, *said))


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


def _cited_sources(answer: Answer) -> list[cl.CustomElement]:
    """For each mark of an answer, the page that it cites; none where the document is gone."""
    elements = []
    for n in sorted({citation.n for citation in answer.citations}):
        passage = answer.passages[n - 1]
        quotes = [citation for citation in answer.citations if citation.n == n]
        address = links.cited(passage, quotes)
        if address:
            title = f"[{n}] {wording.where(passage.source, passage.page)}"
            props = {"n": n, "url": address, "title": title}
            elements.append(
                cl.CustomElement(name=f"[{n}]", url=address, props=props, display="side")
            )
    return elements


async def _ingest_uploads(message: cl.Message) -> list[str]:
    """Brings the message's files into the chat's own collection; returns their sources."""
    elements = [element for element in message.elements or [] if element.path]
    paths = [await asyncio.to_thread(_keep, element, _collection()) for element in elements]
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


def _keep(element: cl.element.Element, collection: str) -> Path:
    """Copies an uploaded file, under its own name, to a place of its own in the chat's folder."""
    name = PurePath(element.name.replace("\0", "")).name.encode()[-MAX_NAME_BYTES:]
    folder = runtime.settings.uploads_dir / collection / new_id()
    folder.mkdir(parents=True)
    return Path(shutil.copyfile(element.path, folder / (name.decode(errors="ignore") or "file")))


def _collection() -> str:
    return str(cl.user_session.get("collection"))


def _forget_uploads(collection: str) -> None:
    """Deletes the uploads of one chat."""
    runtime.store.remove(runtime.store.documents(collection))
    shutil.rmtree(runtime.settings.uploads_dir / collection, ignore_errors=True)


def _sweep() -> None:
    """Deletes the uploads of all chats, and Chainlit's copies of them."""
    chats = {document.collection for document in runtime.store.documents(None)} - {SHARED}
    for collection in chats:
        _forget_uploads(collection)
    shutil.rmtree(runtime.settings.uploads_dir, ignore_errors=True)
    for session_files in FILES_DIRECTORY.iterdir():
        shutil.rmtree(session_files, ignore_errors=True)
