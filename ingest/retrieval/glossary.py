"""The glossary: what stands in documents in other words than people ask for it.

The file that ships holds figures of speech of financial reports; a user's own file of the same form
comes on top. The form: `words of the question, or others: words of the page, more of them`.
"""

from importlib import resources
from pathlib import Path

from assistant.errors import SettingsError

OPTION = "ASSISTANT_RAG__GLOSSARY"


def load_glossary(extra: str = "") -> dict[str, str]:
    """The words to look for too, by the words of a question, singular and plural.

    Args:
        extra: A file of one's own; its lines win over those that ship. None where empty.

    Raises:
        SettingsError: The file cannot be read, or a line lacks its colon.
    """
    shipped = resources.files("ingest.retrieval").joinpath("glossary.txt").read_text("utf-8")
    glossary = _read(shipped, "glossary.txt")
    if extra:
        try:
            text = Path(extra).expanduser().read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"The glossary {extra} cannot be read ({error}): set ASSISTANT_RAG__GLOSSARY to a "
                "text file, or leave it empty.",
                OPTION,
            ) from error
        glossary |= _read(text, extra)
    return glossary


def _read(text: str, name: str) -> dict[str, str]:
    glossary: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        asked, colon, stands = line.strip().partition(":")
        if not line.strip() or line.startswith("#"):
            continue
        if not colon or not asked.strip() or not stands.strip():
            raise SettingsError(
                f"Line {number} of the glossary {name} must be `words asked: words that stand "
                f"there`, got {line.strip()!r}: mend or remove it.",
                OPTION,
            )
        meaning = ", ".join(one.strip() for one in stands.split(",") if one.strip())
        terms = (" ".join(one.split()) for one in asked.lower().replace("-", " ").split(","))
        for words in filter(None, terms):
            glossary |= dict.fromkeys((words, _plural(words)), meaning)
    return glossary


def _plural(words: str) -> str:
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"
