from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
import transformers

from ingest.embedder import DIM, MiniLMEmbedder, model_dir

TEXTS = [
    "How do I ingest a folder?",
    "The state folder holds the index.",
    "A longer text " + "with many more words in it " * 20,
    "Short",
]


def test_vectors_are_those_of_the_model_s_mean_pooling(embedder: MiniLMEmbedder) -> None:
    tokenizer = transformers.AutoTokenizer.from_pretrained(model_dir())
    model = transformers.AutoModel.from_pretrained(model_dir(), dtype=torch.float32).eval()
    tokens = tokenizer(TEXTS, padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.inference_mode():
        hidden = model(**tokens).last_hidden_state
    mask = tokens["attention_mask"][:, :, None].float()
    expected = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1).numpy()
    cosines = (embedder.encode(TEXTS) * expected).sum(axis=1)
    assert cosines == pytest.approx(1.0, abs=2e-3)  # bfloat16 has 8 bits of precision


def test_vectors_are_unit_rows_of_float32(embedder: MiniLMEmbedder) -> None:
    vectors = embedder.encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((4, DIM), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_vectors_come_in_the_order_of_the_texts_whatever_their_lengths() -> None:
    fresh = MiniLMEmbedder()
    together = fresh.encode_many(TEXTS * 20, lambda n: None)
    alone = np.stack([fresh.encode([text])[0] for text in TEXTS] * 20)
    assert (together * alone).sum(axis=1) == pytest.approx(1.0, abs=2e-3)


def test_progress_adds_up_to_the_number_of_texts(embedder: MiniLMEmbedder) -> None:
    done: list[int] = []
    embedder.encode_many([f"text number {n}" for n in range(100)], done.append)
    assert sum(done) == 100


def test_paraphrases_are_nearer_than_strangers(embedder: MiniLMEmbedder) -> None:
    query, paraphrase, stranger = embedder.encode(
        ["How much does it cost?", "What is the price?", "Penguins live in Antarctica."]
    )
    assert query @ paraphrase > 0.6 > 0.3 > query @ stranger


@pytest.mark.parametrize(
    ("text", "n_tokens"), [("", 0), ("hello world", 2), ("Hello, world!", 4), ("word " * 300, 300)]
)
def test_tokens_are_counted_without_special_ones_and_without_a_limit(
    embedder: MiniLMEmbedder, text: str, n_tokens: int
) -> None:
    assert embedder.count_tokens(text) == n_tokens


def test_only_the_first_256_tokens_count(embedder: MiniLMEmbedder) -> None:
    long, longer = "word " * 254, "word " * 254 + "penguin"
    first, second = embedder.encode([long, longer])
    assert first @ second == pytest.approx(1.0, abs=1e-5)


def test_a_caller_may_change_the_vectors_it_got(embedder: MiniLMEmbedder) -> None:
    embedder.encode(["to be changed"])[:] = 0
    assert np.linalg.norm(embedder.encode(["to be changed"])) == pytest.approx(1.0, abs=1e-5)


def test_warming_up_twice_is_safe(embedder: MiniLMEmbedder) -> None:
    before = embedder.encode(["steady"])
    embedder.warm_up()
    embedder.warm_up()
    assert np.array_equal(embedder.encode(["steady"]), before)


def test_threads_may_embed_at_the_same_time(embedder: MiniLMEmbedder) -> None:
    texts = [f"sentence number {n}" for n in range(16)]
    with ThreadPoolExecutor(8) as threads:
        vectors = np.concatenate(list(threads.map(lambda text: embedder.encode([text]), texts)))
    expected = embedder.encode_many(texts, lambda n: None)
    assert (vectors * expected).sum(axis=1) == pytest.approx(1.0, abs=2e-3)
