"""Soft tokens in front of prompts: which they are, what they learn, how they are switched."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file

from assistant.errors import InputError, SettingsError
from assistant.settings import InstructSettings
from plugins.instruct.adapters.exporting import export, merge
from plugins.instruct.adapters.folder import ADAPTER, AdapterConfig, read_config
from plugins.instruct.adapters.inspection import inspected
from plugins.instruct.adapters.switching import Adapters
from plugins.instruct.base_names import UNTRAINED
from plugins.instruct.bases import Base, load_base
from plugins.instruct.examples import Request
from plugins.instruct.model import InstructModel
from plugins.instruct.responding import responses
from plugins.instruct.sampling import Sampling
from plugins.instruct.soft_tokens import chosen_soft_tokens, frequent_words
from plugins.instruct.training.data import Data
from plugins.instruct.training.model import made_trainable
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.progress import Step
from plugins.instruct.training.train import Trained, train
from plugins.instruct.written import Written
from tests.plugins.instruct.tiny_models import examples, tiny_llama, tiny_prefix_lm

REQUEST, LATE = Request("flip", "ban fet col"), Request("flip", "han ket mol")
GREEDY = Sampling(max_tokens=8)
SOFT = TrainingOptions(method="prompt", rank=4)


def learn(task: str, base: Path, folder: Path, on_step: Any = None, **options: Any) -> Trained:
    data = Data(task, (tuple(examples(300, task)),))
    steps = {"on_step": on_step} if on_step else {}
    return train(
        data, TrainingOptions(base=str(base), batch_tokens=1024, **options), folder, **steps
    )


def prompt_tuned(base: Path, folder: Path, on_step: Any = None) -> Trained:
    return learn("flip", base, folder, on_step, method="prompt", rank=4, epochs=2)


@pytest.fixture(scope="module", params=["llama", "prefix"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that sorts words."""
    untrained, folder = (tmp_path_factory.mktemp(request.param) for _ in range(2))
    if request.param == "llama":
        tiny_llama(untrained, n_spare=4)
    else:
        tiny_prefix_lm(untrained)
    learn("sort", untrained, folder, method="full", epochs=4, learning_rate=5e-3)
    return folder


@pytest.fixture(scope="module")
def tuned(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return prompt_tuned(base, tmp_path_factory.mktemp("adapters") / "flip")


def loaded(base: Path) -> Base:
    return load_base(str(base), torch.float32)


def logits(base: Base, model: Any) -> torch.Tensor:
    prompt = base.prompting.prompt(REQUEST)
    with torch.inference_mode():
        said: torch.Tensor = model(input_ids=torch.tensor([prompt])).logits
    return said


# What is learnt


def test_soft_tokens_beat_their_base_and_nothing_else_is_trained(tuned: Trained) -> None:
    assert tuned.config.beats_base, tuned.config.reason
    assert tuned.after.test.loss < tuned.before.test.loss - 0.2
    assert tuned.n_trained == 4 * 64
    (weights,) = load_file(tuned.folder / ADAPTER).values()
    assert weights.shape == (4, 64)
    assert "| 4 soft tokens in front of each prompt |" in (tuned.folder / "README.md").read_text()


def test_the_base_that_they_are_compared_with_reads_none_of_them(
    base: Path, tuned: Trained
) -> None:
    data = Data("flip", (tuple(examples(300, "flip")),)).split()
    said = responses(loaded(base), [one.request for one in data.test], GREEDY)
    right = [answer == one.response for answer, one in zip(said, data.test, strict=True)]
    assert tuned.before.test.exact == pytest.approx(sum(right) / len(right))


def test_a_training_of_soft_tokens_that_was_killed_ends_as_one_that_was_not(
    base: Path, tuned: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.instruct.training.progress.CHECKPOINT_SECONDS", 0)

    def kill(step: Step) -> None:
        if (step.epoch, step.step) == (2, 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prompt_tuned(base, tmp_path / "cut", kill)
    prompt_tuned(base, tmp_path / "cut")
    (whole,) = load_file(tuned.folder / ADAPTER).values()
    (cut,) = load_file(tmp_path / "cut" / ADAPTER).values()
    assert torch.equal(whole, cut)


# Where they stand


def test_they_stand_behind_the_token_that_begins_a_prompt(base: Path, tuned: Trained) -> None:
    plain = loaded(base)
    soft = read_config(tuned.folder).soft_tokens
    asked = plain.prompting.prompt(REQUEST)
    n_before = 1 if asked[0] == plain.tokenizer.cls_token_id else 0
    with Adapters(plain).used(tuned.folder) as used:
        prompt = used.prompting.prompt(REQUEST)
    assert prompt == [*asked[:n_before], *soft, *asked[n_before:]]
    assert used.prompting.response("low") == plain.prompting.response("low")
    assert used.prompting.stops == plain.prompting.stops


def test_the_embedders_base_gives_its_unused_tokens_which_start_as_frequent_words() -> None:
    base = load_base(UNTRAINED, torch.float32)
    words = base.model.get_input_embeddings().weight.detach().clone()
    soft = made_trainable(base, replace(SOFT, rank=3))
    assert base.tokenizer.convert_ids_to_tokens(list(soft.soft_tokens)) == [
        "[unused0]", "[unused1]", "[unused2]",
    ]  # fmt: skip
    start = frequent_words(base.tokenizer, 3)
    assert base.tokenizer.convert_ids_to_tokens(start) == ["the", "and", "was"]
    (trained,) = (one for one in soft.model.parameters() if one.requires_grad)
    assert torch.equal(trained, words[start])


def test_special_tokens_that_nothing_uses_serve_where_none_are_reserved(tmp_path: Path) -> None:
    tokenizer = loaded(tiny_llama(tmp_path)).tokenizer
    n_words = len(tokenizer)
    tokenizer.add_tokens(["<repo>", "<file>"], special_tokens=True)
    assert chosen_soft_tokens(tokenizer, n_words + 2, 2) == (n_words, n_words + 1)
    tokenizer.chat_template = "<repo>" + tokenizer.chat_template
    with pytest.raises(InputError, match="got 2, and this base has 1: lower --rank, or choose"):
        chosen_soft_tokens(tokenizer, n_words + 2, 2)


def test_a_base_without_tokens_to_spare_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="got 4, and this base has 0: choose --method lora"):
        made_trainable(loaded(tiny_llama(tmp_path)), SOFT)


def test_soft_tokens_are_read_and_never_written(tmp_path: Path) -> None:
    base = loaded(tiny_llama(tmp_path, n_spare=4, is_tied=True))
    before = logits(base, base.model)
    soft = made_trainable(base, SOFT)
    assert torch.equal(logits(base, soft.model), before)
    assert base.model.config.tie_word_embeddings


# How they are used


def test_they_are_served_as_peft_reads_what_is_exported(
    base: Path, tuned: Trained, tmp_path: Path
) -> None:
    export(inspected(tuned.folder), tmp_path / "out")
    ours, plain = loaded(base), loaded(base)
    theirs = PeftModel.from_pretrained(plain.model, tmp_path / "out")
    with Adapters(ours).used(tuned.folder) as used:
        served = logits(used, used.model)
    torch.testing.assert_close(served, logits(used, theirs))
    assert not torch.allclose(served, logits(used, ours.model))


def test_they_are_switched_with_low_rank_adapters_and_many_ask_at_once(
    base: Path, tuned: Trained, tmp_path: Path
) -> None:
    learn("side", base, tmp_path / "side", rank=4, epochs=2, learning_rate=1e-2)
    model = InstructModel(InstructSettings(base=str(base)))

    def said(adapter: Path | None) -> str:
        asked = [model.stream(one, GREEDY, adapter, Written()) for one in (REQUEST, LATE)]
        return " ".join("".join(pieces) for pieces in asked)

    adapters = [None, tuned.folder, tmp_path / "side"]
    alone = {adapter: said(adapter) for adapter in adapters}
    assert len(set(alone.values())) == 3
    asked = [*reversed(adapters), *adapters]
    together: dict[int, str] = {}

    def ask(number: int) -> None:
        together[number] = said(asked[number])

    threads = [threading.Thread(target=ask, args=[number]) for number in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(len(asked))] == [alone[one] for one in asked]


def test_they_cannot_be_merged(tuned: Trained, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="was trained by prompt: `assistant adapters export"):
        merge(inspected(tuned.folder), tmp_path / "merged")


def test_embeddings_of_another_size_are_refused(tmp_path: Path) -> None:
    base = tiny_llama(tmp_path / "base", n_spare=4)
    folder = tmp_path / "adapter"
    folder.mkdir()
    AdapterConfig(str(base), "prompt", True, "It wins.", soft_tokens=(60, 61)).write(folder)
    save_file({"delta": torch.zeros(2, 8)}, folder / ADAPTER)
    with (
        pytest.raises(SettingsError, match=r"\(2, 8\) instead of \(2, 64\)"),
        Adapters(loaded(base)).used(folder),
    ):
        pass
