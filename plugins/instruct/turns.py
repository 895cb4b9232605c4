"""Lets many take turns at one model, in the order in which they came."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class TurnTaking:
    """A lock that is given to those who wait in the order of their coming.

    Who asks for it again goes to the end of the line: responses that are written a slice at a time
    get on alike, however long they are.
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._line: deque[Lock] = deque()

    @property
    def n_waiting(self) -> int:
        """How many wait for their turn."""
        return max(0, len(self._line) - 1)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for one's turn, and ends it."""
        mine = Lock()
        mine.acquire()
        with self._guard:
            self._line.append(mine)
            if len(self._line) == 1:
                mine.release()
        mine.acquire()
        try:
            yield
        finally:
            with self._guard:
                self._line.popleft()
                if self._line:
                    self._line[0].release()
