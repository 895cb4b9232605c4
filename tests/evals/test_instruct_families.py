"""The families of tasks: which template belongs where, the baselines, the figures."""

import pytest

from evals.benchmarks.instruct_families import (
    FAMILIES,
    METRICS,
    Family,
    copy,
    family_of,
    majority,
    measured,
)
from plugins.instruct.examples import Example, Request

ACCURACY = Family("topic", "accuracy")


def asked(task: str, prompt: str, response: str = "") -> Example:
    return Example(Request(prompt), response, task=task)


@pytest.mark.parametrize(
    ("template", "family"),
    [
        ("imdb_Reviewer_Enjoyment_Yes_No", "sentiment"),
        ("rotten_tomatoes_Sentiment_with_choices_", "sentiment"),
        ("amazon_polarity_would_you_buy", "sentiment"),
        ("yelp_review_full_on_a_scale", "rating"),
        ("app_reviews_convert_to_star_rating", "rating"),
        ("app_reviews_generate_review", "writing"),
        ("ag_news_recommend", "topic"),
        ("dbpedia_14_given_a_choice_of_categories_", "topic"),
        ("glue_mrpc_equivalent", "paraphrase"),
        ("glue_qqp_quora", "paraphrase"),
        ("paws_labeled_final_PAWS_ANLI_GPT3_no_label", "paraphrase"),
        ("glue_mrpc_generate_paraphrase", "rewording"),
        ("paws_labeled_final_paraphrase_task", "rewording"),
        ("adversarial_qa_droberta_based_on", "extractive question answering"),
        ("adversarial_qa_droberta_generate_question", "question generation"),
        ("quoref_Answer_Friend_Question", "extractive question answering"),
        ("quoref_Guess_Title_For_Context", "title"),
        ("duorc_SelfRC_extract_answer", "free question answering"),
        ("duorc_SelfRC_generate_question_by_answer", "question generation"),
        ("duorc_SelfRC_build_story_around_qa", "writing"),
        ("ropes_plain_no_background", "free question answering"),
        ("sciq_Direct_Question", "free question answering"),
        ("sciq_Direct_Question_Closed_Book_", "closed-book question answering"),
        ("sciq_Multiple_Choice_Closed_Book_", "multiple choice"),
        ("cosmos_qa_no_prompt_id", "multiple choice"),
        ("cosmos_qa_context_description_question_answer_text", "multiple choice"),
        ("cosmos_qa_context_description_question_text", "free question answering"),
        ("cosmos_qa_context_answer_to_question", "question generation"),
        ("cosmos_qa_only_question_answer", "closed-book question answering"),
        ("commonsense_qa_answer_to_question", "question generation"),
        ("social_i_qa_Show_choices_and_generate_index", "multiple choice"),
        ("social_i_qa_Check_if_a_random_answer_is_valid_or_not", "yes or no"),
        ("wiki_hop_original_generate_subject", "free question answering"),
        ("wiki_hop_original_generate_subject_and_object", "other"),
        ("samsum_To_sum_up_this_dialog", "dialogue summary"),
        ("samsum_Write_a_dialogue_that_match_this_summary", "writing"),
        ("gigaword_in_a_nutshell", "headline"),
        ("gigaword_reverse_writing", "writing"),
        ("xsum_DOC_tldr", "summary"),
        ("cnn_dailymail_3_0_0_news_stock", "summary"),
        ("cnn_dailymail_3_0_0_spice_up_story", "writing"),
        ("common_gen_Put_together", "sentence from words"),
        ("common_gen_sentence_to_concepts", "key words"),
    ],
)
def test_a_template_belongs_to_its_family(template: str, family: str) -> None:
    found = family_of(template)
    assert found is not None
    assert found.name == family


@pytest.mark.parametrize("template", ["trec_trec1", "my_imdb_task", ""])
def test_a_template_that_is_not_measured_has_no_family(template: str) -> None:
    assert family_of(template) is None


def test_the_aims_are_those_that_were_set() -> None:
    assert {family.name: family.aim for family, _ in FAMILIES if family.aim} == {
        "sentiment": 0.88,
        "topic": 0.88,
        "paraphrase": 0.75,
        "extractive question answering": 0.50,
        "dialogue summary": 0.30,
        "headline": 0.25,
    }


def test_every_family_has_a_name_of_its_own_and_a_metric() -> None:
    families = [family for family, _ in FAMILIES]
    assert len({family.name for family in families}) == len(families)
    assert {family.metric for family in families} == set(METRICS)


def test_the_majority_is_that_of_the_template() -> None:
    answers = {"ag_news_classify": ["Business", "Sport", "Sport"], "imdb_Opinion": ["bad"] * 4}
    train = [asked(task, "?", answer) for task, many in answers.items() for answer in many]
    respond = majority(train)
    assert respond(asked("ag_news_classify", "Shares fell.")) == "Sport"
    assert respond(asked("imdb_Opinion", "A fine film.")) == "bad"
    assert respond(asked("ag_news_recommend", "Shares fell.")) == "bad"


SENTENCE = "one two three four five six seven eight nine ten eleven twelve thirteen"


@pytest.mark.parametrize(
    "prompt",
    [
        f"Make a title for this article: {SENTENCE} .",
        f"First sentence of the article: {SENTENCE} .\n\nTitle:",
        f"{SENTENCE} .\n\n===\n\nGiven the above sentence, write its title: ",
    ],
)
def test_the_copy_of_a_headline_is_the_first_words_of_the_article(prompt: str) -> None:
    copied = copy(asked("gigaword_make_a_title", prompt))
    assert copied == "one two three four five six seven eight nine ten eleven twelve"


def test_the_copy_of_a_dialogue_begins_with_its_first_speaker() -> None:
    prompt = "Summarize this dialogue: Ann: is it late?\r\nBob: very"
    assert copy(asked("samsum_Summarize_this_dialogue_", prompt)) == "Ann: is it late? Bob: very"


def test_the_copy_of_an_article_leaves_the_question_before_it_out() -> None:
    prompt = "What are the main points of this news article?\n\nArticle: Shares fell. Banks rose."
    assert copy(asked("cnn_dailymail_3_0_0_news_card_view", prompt)) == "Shares fell. Banks rose."


PASSAGE = "Heseltine was born in London. His first compositions date from 1915. He died in 1930."


@pytest.mark.parametrize(
    "prompt",
    [
        f"Question: when do the first compositions date from\nContext: {PASSAGE}",
        f'The answer to the question "Which compositions date from 1915?" is in "{PASSAGE}". What?',
        f"{PASSAGE}\n\nFrom when do the first compositions date?",
    ],
)
def test_the_copy_of_an_answer_is_the_sentence_nearest_to_the_question(prompt: str) -> None:
    copied = copy(asked("quoref_Find_Answer", prompt))
    assert copied == "His first compositions date from 1915."


def test_an_empty_prompt_gives_an_empty_copy() -> None:
    for task in ("quoref_Find_Answer", "gigaword_TLDR", "imdb_Opinion", "unknown"):
        assert copy(asked(task, "")) == ""


def test_elsewhere_the_copy_is_the_first_words_of_the_prompt() -> None:
    prompt = "Is this review positive or negative? A fine film that I liked."
    assert copy(asked("imdb_Opinion", prompt)) == "Is this review positive or negative? A fine"


def test_the_mean_is_that_of_the_family_s_metric() -> None:
    responses, wanted = ["Lord Heseltine", "no no no no"], ["Heseltine", "yes"]
    assert measured(Family("qa", "token F1"), responses, wanted)["mean"] == 0.3333
    figures = measured(ACCURACY, responses, ["lord Heseltine.", "yes"])
    assert (figures["mean"], figures["n"], figures["looping"]) == (0.5, 2, 0.5)


def test_the_interval_is_near_the_binomial_s() -> None:
    """Of 400 even chances the mean lies within 1.96 standard errors of 0.025: 0.451 to 0.549."""
    figures = measured(ACCURACY, ["yes"] * 400, ["yes", "no"] * 200)
    assert figures["low"] == pytest.approx(0.451, abs=0.01)
    assert figures["high"] == pytest.approx(0.549, abs=0.01)
    assert figures == measured(ACCURACY, ["yes"] * 400, ["yes", "no"] * 200)


def test_what_was_made_from_one_text_is_drawn_together() -> None:
    """Of 16 texts with 25 rows each the standard error is that of 16 chances: 0.125."""
    wanted = [answer for answer in ("yes", "no") * 8 for _ in range(25)]
    sources = [f"text {number // 25}" for number in range(400)]
    figures = measured(ACCURACY, ["yes"] * 400, wanted, sources)
    assert figures["low"] == pytest.approx(0.5 - 1.96 * 0.125, abs=0.04)
    assert figures["high"] == pytest.approx(0.5 + 1.96 * 0.125, abs=0.04)


def test_there_is_no_mean_of_nothing() -> None:
    figures = measured(ACCURACY, [], [])
    assert figures == {"mean": None, "low": None, "high": None, "n": 0, "looping": None}


def test_each_response_needs_a_wanted_one() -> None:
    with pytest.raises(ValueError, match="zip"):
        measured(ACCURACY, ["yes", "no"], ["yes"])
