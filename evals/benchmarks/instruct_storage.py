"""What does a built-in base lose when it is stored in few bytes?

Data: the examples that it was trained on, as `assistant train instruct` takes them; its validation
part is measured, for a choice hangs on it. The model is the base of the settings, trained whole on
"minilm" and stored in full. An item of the limit is an example, drawn at random; 1,000 without one.

It is stored as 8 or 4 bits of each weight, as 8 or 4 bits of its difference from the encoder that
it began as (see `plugins/instruct/packing.py`), and as a low-rank matrix for each difference (the
best there is, by Eckart and Young 1936: its largest singular vectors), in 16 bits.
"""

from pathlib import Path

from assistant.errors import InputError
from evals.benchmarks.harness import Figures, drawn, opened, progress
from evals.benchmarks.instruct_data import read_split
from evals.benchmarks.protocols import MakeRuntime
from plugins.instruct.bases import load_base
from plugins.instruct.prefix_lm import PrefixLM
from plugins.instruct.training.encoding import fitting
from plugins.instruct.training.storage import WAYS, stored

N_EXAMPLES = 1000
LONGEST = 320


def measure(make_runtime: MakeRuntime, data: Path | None, limit: int | None) -> Figures:
    """Measures the loss on validation examples for each way of storing.

    Raises:
        InputError: The data is missing or malformed, or the base is another kind of model.
        SettingsError: The base cannot be had.
    """
    split = read_split(data, "the examples that the base was trained on")
    with opened(make_runtime()) as runtime:
        base = load_base(runtime.settings.instruct.base, dtype=None)
    kind = base.model.config.model_type
    if kind != PrefixLM.config_class.model_type:
        raise InputError(
            "ASSISTANT_INSTRUCT__BASE must name a model that was trained whole on minilm, got a "
            f"{kind}: only such a one is stored in few bytes."
        )
    _, tokens = fitting(base, drawn(split.validation, limit or N_EXAMPLES), LONGEST)
    figures = {}
    with progress("Storing", len(WAYS)) as show:
        for way, loss, n_bytes in stored(base, tokens):
            figures[way] = {"loss": round(loss, 4), "megabytes": round(n_bytes / 1e6, 2)}
            show(len(figures), len(WAYS))
    return Figures(figures, len(tokens))
