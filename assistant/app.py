"""The chat page: Chainlit handlers that render the engine's events, and nothing else."""

import asyncio
import contextlib
import logging
import mimetypes
import os
from dataclasses import replace
from pathlib import Path

from assistant.offline import stay_offline

stay_offline()  # before Chainlit is imported

# ruff: noqa: E402
import chainlit as cl
from chainlit.config import FILES_DIRECTORY
from chainlit.server import app as server
from chainlit.types import Feedback, ThreadDict
from filelock import FileLock, Timeout
from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from assistant.errors import AssistantError

logging.getLogger().setLevel(logging.WARNING)  # Chainlit's own level floods the terminal
logging.getLogger("chainlit").setLevel(logging.INFO)

from assistant import options_panel, page_chat, wording
from assistant.accounts import Accounts
from assistant.chats.data_layer import ChatDataLayer
from assistant.chats.serving import ChatPages
from assistant.chats.subject import UNTITLED, name_by_model, name_from
from assistant.facts_panel import OPEN, FactsPanel
from assistant.facts_serving import FactsPages
from assistant.golden_offers import GoldenOffers
from assistant.logins import Logins
from assistant.plugin import takes
from assistant.rendering import Renderer
from assistant.runtime import Runtime
from assistant.schema import LOCAL_USER, Answer, Turn, collections_of, new_id
from assistant.security import Discretion, LoginGate, SameOrigin, SecurityHeaders, SourceKeys
from assistant.settings import read_settings
from assistant.source_links import SourceLinks
from assistant.sources import Sources

OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")
ANY_FILE = "application/octet-stream"
SOURCE_ELEMENT = Path(__file__).parent / "page" / "public" / "elements" / "Source.jsx"

log = logging.getLogger(__name__)
background: set["asyncio.Task[None]"] = set()

runtime = Runtime(read_settings())
only_chat = FileLock(runtime.settings.home / "chat.lock")
keys = SourceKeys(runtime.settings.home / "secret.key")
os.environ["CHAINLIT_AUTH_SECRET"] = keys.login_secret()
links = SourceLinks(runtime.store, keys)
chats = runtime.chats
uploads = chats.uploads
panel = FactsPanel(runtime.registry)
renderer = Renderer(runtime.engine, links, panel)
logins = Logins(runtime.settings, Accounts(runtime.settings))
logins.install()
golden = GoldenOffers(runtime.settings)
golden.install()
server.add_middleware(Discretion)
server.add_middleware(LoginGate, who=logins.user_of, is_required=logins.are_required)
server.add_middleware(SecurityHeaders)
server.add_middleware(SameOrigin)
server.add_middleware(
    TrustedHostMiddleware,
    allowed_hosts=[*OWN_HOSTS, runtime.settings.host, *runtime.settings.public_hosts],
)


async def source_element(request: Request) -> FileResponse:  # noqa: ARG001
    """What draws a mark's source.

    An element is a link only where its name stands in the message, so it must be called [1], and
    the page asks for the file of that name.
    """
    return FileResponse(SOURCE_ELEMENT)


# Before Chainlit's own, of which the last takes every address.
server.router.routes[:0] = [
    *Sources(runtime.store, links).routes(),
    *ChatPages(chats).routes(),
    *(FactsPages(panel.facts, chats).routes() if panel.facts else ()),
    Route("/public/elements/[{n:int}].jsx", source_element),
]

accepted = cl.config.config.features.spontaneous_file_upload.accept
for ending in sorted({ending for plugin in runtime.registry for ending in plugin.file_endings}):
    for kind in {mimetypes.guess_type(f"x{ending}")[0] or ANY_FILE, ANY_FILE}:
        accepted[kind] = sorted({*accepted.get(kind, []), ending})


@cl.data_layer
def data_layer() -> ChatDataLayer:
    """Where Chainlit keeps conversations."""
    return ChatDataLayer(runtime.settings, chats, runtime.tracker.rate)


async def local_user(headers: Headers) -> cl.User:  # noqa: ARG001 - Chainlit's form
    """Whoever reaches this machine's own address, where nobody has to log in."""
    return cl.User(LOCAL_USER)


if not logins.are_required:
    cl.header_auth_callback(local_user)


@cl.on_app_startup
async def start_up() -> None:
    """Forgets uploads that a crash left behind, and loads the models."""
    with contextlib.suppress(Timeout):  # another chat on this state folder has uploads of its own
        only_chat.acquire(timeout=0)
        await asyncio.to_thread(uploads.sweep, chats.collections(), FILES_DIRECTORY)
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
    page_chat.begin()
    await _set_up_panel()


@cl.on_chat_resume
async def resume_chat(thread: ThreadDict) -> None:
    """Takes a conversation up again where it was left."""
    conversation = await asyncio.to_thread(chats.read, page_chat.user(), thread["id"])
    files = await asyncio.to_thread(_paths, conversation.files)
    page_chat.resume(conversation, files)
    await _set_up_panel()


async def _set_up_panel() -> None:
    await cl.context.emitter.set_commands(wording.commands(runtime.registry))
    await options_panel.show(runtime.registry, page_chat.current().options)


@cl.on_settings_update
async def keep_options(settings: dict[str, object] | None = None) -> None:  # noqa: ARG001
    """Keeps what was chosen for the chat, once there is a chat to keep."""
    chosen, state = options_panel.chosen(), page_chat.current()
    if chosen != state.options:
        place = page_chat.user(), page_chat.chat_id()
        if await asyncio.to_thread(chats.keep_options, *place, chosen):
            state.options = chosen


@cl.on_window_message
async def hear_page(said: object) -> None:
    """Opens the memory where the page's header asks for it; any window may say anything."""
    switch = options_panel.widget_of(panel.option)
    if said == OPEN and panel.facts and switch is not None:
        await panel.show(switch)


@cl.action_callback(OPEN)
async def open_memory(clicked: cl.Action) -> None:  # noqa: ARG001 - Chainlit's form
    """Opens the memory from the button under an answer."""
    await hear_page(OPEN)


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
    """A turn of this chat; its id is that of the run, which thumbs and records go by."""
    state, run = page_chat.current(), cl.context.current_run
    return Turn(
        text,
        id=run.id if run else new_id(),
        user=page_chat.user(),
        session=page_chat.chat_id(),
        history=state.history,
        summary=state.summary,
        collections=(*collections_of(page_chat.user()), page_chat.collection()),
        options=options_panel.chosen(),
    )


async def _answer(turn: Turn) -> None:
    """Answers a turn; what goes wrong is said in a sentence."""
    try:
        answer = await renderer.render(turn)
    except AssistantError as error:
        await cl.ErrorMessage(content=wording.safe(str(error))).send()
    except Exception:
        log.exception("A message could not be answered.")
        await cl.ErrorMessage(content=wording.FAILED).send()
    else:
        await keep_options()
        if answer is not None:
            task = asyncio.create_task(_tidy(turn, answer))
            background.add(task)
            task.add_done_callback(background.discard)


async def _tidy(turn: Turn, answer: Answer) -> None:
    """Names a new chat, and has the model note what of a long one it will not see in full."""
    if not turn.history:
        await _name(turn, answer)
    if runtime.llm is None:
        return
    state = page_chat.current()
    known = replace(turn, history=state.history, summary=state.summary)
    summary = await runtime.short_term_memory.summarise(runtime.llm, known)
    if summary is not None:
        state.summary = summary
        await asyncio.to_thread(chats.keep_summary, turn.user, turn.session, summary)


async def _name(turn: Turn, answer: Answer) -> None:
    """Names the chat, unless the person has named it meanwhile, and shows the name."""
    asked = wording.asked(turn)
    ours = name_from(asked)
    by_model = await name_by_model(runtime.llm, asked, answer.text) if runtime.llm else ""
    name, place = by_model or ours, (turn.user, turn.session)
    for before in {ours, UNTITLED} - {name}:
        if await asyncio.to_thread(chats.rename, *place, name, before):
            seen = {"interaction": name, "thread_id": turn.session}
            await cl.context.emitter.emit("first_interaction", seen)


@cl.on_feedback
async def take_rating(feedback: Feedback) -> None:
    """Passes a thumb on to the plugin that answered, or offers to keep the question."""
    rated = page_chat.current().answers.get(feedback.forId)
    rated = rated or await asyncio.to_thread(_answered_before, feedback.forId)
    if rated is not None and runtime.engine.takes_ratings(rated[1]):
        sentence = await runtime.engine.rate(*rated, feedback.value == 1)
        await cl.Message(content=wording.literal(sentence) or wording.RATED).send()
    elif rated is not None:
        await golden.offer(*rated, feedback.value == 1)


def _answered_before(turn_id: str) -> tuple[Turn, Answer] | None:
    """What was answered on an earlier visit."""
    conversation = chats.read(page_chat.user(), page_chat.chat_id())
    return page_chat.answered_before(conversation, replace(_turn(""), id=turn_id), _paths)


def _offers(files: tuple[str, ...]) -> list[cl.Action]:
    """A button for each plugin that takes some of these files."""
    actions = []
    for plugin in runtime.registry:
        taken = tuple(file for file in files if takes(plugin, file))
        if plugin.file_offer and taken:
            offer = new_id()
            page_chat.keep(page_chat.current().offers, offer, (plugin.name, taken))
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
    offer = page_chat.current().offers.pop(str(clicked.payload.get("offer")), None)
    if offer is None:
        await cl.ErrorMessage(content=wording.NOT_OFFERED).send()
        return
    await clicked.remove()
    session = cl.context.session
    session.current_task = asyncio.create_task(_run_offer(*offer))  # the stop button ends it


async def _run_offer(name: str, files: tuple[str, ...]) -> None:
    plugin = runtime.registry[name]
    message = cl.Message(
        content=plugin.file_offer,
        type="user_message",
        author="User",
        command=plugin.command,
        metadata={"is_offer": True},
    )
    await message.send()
    await cl.context.emitter.task_start()
    try:
        async with cl.Step(name="on_message", type="run", parent_id=message.id):
            asked = replace(_turn(""), plugin=name, command=plugin.command)
            await _answer(replace(asked, attached=files, uploads=_files()))
    finally:
        await cl.context.emitter.task_end()


async def _keep_files(message: cl.Message) -> tuple[str, ...]:
    """Keeps what came with a message for as long as there is the chat; returns the paths."""
    place, state = page_chat.collection(), page_chat.current()
    files = tuple(
        [
            await asyncio.to_thread(uploads.keep, element.path, element.name, place, element.id)
            for element in message.elements or []
            if element.path
        ]
    )
    state.files = (*state.files, *files)
    return files


async def _ingest_files(files: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Brings files into the chat's own collection.

    Returns:
        Those that were read, and those that were not though the command of some plugin takes them.
    """
    if not files:
        return (), ()
    async with cl.Step(name="reading files", type="tool") as step:
        report = await asyncio.to_thread(runtime.ingest, files, collection=page_chat.collection())
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
    return tuple(file for file in page_chat.current().files if Path(file).exists())


def _paths(files: tuple[str, ...]) -> tuple[str, ...]:
    """Where files of this chat are kept, by their ids."""
    return chats.paths(page_chat.user(), page_chat.chat_id(), files)
