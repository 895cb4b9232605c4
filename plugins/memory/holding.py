"""Users' facts and their vectors in memory, as long as they are of use."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plugins.memory.fact import Fact
from plugins.memory.store import Changed, FactStore

DIM = 384
MOST_USERS = 64
"""Users whose facts are held at once; the least recently used one gives way."""
FIRST_ROWS = 64


@dataclass
class Held:
    """One user's facts.

    Attributes:
        facts: By row; `None` where one was replaced.
        vectors: `(n_rows, 384)` float32 in its first rows, the rest is room to grow.
        rows: The row of each fact that holds, by its id.
    """

    version: int = 0
    facts: list[Fact | None] = field(default_factory=list)
    vectors: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((FIRST_ROWS, DIM), np.float32)
    )
    rows: dict[str, int] = field(default_factory=dict)

    def take(self, changed: Changed) -> None:
        """Brings in what was written."""
        self._make_room(len(self.facts) + len(changed))
        for fact, vector in changed:
            row = self.rows.pop(fact.id, None)
            if row is not None:
                self.facts[row] = None
                self.vectors[row] = 0
            if not fact.replaced_by:
                self.rows[fact.id] = len(self.facts)
                self.vectors[len(self.facts)] = vector
                self.facts.append(fact)

    def _make_room(self, n_rows: int) -> None:
        if n_rows > len(self.vectors):
            larger = np.zeros((2 * n_rows, DIM), np.float32)
            larger[: len(self.vectors)] = self.vectors
            self.vectors = larger

    def cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """The similarity of each row with a query, 0 for those that were replaced."""
        return self.vectors[: len(self.facts)] @ query


class HeldFacts:
    """The facts of the users who are about, always as they stand in the database."""

    def __init__(self, store: FactStore) -> None:
        self._store = store
        self._users: OrderedDict[str, Held] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, user: str) -> Held:
        """A user's facts, with all that anybody has written until now."""
        version, deleted = self._store.version(user)
        with self._lock:
            held = self._users.get(user, Held())
            if held.version < deleted:
                held = Held()
            if held.version < version:
                held.take(self._store.changed_since(user, held.version))
                held.version = version
            self._users[user] = held
            self._users.move_to_end(user)
            if len(self._users) > MOST_USERS:
                self._users.popitem(last=False)
            return held
