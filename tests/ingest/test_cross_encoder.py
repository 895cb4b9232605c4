"""Cross-encoders by name: a tiny one of random weights, and what is no cross-encoder."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, BertModel

from assistant.errors import SettingsError
from assistant.schema import Passage
from ingest.embedder import model_dir
from ingest.reranking import load_reranker

TINY = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}


def tiny(folder: Path, n_labels: int = 1) -> Path:
    torch.manual_seed(0)
    BertForSequenceClassification(BertConfig(num_labels=n_labels, **TINY)).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(model_dir() / name, folder)
    return folder


def passages(*texts: str) -> list[Passage]:
    return [Passage(text, "a.txt", None, 0, len(text), "", text, 0.5) for text in texts]


def refusal(name: str) -> str:
    reranker = load_reranker(name)
    assert reranker is not None
    with pytest.raises(SettingsError) as refused:
        reranker.scores("Who?", passages("She."))
    assert refused.value.option == "ASSISTANT_RAG__RERANKER"
    return str(refused.value)


def test_a_cross_encoder_of_a_folder_gives_its_own_probabilities(tmp_path: Path) -> None:
    folder = tiny(tmp_path)
    texts = ["She cast the gun.", "word " * 2_000, "", "誰が壁を直したか"] * 5
    reranker = load_reranker(str(folder))
    assert reranker is not None
    found = reranker.scores("Who cast the gun?", passages(*texts))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = BertForSequenceClassification.from_pretrained(folder).eval()
    tokens = tokenizer("Who cast the gun?", texts[0], return_tensors="pt")
    assert len(found) == len(texts)
    assert found[0] == pytest.approx(model(**tokens).logits.sigmoid().item(), abs=0.01)
    assert reranker.scores("Who?", []) == []


def test_many_questions_at_once_get_the_same_as_one_after_the_other(tmp_path: Path) -> None:
    reranker = load_reranker(str(tiny(tmp_path)))
    assert reranker is not None
    asked = [f"Who cast gun {number}? " * number for number in range(1, 25)]
    with ThreadPoolExecutor(8) as threads:
        at_once = list(threads.map(lambda one: reranker.scores(one, passages(one, "Hm.")), asked))
    for one, found in zip(asked, at_once, strict=True):
        assert found == pytest.approx(reranker.scores(one, passages(one, "Hm.")), abs=0.01)


def test_a_classifier_of_several_labels_is_refused(tmp_path: Path) -> None:
    assert "has one label, and it has 3" in refusal(str(tiny(tmp_path, 3)))


def test_a_model_without_a_classifier_is_refused(tmp_path: Path) -> None:
    BertModel(BertConfig(**TINY)).save_pretrained(tmp_path)
    assert "it is no cross-encoder but BertModel" in refusal(str(tmp_path))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    assert "cannot be loaded" in refusal(str(tmp_path))


def test_weights_as_a_pickle_are_refused(tmp_path: Path) -> None:
    folder = tiny(tmp_path)
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"")
    assert "safetensors" in refusal(str(folder))


def test_a_name_that_no_model_can_have_is_refused() -> None:
    assert "no model has such a name" in refusal("not a name/at all/")


def test_a_hub_that_cannot_be_reached_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "it could not be fetched" in refusal("some-one/some-model")
    assert constants.HF_HUB_OFFLINE
