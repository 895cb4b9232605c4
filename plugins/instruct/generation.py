"""Writes a response token by token, as a stream that may be left at any time."""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from transformers import (
    LogitsProcessorList,
    NoRepeatNGramLogitsProcessor,
    PreTrainedModel,
    TemperatureLogitsWarper,
    TopPLogitsWarper,
)
from transformers.cache_utils import Cache, DynamicCache

from plugins.instruct.prefix_lm import PrefixCache, PrefixLM
from plugins.instruct.sampling import Sampling


def new_cache(model: PreTrainedModel) -> Cache:
    """An empty cache of keys and values, of the kind that a model wants."""
    is_prefix = model.config.model_type == PrefixLM.config_class.model_type
    return PrefixCache() if is_prefix else DynamicCache(config=model.config)


@torch.inference_mode()
def next_tokens(
    model: PreTrainedModel,
    prompts: Sequence[Sequence[int]],
    ends: frozenset[int],
    sampling: Sampling,
    padding: int = 0,
    on_logits: Callable[[Tensor], None] = lambda logits: None,
) -> Iterator[list[int | None]]:
    """The next token of each response, all responses at once, until every one has ended.

    No stretch is written twice that is as long as the model's `generation_config` allows none.

    Args:
        model: A causal language model.
        prompts: Token ids of what is read, at least one each.
        ends: Tokens that end a response; they are not given back.
        sampling: How tokens are chosen.
        padding: The token that shorter prompts are filled up with, on their left.
        on_logits: Called with what the model predicts before each choice, of the responses that
            have ended too, `(n_prompts, n_words)` float32.

    Yields:
        A token for each prompt; `None` where the response has ended.
    """
    tokens, mask = _left_padded(prompts, padding, model.device)
    n_prompt = tokens.shape[1]
    process = _processors(model, sampling)
    random = torch.Generator(model.device).manual_seed(sampling.seed)
    cache = new_cache(model)
    fed, alive = tokens, [True] * len(prompts)
    for _ in range(sampling.max_tokens):
        logits = (
            model(
                input_ids=fed,
                attention_mask=mask,
                position_ids=_positions(mask, fed.shape[1]),
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            .logits[:, -1]
            .float()
        )
        on_logits(logits)
        chosen = _chosen(process(tokens[:, n_prompt:], logits), sampling, random)
        alive = [
            lives and one not in ends for lives, one in zip(alive, chosen.tolist(), strict=True)
        ]
        if not any(alive):
            return
        yield [one if lives else None for lives, one in zip(alive, chosen.tolist(), strict=True)]
        fed = chosen[:, None]
        tokens = torch.cat([tokens, fed], dim=1)
        mask = torch.cat([mask, torch.ones_like(fed)], dim=1)


def _left_padded(
    prompts: Sequence[Sequence[int]], padding: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Token ids and their mask, `(n_prompts, n_tokens)` int64."""
    n_tokens = max(map(len, prompts))
    tokens = torch.full((len(prompts), n_tokens), padding, device=device)
    mask = torch.zeros_like(tokens)
    for row, prompt in enumerate(prompts):
        tokens[row, n_tokens - len(prompt) :] = torch.tensor(prompt, device=device)
        mask[row, n_tokens - len(prompt) :] = 1
    return tokens, mask


def _positions(mask: Tensor, n_new: int) -> Tensor:
    return (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -n_new:]


def _processors(model: PreTrainedModel, sampling: Sampling) -> LogitsProcessorList:
    process = LogitsProcessorList()
    no_repeat = model.generation_config.no_repeat_ngram_size
    if no_repeat:
        process.append(NoRepeatNGramLogitsProcessor(no_repeat))
    if sampling.temperature > 0:
        process.append(TemperatureLogitsWarper(sampling.temperature))
        if sampling.top_p < 1:
            process.append(TopPLogitsWarper(sampling.top_p))
    return process


def _chosen(logits: Tensor, sampling: Sampling, random: torch.Generator) -> Tensor:
    if sampling.temperature == 0:
        return logits.argmax(dim=1)
    return torch.multinomial(logits.softmax(dim=1), 1, generator=random).squeeze(1)
