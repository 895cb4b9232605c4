"""The one door to language models: LiteLLM, with its failures turned into sentences."""

import asyncio
import importlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.errors import AssistantError, ModelError
from assistant.plugin import LocalModel
from assistant.schema import Completion, Message, Response, Usage

NO_KEY = "Missing credentials"
"""What OpenAI's client says when no key is set."""
LOCAL = "local/"
"""What the names of models begin with that run in this process."""
CLIENT_GRACE_SECONDS = 5.0
"""The client's own time limit lies so far behind ours, which alone tells silence from a break."""


class LiteLLMModel:
    """A language model by its LiteLLM name.

    Args:
        name: Such as `openai/gpt-4o-mini`; the provider's key is read from its usual variable.
        api_base: Address of an OpenAI-compatible server; empty for the provider's own.
        timeout_seconds: Longest wait for the first and for each further piece of a reply.
        max_tokens: Longest reply.
        local_models: Those that run in this process, by the name behind `local/`; may still be
            filled until the first message.
    """

    def __init__(
        self,
        name: str,
        api_base: str,
        timeout_seconds: float,
        max_tokens: int,
        local_models: dict[str, LocalModel] | None = None,
    ) -> None:
        self.name = name
        self._api_base = api_base or None
        self._timeout_seconds = timeout_seconds
        self._max_tokens = max_tokens
        self._local_models = {} if local_models is None else local_models

    def warm_up(self) -> None:
        """Imports LiteLLM, which takes seconds, before the first message needs it."""
        self._litellm()

    def _litellm(self) -> Any:
        """LiteLLM, which knows the models of this process."""
        litellm = _litellm()
        if self.name.startswith(LOCAL):
            importlib.import_module("assistant.local_provider").install(self._local_models)
        return litellm

    async def chat(
        self, messages: Sequence[Message], system: str, options: Mapping[str, str] | None = None
    ) -> Response:
        """Streams the reply: its text as it comes, then one `Completion`.

        Args:
            messages: The conversation, the last message by the user.
            system: How the model is told to behave.
            options: Those of the turn; only a model that runs in this process gets them.

        Raises:
            ModelError: The server is down, refuses, breaks off or falls silent.
        """
        litellm = await asyncio.to_thread(self._litellm)
        began = False
        stream: Any = None
        try:
            stream = await asyncio.wait_for(
                litellm.acompletion(**self._request(messages, system, options or {})),
                self._timeout_seconds,
            )
            usage = None
            while True:
                try:
                    chunk = await asyncio.wait_for(anext(stream), self._timeout_seconds)
                except StopAsyncIteration:
                    break
                usage = getattr(chunk, "usage", None) or usage
                for choice in chunk.choices:
                    if choice.delta.content:
                        began = True
                        yield choice.delta.content
        except Exception as error:
            timed_out = isinstance(error, (TimeoutError, litellm.Timeout))
            reason = self._broke_off if began and not timed_out else self._explain(litellm, error)
            raise ModelError(reason, self.name) from error
        finally:
            if stream is not None:
                await stream.aclose()
        # LiteLLM makes up the end of a stream that has none; these two hold what the model sent.
        if not (stream.received_finish_reason or stream.intermittent_finish_reason):
            raise ModelError(self._broke_off, self.name)
        yield Completion(self.name, self._usage(usage))

    def calls_tools(self) -> bool:
        """Whether LiteLLM knows the model to call tools."""
        return bool(_litellm().supports_function_calling(model=self.name))

    def choose_tools(
        self, messages: Sequence[Message], system: str, tools: Mapping[str, str]
    ) -> list[str]:
        """The tools that the model calls, in its order; none where it calls none. Blocks.

        Args:
            messages: The conversation, the last message by the user.
            system: How the model is told to choose.
            tools: What each is for, by its name. They take no arguments.

        Raises:
            ModelError: The model did not answer.
        """
        litellm = self._litellm()
        offered = [
            {
                "type": "function",
                "function": {
                    "name": name,
                    "description": purpose,
                    "parameters": {"type": "object", "properties": {}},
                },
            }
            for name, purpose in tools.items()
        ]
        # Without the mark LiteLLM imports its MCP gateway, which fails beside an older mcp.
        marked = {"tools": offered, "_skip_mcp_handler": True}
        request = self._request(messages, system, {}) | marked
        try:
            return asyncio.run(_tools_called(litellm, request, self._timeout_seconds))
        except Exception as error:
            raise ModelError(self._explain(litellm, error), self.name) from error

    @property
    def _broke_off(self) -> str:
        return f"The model {self.name} broke off in the middle of its answer: ask again."

    def _request(
        self, messages: Sequence[Message], system: str, options: Mapping[str, str]
    ) -> dict[str, Any]:
        own = {"options": dict(options)} if self.name.startswith(LOCAL) else {}
        return {
            "model": self.name,
            "api_base": self._api_base,
            "api_key": self._placeholder_key(),
            "messages": [
                {"role": "system", "content": system},
                *({"role": message.role, "content": message.text} for message in messages),
            ],
            "max_tokens": self._max_tokens,
            "timeout": self._timeout_seconds + CLIENT_GRACE_SECONDS,
            "num_retries": 0,
            "max_retries": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
            **own,
        }

    def _placeholder_key(self) -> str | None:
        """A key for a server of one's own that wants none, where OpenAI's client insists on one."""
        is_own_server = bool(self._api_base) and self.name.startswith("openai/")
        return "none" if is_own_server and "OPENAI_API_KEY" not in os.environ else None

    def price(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """What so many tokens cost in US dollars; `None` where no price is listed."""
        try:
            prompt_usd, completion_usd = _litellm().cost_per_token(
                self.name, prompt_tokens, completion_tokens
            )
        except Exception:  # noqa: BLE001 - a model without a listed price raises a bare Exception
            return None
        return float(prompt_usd + completion_usd)

    def _usage(self, usage: Any) -> Usage:
        if usage is None:
            return Usage(cost_usd=None)
        if self.name.startswith(LOCAL):
            return Usage(usage.prompt_tokens, usage.completion_tokens, 0.0)
        cost_usd = self.price(usage.prompt_tokens, usage.completion_tokens)
        return Usage(usage.prompt_tokens, usage.completion_tokens, cost_usd)

    def _explain(self, litellm: Any, error: Exception) -> str:
        said = _said_by_us(error)
        if said is not None:
            return said
        status = getattr(error, "status_code", None)
        where = f"the model {self.name}" + (f" at {self._api_base}" if self._api_base else "")
        match error:
            case TimeoutError() | litellm.Timeout():
                return (
                    f"There was no word from {where} for {self._timeout_seconds:g} seconds: "
                    "ask again, or raise ASSISTANT_MODEL_TIMEOUT_SECONDS."
                )
            case _ if status in (401, 403) or NO_KEY in str(error):
                return (
                    f"The key was refused by {where}: set the key variable of its provider, "
                    "such as OPENAI_API_KEY, to a valid key."
                )
            case _ if status in (402, 429):
                return (
                    f"Too many requests, or the quota is used up, says {where}: "
                    "wait a minute and ask again."
                )
            case litellm.NotFoundError():
                return f"There is no such model as {where}: correct ASSISTANT_MODEL."
            case litellm.ContextWindowExceededError():
                return (
                    f"The question and its passages are too long for {where}: "
                    "lower ASSISTANT_CONTEXT_TOKENS."
                )
            case _ if status in (400, 422):
                return (
                    f"The request was refused by {where}: correct ASSISTANT_MODEL, which must "
                    "read provider/model as LiteLLM lists them."
                )
            case litellm.InternalServerError() | litellm.ServiceUnavailableError():
                return (
                    f"There was no answer from {where}, which failed or cannot be reached: start "
                    "it, or correct ASSISTANT_API_BASE, and ask again."
                )
            case _:
                return f"The connection to {where} broke off ({type(error).__name__}): ask again."


async def _tools_called(
    litellm: Any, request: Mapping[str, Any], timeout_seconds: float
) -> list[str]:
    """The names of the tools that a streamed reply calls; a name may come in pieces."""
    names: dict[int, str] = {}
    async with asyncio.timeout(timeout_seconds):
        async for chunk in await litellm.acompletion(**request):
            for choice in chunk.choices:
                for call in choice.delta.tool_calls or ():
                    names[call.index] = names.get(call.index, "") + (call.function.name or "")
    return [names[at] for at in sorted(names)]


def _said_by_us(error: BaseException | None) -> str | None:
    """The sentence of a model in this process, which LiteLLM wraps into errors of its own."""
    while error is not None:
        if isinstance(error, AssistantError):
            return str(error)
        error = error.__cause__ or error.__context__
    return None


def _litellm() -> Any:
    """LiteLLM, imported on first use: it takes seconds. `offline.py` keeps it from calling out."""
    litellm: Any = importlib.import_module("litellm")
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.drop_params = True
    return litellm
