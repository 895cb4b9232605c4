"""The study of the spam classifier, on messages made up in a moment."""

from pathlib import Path
from random import Random

import pytest

from evals.benchmarks import spam
from evals.benchmarks.spam import Study, summary
from evals.benchmarks.spam_attacks import ATTACKS, digits, homoglyphs, spacing, unseen_links
from evals.benchmarks.spam_figures import draw_figures
from ingest.embedder import MiniLMEmbedder
from plugins.spam.plain import plain
from tests.evals.measuring import measured
from tests.plugins.spam.tiny_models import messages, tiny_bert

TEXT = "CLAIM your prize at www.win.example or call 09061701461"


def test_attacks_change_half_of_the_words_and_no_more() -> None:
    text = "claim " * 1000
    for attack in (digits, spacing, homoglyphs):
        changed = attack(text, Random(0)).count("claim")
        assert 400 < changed < 600


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_the_same_for_the_same_seed(name: str) -> None:
    attack = ATTACKS[name]
    assert attack(TEXT, Random(1)) == attack(TEXT, Random(1)) != TEXT


def test_links_and_numbers_become_unseen_ones() -> None:
    changed = unseen_links(TEXT, Random(0))
    assert "www.win.example" not in changed
    assert "09061701461" not in changed
    assert unseen_links("hello", Random(0)).startswith("hello https://")


def test_homoglyphs_are_what_the_classifier_undoes() -> None:
    assert plain(homoglyphs("your prize", Random(1))) == "your prize"


def test_the_study_trains_every_way_and_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, embedder: MiniLMEmbedder
) -> None:
    base = str(tiny_bert(tmp_path / "bert"))
    quick = {"base": base, "epochs": 1, "learning_rate": 0.01}
    monkeypatch.setattr(
        spam, "WAYS", {way: {**options, **quick} for way, options in spam.WAYS.items()}
    )
    study = Study(messages(40, 80), tmp_path / "kept", embedder)
    runs = list(study.runs(range(1)))
    assert {run.way for run in runs} == {
        *spam.WAYS,
        *spam.BASELINES,
        *(f"subset {way}" for way in spam.BASELINES),
    }
    monkeypatch.setattr(Study, "_run", lambda *arguments: pytest.fail("it was run before"))
    assert [run.figures for run in study.runs(range(1))] == [run.figures for run in runs]
    chosen = next(run for run in runs if run.way == spam.CHOSEN)
    assert set(summary([chosen])["under attack"]) == {"none", *ATTACKS}
    files = draw_figures(runs, spam.CHOSEN, tmp_path / "drawn")
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)
    assert len(files) == 4


def test_a_summary_is_the_mean_and_the_deviation_over_the_seeds() -> None:
    runs = [spam.Run("x", seed, {"f1": f1}, {}, []) for seed, f1 in enumerate((0.9, 1.0))]
    assert summary(runs) == {"f1": {"mean": 0.95, "std": 0.05}}


def test_the_speed_of_the_command_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "mail.tsv"
    lines = [f"{'spam' if one.is_spam else 'ham'}\t{one.text}" for one in messages(200, 400)]
    file.write_text("\n".join(lines))
    metrics = measured("spam-speed", 400, file)
    assert metrics["messages_per_second"] > 20
    assert metrics["peak_mb"] > 100
