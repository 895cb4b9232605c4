r"""Reads the extractive questions of P3 as paragraphs with questions.

P3 (Sanh et al. 2022, arXiv 2110.08207; Apache 2.0), as `p3_instructions.jsonl.gz`, a line of which
is `{"template": "adversarial_qa_dbert_based_on", "prompt": "Extract the answer ...\nQuestion: what
concept is mentioned last?\nContext: A generation later, ...", "completion": "atheism"}`. Those are
taken whose answer stands in their passage word for word.
"""

import gzip
import json
import re
from pathlib import Path

from assistant.errors import InputError
from evals.benchmarks.squad import Question, Squad

FORMS = {
    r"adversarial_qa_\w+_based_on": r".*?\nQuestion: (?P<asked>.*?)\nContext: (?P<passage>.*)",
    r"quoref_Answer_Question_Given_Context": (
        r"Given the following context:\n\n(?P<passage>.*)\n\nanswer the following question:\n\n"
        r"(?P<asked>.*)"
    ),
    r"duorc_\w+_extract_answer": (
        r".*?\nQuestion: (?P<asked>.*?)\nTitle: .*?\nMovie plot: (?P<passage>.*)"
    ),
}
"""How a task's prompt is made of question and passage, by the task's name."""
LEAST_CHARS = 200
"""A shorter passage is hardly one."""


def read_p3(file: Path, limit: int | None) -> Squad:
    """Its passages, and the first `limit` questions about them.

    Raises:
        InputError: The file cannot be read, or has no such questions.
    """
    names: dict[str, str] = {}
    questions: dict[tuple[str, str], Question] = {}
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                example = json.loads(line)
                found = _asked(example["template"], example["prompt"])
                answer = str(example["completion"]).strip()
                if found and answer and answer in found["passage"]:
                    passage, asked = found["passage"].strip(), found["asked"].strip()
                    name = names.setdefault(passage, f"p3_{len(names):04d}")
                    questions[name, asked] = Question(asked, name, (answer,))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"The data {file} cannot be read as P3's examples ({error!r}): give --data with "
            "p3_instructions.jsonl.gz."
        ) from error
    if not questions:
        raise InputError(f"The data {file} has no questions about passages.")
    paragraphs = {name: passage for passage, name in names.items()}
    return Squad(paragraphs, tuple(questions.values())[:limit])


def _asked(template: str, prompt: str) -> re.Match[str] | None:
    """Question and passage of a prompt; `None` where it is of another task."""
    form = next((form for task, form in FORMS.items() if re.fullmatch(task, template)), None)
    match = form and re.fullmatch(form, prompt, re.DOTALL)
    return match if match and len(match["passage"]) >= LEAST_CHARS else None
