"""What a chat may choose of the instruct model, and that it gets it."""

import asyncio
import shutil
import threading
from pathlib import Path

import litellm
import pytest

from assistant import local_provider
from assistant.errors import InputError, SettingsError
from assistant.plugin import Option
from assistant.runtime import Runtime
from assistant.schema import Completion, Message
from assistant.settings import InstructSettings, Settings
from plugins.instruct.adapters.active import write_active
from plugins.instruct.chat import InstructChat
from tests.plugins.instruct.random_adapters import random_adapter
from tests.plugins.instruct.tiny_models import tiny_llama

ASKED = [Message("user", "sort ban fet col")]
ALONE = {"instruct.adapter": "."}
HOTEL = {"instruct.adapter": "hotel"}
GARDEN = {"instruct.adapter": "garden"}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="module")
def home(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of two adapters of the base, one of another, and one that is damaged."""
    home = tmp_path_factory.mktemp("home")
    random_adapter(base, home / "adapters" / "hotel", 0)
    random_adapter(base, home / "adapters" / "garden", 1, beats_base=False)
    other = shutil.copytree(home / "adapters" / "hotel", home / "adapters" / "other")
    config = (other / "instruct.json").read_text("utf-8")
    (other / "instruct.json").write_text(config.replace(str(base), "another/base"), "utf-8")
    damaged = shutil.copytree(home / "adapters" / "hotel", home / "adapters" / "damaged")
    (damaged / "adapter_model.safetensors").unlink()
    write_active(home / "adapters", "hotel")
    return home


def chat_with(home: Path, base: Path, **settings: object) -> InstructChat:
    written = {"base": str(base), "max_tokens": 12, **settings}
    return InstructChat(Settings(home=home, instruct=InstructSettings(**written)))


@pytest.fixture(scope="module")
def chat(home: Path, base: Path) -> InstructChat:
    return chat_with(home, base)


def option(chat: InstructChat, key: str) -> Option:
    return next(one for one in chat.options() if one.key == key)


def said(chat: InstructChat, options: dict[str, str], **asked: object) -> str:
    *pieces, completion = chat.stream(ASKED, "", options=options, **asked)
    assert isinstance(completion, Completion)
    return "".join(map(str, pieces))


# What may be chosen


def test_the_adapters_of_the_base_may_be_chosen_and_the_active_one_stands_first_chosen(
    chat: InstructChat,
) -> None:
    adapter = option(chat, "adapter")
    assert adapter.values == {
        ".": "Base alone", "garden": "garden (no better than the base)", "hotel": "hotel",
    }  # fmt: skip
    assert adapter.initial == "hotel"


def test_an_adapter_that_the_setting_names_stands_chosen(
    home: Path, base: Path, tmp_path: Path
) -> None:
    mine = shutil.copytree(home / "adapters" / "garden", tmp_path / "garden")
    chat = chat_with(home, base, adapter=str(mine))
    adapter = option(chat, "adapter")
    assert adapter.initial == "./garden"
    assert adapter.values["./garden"] == "garden (of the settings, no better than the base)"
    assert adapter.values["garden"] == "garden (no better than the base)"
    assert said(chat, {"instruct.adapter": "./garden"}) == said(chat, GARDEN) != said(chat, HOTEL)


def test_an_active_adapter_that_is_a_link_stands_chosen(
    home: Path, base: Path, tmp_path: Path
) -> None:
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "linked").symlink_to(home / "adapters" / "hotel")
    write_active(tmp_path / "adapters", "linked")
    chat = chat_with(tmp_path, base)
    assert option(chat, "adapter").initial == "linked"
    assert said(chat, {"instruct.adapter": "linked"}) == said(chat, {})


def test_what_the_settings_say_stands_chosen_and_is_the_most(home: Path, base: Path) -> None:
    chat = chat_with(home, base, temperature=0.5, max_tokens=100)
    temperature, length = option(chat, "temperature"), option(chat, "max_tokens")
    assert list(temperature.values) == ["0", "0.3", "0.5", "0.7", "1"]
    assert list(length.values) == ["32", "64", "100"]
    assert (temperature.initial, length.initial) == ("0.5", "100")


def test_where_the_active_adapter_is_gone_nothing_stands_chosen_and_the_answer_says_so(
    base: Path, tmp_path: Path
) -> None:
    (tmp_path / "adapters").mkdir()
    write_active(tmp_path / "adapters", "hotel")
    chat = chat_with(tmp_path, base)
    assert option(chat, "adapter").initial == ""
    with pytest.raises(SettingsError, match="The active adapter 'hotel' is gone"):
        said(chat, {})


# What was chosen


def test_each_message_is_answered_as_its_chat_has_chosen(chat: InstructChat) -> None:
    alone, hotel, garden = (said(chat, options) for options in (ALONE, HOTEL, GARDEN))
    assert len({alone, hotel, garden}) == 3
    assert [said(chat, options) for options in ({}, ALONE, GARDEN)] == [hotel, alone, garden]


def test_chats_that_ask_at_once_do_not_mix(chat: InstructChat) -> None:
    chosen = [ALONE, HOTEL, GARDEN] * 3
    expected = [said(chat, options) for options in chosen]
    together: dict[int, str] = {}

    def ask(number: int) -> None:
        together[number] = said(chat, chosen[number])

    threads = [threading.Thread(target=ask, args=[number]) for number in range(len(chosen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(len(chosen))] == expected


def test_a_chat_chooses_length_and_temperature(home: Path, base: Path) -> None:
    chat = chat_with(home, base, max_tokens=64)
    short = said(chat, {**ALONE, "instruct.max_tokens": "32"})
    assert len(short.split()) == 32
    assert said(chat, ALONE).startswith(short)
    assert said(chat, {**ALONE, "instruct.temperature": "1"}) != said(chat, ALONE)


def test_an_adapter_that_was_removed_meanwhile_is_named_with_the_way_out(
    home: Path, base: Path
) -> None:
    removed = shutil.copytree(home / "adapters" / "hotel", home / "adapters" / "brief")
    chat = chat_with(home, base)
    assert "brief" in option(chat, "adapter").values
    shutil.rmtree(removed)
    with pytest.raises(InputError, match="The adapter 'brief' is gone or damaged: choose another"):
        said(chat, {"instruct.adapter": "brief"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("adapter", "../adapters/hotel"),
        ("adapter", "damaged"),
        ("adapter", ""),
        ("temperature", "9"),
        ("temperature", "hot"),
        ("max_tokens", "100000"),
    ],
)
def test_what_may_not_be_chosen_is_refused(chat: InstructChat, key: str, value: str) -> None:
    with pytest.raises(InputError, match="choose another in the chat's settings"):
        said(chat, {f"instruct.{key}": value})


def test_a_choice_holds_where_the_model_answers_for_another_part(
    home: Path, base: Path, chat: InstructChat
) -> None:
    instruct = InstructSettings(base=str(base), max_tokens=12)
    runtime = Runtime(Settings(home=home, model="local/instruct", instruct=instruct))
    assert runtime.llm is not None

    async def answer(options: dict[str, str]) -> str:
        pieces = [piece async for piece in runtime.llm.chat(ASKED, "", options)]  # type: ignore[union-attr]
        return "".join(map(str, pieces[:-1]))

    assert asyncio.run(answer(GARDEN)) == said(chat, GARDEN)
    assert asyncio.run(answer({})) == said(chat, HOTEL)
    runtime.close()


# Stop sequences


def test_a_response_ends_before_a_stop_sequence_of_the_settings(home: Path, base: Path) -> None:
    whole = said(chat_with(home, base), ALONE)
    assert whole.startswith("low low low get")
    assert said(chat_with(home, base, stop=["nothing", " get"]), ALONE) == "low low low"


@pytest.mark.parametrize("stop", [" get", ["nothing", " get"]])
def test_a_stop_sequence_that_litellm_is_given_is_heeded(
    chat: InstructChat, stop: str | list[str]
) -> None:
    local_provider.install({"instruct": chat})
    stream = litellm.completion(
        model="local/instruct",
        messages=[{"role": "user", "content": ASKED[0].text}],
        options=ALONE,
        stop=stop,
        stream=True,
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in stream]
    assert "".join(pieces) == "low low low"
