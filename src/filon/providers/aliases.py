"""One name for each parameter, whatever a protocol, a client library or a file calls it.

`canonical` is for comparing, so that `dropParams: [frequency_penalty]` meets `frequencyPenalty`;
`wire_name` is for sending.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

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

# What `POST /messages` is documented to take beside `model` and `messages`: anthropic 0.70 and
# later, read in 2026-11.
ANTHROPIC_MESSAGES = frozenset(
    {
        "cache_control",
        "container",
        "context_management",
        "max_tokens",
        "mcp_servers",
        "metadata",
        "output_config",
        "output_format",
        "service_tier",
        "stop_sequences",
        "stream",
        "system",
        "temperature",
        "thinking",
        "tool_choice",
        "tools",
        "top_k",
        "top_p",
    }
)

# What `POST /responses` is documented to take beside `model` and `input`: openai 2, read in
# 2026-11.
OPENAI_RESPONSES = frozenset(
    {
        "background",
        "conversation",
        "include",
        "instructions",
        "max_output_tokens",
        "max_tool_calls",
        "metadata",
        "parallel_tool_calls",
        "previous_response_id",
        "prompt",
        "prompt_cache_key",
        "prompt_cache_retention",
        "reasoning",
        "safety_identifier",
        "service_tier",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "truncation",
        "user",
    }
)

# The fields of each protocol, by its name.
FIELDS: Mapping[str, frozenset[str]] = {
    "openai_chat": OPENAI_CHAT | _COMMON_EXTRAS,
    "anthropic_messages": ANTHROPIC_MESSAGES,
    "openai_responses": OPENAI_RESPONSES,
}

# The protocols whose streams tell the token count only where `stream_options.include_usage` asks;
# the field of that name in openai_responses knows no such member.
ASKS_USAGE = frozenset({"openai_chat"})

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


# Callers make up names too, so what is remembered is bounded.
@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The one name for what this parameter means: `maxOutputTokens` is `max_tokens`."""
    snake = _snake(name)
    return _CANONICAL.get(snake, snake)


@lru_cache(maxsize=4096)
def wire_name(name: str, protocol: str = "openai_chat") -> str:
    """The name to send: a spelling that the protocol knows where there is one, else as written."""
    known = FIELDS[protocol]
    if name in known:
        return name
    meant = canonical(name)
    for candidate in (_snake(name), meant, *_ALIASES.get(meant, ())):
        if candidate in known:
            return candidate
    return name


def is_known(name: str) -> bool:
    """Whether this, under any of its names, is a field that we know of."""
    return wire_name(name) in FIELDS["openai_chat"]


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()
