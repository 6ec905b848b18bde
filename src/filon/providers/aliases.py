"""One name for each parameter, whatever a protocol, a client library or a file calls it.

`canonical` is for comparing, so that `dropParams: [frequency_penalty]` meets `frequencyPenalty`;
`wire_name` is for sending.
"""

import re
from collections.abc import Mapping

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "max_tokens": ("max_completion_tokens", "max_output_tokens", "max_new_tokens"),
    "seed": ("random_seed",),
    "stop": ("stop_sequences",),
    "stream": ("streaming",),
    "repetition_penalty": ("repeat_penalty",),
}

_CANONICAL = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}

# What `POST /chat/completions` is documented to take beside `model` and `messages`. Providers
# take more; an unknown name is sent as it is written.
OPENAI_CHAT = frozenset(
    {
        "audio",
        "frequency_penalty",
        "function_call",
        "functions",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "max_tokens",
        "metadata",
        "modalities",
        "n",
        "parallel_tool_calls",
        "prediction",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_retention",
        "reasoning_effort",
        "response_format",
        "safety_identifier",
        "seed",
        "service_tier",
        "stop",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "user",
        "verbosity",
        "web_search_options",
    }
)

# Fields that several OpenAI-like servers take beside those.
_COMMON_EXTRAS = frozenset(
    {
        "enable_thinking",
        "include_reasoning",
        "min_p",
        "plugins",
        "prompt_mode",
        "provider",
        "random_seed",
        "reasoning",
        "repetition_penalty",
        "safe_prompt",
        "thinking",
        "top_k",
        "transforms",
        "user_id",
    }
)

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def canonical(name: str) -> str:
    """The one name for what this parameter means: `maxOutputTokens` is `max_tokens`."""
    snake = _snake(name)
    return _CANONICAL.get(snake, snake)


def wire_name(name: str) -> str:
    """The name to send: a spelling that the protocol knows where there is one, else as written."""
    if name in OPENAI_CHAT or name in _COMMON_EXTRAS:
        return name
    for candidate in (_snake(name), canonical(name)):
        if candidate in OPENAI_CHAT or candidate in _COMMON_EXTRAS:
            return candidate
    return name


def is_known(name: str) -> bool:
    """Whether this, under any of its names, is a field that we know of."""
    return wire_name(name) in OPENAI_CHAT or wire_name(name) in _COMMON_EXTRAS


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()
