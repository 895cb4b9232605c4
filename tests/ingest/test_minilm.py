import torch
from transformers import BertModel

from ingest.embedder import model_dir
from ingest.minilm import MiniLM, read_weights


def reference(tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The same by the library that the weights were trained with: mean over the tokens."""
    model = BertModel.from_pretrained(model_dir(), add_pooling_layer=False).eval()
    with torch.inference_mode():
        hidden = model(input_ids=tokens, attention_mask=mask.long()).last_hidden_state
    weights = mask[:, :, None].float()
    return torch.nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=1)


def test_the_forward_pass_is_that_of_the_reference_padding_included() -> None:
    tokens = torch.randint(1000, 30_000, (5, 48), generator=torch.Generator().manual_seed(7))
    mask = torch.arange(48)[None] < torch.tensor([48, 31, 16, 5, 1])[:, None]
    ours = MiniLM(read_weights(model_dir()), torch.device("cpu"), torch.float32).embed(tokens, mask)
    assert torch.allclose(ours, reference(tokens, mask), atol=1e-5)


def test_half_the_precision_keeps_the_direction() -> None:
    tokens = torch.randint(1000, 30_000, (5, 48), generator=torch.Generator().manual_seed(7))
    mask = torch.ones_like(tokens, dtype=torch.bool)
    ours = MiniLM(read_weights(model_dir()), torch.device("cpu"), torch.bfloat16).embed(
        tokens, mask
    )
    cosines = (ours * reference(tokens, mask)).sum(dim=1)
    assert cosines.min() > 0.999
