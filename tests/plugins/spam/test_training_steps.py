"""The steps of a training, each with values worked out by hand."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import torch

from assistant.errors import InputError
from plugins.spam.calibration import sigmoid
from plugins.spam.plain import plain
from plugins.spam.pooling import pooled
from plugins.spam.training import sms_spam
from plugins.spam.training.batches import epoch_batches
from plugins.spam.training.calibration import fit_calibration
from plugins.spam.training.duplicates import near_duplicates
from plugins.spam.training.metrics import calibration_error, metrics, reliability
from plugins.spam.training.options import TrainingOptions
from plugins.spam.training.splitting import balance, balanced_subset, split_messages

# Near-duplicates


def test_a_template_with_other_numbers_is_one_group() -> None:
    prize = "URGENT! Your mobile has won a {} prize. Call {} now to claim it before tomorrow."
    groups = near_duplicates(
        [
            prize.format("£2000", "09061701461"),
            "Are you coming home for dinner tonight? Mum asks.",
            prize.format("£900", "08712300220"),
        ]
    )
    assert groups[0] == groups[2]
    assert groups[0] != groups[1]


def test_texts_without_a_letter_are_groups_of_their_own() -> None:
    assert len(set(near_duplicates([" ", "  ", "   "]))) == 3


# Splitting


def test_a_split_is_stratified_and_keeps_groups_together() -> None:
    is_spam = np.arange(1000) % 10 == 0
    groups = np.arange(1000) // 2 * 2 + is_spam  # pairs of ham share a group
    split = split_messages(is_spam, groups.astype(np.int32), np.zeros(1000, bool), seed=3)
    parts = (split.train, split.validation, split.test)
    assert sorted(np.concatenate(parts)) == list(range(1000))
    assert [len(part) for part in parts] == pytest.approx([700, 100, 200], abs=4)
    assert [int(is_spam[part].sum()) for part in parts] == pytest.approx([70, 10, 20], abs=2)
    sides = [set(groups[part].tolist()) for part in parts]
    assert not (sides[0] & sides[1] | sides[0] & sides[2] | sides[1] & sides[2])


def test_the_seed_decides_the_split() -> None:
    is_spam, groups = np.arange(200) % 4 == 0, np.arange(200, dtype=np.int32)
    first, same, other = (
        split_messages(is_spam, groups, np.zeros(200, bool), seed).test.tolist()
        for seed in (1, 1, 2)
    )
    assert first == same != other


def test_corrected_messages_are_trained_on() -> None:
    is_spam, groups = np.arange(200) % 4 == 0, np.arange(200, dtype=np.int32)
    held_in = np.arange(200) < 40
    assert set(range(40)) <= set(split_messages(is_spam, groups, held_in, 0).train.tolist())


def test_too_few_different_messages_are_refused() -> None:
    is_spam = np.arange(40) < 20
    with pytest.raises(InputError, match="near-duplicates count as one"):
        split_messages(is_spam, is_spam.astype(np.int32), np.zeros(40, bool), 0)


@pytest.mark.parametrize(
    ("how", "n_spam", "n_ham"),
    [("none", 5, 20), ("weights", 5, 20), ("undersample", 5, 5), ("oversample", 20, 20)],
)
def test_classes_are_evened_out(how: str, n_spam: int, n_ham: int) -> None:
    is_spam = np.arange(50) < 10
    train = np.arange(5, 30)  # five of spam, twenty of ham
    chosen = balance(train, is_spam, how, seed=0)  # type: ignore[arg-type]
    assert (is_spam[chosen].sum(), (~is_spam[chosen]).sum()) == (n_spam, n_ham)
    assert set(chosen) <= set(train)


def test_a_balanced_subset_has_all_of_the_smaller_class() -> None:
    is_spam = np.arange(50) < 10
    chosen = balanced_subset(is_spam, seed=0)
    assert len(chosen) == 20
    assert set(range(10)) <= set(chosen.tolist())


def test_an_epoch_s_batches_hold_every_message_once_in_an_order_of_their_own() -> None:
    positions, lengths = np.arange(100), [number % 30 + 2 for number in range(100)]
    first = epoch_batches(positions, lengths, 8, seed=1, epoch=0)
    assert sorted(one for batch in first for one in batch) == list(range(100))
    assert first == epoch_batches(positions, lengths, 8, seed=1, epoch=0)
    assert first != epoch_batches(positions, lengths, 8, seed=1, epoch=1)


# Figures


def test_figures_are_those_worked_out_by_hand() -> None:
    said = np.array([0.9, 0.8, 0.4, 0.6, 0.1])
    spam = np.array([True, True, True, False, False])
    found = metrics(said, spam)
    assert (found.n_errors, found.n_messages, found.n_spam) == (2, 5, 3)
    assert (found.accuracy, found.precision, found.recall) == pytest.approx((0.6, 2 / 3, 2 / 3))
    assert found.f1 == pytest.approx(2 / 3)
    assert found.loss == pytest.approx(-np.log([0.9, 0.8, 0.4, 0.4, 0.9]).mean())


def test_the_calibration_error_is_the_mean_distance_of_what_was_said_from_what_was() -> None:
    said = np.array([0.02, 0.04, 0.96, 0.98])
    spam = np.array([False, True, True, True])
    assert reliability(said, spam) == [(pytest.approx(0.03), 0.5, 2), (pytest.approx(0.97), 1.0, 2)]
    assert calibration_error(said, spam) == pytest.approx(0.5 * 0.47 + 0.5 * 0.03)


def test_one_who_never_says_spam_has_no_precision_rather_than_an_error() -> None:
    found = metrics(np.zeros(3), np.array([True, False, False]))
    assert (found.f1, found.precision, found.recall) == (0, 0, 0)


# Calibration


def test_a_model_that_is_too_sure_is_made_less_sure() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(0, 2, 4000)
    spam = random.random(4000) < sigmoid(truth)
    found = fit_calibration(3 * truth, spam, trained_share=float(spam.mean()))
    assert found.temperature == pytest.approx(3, rel=0.1)
    assert found.shift == pytest.approx(0, abs=1e-9)
    assert calibration_error(sigmoid(found.logits(3 * truth)), spam) < 0.03


def test_evened_out_classes_are_put_right() -> None:
    spam = np.arange(100) < 10
    found = fit_calibration(np.where(spam, 9.0, -9.0), spam, trained_share=0.5)
    assert found.shift == pytest.approx(np.log(0.1 / 0.9))


def test_no_error_among_the_validation_messages_does_not_make_it_infinitely_sure() -> None:
    spam = np.arange(100) < 10
    found = fit_calibration(np.where(spam, 9.0, -9.0), spam, trained_share=0.1)
    assert sigmoid(found.logits(np.array([9.0, -9.0]))) == pytest.approx([0.92, 0.01], abs=0.08)


# Pooling


@pytest.mark.parametrize(("how", "expected"), [("cls", 1.0), ("mean", 2.0), ("last", 3.0)])
def test_padding_has_no_part_in_what_stands_for_a_message(how: str, expected: float) -> None:
    hidden = torch.tensor([[[1.0], [2.0], [3.0], [99.0]]])
    mask = torch.tensor([[True, True, True, False]])
    assert pooled(hidden, mask, how).tolist() == [[expected]]


# Disguises


@pytest.mark.parametrize(
    ("disguised", "expected"),
    [
        ("F R E E prize", "FREE prize"),
        ("w-i-n-n-e-r today", "winner today"),
        ("СLАІМ уоur рrіzе", "CLAIM your prize"),
        ("fr\u200bee", "free"),
        ("ＷＩＮ now", "WIN now"),
        ("half \ud800 character", "half ? character"),
    ],
)
def test_disguises_are_undone(disguised: str, expected: str) -> None:
    assert plain(disguised) == expected


@pytest.mark.parametrize(
    "text",
    ["Call 0 8 7 1 2 now", "I am a bit late", "Привет, как дела сегодня?", "£5 off, naïve café"],
)
def test_what_is_no_disguise_stays(text: str) -> None:
    assert plain(text) == text


# Options


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"strategy": "some"}, "--strategy must be one of head, last-block"),
        ({"pool": "max"}, "--pool must be one of cls, mean, last"),
        ({"balance": "half"}, "--balance must be one of none"),
        ({"seed": -1}, "--seed must be 0 or more"),
        ({"epochs": 0}, "--epochs must be at least 1, got 0"),
        ({"batch_size": 0}, "--batch-size must be at least 1"),
        ({"learning_rate": 5.0}, "--learning-rate must lie between 0 and 1"),
    ],
)
def test_options_out_of_range_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        TrainingOptions(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(("n_trained", "epochs"), [(3073, 3), (820, 11), (20, 280)])
def test_a_small_set_is_gone_through_more_often(n_trained: int, epochs: int) -> None:
    assert TrainingOptions().complete(n_trained).epochs == epochs
    assert TrainingOptions(epochs=2).complete(n_trained).epochs == 2


# The public collection


@contextmanager
def serving(content: bytes, status: int = 200) -> Iterator[str]:
    class Home(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Home)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sms+spam+collection.zip"
    server.shutdown()


def zipped(lines: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(sms_spam.MEMBER, lines)
    return written.getvalue()


def test_the_collection_is_fetched_once_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = b"ham\tOk lar...\nspam\tWIN\n"
    monkeypatch.setattr(sms_spam, "SHA256", hashlib.sha256(lines).hexdigest())
    with serving(zipped(lines)) as address:
        file = sms_spam.sms_spam(tmp_path / "data", address, allow_private=True)
    assert file.read_bytes() == lines
    assert sms_spam.sms_spam(tmp_path / "data", "http://nowhere.invalid/") == file
    file.write_bytes(b"spam\tother\n")
    with pytest.raises(InputError, match="is not the SMS Spam Collection"):
        sms_spam.sms_spam(tmp_path / "data")


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"", 404, "answered 404"),
        (b"<html>", 200, "not a zip file"),
        (zipped(b"ham\tother"), 200, "is not the SMS Spam Collection"),
    ],
)
def test_what_is_not_the_collection_is_refused(
    tmp_path: Path, content: bytes, status: int, reason: str
) -> None:
    with serving(content, status) as address, pytest.raises(InputError, match=reason):
        sms_spam.sms_spam(tmp_path / "data", address, allow_private=True)
    assert not list(tmp_path.rglob("*.tsv"))


def test_without_a_network_it_says_where_to_put_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"put it at .*sms-spam\.tsv") as caught:
        sms_spam.sms_spam(tmp_path, "http://127.0.0.1:9/x.zip", allow_private=True)
    assert sms_spam.ADDRESS in str(caught.value)
