"""Bases by their names."""

from pathlib import Path

import pytest
import torch

from assistant.errors import SettingsError
from plugins.instruct import room
from plugins.instruct.base_names import UNTRAINED
from plugins.instruct.bases import load_base
from plugins.instruct.examples import Request
from plugins.instruct.prompting import AlpacaPrompting, ChatPrompting, PrefixPrompting
from tests.plugins.instruct.tiny_models import tiny_llama


def test_the_embedding_model_becomes_a_prefix_language_model() -> None:
    base = load_base(UNTRAINED, torch.float32)
    assert isinstance(base.prompting, PrefixPrompting)
    read = base.tokenizer.convert_ids_to_tokens(base.prompting.prompt(Request("Say", "hi")))
    assert read == ["[CLS]", "say", "hi", "[SEP]"]
    assert base.ends == {base.tokenizer.sep_token_id}
    assert base.n_context == 512


@pytest.mark.parametrize(
    ("with_template", "kind"), [(True, ChatPrompting), (False, AlpacaPrompting)]
)
def test_a_base_is_asked_in_its_own_form_or_else_in_alpacas(
    with_template: bool, kind: type, tmp_path: Path
) -> None:
    base = load_base(str(tiny_llama(tmp_path, with_template)), torch.float32)
    assert isinstance(base.prompting, kind)
    response = base.prompting.response("low")
    assert response[-1] in base.ends


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be loaded"):
        load_base(str(tmp_path), torch.float32)


def test_a_model_of_the_hub_that_is_not_here_is_refused_offline() -> None:
    with pytest.raises(SettingsError, match="was not fetched from the hub yet"):
        load_base("somebody/some-model", torch.float32)


def test_a_base_that_is_larger_than_the_free_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_llama(tmp_path)
    free = (folder / "model.safetensors").stat().st_size * 3 // 4
    monkeypatch.setattr(room, "free_memory_bytes", lambda: free)
    for dtype in (torch.float32, None):
        with pytest.raises(SettingsError, match=r"its weights take .* End other programs"):
            load_base(str(folder), dtype)
    assert load_base(str(folder), torch.bfloat16).model.dtype == torch.bfloat16  # half as much
