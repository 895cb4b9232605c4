"""The chat page: Chainlit handlers that render the engine's events, and nothing else."""

import asyncio
import contextlib
import logging
import mimetypes
from dataclasses import replace
from pathlib import Path

from assistant.offline import stay_offline

stay_offline()  # before Chainlit is imported

# ruff: noqa: E402
import chainlit as cl
from chainlit.config import FILES_DIRECTORY
from chainlit.server import app as server
from chainlit.session import WebsocketSession
from filelock import FileLock, Timeout
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from assistant.errors import AssistantError

logging.getLogger().setLevel(logging.WARNING)  # Chainlit's own level floods the terminal
logging.getLogger("chainlit").setLevel(logging.INFO)

from assistant import options_panel, wording
from assistant.plugin import takes
from assistant.rendering import Renderer, keep_for_click
from assistant.runtime import Runtime
from assistant.schema import SHARED, Turn, new_id
from assistant.security import SameOrigin, SecurityHeaders, SourceKeys
from assistant.settings import read_settings
from assistant.source_links import SourceLinks
from assistant.sources import Sources
from assistant.uploads import Uploads

CHAT_COLLECTION = "chat-"
ANY_FILE = "application/octet-stream"
SOURCE_ELEMENT = Path(__file__).parent / "page" / "public" / "elements" / "Source.jsx"

log = logging.getLogger(__name__)
closing: set["asyncio.Task[None]"] = set()

runtime = Runtime(read_settings())
only_chat = FileLock(runtime.settings.home / "chat.lock")
links = SourceLinks(runtime.store, SourceKeys(runtime.settings.home / "secret.key"))
uploads = Uploads(runtime.store, runtime.settings.uploads_dir)
renderer = Renderer(runtime.engine, links)
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

accepted = cl.config.config.features.spontaneous_file_upload.accept
for ending in sorted({ending for plugin in runtime.registry for ending in plugin.file_endings}):
    for kind in {mimetypes.guess_type(f"x{ending}")[0] or ANY_FILE, ANY_FILE}:
        accepted[kind] = sorted({*accepted.get(kind, []), ending})


@cl.on_app_startup
async def start_up() -> None:
    """Forgets uploads that a crash left behind, and loads the models."""
    with contextlib.suppress(Timeout):  # another chat on this state folder has uploads of its own
        only_chat.acquire(timeout=0)
        await asyncio.to_thread(uploads.sweep, FILES_DIRECTORY)
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
    cl.user_session.set("files", ())
    cl.user_session.set("answers", {})
    cl.user_session.set("offers", {})
    await cl.context.emitter.set_commands(wording.commands(runtime.registry))
    await options_panel.show(runtime.registry)


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
    await asyncio.to_thread(uploads.forget, collection)


@cl.on_message
async def answer_message(message: cl.Message) -> None:
    """Reads what was attached, and answers the message."""
    text = f"/{message.command} {message.content}" if message.command else message.content
    turn = runtime.registry.addressed(_turn(text))
    files = await _keep_files(message)
    if files and turn.plugin is not None and _takes_all(turn.plugin, files):
        await _answer(replace(turn, attached=files, uploads=_files()))
        return
    read, taken = await _ingest_files(files)
    if files and not turn.text.strip():
        await _present(read, taken)
    else:
        await _answer(replace(turn, attached=read + taken, uploads=_files()))


async def _present(read: tuple[str, ...], taken: tuple[str, ...]) -> None:
    """Says what became of files that were dropped without a word, and what can be done."""
    said = [wording.uploaded(read)] if read else []
    said += [wording.kept(taken)] if taken else []
    if said:
        await cl.Message(content="\n\n".join(said), actions=_offers(read + taken)).send()


def _turn(text: str) -> Turn:
    """A turn of this chat."""
    return Turn(
        text,
        session=cl.user_session.get("id"),
        history=cl.user_session.get("history"),
        collections=(SHARED, _collection()),
        options=options_panel.chosen(),
    )


async def _answer(turn: Turn) -> None:
    """Answers a turn; what goes wrong is said in a sentence."""
    try:
        await renderer.render(turn)
    except AssistantError as error:
        await cl.ErrorMessage(content=wording.safe(str(error))).send()
    except Exception:
        log.exception("A message could not be answered.")
        await cl.ErrorMessage(content=wording.FAILED).send()


@cl.action_callback("rate")
async def take_rating(clicked: cl.Action) -> None:
    """Passes a thumb on, once, and shows what became of it."""
    rated = cl.user_session.get("answers").pop(str(clicked.payload.get("answer")), None)
    if rated is None:
        await cl.ErrorMessage(content=wording.NOT_RATED).send()
        return
    turn, answer, actions = rated
    for action in actions:
        await action.remove()
    sentence = await runtime.engine.rate(turn, answer, clicked.payload.get("good") is True)
    await cl.Message(content=wording.literal(sentence) or wording.RATED).send()


def _offers(files: tuple[str, ...]) -> list[cl.Action]:
    """A button for each plugin that takes some of these files."""
    actions = []
    for plugin in runtime.registry:
        taken = tuple(file for file in files if takes(plugin, file))
        if plugin.file_offer and taken:
            offer = new_id()
            keep_for_click("offers", offer, (plugin.name, taken))
            actions.append(
                cl.Action(
                    name="offer",
                    label=plugin.file_offer,
                    icon=plugin.command_icon,
                    payload={"offer": offer},
                )
            )
    return actions


@cl.action_callback("offer")
async def take_offer(clicked: cl.Action) -> None:
    """Runs a plugin's command on files that were dropped, as if it had been asked for."""
    offer = cl.user_session.get("offers").pop(str(clicked.payload.get("offer")), None)
    if offer is None:
        await cl.ErrorMessage(content=wording.NOT_OFFERED).send()
        return
    await clicked.remove()
    session = cl.context.session
    session.current_task = asyncio.create_task(_run_offer(*offer))  # the stop button ends it


async def _run_offer(name: str, files: tuple[str, ...]) -> None:
    plugin = runtime.registry[name]
    message = cl.Message(
        content=plugin.file_offer, type="user_message", author="User", command=plugin.command
    )
    turn = replace(_turn(""), plugin=name, command=plugin.command, attached=files, uploads=_files())
    await message.send()
    await cl.context.emitter.task_start()
    try:
        async with cl.Step(name="on_message", type="run", parent_id=message.id):
            await _answer(turn)
    finally:
        await cl.context.emitter.task_end()


async def _keep_files(message: cl.Message) -> tuple[str, ...]:
    """Keeps what came with a message for as long as the chat goes on; returns the paths."""
    files = tuple(
        [
            await asyncio.to_thread(uploads.keep, element.path, element.name, _collection())
            for element in message.elements or []
            if element.path
        ]
    )
    cl.user_session.set("files", (*cl.user_session.get("files"), *files))
    return files


async def _ingest_files(files: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Brings files into the chat's own collection.

    Returns:
        Those that were read, and those that were not though the command of some plugin takes them.
    """
    if not files:
        return (), ()
    async with cl.Step(name="reading files", type="tool") as step:
        report = await asyncio.to_thread(runtime.ingest, files, collection=_collection())
        step.output = wording.ingested(report)
    failed = {problem.path: problem for problem in report.failed}
    taken = [file for file in failed if any(takes(plugin, file) for plugin in runtime.registry)]
    for file in failed.keys() - taken:
        await cl.ErrorMessage(content=wording.not_read(failed[file])).send()
    return tuple(file for file in files if file not in failed), tuple(taken)


def _takes_all(name: str, files: tuple[str, ...]) -> bool:
    return all(takes(runtime.registry[name], file) for file in files)


def _files() -> tuple[str, ...]:
    """The chat's files that are still there, oldest first."""
    return tuple(file for file in cl.user_session.get("files") if Path(file).exists())


def _collection() -> str:
    return str(cl.user_session.get("collection"))
