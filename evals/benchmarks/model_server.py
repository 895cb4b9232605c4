"""A language model that costs nothing: an OpenAI-compatible server that streams 20 words at once.

Run by its path in a process of its own, it needs nothing but the standard library. It prints the
port that it listens on and serves until its standard input is closed, so that it never outlives
the benchmark. The request's number is part of each reply: real replies are never the same twice,
and one that was would be found in the embedding cache.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

REPLY = (
    "The documents state rule {0} in so many words [1]. "
    "A second place also names case {0} once more [2]."
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextmanager
def running() -> Iterator[str]:
    """Runs this file as a process of its own; yields the base address that it serves."""
    with subprocess.Popen(  # noqa: S603 - our own file
        [sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.stdin.close()


async def serve() -> None:
    """Serves on a free port of the loopback address until standard input ends."""
    server = await asyncio.start_server(_Connections().serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.close()


def events(number: int) -> Iterator[str]:
    """The server-sent events of one reply: a word each, the end, the usage."""
    words = REPLY.format(number).split(" ")
    for position, word in enumerate(words):
        text = f" {word}" if position else word
        yield _event({"choices": [{"index": 0, "delta": {"content": text}}]})
    yield _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    usage = {"prompt_tokens": 0, "completion_tokens": len(words), "total_tokens": len(words)}
    yield _event({"choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


class _Connections:
    """Answers the requests of every connection, whatever they ask."""

    def __init__(self) -> None:
        self._numbers = count(1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readexactly(_content_length(await reader.readuntil(b"\r\n\r\n")))
                writer.write(HEAD)
                for event in events(next(self._numbers)):
                    data = event.encode()
                    writer.write(b"%x\r\n%b\r\n" % (len(data), data))
                    await writer.drain()
                writer.write(b"0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has closed the connection, or the server stops
        finally:
            writer.close()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def _event(fields: dict[str, object]) -> str:
    common = {"id": "chat", "object": "chat.completion.chunk", "created": 0, "model": "benchmark"}
    return f"data: {json.dumps(common | fields)}\n\n"


if __name__ == "__main__":
    asyncio.run(serve())
