"""What an adapter's folder says about it: numbers for programs, a card for people."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.training.rounding import rounded
from plugins.instruct.adapters.folder import CARD, METRICS, TRAINING
from plugins.instruct.training.comparison import Measured, judgement

if TYPE_CHECKING:
    from plugins.instruct.training.train import Trained


def write_card(trained: "Trained", commit: str, folder: Path) -> None:
    """Writes the metrics, how it was trained, and the card into a folder."""
    for name, content in ((METRICS, figures(trained)), (TRAINING, config(trained, commit))):
        (folder / name).write_text(json.dumps(rounded(content), indent=2) + "\n", "utf-8")
    (folder / CARD).write_text(_card(trained, commit), "utf-8")


def figures(trained: "Trained") -> dict[str, Any]:
    """What base and adapter come to on test and general examples, and each epoch."""
    before, after = trained.before, trained.after
    judged = judgement(before, after)
    general = (
        before.general
        and after.general
        and {"before": asdict(before.general), "after": asdict(after.general)}
    )
    return {
        "before": asdict(before.test),
        "after": asdict(after.test),
        "general": general,
        "judge": judged and asdict(judged),
        "beats_base": trained.config.beats_base,
        "reason": trained.config.reason,
        "preferred": trained.preferred,
        "epochs": [asdict(epoch) for epoch in trained.history],
    }


def config(trained: "Trained", commit: str) -> dict[str, Any]:
    """How the adapter was trained, the seed included."""
    return {
        **asdict(trained.options),
        "data": trained.data_name,
        "data_sha256": trained.data_sha256,
        "examples": trained.n_examples,
        "general": trained.general_name,
        "replay": trained.replay,
        "trained_parameters": trained.n_trained,
        "parameters": trained.n_all,
        "bytes": trained.n_bytes,
        "seconds": trained.seconds,
        "commit": commit,
    }


def _card(trained: "Trained", commit: str) -> str:
    options, counts, test = trained.options, trained.n_examples, trained.after.test
    share = trained.n_trained / trained.n_all
    return f"""# Instruct adapter: {options.method} on {options.base}

Follows instructions like those that it was trained on. Made by `assistant train instruct`.

{trained.config.reason}

| | |
|---|---|
| base | {options.base} |
| trained | {options.method}: {trained.n_trained:,} of {trained.n_all:,} numbers ({share:.2%}) |
| adapters | {options.adapters} |
| data | {trained.data_name}, SHA-256 of its texts `{trained.data_sha256[:16]}…` |
| split | {counts["train"]:,} for training, {counts["validation"]:,} for validation, \
{counts["test"]:,} for the test, by a hash, those about one text together; \
{counts["too long"]:,} too long |
| replayed | {_replayed(trained)} |
| seed | {options.seed} |
| epochs | {len(trained.history)} of at most {options.epochs} |
| steps | of {options.batch_tokens:,} tokens, learning rate {options.largest_step:g} |
| size | {trained.n_bytes / 1e6:.2f} MB |
| commit | {commit or "unknown"} |
| seconds | {trained.seconds:.0f}, since it was last taken up |

## On the test examples

| | loss | exact | F1 of words | ROUGE-L | repeating |
|---|---|---|---|---|---|
{_row("base", trained.before.test)}
{_row("adapter", trained.after.test)}

The loss is that of a response's token in nats, over {test.n_examples:,} examples; the rest is over
the greedy responses to {test.n_responses:,} of them. The test examples were seen neither in
training nor in any choice.
{_judgement(trained)}{_preferences(trained)}
## On general examples

{_general(trained)}
"""


def _replayed(trained: "Trained") -> str:
    if not trained.replay:
        return "nothing"
    n_replayed = trained.n_examples["replayed"]
    return f"{n_replayed:,} of {trained.general_name}, {trained.replay:.0%} of what was trained on"


def _judgement(trained: "Trained") -> str:
    judged = judgement(trained.before, trained.after)
    return f"\nOf its responses to them, {judged}.\n" if judged else ""


def _general(trained: "Trained") -> str:
    before, after = trained.before.general, trained.after.general
    if before is None or after is None:
        return "It was not measured what the training made the model forget: they are too long."
    return f"""What the training made the model forget, on {after.n_examples:,} of \
{trained.general_name}, which it was not trained on; {after.n_responses:,} of them were answered.

| | loss | exact | F1 of words | ROUGE-L | repeating |
|---|---|---|---|---|---|
{_row("base", before)}
{_row("adapter", after)}"""


def _preferences(trained: "Trained") -> str:
    if trained.preferred is None:
        return ""
    return (
        "\nThen it was tuned on preferences. Of pairs that it had not seen, the preferred response "
        f"gained more than the other in {trained.preferred:.1%}.\n"
    )


def _row(name: str, measured: Measured) -> str:
    figures = (measured.loss, measured.exact, measured.f1, measured.rouge_l, measured.looping)
    return f"| {name} | {' | '.join(f'{one:.4f}' for one in figures)} |"
