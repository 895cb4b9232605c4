import pytest

from assistant.schema import Scores
from assistant.wording import SafeStream, chips, literal, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see ![x](http://a/b.png)", "see !\\[x](http://a/b.png)"),
        ("[here](http://a)", "\\[here](http://a)"),
        ("[1](http://a) [2]: b [3][4]", "\\[1](http://a) \\[2]: b \\[3][4]"),
        ("\\\\![x][y]", "\\\\\\\\!\\[x]\\[y]"),
        ("<img src=x>", "\\<img src=x>"),
        ("It is so. [1] Really!", "It is so. [1] Really!"),
        ("**bold** and\n- a list", "**bold** and\n- a list"),
    ],
)
def test_what_loads_runs_or_hides_an_address_is_escaped(text: str, shown: str) -> None:
    assert safe(text) == shown


@pytest.mark.parametrize("text", ["a ![x](http://a/b.png) z", "[here](http://a)!", "wow! [2]"])
def test_a_stream_is_as_safe_as_the_whole_wherever_it_is_cut(text: str) -> None:
    for cut in range(len(text) + 1):
        stream = SafeStream()
        pieces = [stream.feed(text[:cut]), stream.feed(text[cut:]), stream.flush()]
        assert "".join(pieces) == safe(text)


def test_literal_text_shows_no_markdown_and_one_line() -> None:
    assert literal("# a *b*\n_c_") == "\\# a \\*b\\* \\_c\\_"


def test_a_missing_score_says_why_and_is_no_number() -> None:
    shown = {
        chip["name"]: chip for chip in chips(Scores(answer_relevance=0.5, reason="No passage."))
    }
    assert shown["groundedness"]["score"] is None
    assert shown["groundedness"]["meaning"].endswith("No passage.")
    assert shown["answer relevance"] == {
        "name": "answer relevance",
        "score": 0.5,
        "meaning": "Does the answer address the question?",
    }
