"""What every user has told: keeps it, recalls it, and takes it back out of the database."""

import threading
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError
from assistant.plugin import Embedder
from assistant.settings import Settings
from plugins.memory.cutting import without
from plugins.memory.extract.extractor import extract, note
from plugins.memory.fact import Fact, now
from plugins.memory.holding import Held, HeldFacts
from plugins.memory.keeping import corrected, gives_way, is_known, nearest, new_fact
from plugins.memory.recall import Recalled, recall
from plugins.memory.secret_texts import secret_in
from plugins.memory.statement import Correction, Extraction, Statement
from plugins.memory.store import FactStore, Writing

LONGEST_FACT = 1000
"""Characters of a fact that is added or edited by hand."""


class Memories:
    """Facts by user. Light to build: the database opens on first use. Safe to use from threads.

    Args:
        settings: Say where the database is.
        embedder: Makes the facts' vectors.
    """

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._settings = settings
        self._embedder = embedder
        self._lock = threading.Lock()
        self._opened: tuple[FactStore, HeldFacts] | None = None

    def facts(self, user: str, *, with_replaced: bool = False) -> list[Fact]:
        """A user's facts, oldest first; with those that newer ones have replaced, if asked."""
        return self._store.facts(user, with_replaced=with_replaced)

    def history(self, user: str, fact_id: str) -> list[Fact]:
        """The older facts whose place a fact has taken, newest first."""
        everything = self.facts(user, with_replaced=True)
        return sorted(_older(everything, fact_id), key=lambda one: one.said_at, reverse=True)

    def add(self, user: str, text: str, session: str = "") -> list[Fact]:
        """Keeps what a person asks to be kept, by its slots where the rules know it.

        Returns:
            The facts that say it, new or known.

        Raises:
            InputError: It is empty, too long, or looks like a secret.
        """
        said = _checked(text)
        found = extract(said)
        statements = found.statements or (note(said, said),)
        kept = self.keep(user, Extraction(statements), session)
        plain = {one.text for one in statements}
        return kept or [one for one in self.facts(user) if one.text in plain]

    def keep(self, user: str, found: Extraction, session: str = "") -> list[Fact]:
        """Keeps what a message states: new facts replace those that they contradict.

        Returns:
            What is new.
        """
        if not found.statements and not found.corrections:
            return []
        if found.statements:  # embedded here: others wait for the transaction
            self._embedder.encode([one.text for one in found.statements])
        with self._store.writing(user) as writing:
            keeping = Keeping(writing, self._held(user), self._embedder, user, session)
            put = {one for one in found.corrections if keeping.correct(one)}
            settled = {one.source_text for one in put}
            beside = [each for one in found.corrections if one in put for each in one.beside]
            for statement in (*found.statements, *beside):
                if statement.source_text not in settled:
                    keeping.take(statement)
            for one in found.corrections:
                if not one.old and one not in put:
                    keeping.correct(one)
        return keeping.kept

    def edit(self, user: str, fact_id: str, text: str) -> Fact:
        """Puts a fact's text right; the old one stays in its history, the new one takes its place.

        Raises:
            InputError: The user has no such fact, or the text cannot be kept.
        """
        said = _checked(text)
        with self._store.writing(user) as writing:
            old = next((one for one in self.facts(user) if one.id == fact_id), None)
            if old is None:
                raise InputError(f"There is no memory {fact_id}: see `assistant memory list`.")
            value = said if old.value not in said else old.value
            statement = Statement(said, old.kind, old.slot, value, said, old.is_negative)
            fact = new_fact(statement, user, old.session, old.said_at)
            self._write(writing, fact, [old])
        return fact

    def remove(self, user: str, ids: Sequence[str]) -> list[Fact]:
        """Deletes facts for good: text, vector and the older ones that they have replaced.

        What other facts keep of them, such as the sentence that they were said in, is cut out.

        Returns:
            Those of them that the user had.
        """
        with self._store.writing(user) as writing:
            gone = writing.delete(list(ids))
            for fact in writing.facts():
                rest = without(fact, gone)
                if rest is not None:
                    writing.rewrite(rest, self._embedder.encode([rest.text])[0])
        self._store.overwrite_deleted()
        return gone

    def export(self, user: str) -> list[dict[str, Any]]:
        """All that is kept of a user, each fact with its history, ready for JSON."""
        everything = self.facts(user, with_replaced=True)
        replaced = [one for one in everything if one.replaced_by]
        return [
            {**asdict(one), "history": [asdict(older) for older in _older(replaced, one.id)]}
            for one in everything
            if not one.replaced_by
        ]

    def recall(self, user: str, text: str) -> list[Recalled]:
        """The facts that are nearest to a text, best first, however near."""
        return recall(self._held(user), text, self._embedder.encode([text])[0])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts, `(n_texts, 384)`, L2-normalised."""
        return self._embedder.encode(texts)

    def holding(self, user: str) -> list[Fact]:
        """A user's facts that hold, in the order of writing, from memory."""
        return [fact for fact in self._held(user).facts if fact is not None]

    def version(self, user: str) -> int:
        """How often a user's facts were written."""
        return self._store.version(user)[0]

    def mark_used(self, user: str, ids: Sequence[str]) -> None:
        """Notes that an answer rests on facts."""
        self._store.mark_used(user, ids, now())

    def close(self) -> None:
        """Closes the database."""
        with self._lock:
            if self._opened is not None:
                self._opened[0].close()
                self._opened = None

    def _held(self, user: str) -> Held:
        return self._open()[1].of(user)

    @property
    def _store(self) -> FactStore:
        return self._open()[0]

    def _open(self) -> tuple[FactStore, HeldFacts]:
        with self._lock:
            if self._opened is None:
                store = FactStore(self._settings)
                self._opened = store, HeldFacts(store)
            return self._opened

    def _write(self, writing: Writing, fact: Fact, older: Sequence[Fact]) -> None:
        writing.add(fact, self._embedder.encode([fact.text])[0])
        if older:
            writing.replace([one.id for one in older], fact.id)


class Keeping:
    """Keeps what a message states, within one transaction.

    Args:
        held: The user's facts before it.
    """

    def __init__(
        self, writing: Writing, held: Held, embedder: Embedder, user: str, session: str
    ) -> None:
        self.kept: list[Fact] = []
        self._writing, self._embedder = writing, embedder
        self._user, self._session = user, session
        n_rows = len(held.facts)
        self._facts: list[Fact | None] = list(held.facts)
        self._vectors = held.vectors[:n_rows].copy()

    def take(self, statement: Statement) -> None:
        """Keeps a statement, unless it is known, in the place of what it contradicts."""
        vector = self._embedder.encode([statement.text])[0]
        near = nearest(self._facts, self._vectors @ vector, statement.slot)
        if not is_known(statement, near):
            fact = new_fact(statement, self._user, self._session, now())
            said_now = {one.id for one in self.kept if not statement.slot == one.slot != ""}
            older = [one for one in gives_way(statement, near) if one.id not in said_now]
            self._write(fact, vector, older)

    def correct(self, one: Correction) -> bool:
        """Puts right what a correction names, if any fact holds it."""
        meant = corrected([fact for fact in self._facts if fact], one, self._session)
        for old, right in meant:
            fact = new_fact(right, self._user, self._session, now())
            self._write(fact, self._embedder.encode([fact.text])[0], [old])
        return bool(meant)

    def _write(self, fact: Fact, vector: NDArray[np.float32], older: Sequence[Fact]) -> None:
        gone = {one.id for one in older}
        self._writing.add(fact, vector)
        if gone:
            self._writing.replace(list(gone), fact.id)
        self._facts = [one if one and one.id not in gone else None for one in self._facts] + [fact]
        self._vectors = np.vstack([self._vectors, vector])
        self.kept.append(fact)


def _older(everything: Sequence[Fact], fact_id: str) -> list[Fact]:
    direct = [one for one in everything if one.replaced_by == fact_id]
    return [*direct, *(older for one in direct for older in _older(everything, one.id))]


def _checked(text: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise InputError("There is nothing to remember: say what.")
    if len(said) > LONGEST_FACT:
        raise InputError(
            f"A memory may have {LONGEST_FACT:,} characters, this one has {len(said):,}: say it "
            "more briefly."
        )
    secret = secret_in(text)
    if secret:
        raise InputError(
            f"That looks like {secret}, and secrets are not kept: use a password manager for it."
        )
    return said
