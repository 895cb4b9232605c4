"""The models that run in this process, as a provider that LiteLLM knows: `local/instruct`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import litellm
from litellm.types.utils import GenericStreamingChunk

from assistant.plugin import LocalModel
from assistant.schema import Completion, Message

PROVIDER = "local"


class LocalProvider(litellm.CustomLLM):  # type: ignore[misc]  # LiteLLM is untyped
    """Streams from the models of this process.

    Args:
        models: By the name behind `local/`.
    """

    def __init__(self, models: dict[str, LocalModel]) -> None:
        super().__init__()
        self._models = models

    def streaming(
        self, model: str, messages: list[dict[str, str]], *_: Any, **options: Any
    ) -> Iterator[GenericStreamingChunk]:
        """The pieces of the reply, and at its end what it took."""
        system = "\n".join(one["content"] for one in messages if one["role"] == "system")
        said = [Message(one["role"], one["content"]) for one in messages if one["role"] != "system"]  # type: ignore[arg-type]
        asked = options.get("optional_params") or {}
        stop = asked.get("stop") or ()
        stream = self._models[model].stream(
            said,
            system,
            asked.get("max_tokens"),
            (stop,) if isinstance(stop, str) else stop,
            asked.get("options") or {},
        )
        for piece in stream:
            yield _end(piece) if isinstance(piece, Completion) else _chunk(piece)

    async def astreaming(self, *arguments: Any, **options: Any) -> AsyncIterator[Any]:
        """The same, the event loop being left free."""
        stream = self.streaming(*arguments, **options)
        take: Callable[[], Any] = lambda: next(stream, None)  # noqa: E731
        while (chunk := await asyncio.to_thread(take)) is not None:
            yield chunk


def install(models: dict[str, LocalModel]) -> None:
    """Makes LiteLLM know the models, in the place of those that it knew."""
    provider = LocalProvider(models)
    litellm.custom_provider_map = [{"provider": PROVIDER, "custom_handler": provider}]


def _chunk(text: str) -> GenericStreamingChunk:
    return GenericStreamingChunk(
        text=text, is_finished=False, finish_reason="", index=0, tool_use=None, usage=None
    )


def _end(completion: Completion) -> GenericStreamingChunk:
    usage = completion.usage
    return GenericStreamingChunk(
        text="",
        is_finished=True,
        finish_reason="stop",
        index=0,
        tool_use=None,
        usage={
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        },
    )
