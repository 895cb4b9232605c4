"""The benchmarks of what must not go wrong: kills, damaged files, citations."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import numpy as np
import pypdfium2 as pdfium
import pytest

from assistant.schema import Passage
from evals.benchmarks import citations, crash, fuzz, killing, mutations
from ingest.loaders import LOADERS
from tests.evals.measuring import measured
from tests.paths import EXAMPLES

# Kills


@pytest.mark.slow
def test_crash_end_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash, "N_FILES", 21)
    monkeypatch.setattr(crash, "SENTENCES", 4)
    monkeypatch.setattr(crash, "DOCTOR_EVERY", 2)
    metrics = measured("crash", 2)
    assert (metrics["kills"], metrics["checks_ok"], metrics["orphans"]) == (2, 2, 0)
    assert (metrics["doctors"], metrics["doctors_ok"]) == (1, 1)
    assert metrics["equal"] is True
    assert metrics["passages"] > 21
    assert (metrics["problems"], metrics["failed"]) == ([], 0)


def test_a_process_that_is_left_running_is_found_by_its_mark() -> None:
    environment = {**os.environ, killing.MARK: "left-running"}
    sleep = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    with subprocess.Popen(sleep, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert [one.pid for one in killing.marked("left-running")] == [process.pid]
        assert list(killing.marked("another")) == []
        process.kill()


def indexed(*texts: str, angle: float = 0.0) -> crash.Indexed:
    vectors = np.array([[np.cos(angle), np.sin(angle)]] * len(texts), dtype=np.float32)
    return crash.Indexed([("a.txt", None, 0, len(text), text) for text in texts], vectors)


@pytest.mark.parametrize(
    ("other", "is_equal"),
    [
        (indexed("one", "two"), True),
        (indexed("one", "two", angle=0.02), True),  # cosine 0.9998
        (indexed("one", "two", angle=0.1), False),  # cosine 0.995
        (indexed("one"), False),
        (indexed("one", "twp"), False),
    ],
)
def test_indexes_are_equal_with_the_same_passages_and_nearly_the_same_vectors(
    other: crash.Indexed, is_equal: bool
) -> None:
    assert crash.compare(indexed("one", "two"), other)["equal"] is is_equal


def test_the_passages_of_an_index_are_read_in_order(home: Path) -> None:
    found = crash.passages_of(home)
    assert found.vectors.shape == (len(found.rows), 384)
    assert found.rows == sorted(found.rows, key=lambda row: (row[0], row[1] or 0, row[2]))
    assert {row[0] for row in found.rows} == {
        f"examples/docs/{file.name}" for file in EXAMPLES.iterdir()
    }


# Damaged files


@pytest.mark.parametrize("mutate", mutations.MUTATIONS)
def test_each_kind_of_damage_changes_a_file_and_bears_an_empty_one(
    mutate: mutations.Mutate,
) -> None:
    content = b"The harbour has 12 ships, [three] of which sail."
    assert any(mutate(content, Random(seed)) != content for seed in range(5))
    assert isinstance(mutate(b"", Random(1)), bytes)


def test_damage_is_the_same_for_a_seed() -> None:
    content = (EXAMPLES / "troubleshooting.txt").read_bytes()
    assert mutations.mutated(content, Random(5)) == mutations.mutated(content, Random(5))


def test_an_archive_is_damaged_inside_so_that_it_can_still_be_opened() -> None:
    content = (EXAMPLES / "connect-a-model.docx").read_bytes()
    for seed in range(20):
        damaged = io.BytesIO(mutations.in_archive(content, Random(seed)))
        with zipfile.ZipFile(damaged) as archive:
            assert damaged.getvalue() != content
            assert len(archive.infolist()) > 5


def test_damaged_files_are_of_every_kind_and_in_batches(tmp_path: Path) -> None:
    batches = list(fuzz.damaged(tmp_path, 60))
    assert [len(batch) for batch in batches] == [50, 10]
    loaders = {LOADERS[file.suffix] for batch in batches for file in batch}
    assert loaders == set(LOADERS.values())


def test_fuzz_figures_by_hand() -> None:
    refused = [
        "It crashed its reader: the file is damaged.",
        "It took longer than 20 s to read: the file is damaged or very large. Split it.",
        "It cannot be read: ValueError('x')",
        "It has no text.",
        "It has no text.",
    ]
    tally = fuzz.Tally(10, 3, 1, refused, {"a.txt": 26.0, "b.txt": 0.5})
    figures = fuzz.figures(tally)
    assert figures["unaccounted"] == 1
    assert (figures["crashes"], figures["too_slow"], figures["too_large"]) == (1, 1, 0)
    assert (figures["without_sentence"], figures["such_as"]) == (1, [refused[2]])
    assert (figures["hangs"], figures["slowest"]) == (1, {"file": "a.txt", "seconds": 26.0})
    assert figures["commonest"] == {reason: refused.count(reason) for reason in refused}


def test_fuzz_end_to_end() -> None:
    metrics = measured("fuzz", 24)
    assert metrics["ingested"] + metrics["failed"] == 24
    assert metrics["ingested"] > 0
    assert metrics["failed"] > 0
    assert (metrics["unaccounted"], metrics["hangs"], metrics["index_problems"]) == (0, 0, [])
    assert metrics["slowest"]["seconds"] > 0


# Citations


def test_bare_text_has_letters_and_digits_in_one_case() -> None:
    assert citations.bare("The \ufb01rst co\u00ad-\noperation, № 12!") == "thefirstcooperationno12"


def test_words_may_stand_anywhere_and_be_broken() -> None:
    assert citations.has_words("of the har-\nbour, old", "old harbour of")
    assert not citations.has_words("of the har-\nbour, old", "old harbours")


def test_likeness_counts_what_two_texts_share() -> None:
    assert citations.likeness("A. bcd!", "abcd") == 1.0
    # Twice the three letters that they share, over four and four.
    assert citations.likeness("abcx", "abcd") == 0.75


def test_what_a_browser_hides_is_not_visible(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>Seen</p><script>var hidden</script> tail<style>p {}</style>")
    assert citations.visible(page).split() == ["Seen", "tail"]


def cited(text: str, start: int, end: int) -> citations.Cited:
    file = EXAMPLES / "ingest-guide.pdf"
    pdf = pdfium.PdfDocument(file)
    page_text = pdf[0].get_textpage().get_text_range().replace("\r\n", "\n")
    pdf.close()
    passage = Passage("1", str(file), 1, start, end, "", text or page_text[start:end], 0.0)
    return citations.Cited(passage, file, page_text)


def test_a_quote_is_looked_for_on_its_page() -> None:
    assert cited("", 0, 40).is_exact
    assert citations.on_page(cited("", 0, 40)).has_quote  # type: ignore[union-attr]


def test_a_quote_that_is_not_on_its_page_is_told() -> None:
    wrong = cited("Nobody wrote this sentence about zeppelins.", 0, 40)
    assert not wrong.is_exact
    page = citations.on_page(wrong)
    assert page is not None
    assert (page.has_quote, page.has_words) == (False, False)
    assert page.located is None or page.located < 0.5


def test_citations_end_to_end() -> None:
    metrics = measured("citations", 30)
    assert metrics["stored_exactly"] == 1.0
    assert metrics["failed_files"] == 0
    assert metrics["pdf"]["n"] + metrics["html"]["n"] == 30
    for part in ("page_has_quote", "page_has_words", "located", "located_rightly"):
        assert metrics["pdf"][part] == 1.0
    assert metrics["html"]["file_has_words"] == 1.0
    assert metrics["html"]["file_has_quote"] > 0.8
