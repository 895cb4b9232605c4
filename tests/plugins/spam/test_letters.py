"""The linear model of letters in a row."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from assistant.errors import SettingsError
from plugins.spam.classifier import SpamClassifier
from plugins.spam.folder import LETTERS, read_config
from plugins.spam.letters import counts, load_letters, weighed_counts
from plugins.spam.scorer import load_scorer
from plugins.spam.training.data import Data
from plugins.spam.training.letters import fit_letters
from plugins.spam.training.options import TrainingOptions
from plugins.spam.training.train import train
from tests.plugins.spam.tiny_models import messages, tiny_bert

MESSAGES = messages(40, 100)
TEXTS = [message.text for message in MESSAGES]
IS_SPAM = np.array([message.is_spam for message in MESSAGES])
DATA = Data(MESSAGES, name="made up")


def test_counts_are_weighed_as_sublinear_tf_idf() -> None:
    official = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    expected = official.fit_transform(TEXTS)
    counted = counts(TEXTS)
    n_holding = np.bincount(counted.indices, minlength=counted.shape[1])
    rarity = (np.log((1 + len(TEXTS)) / (1 + n_holding)) + 1).astype(np.float32)
    ours = weighed_counts(counted, rarity)
    # Stretches that share a bucket make the smallest of differences.
    likeness = (ours @ ours.T - expected @ expected.T).toarray()
    assert np.abs(likeness).max() < 0.01


def test_it_tells_words_that_give_a_class_away() -> None:
    letters = fit_letters(TEXTS, IS_SPAM)
    ham, spam = letters.margins(["dinner lecture", "urgent ringtone"])
    assert ham < 0 < spam


def test_it_says_the_same_when_it_is_read_back(tmp_path: Path) -> None:
    letters = fit_letters(TEXTS, IS_SPAM)
    letters.save(tmp_path)
    again = load_letters(tmp_path)
    assert again is not None
    np.testing.assert_allclose(again.margins(TEXTS), letters.margins(TEXTS), atol=0.02)
    assert (tmp_path / LETTERS).stat().st_size < 600_000


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_bert(tmp_path_factory.mktemp("bert")))


def test_its_margin_is_added_to_that_of_the_base(base: str, tmp_path: Path) -> None:
    train(DATA, TrainingOptions(base=base, epochs=1), tmp_path)
    letters = load_letters(tmp_path)
    assert letters is not None
    both = load_scorer(tmp_path, read_config(tmp_path)).margins(TEXTS, lambda n: None)
    (tmp_path / LETTERS).unlink()
    alone = load_scorer(tmp_path, read_config(tmp_path)).margins(TEXTS, lambda n: None)
    np.testing.assert_allclose(both, alone + letters.margins(TEXTS), atol=1e-6)


def test_a_classifier_may_go_without(base: str, tmp_path: Path) -> None:
    train(DATA, TrainingOptions(base=base, epochs=1, letters=False), tmp_path)
    assert not (tmp_path / LETTERS).exists()
    assert SpamClassifier(tmp_path).probabilities(["hello"]).shape == (1,)


def test_a_damaged_file_is_reported(base: str, tmp_path: Path) -> None:
    train(DATA, TrainingOptions(base=base, epochs=1), tmp_path)
    (tmp_path / LETTERS).write_bytes(b"no tensors")
    with pytest.raises(SettingsError, match="cannot be loaded"):
        SpamClassifier(tmp_path).probabilities(["hello"])
