"""Does the assistant keep what it was told, and only that?

Data: the conversations of `memory_conversations.jsonl`, written by hand for this benchmark by
people who had not seen the extractor (Apache 2.0), or others of the same form, which
`memory_conversations.py` shows. Nothing is tuned on them: `memory_development.jsonl` is there for
that. Their kinds: said in passing, corrected, contradicted later,
denied, forgotten on request, asked ten sessions later, asked in other words, never stated, about
somebody else (fiction, quotes, hypotheticals, questions, pasted text), secrets, and several people
with like facts.

All people live in one database, beside the sample documents and without a language model. Each turn
goes through the engine; each question is asked in a session of its own after all others, and what
is then kept is held against what the conversation supports. `memory_outcomes.py` has the metrics.

An item of the limit is a conversation.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.refusal import refusal_in
from assistant.schema import MEMORY, Answer, Message, Turn, new_id
from evals.benchmarks.harness import (
    Figures,
    drawn,
    ingest_files,
    opened,
    temporary_home,
    tracked,
)
from evals.benchmarks.memory_conversations import (
    DATA,
    Conversation,
    Expected,
    Question,
    read_conversations,
)
from evals.benchmarks.memory_outcomes import Heard, Outcome, Reply, figures, outcome_of, words_left
from evals.benchmarks.memory_seam import Facts, answer_to, facts_of
from evals.benchmarks.protocols import Engine, MakeRuntime
from evals.benchmarks.synthetic import EXAMPLES


@dataclass
class Person:
    """One who talks to the assistant, and what was seen of the memory meanwhile."""

    account: str
    sessions: set[str] = field(default_factory=set)
    facts_by_id: dict[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Holds the conversations and asks about them.

    Raises:
        InputError: The data is missing or malformed.
    """
    conversations = drawn(read_conversations(data or DATA), limit)
    with temporary_home() as home:
        runtime = make_runtime(home=home, model="", database_url="")
        with opened(runtime):
            ingest_files(runtime, [EXAMPLES])
            runtime.warm_up()
            talk = Talk(runtime.engine, facts_of(runtime), home)
            outcomes = asyncio.run(_hold_all(talk, conversations))
    return Figures(figures(outcomes), len(conversations))


async def _hold_all(talk: "Talk", conversations: Sequence[Conversation]) -> list[Outcome]:
    return [
        outcome
        for conversation in tracked(conversations, "Talking")
        for outcome in await talk.hold(conversation)
    ]


class Talk:
    """Speaks with the assistant as the people of the conversations.

    Args:
        engine: Answers.
        facts: What is kept of a person.
        home: The state folder, in whose files nothing may be left of what is gone.
    """

    def __init__(self, engine: Engine, facts: Facts, home: Path) -> None:
        self._engine = engine
        self._facts = facts
        self._home = home

    async def hold(self, conversation: Conversation) -> list[Outcome]:
        """Says and asks all of a conversation; one outcome for each person."""
        before = self._bytes()
        people = {user: Person(conversation.account(user)) for user in conversation.users}
        for session in conversation.sessions:
            await self._say(people[session.user], session.turns)
        replies = [await self._ask_all(people[one.user], one) for one in conversation.expected]
        after = self._bytes()
        return [
            outcome_of(conversation, one, self._heard(people[one.user], one, given, before, after))
            for one, given in zip(conversation.expected, replies, strict=True)
        ]

    async def _say(self, person: Person, texts: Sequence[str]) -> list[Answer]:
        """A session of its own, from its first turn on."""
        session = new_id()
        person.sessions.add(session)
        history: list[Message] = []
        answers: list[Answer] = []
        for text in texts:
            turn = Turn(text, user=person.account, session=session, history=tuple(history))
            answers.append(await answer_to(self._engine, turn))
            history += [Message("user", text), Message("assistant", answers[-1].text)]
            self._look(person, answers[-1])
        return answers

    async def _ask_all(self, person: Person, expected: Expected) -> tuple[Reply, ...]:
        return tuple([await self._ask(person, question) for question in expected.questions])

    async def _ask(self, person: Person, question: Question) -> Reply:
        (answer,) = await self._say(person, [question.text])
        is_answered = bool(answer.citations) and not refusal_in(answer.text)
        return Reply(question, answer.text, is_answered)

    def _look(self, person: Person, answer: Answer) -> None:
        """Notes what is kept of a person now, and what the answer saw of others."""
        seen = {one.source for one in answer.passages if one.collection == MEMORY}
        for fact in self._facts(person.account):
            person.facts_by_id[fact.id] = fact.text
            if fact.session not in person.sessions:
                person.foreign.append(f"a fact of another session was kept: {fact.text}")
        for source in seen - set(person.facts_by_id):
            person.foreign.append(f"an answer saw a fact of somebody else, {source}.")

    def _heard(
        self,
        person: Person,
        expected: Expected,
        replies: tuple[Reply, ...],
        before: bytes,
        after: bytes,
    ) -> Heard:
        return Heard(
            facts=tuple(fact.text for fact in self._facts(person.account)),
            ever=tuple(person.facts_by_id.values()),
            replies=replies,
            foreign=tuple(dict.fromkeys(person.foreign)),
            left=words_left(expected.gone, before, after),
        )

    def _bytes(self) -> bytes:
        """All that the files of the memory hold, in lower case."""
        files = sorted(path for path in self._home.glob(f"{MEMORY}*") if path.is_file())
        return b"".join(path.read_bytes().lower() for path in files)
