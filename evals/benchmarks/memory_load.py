"""Do fifty chats at once lose what they are told, or mix it up?

Data: none. Fifty people, each in a chat of their own, tell one new thing after the other, in one
process as a page serves them and without a language model: each turn goes through the engine, and
its messages are kept among the conversations. All must be 0 in the end:

- lost_facts: things told in turns that came to their end and that no fact of the person holds;
- lost_messages: messages of such turns that the person's conversation does not hold;
- under_wrong_user: facts that hold what another person has told;
- locked: errors that say a database is locked; errors: all others, those in the log included.

An item of the limit is a second; 120 without one.
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import uuid4

from assistant.chats.store import Chats
from assistant.schema import Message, Turn
from assistant.uploads import Uploads
from evals.benchmarks.harness import Figures, opened, progress, temporary_home
from evals.benchmarks.memory_seam import Facts, answer_to, facts_of
from evals.benchmarks.metrics import spread
from evals.benchmarks.protocols import Engine, MakeRuntime
from evals.benchmarks.synthetic import SYLLABLES

N_CHATS = 50
SECONDS = 120
MESSAGES_BEFORE = 10
"""Earlier messages that a chat sends along."""
THINGS = (
    "collects old stamps", "repairs wooden boats", "teaches chemistry in Lyon",
    "is afraid of geese", "plays the cello", "runs a bakery near the harbour",
    "never drinks coffee", "breeds rare orchids", "wrote a book about lighthouses",
    "swims in the lake all winter", "drives a night bus", "is allergic to strawberries",
    "studies law in Porto", "builds model railways", "has climbed Mont Blanc twice",
    "translates poems from Finnish", "works as a dentist", "paints portraits of horses",
    "sings in a choir on Mondays", "keeps bees on the roof",
)  # fmt: skip


@dataclass
class Chat:
    """One person's chat, and what came of it.

    Attributes:
        names: What has been told in turns that came to their end: a name each, said by nobody else.
        messages: Of those turns, in their order.
        errors: What went wrong, as sentences.
    """

    number: int
    user: str
    session: str = field(default_factory=lambda: str(uuid4()))
    names: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    turns_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is there of one person in the end: the texts of the facts, and the messages."""

    facts: tuple[str, ...]
    messages: tuple[Message, ...]


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:  # noqa: ARG001 - every benchmark takes the same
    """Lets the chats talk, and reads what is kept."""
    with temporary_home() as home:
        runtime = make_runtime(home=home, model="", database_url="")
        with opened(runtime), _logged_errors() as logged:
            runtime.warm_up()
            conversations = Chats(runtime.settings, Uploads(runtime.store, home / "uploads"))
            chats = [Chat(number, f"person{number:02}") for number in range(N_CHATS)]
            asyncio.run(_talk(runtime.engine, conversations, chats, limit or SECONDS))
            facts = facts_of(runtime)
            kept = [_kept(one, facts, conversations) for one in chats]
            conversations.close()
    return Figures(figures(chats, kept, logged), sum(len(one.names) for one in chats))


def figures(
    chats: Sequence[Chat], kept: Sequence[Kept], logged: Sequence[str]
) -> dict[str, object]:
    """Counts what was lost, mixed up and refused.

    Args:
        chats: What was told.
        kept: What is kept of each.
        logged: Errors from the log.
    """
    owners = {name: chat.user for chat in chats for name in chat.names}
    errors = [*logged, *(error for chat in chats for error in chat.errors)]
    locked = [error for error in errors if "locked" in error]
    return {
        "lost_facts": sum(map(_n_lost_facts, chats, kept)),
        "lost_messages": sum(map(_n_lost_messages, chats, kept)),
        "under_wrong_user": sum(_n_foreign(*one, owners) for one in zip(chats, kept, strict=True)),
        "locked": len(locked),
        "errors": len(errors) - len(locked),
        "first_errors": list(dict.fromkeys(errors))[:5],
        "chats": len(chats),
        "facts": sum(len(one.facts) for one in kept),
        "messages": sum(len(one.messages) for one in kept),
        "turn_ms": spread([taken for chat in chats for taken in chat.turns_ms]),
    }


def name_of(number: int, n_told: int) -> str:
    """A name that nobody else says, and that is told but once."""
    code, parts = number * 10_000 + n_told, []
    for _ in range(4):
        code, place = divmod(code, len(SYLLABLES))
        parts.append(SYLLABLES[place])
    return "".join(parts).capitalize()


async def _talk(engine: Engine, conversations: Chats, chats: Sequence[Chat], seconds: int) -> None:
    until = time.monotonic() + seconds
    talking = [asyncio.create_task(_talk_one(engine, conversations, one, until)) for one in chats]
    with progress("Talking, in seconds", seconds) as show:
        while time.monotonic() < until:
            await asyncio.sleep(1)
            show(min(seconds, seconds - round(until - time.monotonic())), seconds)
    await asyncio.gather(*talking)


async def _talk_one(engine: Engine, conversations: Chats, chat: Chat, until: float) -> None:
    for n_told in count():
        if time.monotonic() >= until:
            return
        name = name_of(chat.number, n_told)
        text = f"Remember that my friend {name} {THINGS[n_told % len(THINGS)]}."
        history = tuple(chat.messages[-MESSAGES_BEFORE:])
        turn = Turn(text, user=chat.user, session=chat.session, history=history)
        started = time.perf_counter()
        try:
            answer = await answer_to(engine, turn)
            await asyncio.to_thread(conversations.add, turn, answer)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is counted
            chat.errors.append(repr(error))
            continue
        chat.turns_ms.append((time.perf_counter() - started) * 1000)
        chat.errors.extend(answer.warnings)
        chat.names.append(name)
        chat.messages += [Message("user", text), Message("assistant", answer.text)]


def _kept(chat: Chat, facts: Facts, conversations: Chats) -> Kept:
    texts = tuple(fact.text for fact in facts(chat.user))
    return Kept(texts, conversations.open(chat.user, chat.session).history)


def _n_lost_facts(chat: Chat, kept: Kept) -> int:
    held = "\n".join(kept.facts)
    return sum(name not in held for name in chat.names)


def _n_lost_messages(chat: Chat, kept: Kept) -> int:
    there = set(kept.messages)
    return sum(message not in there for message in chat.messages)


def _n_foreign(chat: Chat, kept: Kept, owners: dict[str, str]) -> int:
    words = (fact.replace(".", "").split() for fact in kept.facts)
    return sum(
        any(owners.get(word, chat.user) != chat.user for word in of_fact) for of_fact in words
    )


@contextmanager
def _logged_errors() -> Iterator[list[str]]:
    """What is logged as an error meanwhile, with its reason."""
    logged: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            reason = record.exc_info[1] if record.exc_info else None
            logged.append(f"{record.getMessage()} {reason!r}" if reason else record.getMessage())

    listener = Listener(logging.ERROR)
    logging.getLogger().addHandler(listener)
    try:
        yield logged
    finally:
        logging.getLogger().removeHandler(listener)
