"""Threads for plugins: kept for the next call, as many as are needed, and never waited for."""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar, cast

Result = TypeVar("Result")
Work = Callable[[], None]


class DaemonThreads:
    """Runs blocking functions beside the event loop.

    A pool of the standard library has a largest size, which plugins that hang would use up, and is
    joined when the process ends, which they would keep from ending.
    """

    def __init__(self) -> None:
        self._idle: deque[SimpleQueue[Work]] = deque()

    def run(self, function: Callable[..., Result], *arguments: object) -> "asyncio.Future[Result]":
        """Starts a function; the future has its result, or what it raised."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()

        def settle(result: Result | None, failure: BaseException | None) -> None:
            if future.done():  # given up meanwhile
                return
            if failure is not None:
                future.set_exception(failure)
            else:
                future.set_result(cast("Result", result))

        def work() -> None:
            result: Result | None = None
            failure: BaseException | None = None
            try:
                result = function(*arguments)
            except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
                failure = error
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is waiting
                loop.call_soon_threadsafe(settle, result, failure)

        self._inbox().put(work)
        return future

    def _inbox(self) -> "SimpleQueue[Work]":
        """The inbox of an idle thread, or of a new one."""
        try:
            return self._idle.pop()
        except IndexError:
            inbox: SimpleQueue[Work] = SimpleQueue()
            threading.Thread(target=self._serve, args=(inbox,), name="plugin", daemon=True).start()
            return inbox

    def _serve(self, inbox: "SimpleQueue[Work]") -> None:
        while True:
            inbox.get()()
            self._idle.append(inbox)
