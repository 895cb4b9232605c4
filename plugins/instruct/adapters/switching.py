"""Several adapters on one base in memory, switched without loading anything anew."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from assistant.errors import SettingsError
from plugins.instruct.adapters.folder import ADAPTER, AdapterConfig, read_config
from plugins.instruct.base_names import settled, version_of
from plugins.instruct.bases import Base

LoadError = (OSError, ValueError, KeyError, RuntimeError, SafetensorError)


class Adapters:
    """The adapters that were loaded on a base; not safe to use from several threads at once.

    Args:
        base: Gets the adapters' layers beside its own.
    """

    def __init__(self, base: Base) -> None:
        self._base = base
        self._peft: Any = None
        self._loaded: dict[tuple[Path, int], str | Tensor] = {}

    def base_with(self, folder: Path | None) -> Base:
        """The base, its prompts in the form that an adapter wants; safe from several threads.

        Raises:
            SettingsError: The folder holds no adapter.
        """
        if folder is None:
            return self._base
        return self._base.with_soft_tokens(read_config(folder).soft_tokens)

    @contextmanager
    def used(self, folder: Path | None) -> Iterator[Base]:
        """Lets the base speak with an adapter, or without one where none is named.

        Yields:
            The base, its prompts in the form that the adapter wants.

        Raises:
            SettingsError: The folder holds no adapter, or one of another base.
        """
        base = self.base_with(folder)
        loaded = None if folder is None else self._load(folder.resolve())
        if isinstance(loaded, str):
            self._peft.set_adapter(loaded)
            yield base
            return
        with self._without_layers():
            if loaded is None:
                yield base
            else:
                with self._reading(base.soft_tokens, loaded):
                    yield base

    def merged(self, folder: Path) -> Any:
        """The base's model with low-rank adapters added to its weights; the last thing to be done.

        Raises:
            SettingsError: The folder holds no adapter, or one of another base.
        """
        with self.used(folder):
            return self._peft.merge_and_unload()

    @contextmanager
    def _without_layers(self) -> Iterator[None]:
        if self._peft is None:
            yield
        else:
            with self._peft.disable_adapter():
                yield

    @contextmanager
    def _reading(self, soft_tokens: tuple[int, ...], embeddings: Tensor) -> Iterator[None]:
        """Gives soft tokens their embeddings; as output they stay what they are."""
        table = self._base.model.get_input_embeddings()
        scale = getattr(table, "embed_scale", 1.0)  # of tables that scale what they give
        ids = torch.tensor(soft_tokens, device=embeddings.device)
        handle = table.register_forward_hook(partial(_replaced, ids, embeddings * scale))
        try:
            yield
        finally:
            handle.remove()

    def _load(self, folder: Path) -> str | Tensor:
        """What PEFT calls an adapter's layers, or its soft tokens' embeddings; loaded once.

        One that was trained anew since is another.
        """
        config = read_config(folder)
        self._refuse_foreign(folder, config)
        try:
            key = folder, (folder / ADAPTER).stat().st_mtime_ns
            if key not in self._loaded:
                self._loaded[key] = (
                    self._soft_embeddings(folder, config)
                    if config.soft_tokens
                    else self._layers(folder)
                )
            return self._loaded[key]
        except LoadError as error:
            raise SettingsError(
                f"The adapter in {folder} cannot be loaded ({error!r}): train it again.",
                "ASSISTANT_INSTRUCT__ADAPTER",
            ) from error

    def _refuse_foreign(self, folder: Path, config: AdapterConfig) -> None:
        if not (folder / ADAPTER).exists():
            raise SettingsError(
                f"{folder} holds a model that was trained whole: name it as the base, in "
                "ASSISTANT_INSTRUCT__BASE.",
                "ASSISTANT_INSTRUCT__ADAPTER",
            )
        if settled(config.base) != settled(self._base.name):
            raise SettingsError(
                f"The adapter in {folder} was trained on {config.base}, and the base is "
                f"{self._base.name}: set ASSISTANT_INSTRUCT__BASE to the adapter's, or name "
                "another adapter.",
                "ASSISTANT_INSTRUCT__ADAPTER",
            )

        if config.base_version != version_of(self._base.name):
            raise SettingsError(
                f"The adapter in {folder} was trained on the built-in base of another version of "
                "the assistant: train it again on this one.",
                "ASSISTANT_INSTRUCT__ADAPTER",
            )

    def _soft_embeddings(self, folder: Path, config: AdapterConfig) -> Tensor:
        """The trained embeddings of soft tokens, `(n_soft_tokens, dim)`."""
        (embeddings,) = load_file(folder / ADAPTER).values()
        table = self._base.model.get_input_embeddings().weight
        wanted = (len(config.soft_tokens), table.shape[1])
        if embeddings.shape != wanted or max(config.soft_tokens) >= len(table):
            raise ValueError(f"embeddings of shape {tuple(embeddings.shape)} instead of {wanted}")
        return embeddings.to(table)

    def _layers(self, folder: Path) -> str:
        """Puts low-rank adapters beside the base's layers; returns what PEFT calls them."""
        from peft import PeftModel

        name = f"adapter-{len(self._loaded)}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PEFT asks transformers by old names
            if self._peft is None:
                self._peft = PeftModel.from_pretrained(self._base.model, folder, adapter_name=name)
            else:
                self._peft.load_adapter(folder, adapter_name=name)
        return name


def _replaced(
    ids: Tensor,
    embeddings: Tensor,
    table: nn.Module,  # noqa: ARG001 - PyTorch gives it
    given: tuple[Tensor],
    read: Tensor,
) -> Tensor:
    """What a table of embeddings gives, `(n_rows, n_tokens, dim)`, but for some ids."""
    found = given[0][..., None] == ids
    soft = embeddings[found.int().argmax(dim=-1)].to(read)
    return torch.where(found.any(dim=-1, keepdim=True), soft, read)
