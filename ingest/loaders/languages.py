"""Tells which language a text is written in.

A detector over every page would cost more than reading it. So a document's language is detected
from three samples, and a page's own only where its script or its commonest words are of another.
"""

import re
from collections import Counter
from dataclasses import replace

from langdetect import DetectorFactory, detect_langs
from langdetect.lang_detect_exception import LangDetectException

from ingest.documents import Document

DetectorFactory.seed = 0  # the detector draws lots: the same text must get the same answer

MIN_LETTERS = 40
MIN_LETTERS_OF_OTHER_SCRIPTS = 10
"""Other scripts say more with fewer letters, and the script alone says much."""
MIN_PROBABILITY = 0.85
MIN_STOP_WORDS = 3
MIN_LETTERS_OF_RARE_LANGUAGES = 100
MIN_PROBABILITY_OF_RARE_LANGUAGES = 0.95
"""Of those without stop words here: names and figures are often taken for one of them."""
SAMPLE_CHARS = 800
SAMPLED_PLACES = (0.0, 0.5, 0.9)
"""How far into a document its samples begin."""
WORD = re.compile(r"[^\W\d_]+")
SCRIPTS = re.compile(
    "(?P<cyrillic>[\u0400-\u052f])|(?P<greek>[\u0370-\u03ff])|(?P<hebrew>[\u0590-\u05ff])|"
    "(?P<arabic>[\u0600-\u06ff])|(?P<devanagari>[\u0900-\u097f])|(?P<thai>[\u0e00-\u0e7f])|"
    "(?P<hangul>[\uac00-\ud7af])|(?P<kana>[\u3040-\u30ff])|(?P<han>[\u4e00-\u9fff])"
)
STOP_WORDS = {
    "da": "og jeg det at en den til er som på de med han af for ikke der var et har om vi",
    "de": "und der die das den ist nicht mit von zu ein eine auf für des im dem sich auch werden",
    "en": "the of and to in is that for it with as was on are by this be from or have which you",
    "es": "el la de que y los en las por con para una su del al lo como más pero sus este",
    "fi": "ja on ei että se oli ovat hän mutta kuin tai myös sekä joka voi",
    "fr": "le la les de et des du en un une est que qui dans pour pas sur au avec ce sont par",
    "it": "il di che la e un per una non sono le con del della si da dei gli nel alla anche",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als door worden",
    "no": "og i det som en på er til av for at med de har ikke den et var jeg men om fra",
    "pl": "w i na się z do że nie jest to o jak za od po przez oraz ale jego są",
    "pt": "o a de que e do da em um para com não uma os no se na por mais as dos ao",
    "sv": "och att det som en på är av för med den till inte har de ett om men var han",
    "tr": "ve bir bu için ile de da olan olarak daha çok gibi en ne kadar sonra",
}
STOP_WORD_SETS = {language: frozenset(words.split()) for language, words in STOP_WORDS.items()}


def language_of(text: str) -> str:
    """The ISO 639-1 code of a text's language; empty where it is short or not clear.

    Detected by langdetect (character n-grams, N. Shuyo 2010); source code and tables of names
    look like some language to it, so that a few of the language's commonest words are asked for.
    """
    script = _script(text)
    n_letters = sum(map(len, WORD.findall(text)))
    if n_letters < (MIN_LETTERS_OF_OTHER_SCRIPTS if script else MIN_LETTERS):
        return ""
    try:
        best = detect_langs(text)[0]
    except LangDetectException:  # no letters that it knows
        return ""
    language = str(best.lang)[:2]
    known = STOP_WORD_SETS.get(language)
    if known:
        is_clear = best.prob >= MIN_PROBABILITY and _n_stop_words(text, known) >= MIN_STOP_WORDS
    elif script:
        is_clear = best.prob >= MIN_PROBABILITY
    else:
        is_rare_but_sure = best.prob >= MIN_PROBABILITY_OF_RARE_LANGUAGES
        is_clear = is_rare_but_sure and n_letters >= MIN_LETTERS_OF_RARE_LANGUAGES
    return language if is_clear else ""


def with_languages(document: Document) -> Document:
    """The document with the language of each page, or where that is not clear, its own."""
    samples = [_sample(document, place) for place in SAMPLED_PLACES]
    found = Counter(filter(None, map(language_of, dict.fromkeys(samples))))
    common = found.most_common(1)[0][0] if found else ""
    pages = (
        replace(page, language=_page_language(page.text[:SAMPLE_CHARS], common))
        for page in document.pages
    )
    return replace(document, pages=tuple(pages))


def _sample(document: Document, place: float) -> str:
    """The text at some place of a document, counted in pages, and within a single one."""
    pages = document.pages
    page = pages[int(place * len(pages))].text if pages else ""
    start = int(place * len(page)) if len(pages) == 1 else 0
    return page[start : start + SAMPLE_CHARS]


def _page_language(text: str, common: str) -> str:
    guess = _script(text) or _by_stop_words(text)
    expected = common in STOP_WORD_SETS and guess == common
    if expected or not guess:
        return common
    return language_of(text) or common


def _script(text: str) -> str:
    """The script of most letters; empty for Latin."""
    found = Counter(match.lastgroup or "" for match in SCRIPTS.finditer(text))
    name, count = found.most_common(1)[0] if found else ("", 0)
    return name if count > 0.3 * sum(map(len, WORD.findall(text))) else ""


def _by_stop_words(text: str) -> str:
    """The language of most of the commonest words, where they are enough to tell."""
    words = Counter(word.lower() for word in WORD.findall(text))
    counts = {
        language: sum(words[word] for word in known) for language, known in STOP_WORD_SETS.items()
    }
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= MIN_STOP_WORDS else ""


def _n_stop_words(text: str, known: frozenset[str]) -> int:
    return sum(word.lower() in known for word in WORD.findall(text))
