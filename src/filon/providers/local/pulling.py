"""The pull of a model: its progress, read from Ollama's lines, and why it failed.

docs.ollama.com/api/pull, 2026-11: lines of JSON with status, and digest, total and completed while
a layer comes; {"error"} ends it. An interrupted pull goes on where it was: confirmed there.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from filon.providers.local.known import as_table, count, decoded, text

Failure = Literal["not_found", "no_space", "too_old", "unreachable", "other"]

# Some names of ollama.com/library, as remembered in 2026-11: only to guess what was meant, so that
# one which is missing or gone does no harm.
LIBRARY = (
    "codegemma", "codellama", "command-r", "deepseek-coder", "deepseek-r1", "devstral", "gemma2",
    "gemma3", "gpt-oss", "granite3.3", "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3",
    "llava", "ministral-3", "mistral", "mistral-nemo", "mistral-small", "mixtral",
    "mxbai-embed-large", "nomic-embed-text", "phi3", "phi4", "phi4-mini", "qwen2.5",
    "qwen2.5-coder", "qwen3", "qwen3-coder", "qwq", "smollm2", "starcoder2", "tinyllama",
)  # fmt: skip


class Layer(Struct, frozen=True):
    """One file of a model, in bytes."""

    total: int
    completed: int = 0


class Progress(Struct, frozen=True, kw_only=True):
    """How far a pull is. `status` is the server's word; `done` that it is over and well."""

    status: str = ""
    layers: Mapping[str, Layer] = {}
    done: bool = False
    error: str | None = None

    @property
    def total(self) -> int:
        """Bytes of all layers that are known of; more may follow."""
        return sum(layer.total for layer in self.layers.values())

    @property
    def completed(self) -> int:
        """Bytes that are here."""
        return sum(layer.completed for layer in self.layers.values())


def advanced(progress: Progress, line: bytes) -> Progress:
    """The progress after one more line. A line that nobody can read changes nothing."""
    told = as_table(decoded(line))
    error = text(told.get("error"))
    if error:
        return replace(progress, error=error)
    status = text(told.get("status")) or progress.status
    digest, total = text(told.get("digest")), count(told.get("total"))
    layers = progress.layers
    if digest and total:
        before = layers.get(digest, Layer(total))
        completed = max(before.completed, min(total, count(told.get("completed")) or 0))
        layers = {**layers, digest: Layer(total, completed)}
    return replace(progress, status=status, layers=layers, done=status == "success")


def failure(error: str) -> Failure:
    """What kind of failure the server's words mean."""
    said = error.lower()
    if "file does not exist" in said or "not found" in said:
        return "not_found"
    if "no space left" in said or "disk full" in said or "not enough space" in said:
        return "no_space"
    if "newer version of ollama" in said:
        return "too_old"
    reach = ("no such host", "dial tcp", "lookup ", "i/o timeout", "connection refused")
    return "unreachable" if any(part in said for part in reach) else "other"


def nearest(name: str, here: Iterable[str]) -> tuple[str, ...]:
    """The names that come nearest to one that there is not, the server's own first."""
    model, colon, tag = name.partition(":")
    own = tuple(here)
    near = difflib.get_close_matches(name, own, n=2, cutoff=0.6)
    if colon and model in LIBRARY:
        # The model is there, so it is the tag that is wrong.
        return tuple(dict.fromkeys((*near, model)))
    others = difflib.get_close_matches(model, LIBRARY, n=3, cutoff=0.6)
    suffix = f":{tag}" if colon and tag else ""
    return tuple(dict.fromkeys((*near, *(f"{one}{suffix}" for one in others))))[:3]
