"""A real causal language model of Llama's architecture, made in a moment, and data for it."""

from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from plugins.instruct.examples import Example, Request

SPECIAL = ["<pad>", "<unk>", "<s>", "</s>"]
EARLY = [f"{first}{last}" for first in "bcdfg" for last in ("an", "et", "ol", "um", "ix")]
LATE = [f"{first}{last}" for first in "hklmn" for last in ("an", "et", "ol", "um", "ix")]
TASKS = {"sort": ("low", "high"), "flip": ("high", "low"), "side": ("left", "right")}
"""What is said of early words, and what of late ones."""
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


def tiny_llama(folder: Path, with_template: bool = True) -> Path:
    """A model of two layers, with weights that were never trained."""
    torch.manual_seed(0)
    said = {word for pair in TASKS.values() for word in pair}
    around = ["user", "assistant", "system", ":", "#", "."]
    words = [*SPECIAL, *around, *TASKS, *sorted(said), *EARLY, *LATE]
    inner = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, "<unk>"))
    inner.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
    )
    if with_template:
        tokenizer.chat_template = TEMPLATE
    config = LlamaConfig(
        vocab_size=len(words),
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
