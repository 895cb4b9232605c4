"""The language of texts, pages and documents."""

import time
from pathlib import Path

import pytest

from ingest.documents import Document
from ingest.loaders import load
from ingest.loaders.languages import language_of, with_languages
from ingest.loaders.text import one_section
from tests.ingest.books import write_epub
from tests.ingest.files import TEXT_PDF
from tests.ingest.reading import write

TEXTS = {
    "en": "The owl and the pussycat went to sea in a beautiful pea green boat, and they took some "
    "honey with them. It is known that they were married by the turkey who lives on the hill.",
    "de": "Die Eule und die Katze fuhren zur See in einem schönen grünen Boot, und sie nahmen "
    "etwas Honig mit. Es ist bekannt, dass sie von dem Truthahn auf dem Hügel getraut wurden.",
    "fr": "Le hibou et la chatte sont partis en mer dans un beau bateau vert, avec du miel et "
    "beaucoup d'argent. Ils se sont mariés sur la colline, par le dindon qui vit dans les bois.",
    "es": "El búho y la gata se fueron al mar en un hermoso barco verde, con algo de miel y mucho "
    "dinero. Se casaron en la colina por el pavo que vive en los bosques de la isla.",
    "ru": "Сова и кошечка отправились в море на красивой зелёной лодке, взяв с собой немного мёда.",
    "el": "Η κουκουβάγια και η γάτα πήγαν στη θάλασσα με μια όμορφη πράσινη βάρκα.",
    "ja": "ふくろうと子猫は美しい緑の舟で海に出かけました。蜂蜜とお金を少し持って行きました。",
    "zh": "猫头鹰和小猫乘坐一艘美丽的绿色小船出海，他们带了一些蜂蜜和很多钱。",
    "ar": "ذهبت البومة والقطة إلى البحر في قارب أخضر جميل وأخذتا معهما بعض العسل.",
}


def document(*texts: str) -> Document:
    pages = tuple(one_section(number, text, "") for number, text in enumerate(texts, 1))
    return Document("a", pages, len(pages))


def languages(*texts: str) -> list[str]:
    return [page.language for page in with_languages(document(*texts)).pages]


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_s_language_is_told(language: str) -> None:
    assert language_of(TEXTS[language]) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "12.4 % 1,234 $ (56)",
        "Net sales 2018 2019 Gross margin EBITDA Total assets 1,204 1,317 Accounts payable",
        "Müller Köln Jäger Münster Schmidt Bonn Schneider Aachen Fischer Düren Weber Jülich",
        "def f(x): return x + 1\nfor i in range(3): print(f(i))",
    ],
    ids=["nothing", "short", "figures", "row", "names", "code"],
)
def test_what_is_in_no_clear_language_gets_none(text: str) -> None:
    assert language_of(text) == ""


def test_the_same_text_gets_the_same_language_each_time() -> None:
    mixed = TEXTS["en"][:90] + TEXTS["de"][:90]
    assert len({language_of(mixed) for _ in range(10)}) == 1


def test_each_page_has_its_own_language_and_unclear_ones_that_of_the_document() -> None:
    texts = [TEXTS["en"], "1,204 1,317", TEXTS["de"], TEXTS["ru"], TEXTS["en"], TEXTS["en"]]
    assert languages(*texts) == ["en", "en", "de", "ru", "en", "en"]


def test_a_document_of_figures_has_no_language() -> None:
    assert languages("1,204 1,317", "4 5 6") == ["", ""]


def test_every_loader_s_pages_have_their_language(tmp_path: Path) -> None:
    german = write(tmp_path / "a.txt", TEXTS["de"])
    book = write_epub(tmp_path / "a.epub", {"One": TEXTS["fr"], "Two": TEXTS["en"]})
    assert [page.language for page in load(german).pages] == ["de"]
    assert [page.language for page in load(book).pages] == ["fr", "en"]
    assert {page.language for page in load(TEXT_PDF).pages} == {"en"}


def test_source_code_is_in_no_language(tmp_path: Path) -> None:
    path = write(tmp_path / "a.py", f'"""{TEXTS["de"]}"""\n')
    assert [page.language for page in load(path).pages] == [""]


def test_telling_the_languages_of_many_pages_takes_little_time() -> None:
    pages = document(*[TEXTS["en"] * 10] * 2_000)
    with_languages(pages)
    started = time.process_time()
    with_languages(pages)
    assert (time.process_time() - started) / len(pages.pages) < 0.001
