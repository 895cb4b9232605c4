"""What a thumb offers on the chat page: to keep the question as a golden one."""

import asyncio
from collections.abc import Callable
from functools import cached_property

import chainlit as cl

from assistant import page_chat, wording
from assistant.errors import AssistantError
from assistant.schema import Answer, Turn
from assistant.settings import Settings
from evals.golden.from_answers import as_answered, as_corrected, can_be_asked_again
from evals.golden.questions import GoldenQuestion
from evals.golden.store import GoldenStore

RIGHT, WRONG = "golden-right", "golden-wrong"
"""The names of the two buttons."""
ICON = "flask-conical"
TYPING_SECONDS = 600
RATED_GOOD = (
    "Shall the answer to this question stay right? Its figures and sources are then tested."
)
RATED_BAD = "What should the answer have said? The question is then tested."
CANCEL = "cancel"
ASK_FACTS = (
    "Type the words that the answer must have, one fact a line; or: It is not in the documents. "
    f"Type {CANCEL} to keep nothing."
)
KEPT = "Kept as a golden question: `assistant eval golden run` asks it again."
KNOWN = "That is a golden question already."
GONE = "This answer cannot be kept any more: ask again."


class GoldenOffers:
    """Offers to keep the questions of rated answers, each for the user who has rated it.

    Args:
        settings: Say where they are kept.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def install(self) -> None:
        """Has Chainlit call what the buttons do."""
        cl.action_callback(RIGHT)(self.keep_right)
        cl.action_callback(WRONG)(self.keep_wrong)

    async def offer(self, turn: Turn, answer: Answer, good: bool) -> None:
        """Shows the button that fits a thumb, where the question can be asked again."""
        if not can_be_asked_again(turn, answer) or (good and as_answered(turn, answer) is None):
            return
        page_chat.keep(page_chat.current().answers, turn.id, (turn, answer))
        name, label = (RIGHT, "This is right") if good else (WRONG, "It should have said …")
        button = cl.Action(name=name, label=label, icon=ICON, payload={"turn": turn.id})
        await cl.Message(content=RATED_GOOD if good else RATED_BAD, actions=[button]).send()

    async def keep_right(self, clicked: cl.Action) -> None:
        """Keeps a question with what its answer has."""
        rated = await _rated(clicked)
        if rated is not None:
            await self._keep(lambda: as_answered(*rated))

    async def keep_wrong(self, clicked: cl.Action) -> None:
        """Asks what an answer should have said, and keeps its question with that."""
        rated = await _rated(clicked)
        if rated is None:
            return
        typed = await cl.AskUserMessage(ASK_FACTS, timeout=TYPING_SECONDS).send()
        await cl.context.emitter.task_end()  # Chainlit begins a task once there is a reply
        if typed is not None and typed["output"].strip().lower() != CANCEL:
            await self._keep(lambda: as_corrected(*rated, typed["output"]))

    async def _keep(self, make: Callable[[], GoldenQuestion | None]) -> None:
        user = page_chat.user()
        try:
            is_new = await asyncio.to_thread(lambda: self._add(user, make()))
        except AssistantError as error:
            await cl.ErrorMessage(content=wording.safe(str(error))).send()
        else:
            await cl.Message(content=KEPT if is_new else KNOWN).send()

    def _add(self, user: str, question: GoldenQuestion | None) -> bool:
        return question is not None and self._store.add(user, question)

    @cached_property
    def _store(self) -> GoldenStore:
        """Opened with the first question: most chats keep none."""
        return GoldenStore(self._settings)


async def _rated(clicked: cl.Action) -> tuple[Turn, Answer] | None:
    """The answer that a button belongs to; the browser knows no more than its id."""
    rated = page_chat.current().answers.get(str(clicked.payload.get("turn")))
    await clicked.remove()
    if rated is None:
        await cl.ErrorMessage(content=GONE).send()
    return rated
