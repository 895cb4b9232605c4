"""Real models of two architectures, made in a moment, and messages to train them on."""

from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import (
    BertConfig,
    BertModel,
    GPT2Config,
    GPT2Model,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from plugins.spam.messages import LabelledMessage

SPAM = "prize winner claim urgent free cash award guaranteed call ringtone".split()
HAM = "dinner mum lecture bus sorry tonight home sleep class friend".split()
BOTH = [f"{first}{last}" for first in "bcdfghklmnprst" for last in ("an", "et", "ol", "um", "ix")]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def messages(n_spam: int, n_ham: int, seed: int = 0) -> list[LabelledMessage]:
    """Messages of random words, of which two give the class away."""
    random = Random(seed)
    made = []
    for number in range(n_spam + n_ham):
        is_spam = number < n_spam
        words = random.sample(SPAM if is_spam else HAM, 2) + random.sample(BOTH, 6)
        random.shuffle(words)
        made.append(LabelledMessage(" ".join(words), is_spam, number + 1, "made up"))
    random.shuffle(made)
    return made


def tokenizer(with_special: bool) -> PreTrainedTokenizerFast:
    words = [*SPECIAL, *SPAM, *HAM, *BOTH]
    inner = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, "[UNK]"))
    inner.pre_tokenizer = Whitespace()
    if with_special:
        inner.post_processor = TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        eos_token="[SEP]",
    )


def knowing_its_words(model: PreTrainedModel) -> PreTrainedModel:
    """As after pretraining: words of a kind have vectors of a kind."""
    vectors = model.get_input_embeddings().weight.data
    first = len(SPECIAL)
    for words in (SPAM, HAM):
        vectors[first : first + len(words)] += 0.1 * torch.randn(vectors.shape[1])
        first += len(words)
    return model


def tiny_bert(folder: Path) -> Path:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(SPECIAL) + len(SPAM) + len(HAM) + len(BOTH),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=256,
    )
    knowing_its_words(BertModel(config)).save_pretrained(folder)
    tokenizer(with_special=True).save_pretrained(folder)
    return folder


def tiny_gpt2(folder: Path) -> Path:
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(SPECIAL) + len(SPAM) + len(HAM) + len(BOTH),
        n_embd=32,
        n_layer=3,
        n_head=4,
        n_positions=256,
    )
    knowing_its_words(GPT2Model(config)).save_pretrained(folder)
    tokenizer(with_special=False).save_pretrained(folder)
    return folder
