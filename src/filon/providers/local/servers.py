"""The servers that Filon knows, by the name of their manifest."""

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from filon.providers.local import llamacpp, lmstudio, ollama, vllm
from filon.providers.local.known import LocalModel, Replies, Reply, Seen

# What becomes of a prompt that is longer than the context.
Overflow = Literal["cut", "refused", "unknown"]
Warning = Literal["small", "unknown"]

# Below this a chat of some length, or one file of code, does not fit.
_SMALL = 8192


class Server(Struct, frozen=True, kw_only=True):
    """How one kind of server is asked. `asks` are paths that are read; `keyed` are those of them
    for which a key is sent, once the others have been answered. `details` is a path to post each
    model's name to, whose replies `complete` reads. `manages`: whether it can pull and delete
    models. `start` and `larger` are what a person does to start it and to give it more context."""

    name: str
    label: str
    asks: tuple[str, ...]
    read: Callable[[Replies], Seen]
    start: str
    larger: str
    overflow: Overflow
    keyed: tuple[str, ...] = ()
    details: str | None = None
    complete: Callable[[Seen, Mapping[str, Reply]], Seen] | None = None
    manages: bool = False


SERVERS: Mapping[str, Server] = {
    server.name: server
    for server in (
        Server(
            name="ollama",
            label="Ollama",
            asks=(ollama.VERSION, ollama.TAGS, ollama.PS),
            read=ollama.read,
            details=ollama.SHOW,
            complete=ollama.complete,
            manages=True,
            start="ollama serve",
            larger="OLLAMA_CONTEXT_LENGTH=16384 ollama serve, or PARAMETER num_ctx in a Modelfile",
            overflow="cut",
        ),
        Server(
            name="lmstudio",
            label="LM Studio",
            asks=(lmstudio.NEW, lmstudio.OLD),
            read=lmstudio.read,
            start="lms server start",
            larger="lms load MODEL --context-length 16384",
            overflow="unknown",
        ),
        Server(
            name="vllm",
            label="vLLM",
            asks=(vllm.VERSION, vllm.MODELS),
            keyed=(vllm.MODELS,),
            read=vllm.read,
            start="vllm serve MODEL",
            larger="vllm serve MODEL --max-model-len 16384",
            overflow="refused",
        ),
        Server(
            name="llamacpp",
            label="llama.cpp",
            asks=(llamacpp.HEALTH, llamacpp.PROPS, llamacpp.MODELS),
            keyed=(llamacpp.PROPS, llamacpp.MODELS),
            read=llamacpp.read,
            start="llama-server -m MODEL.gguf",
            larger="llama-server -m MODEL.gguf -c 16384",
            overflow="refused",
        ),
    )
}


def of(provider: str) -> Server | None:
    """The server behind a provider's name, if it is one of these."""
    return SERVERS.get(provider)


def root(base_url: str) -> str:
    """The address before `/v1`, under which a server's own API lies."""
    return base_url.rstrip("/").removesuffix("/v1")


def warning(server: Server, model: LocalModel) -> Warning | None:
    """Whether a person should hear of the context: it is small beside what the model could do, or
    unknown where the server would cut in silence."""
    window = model.window
    if server.overflow == "refused" or "embedding" in model.abilities:
        return None
    if window.used is None:
        return "unknown" if server.overflow == "cut" else None
    small = window.used < _SMALL and (window.limit is None or window.used < window.limit)
    return "small" if small else None
