import asyncio
import time

import pytest

from assistant.errors import ModelError
from assistant.llm import LiteLLMModel
from assistant.schema import Completion, Message, Piece, Usage
from tests.openai_server import (
    Behaviour,
    BreaksOff,
    FailsMidway,
    FallsSilent,
    OpenAIServer,
    Refuses,
    Says,
)

HELLO = (Message("user", "Hello"),)
TIMEOUT_SECONDS = 0.7


@pytest.fixture(scope="module", autouse=True)
def warm_client() -> None:
    """The first call of a process sets LiteLLM up, which takes longer than the limit here."""
    with OpenAIServer() as server:
        server.will(Says(("Warm.",)))
        chat(LiteLLMModel("openai/test", server.api_base, 30.0, 50))


def model(api_base: str, name: str = "openai/test") -> LiteLLMModel:
    return LiteLLMModel(name, api_base, TIMEOUT_SECONDS, 50)


def chat(
    llm: LiteLLMModel,
    messages: tuple[Message, ...] = HELLO,
    options: dict[str, str] | None = None,
) -> list[Piece]:
    async def collect() -> list[Piece]:
        return [piece async for piece in llm.chat(messages, "Be brief.", options)]

    return asyncio.run(collect())


def failure(llm: LiteLLMModel) -> tuple[str, list[Piece]]:
    """The sentence of a failing reply, and the pieces that came before it."""
    pieces: list[Piece] = []
    heard = pieces.append

    async def listen() -> None:
        async for piece in llm.chat(HELLO, "Be brief."):
            heard(piece)

    with pytest.raises(ModelError) as failed:
        asyncio.run(listen())
    assert failed.value.model == llm.name
    return str(failed.value), pieces


def test_a_reply_is_streamed_piece_by_piece_and_then_accounted_for(
    model_server: OpenAIServer,
) -> None:
    model_server.will(Says(("Good ", "day", "."), prompt_tokens=11, completion_tokens=3))
    assert chat(model(model_server.api_base)) == [
        "Good ", "day", ".", Completion("openai/test", Usage(11, 3, None)),
    ]  # fmt: skip


def test_the_first_piece_comes_before_the_last_is_written(model_server: OpenAIServer) -> None:
    model_server.will(FallsSilent(("Good ",)))

    async def first() -> Piece:
        return await anext(model(model_server.api_base).chat(HELLO, "Be brief."))

    started = time.monotonic()
    assert asyncio.run(first()) == "Good "
    assert time.monotonic() - started < TIMEOUT_SECONDS


def test_a_model_with_a_known_price_is_priced(model_server: OpenAIServer) -> None:
    model_server.will(Says(("Yes.",), prompt_tokens=1000, completion_tokens=100))
    (_, completion) = chat(model(model_server.api_base, "openai/gpt-4o-mini"))
    # 0.15 dollars a million prompt tokens and 0.60 a million completion tokens
    assert completion.usage.cost_usd == pytest.approx(1000 * 0.15e-6 + 100 * 0.60e-6)


def test_the_request_carries_the_conversation_in_order(model_server: OpenAIServer) -> None:
    model_server.will(Says(("Fine.",)))
    history = (Message("user", "Hi"), Message("assistant", "Hello!"), Message("user", "And you?"))
    chat(model(model_server.api_base), history)
    (call,) = model_server.calls
    assert call["path"] == "/v1/chat/completions"
    assert (call["model"], call["max_tokens"], call["stream"]) == ("test", 50, True)
    assert call["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "And you?"},
    ]


def test_a_model_elsewhere_learns_nothing_of_what_a_chat_has_chosen(
    model_server: OpenAIServer,
) -> None:
    model_server.will(Says(("Fine.",)))
    chat(model(model_server.api_base), options={"clock.zone": "utc"})
    (call,) = model_server.calls
    assert "clock" not in str(call)


@pytest.mark.parametrize(("key", "sent"), [("sk-mine", "Bearer sk-mine"), (None, "Bearer none")])
def test_a_server_of_one_s_own_gets_the_key_where_there_is_one(
    model_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, key: str | None, sent: str
) -> None:
    if key:
        monkeypatch.setenv("OPENAI_API_KEY", key)
    model_server.will(Says(("Yes.",)))
    chat(model(model_server.api_base))
    assert model_server.keys == [sent]


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (Refuses(401), "key was refused"),
        (Refuses(403), "key was refused"),
        (Refuses(429), "Too many requests"),
        (Refuses(500), "which failed"),
        (Refuses(503), "which failed"),
        (Refuses(404), "ASSISTANT_MODEL"),
        (Refuses(400), "request was refused"),
        (
            Refuses(400, "This model's maximum context length is 9", "context_length_exceeded"),
            "lower ASSISTANT_CONTEXT_TOKENS",
        ),
    ],
    ids=["401", "403", "429", "500", "503", "404", "400", "too long"],
)
def test_a_refusal_is_explained_and_not_tried_again(
    model_server: OpenAIServer, refusal: Refuses, sentence: str
) -> None:
    model_server.will(refusal, Says(("Not asked for.",)))
    said, pieces = failure(model(model_server.api_base))
    assert sentence in said
    assert f"openai/test at {model_server.api_base}" in said
    assert (pieces, len(model_server.calls)) == ([], 1)


@pytest.mark.parametrize(
    "broken",
    [
        BreaksOff(("Half an ", "ans")),
        BreaksOff(("Half an ", "ans"), chunked=False),
        FailsMidway(("Half an ", "ans")),
    ],
    ids=["connection reset", "connection closed", "error in the stream"],
)
def test_a_reply_that_breaks_off_is_no_answer(
    model_server: OpenAIServer, broken: Behaviour
) -> None:
    model_server.will(broken)
    said, pieces = failure(model(model_server.api_base))
    assert pieces == ["Half an ", "ans"]
    assert "broke off" in said


@pytest.mark.parametrize("chunked", [True, False])
def test_a_reply_that_breaks_off_before_a_word_is_no_answer(
    model_server: OpenAIServer, chunked: bool
) -> None:
    model_server.will(BreaksOff((), chunked))
    assert failure(model(model_server.api_base))[1] == []


@pytest.mark.parametrize(
    "silent",
    [FallsSilent(headers=False), FallsSilent(), FallsSilent(("Half an ",))],
    ids=["no headers", "no piece", "one piece"],
)
def test_silence_ends_with_the_time_limit_and_names_its_setting(
    model_server: OpenAIServer, silent: FallsSilent
) -> None:
    model_server.will(silent)
    started = time.monotonic()
    said, pieces = failure(model(model_server.api_base))
    assert time.monotonic() - started < TIMEOUT_SECONDS + 1.5
    assert pieces == list(silent.pieces)
    assert "no word" in said
    assert "ASSISTANT_MODEL_TIMEOUT_SECONDS" in said


def test_a_server_that_is_down_is_named_with_its_address() -> None:
    with OpenAIServer() as server:
        gone = server.api_base
    said, _ = failure(model(gone))
    assert "cannot be reached" in said
    assert gone in said


def test_a_missing_key_is_asked_for_by_its_variable() -> None:
    said, _ = failure(LiteLLMModel("openai/gpt-4o-mini", "", TIMEOUT_SECONDS, 50))
    assert "OPENAI_API_KEY" in said


def test_a_name_without_a_provider_is_explained() -> None:
    said, _ = failure(LiteLLMModel("no-such-model", "", TIMEOUT_SECONDS, 50))
    assert "provider/model" in said


def test_one_model_serves_one_event_loop_after_another(model_server: OpenAIServer) -> None:
    llm = model(model_server.api_base)
    for n in range(3):
        model_server.will(Says((f"Reply {n}.",)))
        assert chat(llm)[0] == f"Reply {n}."
