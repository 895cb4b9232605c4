"""Real language models, of Llama's architecture and of ours, made in a moment, and their data."""

import json
from collections.abc import Iterable
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
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from plugins.instruct.examples import Example, Request
from plugins.instruct.prefix_lm import from_encoder

SPECIAL = ["<pad>", "<unk>", "<s>", "</s>"]
EARLY = [f"{first}{last}" for first in "bcdfg" for last in ("an", "et", "ol", "um", "ix")]
LATE = [f"{first}{last}" for first in "hklmn" for last in ("an", "et", "ol", "um", "ix")]
TASKS = {"sort": ("low", "high"), "flip": ("high", "low"), "side": ("left", "right")}
"""What is said of early words, and what of late ones."""
WORDS = [*TASKS, *sorted({word for pair in TASKS.values() for word in pair}), *EARLY, *LATE]
TEMPLATE = "{% for m in messages %}{{ m['role'] }} : {{ m['content'] }} {% endfor %}assistant :"


def examples(n: int, task: str, seed: int = 0) -> list[Example]:
    """Requests with three or four words of a kind, to say of which."""
    random = Random(seed)
    made = []
    for number in range(n):
        kind = random.choice((0, 1))
        words = random.sample((EARLY, LATE)[kind], random.choice((3, 4)))
        request = Request(task, " ".join(words))
        made.append(Example(request, TASKS[task][kind], f"line {number + 1}", task))
    return made


def write_alpaca(file: Path, examples: Iterable[Example]) -> Path:
    """Writes records as Alpaca has them, as JSON lines into a file that is called so."""
    records = [
        {"instruction": one.request.instruction, "input": one.request.input, "output": one.response}
        for one in examples
    ]
    return _write(file, records)


def write_p3(file: Path, examples: Iterable[Example], template: str) -> Path:
    """Writes records as P3 has them, all of one template, likewise."""
    records = [
        {"template": template, "prompt": one.request.text, "completion": one.response}
        for one in examples
    ]
    return _write(file, records)


def _write(file: Path, records: list[dict[str, str]]) -> Path:
    if file.suffix == ".jsonl":
        file.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    else:
        file.write_text(json.dumps(records), "utf-8")
    return file


def tiny_llama(
    folder: Path, with_template: bool = True, n_spare: int = 0, is_tied: bool = False
) -> Path:
    """A model of two layers, with weights that were never trained.

    Args:
        with_template: Whether it has a chat template.
        n_spare: So many tokens have an embedding and no name.
        is_tied: Whether the embeddings are the output layer too.
    """
    torch.manual_seed(0)
    words = [*SPECIAL, "user", "assistant", "system", ":", "#", ".", *WORDS]
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=_by_words(words, "<unk>"),
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
    )
    if with_template:
        tokenizer.chat_template = TEMPLATE
    config = LlamaConfig(
        vocab_size=len(words) + n_spare,
        tie_word_embeddings=is_tied,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        pad_token_id=0,
        bos_token_id=2,
        eos_token_id=3,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def tiny_prefix_lm(folder: Path) -> Path:
    """A model of the built-in base's architecture, likewise; it has four tokens to spare."""
    torch.manual_seed(0)
    words = ["[PAD]", *(f"[unused{n}]" for n in range(4)), "[UNK]", "[CLS]", "[SEP]", *WORDS]
    inner = _by_words(words, "[UNK]")
    inner.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[(name, words.index(name)) for name in ("[CLS]", "[SEP]")],
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=64,
        separator_token_id=words.index("[SEP]"),
    )
    BertModel(config).save_pretrained(folder)
    from_encoder(folder).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _by_words(words: list[str], unknown: str) -> Tokenizer:
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, unknown))
    tokenizer.pre_tokenizer = Whitespace()
    return tokenizer
