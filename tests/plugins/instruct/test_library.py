"""The adapters that were trained here: which there are, which one answers, which go."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.errors import InputError, SettingsError
from plugins.instruct.adapters.folder import AdapterConfig
from plugins.instruct.adapters.library import Library

REASON = "It is no better than its base on the test examples: a loss of 2.000 after 1.000."
CONFIG = AdapterConfig(base="/models/llama", method="lora", beats_base=True, reason="It wins.")
NO_WEIGHTS = (2).to_bytes(8, "little") + b"{}"
"""A file of safetensors that holds none."""


def put(folder: Path, config: AdapterConfig = CONFIG) -> Path:
    """What a training leaves, without weights."""
    folder.mkdir(parents=True)
    config.write(folder)
    for name in ("adapter_config.json", "config.json", "metrics.json", "training.json"):
        (folder / name).write_text("{}")
    name = "model" if config.method == "full" else "adapter_model"
    (folder / f"{name}.safetensors").write_bytes(NO_WEIGHTS)
    (folder / "README.md").write_text("# A card")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """One that wins, one that loses, and a model that was trained whole."""
    folder = tmp_path / "adapters"
    put(folder / "hotel")
    put(folder / "worse", replace(CONFIG, beats_base=False, reason=REASON))
    put(folder / "whole", replace(CONFIG, method="full"))
    return Library(folder)


# Which there are


def test_every_folder_with_an_adapter_is_listed_by_name(library: Library) -> None:
    assert [one.name for one in library.adapters()] == ["hotel", "whole", "worse"]
    assert [one.damage for one in library.adapters()] == ["", "", ""]


def test_a_spam_classifier_and_a_training_that_goes_on_are_no_adapters(library: Library) -> None:
    (library.folder / "spam").mkdir()
    (library.folder / "spam" / "classifier.json").write_text("{}")
    (library.folder / "begun" / ".training").mkdir(parents=True)
    library.use("hotel")
    assert [one.name for one in library.adapters()] == ["hotel", "whole", "worse"]


def test_where_nothing_was_trained_nothing_is_listed(tmp_path: Path) -> None:
    assert Library(tmp_path / "missing").adapters() == []
    assert Library(tmp_path / "missing").active() is None


def test_an_adapter_tells_what_it_is_and_what_it_takes(library: Library) -> None:
    hotel = library.find("hotel")
    assert hotel.config == CONFIG
    assert hotel.n_bytes == sum(file.stat().st_size for file in hotel.folder.iterdir())
    assert hotel.trained_at.endswith("+00:00")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("instruct.json", b'{"base": ', "instruct.json cannot be read (JSONDecodeError("),
        ("instruct.json", b'{"base": "x"}', "instruct.json cannot be read (KeyError('method'))"),
        ("instruct.json", b"\xff", "instruct.json cannot be read (UnicodeDecodeError("),
        ("adapter_config.json", None, "adapter_config.json is missing."),
        ("adapter_model.safetensors", None, "adapter_model.safetensors is missing."),
        ("adapter_model.safetensors", b"\x09", "adapter_model.safetensors is not whole ("),
    ],
)
def test_a_damaged_folder_is_listed_with_its_reason(
    name: str, content: bytes | None, reason: str, library: Library
) -> None:
    file = library.folder / "hotel" / name
    file.unlink() if content is None else file.write_bytes(content)
    damages = {one.name: one.damage for one in library.adapters()}
    assert reason in damages.pop("hotel")
    assert set(damages.values()) == {""}


def test_a_model_that_was_trained_whole_lacks_its_weights(library: Library) -> None:
    (library.folder / "whole" / "model.safetensors").unlink()
    assert library.find("whole").damage == "Its weights are missing."


def test_figures_that_are_none_are_null(library: Library) -> None:
    (library.folder / "hotel" / "metrics.json").write_text(json.dumps({"loss": math.nan}))
    (library.folder / "hotel" / "training.json").write_text("{")
    assert library.find("hotel").metrics() == {"loss": None}
    assert library.find("hotel").training() is None


@pytest.mark.parametrize("name", ["../outside", "/etc", ".", "", "hotel/../worse", "hotel/"])
def test_a_path_is_no_name(name: str, library: Library) -> None:
    put(library.folder.parent / "outside")
    for call in (library.find, library.use, library.remove):
        with pytest.raises(InputError, match="There is no adapter"):
            call(name)
    assert (library.folder.parent / "outside" / "instruct.json").exists()
    assert len(library.adapters()) == 3


def test_an_unknown_name_is_answered_with_the_known_ones_and_the_nearest(library: Library) -> None:
    with pytest.raises(InputError, match="Did you mean hotel") as refused:
        library.find("hotels")
    assert "Known are hotel, whole, worse." in str(refused.value)


def test_an_adapter_is_meant_by_its_name_or_by_its_folder(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "elsewhere")
    put(tmp_path / "hotel")
    assert library.folder_of("hotel") == library.folder / "hotel"
    assert library.folder_of("./hotel") == Path("hotel")
    assert library.folder_of("elsewhere") == Path("elsewhere")
    with pytest.raises(InputError, match="There is no adapter 'nowhere'"):
        library.folder_of("nowhere")


# Which one answers


def test_the_one_that_was_chosen_answers_until_none_is(library: Library) -> None:
    library.use("hotel")
    again = Library(library.folder)
    assert again.active() == library.folder / "hotel"
    assert [one.name for one in again.adapters() if again.is_active(one.folder)] == ["hotel"]
    again.use_none()
    assert library.active() is None
    assert not any(library.is_active(one.folder) for one in library.adapters())


def test_one_that_does_not_beat_its_base_is_used_only_if_it_is_wanted_anyway(
    library: Library,
) -> None:
    with pytest.raises(InputError, match=r"a loss of 2.000 after 1.000.*--anyway"):
        library.use("worse")
    assert library.active() is None
    library.use("worse", anyway=True)
    assert library.active() == library.folder / "worse"


def test_a_model_that_was_trained_whole_is_a_base(library: Library) -> None:
    with pytest.raises(InputError, match="ASSISTANT_INSTRUCT__BASE=") as refused:
        library.use("whole", anyway=True)
    assert str(library.folder / "whole") in str(refused.value)


def test_a_damaged_one_is_not_used(library: Library) -> None:
    (library.folder / "hotel" / "adapter_model.safetensors").unlink()
    with pytest.raises(InputError, match=r"hotel is damaged: adapter_model.safetensors is missing"):
        library.use("hotel", anyway=True)


def test_the_setting_wins_over_what_was_chosen(library: Library, tmp_path: Path) -> None:
    library.use("hotel")
    outside = put(tmp_path / "outside")
    assert Library(library.folder, str(outside)).active() == outside
    chosen = Library(library.folder, str(library.folder / "worse"))
    assert [one.name for one in chosen.adapters() if chosen.is_active(one.folder)] == ["worse"]


def test_an_active_one_that_is_gone_is_said_to_be(library: Library) -> None:
    library.use("hotel")
    shutil.rmtree(library.folder / "hotel")
    with pytest.raises(SettingsError, match="The active adapter 'hotel' is gone"):
        library.active()


@pytest.mark.parametrize("content", ["", "[]", "{}", "\ud800"])
def test_a_damaged_choice_is_said_to_be_and_can_be_made_anew(
    content: str, library: Library
) -> None:
    choice = library.folder / "active.json"
    choice.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(SettingsError, match="does not say which adapter is active"):
        library.active()
    library.use("hotel")
    assert library.active() == library.folder / "hotel"


def test_a_choice_that_cannot_be_written_leaves_the_earlier_one(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.use("hotel")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("plugins.instruct.adapters.active.os.replace", full)
    with pytest.raises(SettingsError, match=r"cannot be written \(No space"):
        library.use("worse", anyway=True)
    assert library.active() == library.folder / "hotel"
    assert sorted(one.name for one in library.folder.iterdir()) == [
        "active.json", "hotel", "whole", "worse",
    ]  # fmt: skip


# Removing


def test_a_removed_one_is_gone_and_no_longer_active(library: Library) -> None:
    library.use("hotel")
    assert library.remove("worse") is False
    assert library.active() == library.folder / "hotel"
    assert library.remove("hotel") is True
    assert library.active() is None
    assert [one.name for one in library.adapters()] == ["whole"]
    assert not (library.folder / "hotel").exists()


def test_of_a_link_only_the_link_is_removed(library: Library, tmp_path: Path) -> None:
    outside = put(tmp_path / "outside")
    (library.folder / "linked").symlink_to(outside)
    (library.folder / "hotel" / "within").symlink_to(outside)
    library.remove("linked")
    library.remove("hotel")
    assert [one.name for one in library.adapters()] == ["whole", "worse"]
    assert (outside / "instruct.json").exists()


def test_one_that_is_being_trained_anew_is_not_removed(library: Library) -> None:
    own = library.folder / "hotel" / ".training"
    own.mkdir()
    with FileLock(own / "lock"), pytest.raises(InputError, match="A training is at work in"):
        library.remove("hotel")
    assert library.find("hotel").damage == ""
    library.remove("hotel")
    assert not own.exists()


def test_what_cannot_be_deleted_is_said_and_is_no_adapter_any_more(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr("plugins.instruct.adapters.library.shutil.rmtree", busy)
    with pytest.raises(InputError, match=r"cannot be removed \(Device or resource busy\)"):
        library.remove("hotel")
    assert "hotel" not in [one.name for one in library.adapters()]
