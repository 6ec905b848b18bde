"""What is read out of local servers' replies: whatever comes, and what is meant by an address."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.usage import Usage
from filon.diagnosis.forgotten import forgotten
from filon.providers.endpoint import Endpoint, Key, Title
from filon.providers.local import addresses, llamacpp, ollama, servers
from filon.providers.local.known import LocalModel, Reply, Window
from filon.providers.local.pulling import LIBRARY, Progress, advanced, failure, nearest
from filon.trace.records import Because

# Values as JSON has them, with the names that the parsers look for.
NAMES = st.sampled_from(
    ["models", "data", "version", "name", "model", "id", "key", "size", "details", "parameters",
     "model_info", "x.context_length", "context_length", "loaded_instances", "config", "state",
     "owned_by", "meta", "n_ctx", "default_generation_settings", "total_slots", "status", "error",
     "max_model_len", "digest", "total", "completed", "size_vram", "capabilities"]
)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["vllm", "llamacpp", "success", "loaded", "num_ctx 0", "num_ctx 99", ""])
    | st.text(max_size=8)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=24,
)
BODIES = st.binary(max_size=40) | VALUES.map(lambda value: json.dumps(value).encode())
REPLIES = st.builds(Reply, st.sampled_from([200, 401, 404, 503]), BODIES)


@given(st.data())
def test_nothing_that_a_server_says_breaks_the_reading(data: st.DataObject) -> None:
    for server in servers.SERVERS.values():
        replies = data.draw(st.dictionaries(st.sampled_from(server.asks), REPLIES))
        seen = server.read(replies)
        assert seen.told
        if server.complete is not None:
            shown = data.draw(st.fixed_dictionaries({one.name: REPLIES for one in seen.models}))
            seen = server.complete(seen, shown)
        for model in seen.models:
            assert model.name
            figures = (model.size, model.memory, model.window.used, model.window.limit)
            assert all(one is None or one > 0 for one in figures)
            assert model.window.used is not None or model.window.used_source
            assert model.on_gpu is None or model.on_gpu <= 1
            servers.warning(server, model)


def whole(**paths: Any) -> dict[str, Reply]:
    return {path: Reply(200, json.dumps(body).encode()) for path, body in paths.items()}


def test_ollama_tells_what_is_used_and_what_is_possible() -> None:
    row = {
        "name": "mistral:7b",
        "size": 4372824384,
        "details": {"parameter_size": "7.2B", "quantization_level": "Q4_K_M", "family": "llama"},
    }
    shown = {
        "mistral:7b": Reply(
            200, json.dumps({"model_info": {"llama.context_length": 32768}}).encode()
        )
    }
    replies = whole(**{"/api/version": {"version": "0.13.5"}, "/api/tags": {"models": [row]}})
    (cold,) = ollama.complete(ollama.read(replies), shown).models
    assert (cold.loaded, cold.window.used, cold.window.limit) == (False, None, 32768)
    assert "OLLAMA_CONTEXT_LENGTH" in (cold.window.used_source or "")
    assert servers.warning(servers.SERVERS["ollama"], cold) == "unknown"
    running = {**row, "context_length": 4096, "size": 5000, "size_vram": 4000}
    warm_replies = {**replies, **whole(**{"/api/ps": {"models": [running]}})}
    (warm,) = ollama.complete(ollama.read(warm_replies), shown).models
    assert (warm.loaded, warm.window.used, warm.on_gpu) == (True, 4096, 0.8)
    assert servers.warning(servers.SERVERS["ollama"], warm) == "small"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/m/mistral-7b-instruct-v0.3.Q4_K_M.gguf", "Q4_K_M"),
        ("/m/gemma-3-4b-it-IQ3_XXS.gguf", "IQ3_XXS"),
        ("/m/model-bf16.gguf", "BF16"),
        ("/m/Q4ever.gguf", None),
    ],
)
def test_the_bits_of_a_file_by_its_name(path: str, told: str | None) -> None:
    replies = whole(
        **{
            "/props": {"default_generation_settings": {"n_ctx": 1}, "model_path": path},
            "/v1/models": {"data": [{"id": "m", "owned_by": "llamacpp"}]},
        }
    )
    assert llamacpp.read(replies).models[0].quantisation == told


@pytest.mark.parametrize(
    ("model", "warned"),
    [
        (LocalModel(name="m", window=Window(used=4096, limit=32768)), "small"),
        (LocalModel(name="m", window=Window(used=4096)), "small"),
        (LocalModel(name="m", window=Window(used=4096, limit=4096)), None),
        (LocalModel(name="m", window=Window(used=16384, limit=32768)), None),
        (LocalModel(name="m", window=Window(limit=32768)), "unknown"),
        (LocalModel(name="m", abilities=("embedding",), window=Window(used=512)), None),
    ],
)
def test_when_a_context_is_warned_of(model: LocalModel, warned: str | None) -> None:
    assert servers.warning(servers.SERVERS["ollama"], model) == warned
    assert servers.warning(servers.SERVERS["vllm"], model) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("off", {}),
        ("ollama", {"ollama": None}),
        ("vllm=127.0.0.1:8001, ollama", {"vllm": "http://127.0.0.1:8001/v1", "ollama": None}),
        ("llamacpp=http://[::1]:9/v1/", {"llamacpp": "http://[::1]:9/v1"}),
        ("off ollama=box:1/x", {"ollama": "http://box:1/x/v1"}),
    ],
)
def test_what_the_variable_names(text: str, found: dict[str, str | None]) -> None:
    assert addresses.wanted(text) == found


@pytest.mark.parametrize("text", ["llama", "ollama=", "vllm=ftp://x", "vllm=a b:99999", "x=1"])
def test_what_it_cannot_mean_is_told(text: str) -> None:
    with pytest.raises(addresses.AddressError, match=addresses.VARIABLE):
        addresses.wanted(text)
    assert "x" not in addresses.wanted(text, strict=False)


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_none(text: str) -> None:
    found = addresses.base_url(text, 11434)
    assert found is None or (found.startswith("http") and found.endswith("/v1"))
    addresses.wanted(text, strict=False)


def test_an_address_to_listen_on_is_one_to_connect_to() -> None:
    assert addresses.from_theirs("ollama", "0.0.0.0") == "http://127.0.0.1:11434/v1"
    assert addresses.from_theirs("ollama", ":11500") == "http://127.0.0.1:11500/v1"
    assert addresses.from_theirs("ollama", "a b") is None
    assert addresses.outside("http://127.0.0.1:11434/v1") == (
        "http://host.docker.internal:11434/v1"
    )
    assert addresses.is_near("http://localhost:1/v1")
    assert not addresses.is_near("http://127.example.com:1/v1")


def test_a_pull_adds_up_its_layers() -> None:
    progress = Progress()
    for line in (
        {"status": "pulling manifest"},
        {"status": "pulling a", "digest": "a", "total": 100},
        {"status": "pulling a", "digest": "a", "total": 100, "completed": 40},
        {"status": "pulling b", "digest": "b", "total": 50, "completed": 50},
        {"status": "pulling a", "digest": "a", "total": 100, "completed": 30},
    ):
        progress = advanced(progress, json.dumps(line).encode())
    assert (progress.completed, progress.total, progress.done) == (90, 150, False)
    assert advanced(progress, b"not json") == progress
    assert advanced(progress, b'{"status":"success"}').done
    assert advanced(progress, b'{"error":"full"}').error == "full"


@given(st.lists(VALUES, max_size=6))
def test_no_line_of_a_pull_breaks_it(lines: list[Any]) -> None:
    progress = Progress()
    for line in lines:
        progress = advanced(progress, json.dumps(line).encode())
        assert 0 <= progress.completed <= progress.total


def test_why_a_pull_failed() -> None:
    assert failure("pull model manifest: file does not exist") == "not_found"
    assert failure("write /x: no space left on device") == "no_space"
    assert failure("requires a newer version of Ollama.") == "too_old"
    assert (
        failure('Get "https://registry": dial tcp: lookup registry: no such host') == "unreachable"
    )
    assert failure("something else") == "other"


def test_what_was_meant() -> None:
    assert nearest("mistrl:7b", ())[0] == "mistral:7b"
    assert nearest("mistral:7bb", ()) == ("mistral",)
    assert nearest("my-modle:latest", ("my-model:latest",))[0] == "my-model:latest"
    assert nearest("zzzzzzzz", ()) == ()
    assert list(LIBRARY) == sorted(set(LIBRARY))


def endpoint(provider: str) -> Endpoint:
    because = Because(source="x.toml")
    return Endpoint(
        name=provider,
        label=provider,
        provider=provider,
        protocol="openai_chat",
        base_url="http://127.0.0.1:1/v1",
        key=Key(source="none_needed"),
        origin=because,
        kind="local",
        title=Title(enabled=False, because=because),
        windows={"m:latest": Window(used=4096)},
    )


@pytest.mark.parametrize(
    ("provider", "reported", "estimated", "found"),
    [
        ("ollama", 4096, 12000, True),
        ("ollama", 4096, 6000, False),
        ("ollama", 100, 1000, False),
        ("ollama", None, 12000, False),
        ("vllm", 4096, 12000, False),
        ("openai", 4096, 12000, False),
    ],
)
def test_a_cut_prompt_is_told_where_no_way_of_counting_explains_it(
    provider: str, reported: int | None, estimated: int, found: bool
) -> None:
    told = forgotten(endpoint(provider), "m", Usage(input_tokens=reported), estimated)
    assert [one.code for one in told] == (["prompt_cut"] if found else [])
    if found:
        assert "it uses 4,096" in told[0].evidence
