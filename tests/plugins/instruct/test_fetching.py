"""Bases of the hub, fetched from a server that answers as the hub does."""

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import torch
from huggingface_hub import constants

from assistant.errors import SettingsError
from plugins.instruct.base_names import BUILT_IN, UNTRAINED
from plugins.instruct.bases import Base, load_base
from tests.plugins.instruct.tiny_models import tiny_llama, tiny_prefix_lm

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REFUSALS = {
    "big/gated": (403, "GatedRepo"),
    "big/missing": (404, "RepoNotFound"),
    "big/private": (401, ""),
    "big/broken": (418, ""),
}


class Hub:
    """Holds one model, `small/llama`.

    Args:
        folder: Its files.
    """

    def __init__(self, folder: Path) -> None:
        self.files = {file.name: file.read_bytes() for file in folder.iterdir()}
        self.files |= {"onnx/model.json": b"{}", "pytorch_model.bin": b"a pickle"}
        self.asked: list[str] = []
        self.broken = ""
        hub = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.asked.append(self.path)
                status, body, headers = hub.answer(self.path)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815 - the library's name

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        for name, (status, code) in REFUSALS.items():
            if f"/{name}" in path:
                return status, b"{}", {"X-Error-Code": code}
        if self.broken and path.endswith(self.broken):
            return 418, b"", {}
        if "/resolve/" in path:
            body = self.files[path.split(f"/{COMMIT}/")[1]]
            etag = hashlib.sha256(body).hexdigest()
            return 200, body, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}
        if "/tree/" in path:
            entries = [
                {"type": "file", "path": name, "size": len(body), "oid": "0" * 40}
                for name, body in self.files.items()
            ]
            return 200, json.dumps(entries).encode(), {}
        return 200, json.dumps({"id": "small/llama", "sha": COMMIT, "siblings": []}).encode(), {}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub(tiny_llama(tmp_path / "llama"))
    monkeypatch.setattr(constants, "ENDPOINT", hub.address)
    files = hub.address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", files)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    yield hub
    hub.close()


def loaded(name: str, four_bit: bool = False) -> Base:
    return load_base(name, torch.float32, lambda n_done, n_all: None, four_bit)


def refusal(name: str, four_bit: bool = False) -> str:
    with pytest.raises(SettingsError) as refused:
        loaded(name, four_bit)
    assert refused.value.option.startswith("ASSISTANT_INSTRUCT__")
    return str(refused.value)


def test_a_base_is_fetched_once_with_its_bytes_counted(hub: Hub) -> None:
    told: list[tuple[int, int]] = []
    load_base("small/llama", torch.float32, lambda n_done, n_all: told.append((n_done, n_all)))
    unwanted = ("onnx/model.json", "pytorch_model.bin")
    n_bytes = sum(len(body) for name, body in hub.files.items() if name not in unwanted)
    assert told[-1] == (n_bytes, n_bytes)
    assert [n_done for n_done, _ in told] == sorted(n_done for n_done, _ in told)
    n_asked = len(hub.asked)
    assert loaded("small/llama").model.config.model_type == "llama"
    assert len(hub.asked) == n_asked
    assert not [path for path in hub.asked if "onnx" in path or ".bin" in path]


def test_a_base_that_was_fetched_is_loaded_where_nothing_may_be_fetched(hub: Hub) -> None:
    with pytest.raises(SettingsError, match="was not fetched from the hub yet"):
        load_base("small/llama", torch.float32)
    assert hub.asked == []
    loaded("small/llama")
    assert load_base("small/llama", torch.float32).name == "small/llama"


def test_a_fetch_that_was_cut_off_is_taken_up(hub: Hub) -> None:
    hub.broken = "model.safetensors"
    assert "Try again, for what was fetched is kept" in refusal("small/llama")
    kept = {path.name for path in Path(constants.HF_HUB_CACHE).glob("*/snapshots/*/*")}
    hub.broken = ""
    hub.asked.clear()
    assert loaded("small/llama").name == "small/llama"
    asked = {path.rsplit("/", 1)[1] for path in hub.asked if "/resolve/" in path}
    assert "model.safetensors" in asked
    assert not kept & asked


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("big/gated", "it is gated on the hub. Accept its licence at http://127.0.0.1:"),
        ("big/gated", "set HF_TOKEN to a token of the account that did"),
        ("big/missing", "there is no model of this name on the hub, nor a folder; check the name"),
        ("big/private", "the hub does not let you read it. Set HF_TOKEN to a token"),
        ("big/broken", "Try again, for what was fetched is kept"),
        ("/no/such/folder", "there is no such folder, and no model on the hub has such a name"),
    ],
)
def test_what_cannot_be_fetched_is_said_with_the_way_out(name: str, reason: str, hub: Hub) -> None:
    said = refusal(name)
    assert said.startswith(f"The base {name!r} cannot be loaded: ")
    assert reason in said


def test_a_hub_that_is_not_there_is_said_to_be(hub: Hub) -> None:
    hub.close()
    assert f"it is not here yet, and {hub.address} cannot be reached" in refusal("small/llama")


def test_the_hub_is_left_alone_again_once_a_base_is_fetched(hub: Hub) -> None:
    loaded("small/llama")
    assert constants.HF_HUB_OFFLINE
    refusal("big/missing")
    assert constants.HF_HUB_OFFLINE


@pytest.mark.parametrize("name", [BUILT_IN, UNTRAINED, "prefix"])
def test_a_base_that_is_half_a_table_of_words_is_not_loaded_in_four_bits(
    name: str, tmp_path: Path
) -> None:
    folder = str(tiny_prefix_lm(tmp_path)) if name == "prefix" else name
    assert "half of it is a table of words" in refusal(folder, four_bit=True)


def test_four_bits_without_bitsandbytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr("plugins.instruct.four_bits.find_spec", lambda name: None)
    assert "`pip install 'assistant[gpu]'`, or choose --method lora" in refusal("a/b", True)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_four_bits_without_a_gpu_are_refused_before_anything_is_fetched(hub: Hub) -> None:
    assert "only on a CUDA device, and there is none here" in refusal("small/llama", four_bit=True)
    assert hub.asked == []
