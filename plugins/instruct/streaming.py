"""Takes a stream out of a thread of its own into the event loop."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

Piece = TypeVar("Piece")


async def streamed(make: Callable[[], Iterator[Piece]]) -> AsyncIterator[Piece]:
    """Passes on what a blocking stream gives, as it comes.

    Leaving it early closes the stream at its next piece, and waits for nothing.

    Args:
        make: Makes the stream; called in the thread, where it may take its time.

    Raises:
        Exception: Whatever the stream raises.
    """
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[Piece | BaseException | None] = asyncio.Queue()
    left = threading.Event()

    def put(piece: Piece | BaseException | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is waiting
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

    def pump() -> None:
        try:
            for piece in make():
                if left.is_set():
                    return
                put(piece)
            put(None)
        except BaseException as error:  # noqa: BLE001 - raised where the pieces are taken
            put(error)

    threading.Thread(target=pump, name="instruct", daemon=True).start()
    try:
        while (piece := await pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            if piece:
                yield piece
    finally:
        left.set()
