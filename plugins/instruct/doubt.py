"""Says where a response may be made up."""

from plugins.instruct.base_names import BUILT_IN
from plugins.instruct.written import Written

UNSURE = 0.2
"""Mean entropy of a response's predictions, nats, above which it is doubted: chosen on validation
examples, where `assistant eval doubt` finds the threshold that tells right from wrong best."""

DOUBT = (
    "This may be made up: the small model that comes along knows little beside the text that a "
    "request brings along. For what needs knowledge, name a larger model in "
    "ASSISTANT_INSTRUCT__BASE, such as HuggingFaceTB/SmolLM2-360M-Instruct, and start again."
)


def doubt(base: str, written: Written) -> str:
    """What a person should be told behind a response; empty where the model was sure.

    Args:
        base: The base's name: only the one that comes along knows as little as that.
        written: What the response took.
    """
    return DOUBT if base == BUILT_IN and written.entropy > UNSURE else ""
