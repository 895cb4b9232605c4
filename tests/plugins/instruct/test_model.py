"""The model as it is served: adapters, slices, stops, the line of those who wait."""

import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError, SettingsError
from assistant.settings import InstructSettings
from plugins.instruct.adapters.folder import read_config
from plugins.instruct.adapters.switching import Adapters
from plugins.instruct.bases import load_base
from plugins.instruct.examples import Request
from plugins.instruct.model import InstructModel
from plugins.instruct.sampling import Sampling
from plugins.instruct.texts import DecodedText, TextStream
from plugins.instruct.training.data import Data
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.train import train
from plugins.instruct.turns import TurnTaking
from plugins.instruct.written import Written
from tests.plugins.instruct.tiny_models import examples, tiny_llama

REQUEST = Request("sort", "ban fet col")
GREEDY = Sampling(max_tokens=20)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that sorts words."""
    untrained = tiny_llama(tmp_path_factory.mktemp("llama"))
    folder = tmp_path_factory.mktemp("base")
    learn("sort", folder, base=str(untrained), method="full", epochs=4, learning_rate=5e-3)
    return folder


def learn(task: str, folder: Path, **options: Any) -> None:
    data = Data(task, (tuple(examples(300, task)),))
    train(data, TrainingOptions(batch_tokens=1024, **options), folder)


@pytest.fixture(scope="module")
def adapters(base: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folders = []
    for task in ("flip", "side"):
        folders.append(tmp_path_factory.mktemp(task))
        learn(task, folders[-1], base=str(base), epochs=3, learning_rate=1e-2)
    return folders


@pytest.fixture
def model(base: Path) -> InstructModel:
    return InstructModel(InstructSettings(base=str(base)))


def response(model: InstructModel, adapter: Path | None = None, sampling: Sampling = GREEDY) -> str:
    return "".join(model.stream(REQUEST, sampling, adapter, Written()))


def test_adapters_are_switched_for_each_request(model: InstructModel, adapters: list[Path]) -> None:
    alone = response(model)
    first = [response(model, adapter) for adapter in adapters]
    assert len({alone, *first}) == 3
    again = [response(model, adapter) for adapter in (adapters[1], None, adapters[0])]
    assert again == [first[1], alone, first[0]]


def test_many_at_once_get_what_each_would_get_alone(
    model: InstructModel, adapters: list[Path]
) -> None:
    asked = [None, *adapters] * 4
    alone = [response(model, adapter) for adapter in asked]
    together: dict[int, str] = {}

    def ask(number: int) -> None:
        together[number] = response(model, asked[number])

    threads = [threading.Thread(target=ask, args=[number]) for number in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(len(asked))] == alone


def test_a_response_that_is_left_ends_and_the_next_one_is_served(model: InstructModel) -> None:
    left = model.stream(REQUEST, Sampling(max_tokens=100), None, Written())
    next(left)
    left.close()
    assert response(model)


def test_what_a_response_took_is_counted(model: InstructModel) -> None:
    written = Written()
    said = "".join(model.stream(REQUEST, GREEDY, None, written))
    assert written.prompt_tokens > 3
    assert written.completion_tokens == len(said.split())
    assert written.tokens_per_second == pytest.approx(written.completion_tokens / written.seconds)


def test_a_request_longer_than_the_base_reads_is_refused(model: InstructModel) -> None:
    request = Request("sort", "ban " * 200)
    with pytest.raises(InputError, match="shorter than the 128 tokens that the model reads"):
        list(model.stream(request, GREEDY, None, Written()))


def test_a_response_ends_where_the_base_can_read_no_more(tmp_path: Path) -> None:
    model, written = InstructModel(InstructSettings(base=str(tiny_llama(tmp_path)))), Written()
    list(model.stream(REQUEST, Sampling(max_tokens=1000), None, written))
    assert written.prompt_tokens + written.completion_tokens <= 128


def test_an_adapter_of_another_base_is_refused(adapters: list[Path], tmp_path: Path) -> None:
    other = InstructModel(InstructSettings(base=str(tiny_llama(tmp_path))))
    with pytest.raises(SettingsError, match="set ASSISTANT_INSTRUCT__BASE to the adapter's"):
        response(other, adapters[0])


def test_an_adapter_of_an_earlier_built_in_base_is_refused(
    adapters: list[Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(adapters[0], tmp_path / "adapter")
    replace(read_config(folder), base="built-in", base_version="0123456789abcdef").write(folder)
    with pytest.raises(SettingsError, match="another version of the assistant: train it again"):
        response(InstructModel(InstructSettings()), folder)


def test_a_base_is_the_same_by_a_relative_name(
    base: Path, adapters: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(base.parent)
    with Adapters(load_base(base.name, None)).used(adapters[0]) as used:
        assert used.name == base.name


def test_an_adapter_that_was_trained_anew_answers_as_it_is_now(
    model: InstructModel, adapters: list[Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(adapters[0], tmp_path / "adapter")
    before = response(model, folder)
    for file in adapters[1].iterdir():
        if file.is_file():
            shutil.copyfile(file, folder / file.name)
    assert response(model, folder) == response(model, adapters[1]) != before


def test_a_folder_without_an_adapter_is_refused(model: InstructModel, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="holds no adapter"):
        response(model, tmp_path)


class Characters:
    """Text that is settled a character at a time."""

    def add(self, token_id: int) -> str:
        return chr(token_id)

    def finish(self) -> str:
        return ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [("one END two", "one "), ("one EN two", "one EN two"), ("END", ""), ("one STOP", "one ")],
)
def test_a_response_stops_before_what_stops_it(text: str, shown: str) -> None:
    stream = TextStream(Characters(), ("END", "STOP"))
    pieces = [stream.add(ord(character)) for character in text]
    assert "".join([*pieces, stream.finish()]) == shown
    assert stream.stopped == (text != shown)


class Bytes:
    """A tokenizer whose tokens are bytes."""

    def decode(self, tokens: list[int], **_: object) -> str:
        return bytes(tokens).decode("utf-8", "replace")


def test_half_a_character_is_held_back() -> None:
    text = DecodedText(Bytes())
    pieces = [text.add(byte) for byte in "né".encode()]
    assert pieces == ["n", "", "é"]


def test_turns_are_taken_in_the_order_of_coming() -> None:
    turns, taken = TurnTaking(), []
    threads = []
    with turns.turn():
        for number in range(20):
            waits = threading.Event()

            def take(number: int = number, waits: threading.Event = waits) -> None:
                waits.set()
                with turns.turn():
                    taken.append(number)

            threads.append(threading.Thread(target=take))
            threads[-1].start()
            waits.wait()
            while turns.n_waiting < number + 1:
                pass
    for thread in threads:
        thread.join()
    assert taken == list(range(20))
