"""The built-in base's architecture: a BERT encoder turned into a prefix language model.

What is asked is read in both directions, what is answered is written from left to right (Raffel et
al. 2020, "Exploring the limits of transfer learning", section 3.2.1): `[CLS] prompt [SEP] response
[SEP]`, the prompt ending with the first separator. A next token is drawn from the vocabulary, by
the input embeddings as output layer (Press and Wolf 2017), or copied from the prompt (See et al.
2017, "Get to the point", equations 8 and 9), because a small model knows few words well, and most
of what it is for stands in the prompt. What stands there after the last token is copied more
readily, so that spans come out whole.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    BertConfig,
    BertModel,
    DynamicCache,
    GenerationMixin,
)
from transformers.modeling_outputs import CausalLMOutputWithPast
from transformers.models.bert.modeling_bert import BertPreTrainedModel

NO_REPEAT = 3
"""No stretch of so many tokens is written twice: a small model would not find out of a loop."""
IGNORED = -100
"""The label of a token that is not learnt."""
LENGTH_POWER = 0.5
"""While training a response of n tokens weighs n ** 0.5: long ones would drown those of a word."""
LOWEST = -1e4
"""A score that no other comes near."""


class PrefixLMConfig(BertConfig):  # type: ignore[misc]  # transformers is untyped
    """A BERT's measures, and the token that ends prompts and responses.

    Args:
        separator_token_id: The first of them ends the prompt.
    """

    model_type = "prefix-lm"

    separator_token_id: int = 102


class PrefixCache(DynamicCache):  # type: ignore[misc]  # transformers is untyped
    """Keys and values of the tokens read so far, and what can be copied from the prompt."""

    copied: tuple[Tensor, Tensor, Tensor] | None = None
    """The prompt's tokens `(n_rows, n_prompt_tokens)` int64, their keys `(…, dim)`, and which of
    them may be copied, bool."""


class PrefixLM(BertPreTrainedModel, GenerationMixin):  # type: ignore[misc]  # likewise
    """Predicts the next token of a response from the prompt and the response so far."""

    config_class = PrefixLMConfig
    _tied_weights_keys = None

    def __init__(self, config: PrefixLMConfig) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        dim = config.hidden_size
        self.transform = nn.Linear(dim, dim)
        self.norm = nn.LayerNorm(dim, eps=config.layer_norm_eps)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))
        self.copy_query = nn.Linear(dim, dim)
        self.copy_key = nn.Linear(dim, dim)
        self.copy_gate = nn.Linear(dim, 1)
        self.copy_on = nn.Linear(dim, 1)
        self._eight_bit_words: tuple[Tensor, Tensor] | None = None
        self.post_init()

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        past_key_values: PrefixCache | None = None,
        use_cache: bool | None = None,
        logits_to_keep: int = 0,
        **_: Any,
    ) -> CausalLMOutputWithPast:
        """Log-probabilities of the next token, or the loss where there are labels.

        Args:
            input_ids: `(n_rows, n_tokens)` int64; where a cache is given, what is new alone.
            attention_mask: `(n_rows, n_read + n_tokens)`, 1 where there is a token.
            labels: Like `input_ids`, -100 where nothing is learnt; turns logits off.
            past_key_values: What was read before.
            use_cache: Whether the next call will only bring what is new.
            logits_to_keep: Only so many last tokens get logits; 0 for all.
        """
        cache = past_key_values if use_cache or past_key_values is not None else None
        n_read = cache.get_seq_length() if cache is not None else 0
        if attention_mask is None:
            n_rows, n_new = input_ids.shape
            attention_mask = input_ids.new_ones(n_rows, n_read + n_new)
        present = attention_mask.bool()
        prefix = None if n_read else _prefix(input_ids, self.config.separator_token_id)
        positions = (present.long().cumsum(dim=1) - 1).clamp(min=0)[:, n_read:]
        hidden = self.bert(
            input_ids=input_ids,
            attention_mask=self._visible(present, prefix, input_ids.shape[1]),
            position_ids=positions,
            past_key_values=cache,
            use_cache=cache is not None,
        ).last_hidden_state
        if n_read:
            assert cache is not None
            assert cache.copied is not None
            prompt, keys, may_copy = cache.copied
        else:
            assert prefix is not None
            prompt, keys = input_ids, self.copy_key(hidden)
            may_copy = prefix & present[:, : input_ids.shape[1]]
            if cache is not None:
                cache.copied = prompt, keys, may_copy
        if labels is not None:
            loss = self._loss(input_ids, hidden, labels, keys, may_copy)
            return CausalLMOutputWithPast(loss=loss)
        last, hidden = input_ids[:, -logits_to_keep:], hidden[:, -logits_to_keep:]
        logits = self._log_probabilities(last, hidden, prompt, keys, may_copy)
        return CausalLMOutputWithPast(logits=logits, past_key_values=cache)

    def shrink_words(self) -> None:
        """Keeps the output layer in 8 bits too, a scale for each word, for tokens that come alone.

        On a CPU such a token takes as long as the weights take to be read: these are half of them.
        """
        table = self.bert.embeddings.word_embeddings.weight
        scale = table.float().abs().amax(dim=1).clamp(min=1e-8) / 127
        words = (table.float() / scale[:, None]).round().to(torch.int8)
        self._eight_bit_words = words, scale.to(table.dtype)

    def get_output_embeddings(self) -> None:
        """None of its own: the output layer is the input embeddings."""

    def _visible(self, present: Tensor, prefix: Tensor | None, n_new: int) -> Tensor:
        """What is added to attention scores, `(n_rows, 1, n_new, n_all)`: 0 or almost -infinity."""
        n_all = present.shape[1]
        order = torch.arange(n_all, device=present.device)
        seen = order[None, :] <= order[n_all - n_new :, None]
        visible = seen[None].expand(present.shape[0], -1, -1)
        if prefix is not None:
            visible = visible | prefix[:, None, :]
        visible = visible & present[:, None, :]
        dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else self.dtype
        lowest = torch.finfo(dtype).min
        return torch.zeros(visible.shape, dtype=dtype, device=present.device).masked_fill(
            ~visible, lowest
        )[:, None]

    def _words(self, hidden: Tensor) -> Tensor:
        """Logits over the vocabulary, float32."""
        hidden = self.norm(functional.gelu(self.transform(hidden)))
        if self._eight_bit_words is not None and hidden.numel() == hidden.shape[-1]:
            # PyTorch has no public name for it.
            of_8_bits = torch.ops.aten._weight_int8pack_mm  # noqa: SLF001
            words: Tensor = of_8_bits(hidden.view(1, -1), *self._eight_bit_words)
            return words.view(*hidden.shape[:-1], -1).float() + self.bias.float()
        table = self.bert.embeddings.word_embeddings.weight
        return functional.linear(hidden, table).float() + self.bias.float()

    def _copying(
        self, matches: Tensor, last: Tensor, hidden: Tensor, prompt: Tensor, may_copy: Tensor
    ) -> Tensor:
        """Scores of the prompt's tokens as next ones, `(…, n_prompt_tokens)` float32.

        Args:
            matches: Of queries with keys, `(…, n_prompt_tokens)`.
            last: The tokens before, `(…)` int64.
            hidden: What the model made of them, `(…, dim)`.
            prompt: `(…, n_prompt_tokens)` int64.
            may_copy: Of each of the prompt's tokens, `(…, n_prompt_tokens)` bool.
        """
        comes_after = functional.pad(prompt[..., :-1], (1, 0), value=-1) == last[..., None]
        scores = matches.float() / hidden.shape[-1] ** 0.5
        scores = scores + self.copy_on(hidden).float() * comes_after
        kept: Tensor = scores.masked_fill(~may_copy, LOWEST)
        return kept

    def _loss(
        self, input_ids: Tensor, hidden: Tensor, labels: Tensor, keys: Tensor, may_copy: Tensor
    ) -> Tensor:
        """Mean negative log-likelihood of the tokens to learn, in nats.

        While training, a response of n tokens weighs `n ** LENGTH_POWER`.
        """
        row, at, weight = _learnt(labels, LENGTH_POWER if self.training else 1.0)
        target = labels[row, at + 1].clamp(min=0)
        said = hidden[row, at]
        prompt = input_ids[row]
        matches = (keys[row] @ self.copy_query(said)[:, :, None]).squeeze(2)
        scores = self._copying(matches, input_ids[row, at], said, prompt, may_copy[row])
        found = scores.masked_fill(prompt != target[:, None], LOWEST)
        gate = self.copy_gate(said).float().squeeze(1)
        words = functional.log_softmax(self._words(said), dim=1)
        word = words.gather(1, target[:, None]).squeeze(1) + functional.logsigmoid(-gate)
        copied = found.logsumexp(1) - scores.logsumexp(1) + functional.logsigmoid(gate)
        return -(torch.logaddexp(word, copied) * weight).sum() / weight.sum()

    def _log_probabilities(
        self, last: Tensor, hidden: Tensor, prompt: Tensor, keys: Tensor, may_copy: Tensor
    ) -> Tensor:
        """Log-probabilities of the next token, `(n_rows, n_tokens, n_words)` float32."""
        prompt, matches = prompt[:, None], self.copy_query(hidden) @ keys.transpose(1, 2)
        scores = self._copying(matches, last, hidden, prompt, may_copy[:, None])
        attention = scores.softmax(dim=2)
        gate = self.copy_gate(hidden).float().sigmoid()
        words = self._words(hidden).softmax(dim=2) * (1 - gate)
        where = prompt.expand(-1, hidden.shape[1], -1)
        mixed: Tensor = words.scatter_add(2, where, attention * gate)
        return mixed.clamp(min=1e-30).log()


def _learnt(labels: Tensor, length_power: float) -> tuple[Tensor, Tensor, Tensor]:
    """Rows and positions of the tokens before those to learn, `(n,)`, and their weights.

    There are a power of two of them, the last ones without weight: few shapes in all.
    """
    learnt = labels[:, 1:] != IGNORED
    row, at = learnt.nonzero(as_tuple=True)
    weight = learnt.sum(dim=1)[row].float() ** (length_power - 1)
    n_more = (1 << max(len(row) - 1, 15).bit_length()) - len(row)
    row, at, weight = (functional.pad(one, (0, n_more)) for one in (row, at, weight))
    return row, at, weight


def _prefix(input_ids: Tensor, separator: int) -> Tensor:
    """Which tokens are the prompt's, the first separator included; `(n_rows, n_tokens)` bool."""
    n_before = (input_ids == separator).long().cumsum(dim=1)
    return (n_before == 0) | ((n_before == 1) & (input_ids == separator))


def from_encoder(folder: Path) -> PrefixLM:
    """A prefix language model that has still to be trained, from the weights of an encoder.

    Nothing in it is drawn at random: a model may be stored as its difference from this one.
    """
    config = PrefixLMConfig.from_pretrained(folder)
    config.model_type = PrefixLMConfig.model_type
    config.is_decoder = True
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    config.architectures = ["PrefixLM"]
    config.bos_token_id, config.eos_token_id = None, config.separator_token_id
    model = PrefixLM(config)
    model.generation_config.no_repeat_ngram_size = NO_REPEAT
    model.bert = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False)
    model.set_attn_implementation("eager")  # twice as fast to train on a CPU as fused attention
    with torch.no_grad():
        model.transform.weight.copy_(torch.eye(config.hidden_size))
        model.copy_query.weight.copy_(torch.eye(config.hidden_size))
        model.copy_key.weight.copy_(torch.eye(config.hidden_size))
        model.copy_gate.weight.zero_()
        model.copy_on.weight.zero_()
    return model


AutoConfig.register(PrefixLMConfig.model_type, PrefixLMConfig)
AutoModelForCausalLM.register(PrefixLMConfig, PrefixLM)
