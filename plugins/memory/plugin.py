"""The memory plugin: takes part in every turn, and answers what is about the person themselves."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from assistant.errors import InputError
from assistant.plugin import Option, Plugin, Services, read_examples
from assistant.schema import (
    MEMORY,
    Answer,
    Citation,
    Completion,
    Context,
    Passage,
    Pick,
    Response,
    Turn,
)
from plugins.memory import answering
from plugins.memory.choosing import choose
from plugins.memory.distil import distil
from plugins.memory.extract.extractor import extract, of_clause
from plugins.memory.extract.reading import sentences
from plugins.memory.meant import doomed, told_beside
from plugins.memory.memories import Memories
from plugins.memory.questions import Question, parse
from plugins.memory.requests import Request, find_request
from plugins.memory.secret_texts import secret_in
from plugins.memory.shown import ShownFacts
from plugins.memory.statement import Extraction

log = logging.getLogger(__name__)

USE = Option(
    key="use",
    label="Memory",
    values={"on": "Remember and recall", "off": "Switched off for this chat"},
    initial="on",
    description="Whether what you tell of yourself in this chat is kept, and recalled in it.",
)
SWITCHED_OFF = "The memory is switched off for this chat: switch it on in the chat's settings."
NOT_KEPT = "I keep no secrets such as {}: nothing of that was remembered."
UNCLEAR_SCORE = 0.55
"""What a question about oneself scores that nothing answers and that documents may."""
ANSWERED_SCORE = 0.95
TOLD_SCORE = 0.8
"""What a message scores that seems to tell something: less sure than what a fact answers."""


class MemoryPlugin(Plugin):
    """Keeps what a person tells of themselves, and answers from it."""

    name = "memory"
    description = "Remembers what you tell about yourself, answers from it, forgets on request."
    examples = read_examples(Path(__file__).with_name("examples.txt"))
    command = "remember"
    command_icon = "brain"
    in_every_turn = True
    uses_context = False

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.memories = Memories(services.settings, services.embedder)
        self.user_facts = ShownFacts(self.memories)
        self.context_tokens = services.settings.memory.context_tokens
        self._background = ThreadPoolExecutor(1, thread_name_prefix="memory")
        self._last: Future[None] | None = None

    def options(self) -> Sequence[Option]:
        """Whether the memory is on for a chat."""
        return (USE,)

    def affinity(self, turn: Turn) -> Pick | None:
        """Whether the message is about what the person has told, or tells something."""
        if turn.attached or not self._is_on(turn):
            return None
        if self._request(turn) is not None:
            return Pick(self.name, 1.0, "it asks the memory to list, keep or forget something")
        question = parse(turn.text)
        if question is not None:
            return self._asked(turn, question)
        if self.services.llm is None and (_only_tells(turn.text) or _tells_secret(turn.text)):
            return Pick(self.name, TOLD_SCORE, "it tells something about you")
        return None

    def _asked(self, turn: Turn, question: Question) -> Pick | None:
        chosen = choose(self.memories, turn.user, question, turn.text)
        if chosen.facts:
            return Pick(self.name, ANSWERED_SCORE, "it asks for what you have told")
        if not question.is_own:
            return None
        if question.slots and not question.slots[0].startswith(question.mine or "/"):
            return Pick(self.name, ANSWERED_SCORE, "it asks for something that only you can tell")
        return Pick(self.name, UNCLEAR_SCORE, "it asks about you")

    def gather(self, turn: Turn) -> list[Passage]:
        """The facts that the message is about, those that answer it first."""
        if not self._is_on(turn) or self._request(turn) is not None:
            return []
        settings = self.services.settings.memory
        question = parse(turn.text)
        found: dict[str, Passage] = {}
        if question is not None:
            chosen = choose(self.memories, turn.user, question, turn.text)
            found = {one.id: answering.passage(one, chosen.likelihood) for one in chosen.facts}
        is_own = question is not None and question.is_own
        if not is_own or self.services.llm is not None:
            for one in self.memories.recall(turn.user, turn.text)[: settings.top_k]:
                if one.score >= settings.min_score and one.fact.id not in found:
                    found[one.fact.id] = answering.passage(one.fact, one.score)
        return list(found.values())[: settings.top_k]

    async def respond(self, turn: Turn, context: Context) -> Response:
        """Lists, keeps, forgets, or answers a question from the facts."""
        if not self._is_on(turn):
            yield SWITCHED_OFF
            yield Completion(self.name)
            return
        request = self._request(turn)
        if request is None and turn.plugin == self.name and parse(turn.text) is None:
            request = Request("remember", (turn.text,))
        if request is not None:
            yield await asyncio.to_thread(self._serve, turn, request)
            yield Completion(self.name)
        elif self.services.llm is not None:
            async for piece in answering.generate(turn, context, self.services.llm):
                yield piece
        else:
            for said in await asyncio.to_thread(self._answer, turn, context):
                yield said
            yield Completion(self.name)

    def _serve(self, turn: Turn, request: Request) -> str:
        """Does what is asked of the memory, and says what was done."""
        if request.action == "list":
            return answering.listing(self.memories.facts(turn.user))
        if request.action == "remember":
            try:
                kept = self.memories.add(turn.user, request.what[0], turn.session)
            except InputError as error:
                return str(error)
            return answering.kept_sentence(kept)
        meant = doomed(self.memories, turn, request)
        removed = self.memories.remove(turn.user, [one.fact.id for one in meant]) if meant else []
        rests = tuple(of_clause(one.rest, one.rest) for one in meant if one.rest)
        beside = told_beside(turn.text, request, removed)
        self.memories.keep(turn.user, Extraction((*rests, *beside.statements)), turn.session)
        return answering.forgotten_sentence(removed)

    def _request(self, turn: Turn) -> Request | None:
        """What the turn asks of the memory; what may mean a document only if a fact fits it."""
        request = find_request(turn.text)
        if request is None or request.is_sure or doomed(self.memories, turn, request):
            return request
        return None

    def _answer(self, turn: Turn, context: Context) -> list[str | Citation]:
        """The answer without a model: from the facts in the context, or that there is none."""
        question = parse(turn.text)
        if question is None:
            return [self._heard(turn)]
        facts = {one.id: one for one in self.memories.holding(turn.user)}
        numbered = [
            (n, one)
            for n, one in enumerate(context.passages, 1)
            if one.collection == MEMORY and one.source in facts
        ]
        if not numbered:
            return [answering.NOT_TOLD]
        return answering.answer_pieces(numbered, facts)

    def _heard(self, turn: Turn) -> str:
        """What is said to somebody who has told something: what will be kept of it."""
        secret = secret_in(turn.text)
        told = [one.text for one in extract(turn.text).statements]
        texts = "; ".join(f"“{text}”" for text in told)
        kept = f"I will remember: {texts}." if told else ""
        refused = NOT_KEPT.format(secret) if secret else ""
        return " ".join(filter(None, (kept, refused))) or "I have taken that into account."

    def observe(self, turn: Turn, answer: Answer) -> None:
        """Keeps what the person has said; with a model, it is distilled in the background."""
        if not self._is_on(turn):
            return
        cited = {one.source for one in answer.citations}
        used = [
            one.source
            for one in answer.passages
            if one.source in cited and one.collection == MEMORY
        ]
        if used:
            self.memories.mark_used(turn.user, used)
        if turn.plugin is not None or find_request(turn.text) is not None:
            return  # what a person says about forgetting is not to be remembered
        if self.services.llm is None:
            self.memories.keep(turn.user, extract(turn.text), turn.session)
        else:
            self._last = self._background.submit(self._distil, turn)

    def forget_user(self, user: str) -> None:
        """Deletes every fact of a user, with those that were replaced."""
        everything = self.memories.facts(user, with_replaced=True)
        self.memories.remove(user, [fact.id for fact in everything])

    def close(self) -> None:
        """Waits until what was said is distilled; closes the database, which opens again on use."""
        if self._last is not None:
            self._last.result()
        self.memories.close()

    def _distil(self, turn: Turn) -> None:
        assert self.services.llm is not None
        try:
            found = distil(turn.text, self.services.llm)
            self.memories.keep(turn.user, found, turn.session)
        except Exception:
            log.exception("What was said could not be kept.")

    def _is_on(self, turn: Turn) -> bool:
        return USE.chosen(self.name, turn.options) == "on"


def _only_tells(text: str) -> bool:
    """Whether a message states facts about the person and asks nothing."""
    if any(one.is_question for one in sentences(text)):
        return False
    found = extract(text)
    return bool(found.statements or found.corrections)


def _tells_secret(text: str) -> bool:
    return bool(secret_in(text)) and len(text) < 200 and not text.strip().endswith("?")
