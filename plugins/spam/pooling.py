"""From the outputs for each token to one vector for the message."""

import torch
from torch import Tensor


def pooled(hidden: Tensor, mask: Tensor, how: str) -> Tensor:
    """The vector that stands for each message.

    Args:
        hidden: `(n_rows, n_tokens, dim)`: outputs, the padding behind the tokens.
        mask: `(n_rows, n_tokens)` bool, true where there is a token; at least one a row.
        how: "cls" for the first output (BERT's), "mean" for the mean over the tokens, "last" for
            that of the last token (a decoder's, which alone has seen the whole message).

    Returns:
        `(n_rows, dim)` float32.
    """
    if how == "cls":
        return hidden[:, 0].float()
    if how == "last":
        rows = torch.arange(len(hidden), device=hidden.device)
        return hidden[rows, mask.sum(dim=1) - 1].float()
    weights = mask[:, :, None].float()
    return (hidden.float() * weights).sum(dim=1) / weights.sum(dim=1)
