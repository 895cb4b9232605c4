"""The families of tasks that an instruct model is measured on, and what it must beat in each.

Data: P3 (Sanh et al. 2022, "Multitask Prompted Training Enables Zero-Shot Task Generalization") as
published with self-instruct, Apache 2.0; JSON lines such as::

    {"template": "gigaword_make_a_title", "prompt": "Make a title for this article: ...",
     "completion": "envoy urges north korea to restart nuclear disablement"}

In the published sample every review of `imdb` is negative, every one of `rotten_tomatoes` positive,
every text of `dbpedia_14` is about a company, and `ag_news` has two of its four topics: read the
accuracy beside that of `majority`. The responses of `trec` are empty, so it has no family.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from evals.benchmarks.bootstrap import mean_with_interval
from evals.benchmarks.metrics import Metric, mean
from plugins.instruct.examples import Example
from plugins.instruct.metrics import exact_match, loops, rouge_l, token_f1

METRICS: dict[str, Callable[[str, str], float]] = {
    "accuracy": exact_match,
    "token F1": token_f1,
    "ROUGE-L": rouge_l,
}
"""Each takes a response and the wanted one, and gives 0 to 1."""


@dataclass(frozen=True, slots=True)
class Family:
    """Tasks of one kind.

    Attributes:
        metric: A key of `METRICS`.
        aim: What the metric should reach on average; `None` where nothing was set.
    """

    name: str
    metric: str
    aim: float | None = None


FAMILIES: tuple[tuple[Family, str], ...] = (
    # What is to be made up, often from the answer back, comes before the rest of its data set.
    (
        Family("question generation", "ROUGE-L"),
        r".*([Gg]enerate_(the_)?question|Generate_Question|Jeopardy)"
        r"|commonsense_qa_answer_to_q|cosmos_qa_context_answer_to_q",
    ),
    (
        Family("writing", "ROUGE-L"),
        r"cnn_dailymail_.*story|duorc_.*build_story|gigaword_(reverse|write_an_article)"
        r"|dream_(answer|generate)|samsum_Write|multi_news_expand|app_reviews_generate|wiki_bio_who",
    ),
    (Family("rewording", "ROUGE-L"), r"glue_mrpc_generate|paws_labeled_final_paraphrase_task"),
    (
        Family("title", "token F1"),
        r"duorc_.*title_generation|quoref_Guess_Title|wiki_qa_Topic|wiki_bio_guess",
    ),
    (Family("key words", "token F1"), r"common_gen_(sentence_to_concepts|topics_from)"),
    (Family("sentence from words", "ROUGE-L"), r"common_gen_"),
    (Family("sentiment", "accuracy", 0.88), r"imdb_|rotten_tomatoes_|amazon_polarity_"),
    (Family("rating", "accuracy"), r"yelp_review_full_|app_reviews_"),
    (Family("topic", "accuracy", 0.88), r"ag_news_|dbpedia_14_"),
    (Family("paraphrase", "accuracy", 0.75), r"glue_mrpc_|glue_qqp_|paws_labeled_final_"),
    (Family("extractive question answering", "token F1", 0.50), r"adversarial_qa_|quoref_"),
    (Family("dialogue summary", "ROUGE-L", 0.30), r"samsum_"),
    (Family("headline", "ROUGE-L", 0.25), r"gigaword_"),
    (Family("summary", "ROUGE-L"), r"xsum_|cnn_dailymail_|multi_news_"),
    (
        Family("multiple choice", "accuracy"),
        r"quartz_|quarel_|sciq_Multiple_Choice|commonsense_qa_(most|question)|dream_(base|read)"
        r"|cosmos_qa_.*(answer_id|answer_text|no_prompt)|social_i_qa_Show|wiki_hop_.*choose"
        r"|qasc_qa_with_(combined_facts_1|separated_facts_[124])|wiqa_effect|wiqa_which",
    ),
    (
        Family("yes or no", "accuracy"),
        r"qasc_is_correct|social_i_qa_Check|wiqa_does"
        r"|wiki_qa_(Decide|Is_This|automatic|exercise|found)",
    ),
    (
        Family("closed-book question answering", "token F1"),
        r"kilt_tasks_|sciq_Direct_Question_Closed|commonsense_qa_answer_given"
        r"|cosmos_qa_only|wiki_qa_Direct",
    ),
    # A text is given, but the answer stands in it for fewer than nine rows in ten, or is one of two
    # that the question names (ropes), or what is asked is a relation (wiki_hop).
    (
        Family("free question answering", "token F1"),
        r"duorc_|ropes_|sciq_|qasc_|cosmos_qa_|social_i_qa_|wiki_hop_original_generate_(ob|subject$)",
    ),
    (Family("other", "ROUGE-L"), r"wiki_bio_|wiqa_|wiki_hop_"),
)
"""A template belongs to the first family whose pattern it begins with."""

COPIED_WORDS = {"headline": 12, "dialogue summary": 20, "summary": 50, "rewording": 50}
"""How many words of a text `copy` takes where it is to be shortened or reworded.

Of 6 to 60 these come about nearest to what was wanted; the first sentence does worse.
"""

ANSWERED = ("extractive question answering", "free question answering")
"""Families with a question about a text, for which `copy` takes a sentence of the text."""

N_WORDS = 8
"""How many words of the prompt `copy` takes elsewhere."""

INSTRUCTION = re.compile(
    r"([^:?\n]*\b(articles?|documents?|dialogue|sentence|summar\w+|brief|one)\b[^:?\n]*[:?]\s+)+",
    re.IGNORECASE,
)
"""What stands before a text: "Make a title for this article: "."""

QUESTION = re.compile(r"question[^.?\n]{0,10}[:\"]\s*\"?([^\"\n?]+)", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
LONG_WORD = re.compile(r"\w{4,}")


def family_of(template: str) -> Family | None:
    """The family of a template by its name in P3; `None` for one that is not measured."""
    return next((family for family, names in FAMILIES if re.match(names, template)), None)


def majority(train: Sequence[Example]) -> Callable[[Example], str]:
    """Learns the most frequent response of each template, `Example.task`.

    Returns:
        A function that gives it; of a template that is not in `train`, the most frequent of all.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for example in train:
        counts[example.task][example.response] += 1
    most = {task: responses.most_common(1)[0][0] for task, responses in counts.items()}
    overall = Counter(example.response for example in train).most_common(1)[0][0]
    return lambda example: most.get(example.task, overall)


def copy(example: Example) -> str:
    """Copies from the prompt what may pass for the response.

    Returns:
        Where a text is to be shortened or reworded, its first words; where a question is asked
        about a text, a sentence with most of the question's words; else the first words of the
        prompt.
    """
    family, prompt = family_of(example.task), example.request.text
    name = family.name if family else ""
    if name in ANSWERED:
        return _nearest_sentence(prompt)
    before = INSTRUCTION.match(prompt) if name in COPIED_WORDS else None
    text = prompt[before.end() :] if before else prompt
    return " ".join(text.split()[: COPIED_WORDS.get(name, N_WORDS)])


def measured(
    family: Family,
    responses: Sequence[str],
    wanted: Sequence[str],
    sources: Sequence[Hashable] | None = None,
) -> dict[str, Metric]:
    """The family's metric over responses.

    Args:
        family: Says which metric.
        responses: What was said.
        wanted: What should have been said, in the same order.
        sources: What each was made from, for P3 puts one text into many templates: see
            `bootstrap.mean_with_interval`.

    Returns:
        `mean` of the metric, `low` and `high` of its 95 % interval, `n`, and `looping`, the share
        that loops.
    """
    metric = METRICS[family.metric]
    values = [float(metric(*pair)) for pair in zip(responses, wanted, strict=True)]
    looping = mean(map(loops, responses))
    return {**mean_with_interval(values, sources), "n": len(values), "looping": looping}


def _nearest_sentence(prompt: str) -> str:
    """The sentence of the longest line with most of the question's longer words."""
    asked = QUESTION.search(prompt)
    question = asked[1] if asked else _first_question(prompt)
    words = set(LONG_WORD.findall(question.lower()))
    passage = max(prompt.replace(question, "").split("\n"), key=len)
    sentences = SENTENCE_END.split(passage)
    return max(sentences, key=lambda text: len(words & set(LONG_WORD.findall(text.lower()))))


def _first_question(prompt: str) -> str:
    return next((text for text in SENTENCE_END.split(prompt) if text.endswith("?")), "")
