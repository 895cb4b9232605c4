"""The built-in base's architecture: what it sees, what it copies, what it loses."""

import copy

import pytest
import torch
from torch import Tensor
from transformers import BertConfig, BertModel

from plugins.instruct.prefix_lm import IGNORED, PrefixCache, PrefixLM, from_encoder

SEPARATOR = 3
PROMPT = [2, 10, 11, 12, SEPARATOR]
OTHER = [2, 20, SEPARATOR]
RESPONSE = [13, 14, 10, SEPARATOR]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> PrefixLM:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("bert")
    config = BertConfig(
        vocab_size=40,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=32,
        separator_token_id=SEPARATOR,
    )
    BertModel(config).save_pretrained(folder)
    return from_encoder(folder).eval()


def logits(model: PrefixLM, ids: list[int], mask: list[int] | None = None) -> Tensor:
    given = None if mask is None else torch.tensor([mask])
    with torch.inference_mode():
        return model(input_ids=torch.tensor([ids]), attention_mask=given).logits[0]


def test_probabilities_sum_to_one(model: PrefixLM) -> None:
    total = logits(model, PROMPT + RESPONSE).exp().sum(dim=1)
    assert total.tolist() == pytest.approx([1.0] * len(PROMPT + RESPONSE), abs=1e-5)


def test_a_prompt_is_read_in_both_directions(model: PrefixLM) -> None:
    changed = [2, 10, 11, 30, SEPARATOR]
    assert not torch.allclose(logits(model, PROMPT)[1], logits(model, changed)[1], atol=1e-5)


def test_a_response_is_read_from_left_to_right(model: PrefixLM) -> None:
    changed = [13, 14, 30, SEPARATOR]
    before = logits(model, PROMPT + RESPONSE)[: len(PROMPT) + 2]
    after = logits(model, PROMPT + changed)[: len(PROMPT) + 2]
    torch.testing.assert_close(before, after)


def test_what_is_read_piece_by_piece_is_the_same_as_whole(model: PrefixLM) -> None:
    whole = logits(model, PROMPT + RESPONSE)[len(PROMPT) - 1 :]
    cache = PrefixCache()
    pieces = []
    with torch.inference_mode():
        for fed in [PROMPT, *([token] for token in RESPONSE)]:
            output = model(input_ids=torch.tensor([fed]), past_key_values=cache, use_cache=True)
            pieces.append(output.logits[0, -1])
    torch.testing.assert_close(torch.stack(pieces), whole, atol=1e-5, rtol=1e-4)


def test_padding_on_either_side_changes_nothing(model: PrefixLM) -> None:
    ids, padding = PROMPT + RESPONSE, [0, 0]
    alone = logits(model, ids)
    right = logits(model, ids + padding, [1] * len(ids) + [0, 0])[: len(ids)]
    left = logits(model, padding + ids, [0, 0] + [1] * len(ids))[2:]
    torch.testing.assert_close(right, alone, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(left, alone, atol=1e-5, rtol=1e-4)


def labelled(rows: list[tuple[list[int], list[int]]]) -> dict[str, Tensor]:
    n_tokens = max(len(prompt + response) for prompt, response in rows)
    ids = torch.zeros((len(rows), n_tokens), dtype=torch.long)
    mask, labels = torch.zeros_like(ids), torch.full_like(ids, IGNORED)
    for row, (prompt, response) in enumerate(rows):
        ids[row, : len(prompt + response)] = torch.tensor(prompt + response)
        mask[row, : len(prompt + response)] = 1
        labels[row, len(prompt) : len(prompt + response)] = torch.tensor(response)
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def log_likelihoods(model: PrefixLM, prompt: list[int], response: list[int]) -> Tensor:
    said = logits(model, prompt + response)[len(prompt) - 1 : -1]
    return said.gather(1, torch.tensor(response)[:, None]).squeeze(1)


def test_the_loss_is_the_mean_over_the_tokens_of_responses(model: PrefixLM) -> None:
    batch = labelled([(PROMPT, RESPONSE), (OTHER, [21, SEPARATOR])])
    likely = [
        log_likelihoods(model, PROMPT, RESPONSE),
        log_likelihoods(model, OTHER, [21, SEPARATOR]),
    ]
    with torch.inference_mode():
        loss = model(**batch).loss
    assert loss.item() == pytest.approx(-torch.cat(likely).mean().item(), abs=1e-4)


def test_in_training_a_long_response_weighs_as_the_root_of_its_length(model: PrefixLM) -> None:
    batch = labelled([(PROMPT, RESPONSE), (OTHER, [21])])
    long, short = log_likelihoods(model, PROMPT, RESPONSE), log_likelihoods(model, OTHER, [21])
    model.train()
    loss = model(**batch).loss
    model.eval()
    # Four tokens weigh 4 ** -0.5 each, one token 1.
    expected = -(long.sum() * 0.5 + short.sum()) / (4 * 0.5 + 1)
    assert loss.item() == pytest.approx(expected.item(), abs=1e-4)


def test_an_open_gate_says_only_what_stands_in_the_prompt(model: PrefixLM) -> None:
    kept = model.copy_gate.bias.detach().clone()
    with torch.no_grad():
        model.copy_gate.bias.fill_(50.0)
        said = logits(model, [*PROMPT, 13, 14]).exp()[len(PROMPT) :]
        model.copy_gate.bias.copy_(kept)
    elsewhere = [token for token in range(40) if token not in PROMPT]
    assert said[:, elsewhere].max() < 1e-6
    assert said[:, PROMPT].sum(dim=1).min() > 0.99


def test_words_in_eight_bits_are_nearly_as_probable(model: PrefixLM) -> None:
    shrunk = copy.deepcopy(model)
    shrunk.shrink_words()
    ids = torch.tensor([PROMPT])
    with torch.inference_mode():
        whole = model(input_ids=ids, logits_to_keep=1).logits.exp()
        nearly = shrunk(input_ids=ids, logits_to_keep=1).logits.exp()
    assert not torch.equal(whole, nearly)
    assert torch.allclose(whole, nearly, atol=2e-3)
