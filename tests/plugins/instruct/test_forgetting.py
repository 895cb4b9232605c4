"""General tasks beside the one that is learnt: measured, replayed, and a reason not to ship."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError, ModelError
from assistant.llm import LiteLLMModel
from plugins.instruct.adapters.folder import read_config
from plugins.instruct.bases import Base, load_base
from plugins.instruct.data.reading import read_examples
from plugins.instruct.examples import Example
from plugins.instruct.training import judging
from plugins.instruct.training.data import Data, General
from plugins.instruct.training.general import SHIPPED, general_parts
from plugins.instruct.training.judging import Judge
from plugins.instruct.training.measuring import Work
from plugins.instruct.training.options import TrainingOptions
from plugins.instruct.training.splitting import split_examples
from plugins.instruct.training.train import Trained, train
from tests.openai_server import OpenAIServer, Refuses, Says
from tests.plugins.instruct.tiny_models import examples, tiny_llama

SORT, FLIP = (tuple(examples(300, task)) for task in ("sort", "flip"))
ROUGH = {"learning_rate": 0.02, "epochs": 1}
"""Steps so large that what was known is lost."""


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_llama(tmp_path_factory.mktemp("llama")))


@pytest.fixture(scope="module")
def sorting(llama: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A base that sorts words and does nothing else."""
    folder = tmp_path_factory.mktemp("sorting")
    learnt = trained(folder, llama, Data("sort", (SORT,)), method="full", epochs=4)
    assert learnt.after.test.f1 > 0.9
    return str(folder)


def trained(folder: Path, base: str, data: Data, **options: Any) -> Trained:
    told = {name: options.pop(name) for name in ("judge", "on_work") if name in options}
    chosen = {"batch_tokens": 1024, "learning_rate": 5e-3, **options}
    return train(data, TrainingOptions(base=base, **chosen), folder, "abc", **told)


def flipping(replay: float = 0.0) -> Data:
    return Data("flip", (FLIP,), general=General("sort.json", SORT, replay))


# What is measured


def test_what_ships_is_small_original_and_short() -> None:
    shipped = read_examples(SHIPPED)
    assert len(shipped) == 80
    assert len({one.request.text for one in shipped}) == 80
    assert len({one.task for one in shipped}) >= 9
    assert max(len(one.response.split()) for one in shipped) <= 20


def test_without_a_file_what_ships_is_tested_on(sorting: str, tmp_path: Path) -> None:
    adapter = trained(tmp_path / "a", sorting, Data("flip", (FLIP,)), epochs=1)
    assert adapter.general_name == "the examples that ship"
    assert adapter.after.general is not None
    assert 60 <= adapter.after.general.n_examples <= 80
    assert "forgotten" not in adapter.config.reason  # the base knows none of these words


def test_an_adapter_that_forgets_is_kept_and_not_activated_and_replay_helps(
    sorting: str, tmp_path: Path
) -> None:
    rough = trained(tmp_path / "rough", sorting, flipping(), **ROUGH)
    config = read_config(tmp_path / "rough")
    assert not config.beats_base
    assert "It has forgotten general tasks: F1 of words" in config.reason
    assert rough.before.general is not None
    assert rough.after.general is not None
    assert rough.before.general.f1 > 0.9
    assert rough.after.test.loss < rough.before.test.loss  # it learnt what it was to learn

    replayed = trained(tmp_path / "replayed", sorting, flipping(replay=0.5), **ROUGH)
    assert replayed.after.general is not None
    assert replayed.after.general.f1 > rough.after.general.f1
    assert replayed.after.general.loss < rough.after.general.loss
    assert replayed.n_examples["replayed"] == replayed.n_examples["train"]

    figures = json.loads((tmp_path / "rough" / "metrics.json").read_text())
    assert figures["general"]["after"]["f1"] == pytest.approx(rough.after.general.f1, abs=1e-4)
    card = (tmp_path / "replayed" / "README.md").read_text()
    assert "of sort.json, 50% of what was trained on" in card
    assert "## On general examples" in card


# What is replayed


@pytest.fixture(scope="module")
def base(llama: str) -> Base:
    return load_base(llama, None)


def general(base: Base, replay: float, n_trained: int, seed: int = 0) -> Any:
    return general_parts(flipping(replay), base, TrainingOptions(seed=seed), n_trained)


def texts(some: list[Example]) -> set[str]:
    return {one.request.text for one in some}


@pytest.mark.parametrize(("replay", "n"), [(0.0, 0), (0.1, 11), (0.5, 100), (0.6, 150)])
def test_so_many_are_replayed_that_they_make_up_their_share(
    base: Base, replay: float, n: int
) -> None:
    examples, tokens = general(base, replay, n_trained=100).replayed
    assert len(examples) == len(tokens) == n


def test_what_is_tested_on_is_never_replayed(base: Base) -> None:
    parts = general(base, 0.7, n_trained=100)
    test = texts(list(split_examples(SORT).test))
    assert texts(parts.test) == test
    assert not texts(parts.replayed[0]) & test


def test_the_seed_draws_what_is_replayed_and_not_what_is_tested_on(base: Base) -> None:
    one, again, other = (general(base, 0.5, 50, seed) for seed in (1, 1, 2))
    assert one.replayed == again.replayed
    assert texts(one.replayed[0]) != texts(other.replayed[0])
    assert one.test == other.test


def test_what_the_data_holds_too_is_left_out(base: Base) -> None:
    data = Data("some", (SORT[:200],), general=General("sort.json", SORT, 0.1))
    parts = general_parts(data, base, TrainingOptions(), 100)
    own = texts(list(SORT[:200]))
    assert not texts([*parts.test, *parts.replayed[0]]) & own
    with pytest.raises(InputError, match="--general must hold examples that the base can read"):
        general_parts(
            Data("all", (SORT,), general=General("sort.json", SORT)), base, TrainingOptions(), 100
        )


def test_a_share_that_there_are_too_few_examples_for_is_refused(base: Base) -> None:
    with pytest.raises(InputError, match=r"takes 900 general ones, and sort.json has 2\d\d to tra"):
        general(base, 0.9, n_trained=100)


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="--replay must be at least 0 and below 1"):
        General("a", SORT, share)


# The judge's word


@pytest.fixture
def ask(
    model_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Judge]]:
    monkeypatch.setattr(judging, "PAUSES_SECONDS", (0.0, 0.0))

    def judge(*phases: str, n: int) -> Judge:
        """One that answers the probe, then each phase's examples with the same score."""
        model_server.will(Says(("ok",)))
        model_server.will(*(Says((phase,)) for phase in phases for _ in range(n)))
        llm = LiteLLMModel("openai/judge", model_server.api_base, 60.0, 64)
        return Judge(llm, at_once=1)  # else calls under way when one fails take later replies

    return judge


N_TEST = len(split_examples(FLIP).test)


@pytest.mark.parametrize(("after", "ships"), [("90", True), ("20", False)])
def test_the_judge_decides_whether_an_adapter_ships(
    after: str, ships: bool, sorting: str, tmp_path: Path, ask: Callable[..., Judge]
) -> None:
    judge = ask("30", after, n=N_TEST)
    works: list[Work] = []
    made = trained(
        tmp_path / "a", sorting, Data("flip", (FLIP,)), epochs=3, judge=judge, on_work=works.append
    )
    assert made.config.beats_base == ships, made.config.reason
    told = f"the judge openai/judge gives it {float(after):.1f} of 100 after 30.0"
    assert told in made.config.reason
    assert told in (tmp_path / "a" / "README.md").read_text()
    figures = json.loads((tmp_path / "a" / "metrics.json").read_text())
    assert figures["judge"] == {
        "judge": "openai/judge", "before": 30, "after": float(after),
        "n_scored": N_TEST, "n_unreadable": 0,
    }  # fmt: skip
    ends = {work.what: work for work in works}
    assert list(ends) == [
        "Measuring the base", "Judging the base", "Measuring the adapter", "Judging the adapter",
    ]  # fmt: skip
    assert all(work.n_done == work.n_all > 0 for work in ends.values())


def test_a_judge_that_is_down_is_noticed_before_anything_is_trained(
    sorting: str, tmp_path: Path, model_server: OpenAIServer
) -> None:
    model_server.will(Refuses(500))
    judge = Judge(LiteLLMModel("openai/judge", model_server.api_base, 60.0, 64))
    with pytest.raises(ModelError, match="--judge openai/judge cannot be asked, and nothing was"):
        trained(tmp_path / "a", sorting, Data("flip", (FLIP,)), judge=judge)
    assert not (tmp_path / "a").exists()


def test_a_judge_that_fails_in_the_end_costs_neither_the_training_nor_what_it_said_before(
    sorting: str, tmp_path: Path, model_server: OpenAIServer, ask: Callable[..., Judge]
) -> None:
    data, steps = Data("flip", (FLIP,)), []
    options = TrainingOptions(base=sorting, batch_tokens=1024, learning_rate=5e-3, epochs=2)
    with pytest.raises(ModelError, match="What was trained so far is kept"):
        train(data, options, tmp_path / "a", judge=ask("30", n=N_TEST))
    n_calls = len(model_server.calls)
    judge = ask("90", n=N_TEST)
    again = train(data, options, tmp_path / "a", judge=judge, on_step=steps.append)
    assert steps == []
    assert "gives it 90.0 of 100 after 30.0" in again.config.reason
    assert len(model_server.calls) == n_calls + 1 + N_TEST
    assert len(again.history) == 2
