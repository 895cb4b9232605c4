"""Keeps what was computed lately, in the memory of this process."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """The values of the keys that were asked for last; safe to use from several threads.

    What several threads ask for at once is computed once, and the others wait for it. A key must
    hold everything that its value depends on: whose it is, and the version of what it was read
    from.

    Args:
        n_most: How many values are kept.
    """

    def __init__(self, n_most: int) -> None:
        self._n_most = n_most
        self._values: OrderedDict[Key, Future[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, compute: Callable[[], Value]) -> Value:
        """The value of a key, computed where it is not kept; what that raises is not kept."""
        return self.get_all([key], lambda _: [compute()])[0]

    def get_all(
        self, keys: Sequence[Key], compute: Callable[[list[Key]], Iterable[Value]]
    ) -> list[Value]:
        """The values of some keys, those that are not kept computed together."""
        values, missing = self._held(keys)
        if missing:
            try:
                for key, value in zip(missing, compute(missing), strict=True):
                    values[key].set_result(value)
            except BaseException as error:
                self._give_up({key: values[key] for key in missing}, error)
                raise
        return [values[key].result() for key in keys]

    def _held(self, keys: Sequence[Key]) -> tuple[dict[Key, "Future[Value]"], list[Key]]:
        """The value of each key, and the keys whose value the caller has to compute."""
        values: dict[Key, Future[Value]] = {}
        missing: list[Key] = []
        with self._lock:
            for key in dict.fromkeys(keys):
                if key not in self._values:
                    self._values[key] = Future()
                    missing.append(key)
                self._values.move_to_end(key)
                values[key] = self._values[key]
            while len(self._values) > self._n_most:
                self._values.popitem(last=False)
        return values, missing

    def _give_up(self, failed: dict[Key, "Future[Value]"], error: BaseException) -> None:
        with self._lock:
            for key, value in failed.items():
                if self._values.get(key) is value:
                    del self._values[key]
        for value in failed.values():
            if not value.done():
                value.set_exception(error)
