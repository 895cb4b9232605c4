"""Takes lines as they come, as many at a time as have arrived."""

from collections.abc import Iterable, Iterator
from queue import Empty, Queue
from threading import Thread
from typing import TypeVar

Line = TypeVar("Line")


def waiting_lines(lines: Iterable[Line], at_most: int) -> Iterator[list[Line]]:
    """Passes lines on in order, all that are there at once and never waiting for more.

    Whatever `lines` raises is raised here.
    """
    arrived: Queue[list[Line] | BaseException | None] = Queue(at_most)

    def read() -> None:
        try:
            for line in lines:
                arrived.put([line])
            arrived.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the lines are taken
            arrived.put(error)

    Thread(target=read, daemon=True).start()
    while True:
        taken: list[Line] = []
        end = arrived.get()
        while isinstance(end, list):
            taken += end
            if len(taken) == at_most:
                break
            try:
                end = arrived.get_nowait()
            except Empty:
                break
        if taken:
            yield taken
        if isinstance(end, BaseException):
            raise end
        if end is None:
            return
