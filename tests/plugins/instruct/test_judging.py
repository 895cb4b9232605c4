"""The judge: a real server on loopback that speaks as OpenAI's does."""

import pytest

from assistant.errors import ModelError
from assistant.llm import LiteLLMModel
from assistant.schema import Message
from plugins.instruct.examples import Example, Request
from plugins.instruct.training import judging
from plugins.instruct.training.judging import Judge, read_score
from tests.openai_server import OpenAIServer, Refuses, Says

ASKED = [Example(Request("Name a colour.", f"Number {n}."), f"colour {n}") for n in range(4)]
SAID = [f"response {n}" for n in range(4)]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "PAUSES_SECONDS", (0.0, 0.0))


@pytest.fixture
def judge(model_server: OpenAIServer) -> Judge:
    return Judge(LiteLLMModel("openai/judge", model_server.api_base, 60.0, 64), at_once=1)


def says(*replies: str) -> list[Says]:
    return [Says((reply,)) for reply in replies]


@pytest.mark.parametrize(
    ("reply", "score"),
    [
        ("85", 85),
        (" 0\n", 0),
        ("100", 100),
        ("**85**", 85),
        ("The grade is 85.", 85),
        ("85/100", 85),
        ("I give 85 out of 100", 85),
        ("<think>perhaps 20 or 30</think>85", 85),
        ("85, yes, 85", 85),
        ("", None),
        ("good", None),
        ("101", None),
        ("-5", None),
        ("85.5", None),
        ("1,000", None),
        ("From 0 to 100 I give 85", None),
        ("either 70 or 80", None),
    ],
)
def test_a_reply_is_read_only_where_it_is_clear(reply: str, score: float | None) -> None:
    assert read_score(reply) == score


def test_each_response_is_scored_beside_its_request_and_what_was_wanted(
    judge: Judge, model_server: OpenAIServer
) -> None:
    model_server.will(*says("10", "20", "30", "40"))
    counted: list[int] = []
    judged = judge.judge(ASKED, SAID, counted.append)
    assert (judged.judge, judged.scores) == ("openai/judge", (10, 20, 30, 40))
    assert counted == [1, 1, 1, 1]
    prompt = model_server.prompt(2)
    assert all(
        text in prompt for text in ("Name a colour.", "Number 2.", "colour 2", "response 2", "100")
    )
    assert "response 1" not in prompt


def test_the_conversation_before_a_request_is_shown_too(
    judge: Judge, model_server: OpenAIServer
) -> None:
    request = Request("And now?", history=(Message("user", "Good morning."),), system="Be brief.")
    model_server.will(*says("50"))
    judge.judge([Example(request, "Nothing.")], ["Well."])
    prompt = model_server.prompt()
    assert all(text in prompt for text in ("user: Good morning.", "Be brief.", "And now?"))


def test_a_reply_without_a_score_is_asked_for_once_more(
    judge: Judge, model_server: OpenAIServer
) -> None:
    model_server.will(*says("fine", "70", "good", "very good", "30", "40"))
    judged = judge.judge(ASKED, SAID)
    assert judged.scores == (70, None, 30, 40)
    roles = [message["role"] for message in model_server.calls[1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert len(model_server.calls) == 6


def test_a_judge_that_grades_too_few_is_refused(judge: Judge, model_server: OpenAIServer) -> None:
    model_server.will(*says("a", "b", "c", "d", "30", "40"))
    with pytest.raises(ModelError, match="graded 2 of 4: its other replies held no whole number"):
        judge.judge(ASKED, SAID)


def test_a_call_that_fails_is_made_again_after_a_pause(
    judge: Judge, model_server: OpenAIServer
) -> None:
    model_server.will(Refuses(429), Refuses(500), *says("10", "20", "30", "40"))
    assert judge.judge(ASKED, SAID).scores == (10, 20, 30, 40)


def test_a_judge_that_stays_down_is_said_to_be(judge: Judge, model_server: OpenAIServer) -> None:
    model_server.will(*says("10"), *[Refuses(500)] * 3)
    with pytest.raises(ModelError, match=r"failed 3 times in a row: .* trained so far is kept"):
        judge.judge(ASKED, SAID)


def test_many_are_asked_at_once(model_server: OpenAIServer) -> None:
    judge = Judge(LiteLLMModel("openai/judge", model_server.api_base, 60.0, 64))
    model_server.will(*says(*["60"] * 12))
    assert judge.judge(ASKED * 3, SAID * 3).scores == (60,) * 12


def test_a_probe_finds_a_judge_that_is_down(judge: Judge, model_server: OpenAIServer) -> None:
    model_server.will(*says("anything"))
    judge.probe()
    model_server.will(Refuses(401))
    with pytest.raises(
        ModelError, match=r"nothing was trained: The key was refused .* leave --jud"
    ):
        judge.probe()
