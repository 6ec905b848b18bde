"""Facts about single keys that their types do not say: which Filon uses, which are gone, and what
is best said of one that is wrong.

A pattern is a path with `[]` for the items of a list and `*` for keys of the user's own.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from filon.config.wording import WORDS
from filon.config.yaml import Node

Use = Literal["yes", "in part", "no"]

# The settings about titles that every endpoint may have.
TITLES = (
    "titleConvo",
    "titleModel",
    "titleMethod",
    "titlePrompt",
    "titlePromptTemplate",
    "titleEndpoint",
    "titleTiming",
    "titleMessageRole",
)

# LibreChat's own endpoints whose settings have an effect here.
_OWN = ("all", "openAI", "google", "azureOpenAI")

# What Filon reads; with each key goes all that stands below it. A key that is not here, and has
# none of these below it, gets a note. modelSpecs is told of by `presets`.
USED = frozenset(
    {
        "version",
        "include",
        "filon",
        "cache",
        "modelSpecs",
        *(f"endpoints.{name}.{key}" for name in _OWN for key in (*TITLES, "streamRate")),
        *(f"endpoints.{name}.headers" for name in _OWN if name != "azureOpenAI"),
        *(f"endpoints.custom[].{key}" for key in TITLES),
        # LibreChat passes over these; `builtin` says so.
        "endpoints.openAI.baseURL",
        "endpoints.google.baseURL",
        "endpoints.azureOpenAI.groups[].group",
        "endpoints.azureOpenAI.groups[].apiKey",
        "endpoints.azureOpenAI.groups[].instanceName",
        "endpoints.azureOpenAI.groups[].deploymentName",
        "endpoints.azureOpenAI.groups[].version",
        "endpoints.azureOpenAI.groups[].baseURL",
        "endpoints.azureOpenAI.groups[].serverless",
        "endpoints.azureOpenAI.groups[].additionalHeaders",
        "endpoints.azureOpenAI.groups[].addParams",
        "endpoints.azureOpenAI.groups[].dropParams",
        "endpoints.azureOpenAI.groups[].models.*",
        "endpoints.custom[].name",
        "endpoints.custom[].apiKey",
        "endpoints.custom[].baseURL",
        "endpoints.custom[].models.default",
        "endpoints.custom[].models.fetch",
        "endpoints.custom[].models.userIdQuery",
        "endpoints.custom[].streamRate",
        "endpoints.custom[].headers",
        "endpoints.custom[].addParams",
        "endpoints.custom[].dropParams",
        "endpoints.custom[].customParams.defaultParamsEndpoint",
        "endpoints.custom[].customParams.reasoningFormat",
        "endpoints.custom[].customParams.reasoningKey",
        "endpoints.custom[].customParams.paramDefinitions[].key",
        "endpoints.custom[].customParams.paramDefinitions[].default",
        "endpoints.custom[].tokenConfig.*.prompt",
        "endpoints.custom[].tokenConfig.*.completion",
        "endpoints.custom[].tokenConfig.*.context",
        "endpoints.custom[].tokenConfig.*.cacheRead",
        "endpoints.custom[].tokenConfig.*.cacheWrite",
        "endpoints.custom[].iconURL",
        "endpoints.custom[].modelDisplayLabel",
        "endpoints.custom[].provider",
        "endpoints.custom[].directEndpoint",
    }
)

# Values that say what Filon does anyway, so that nothing is lost by not reading them.
HARMLESS: Mapping[str, frozenset[object]] = {
    "endpoints.custom[].customParams.includeReasoningContent": frozenset({False}),
    "endpoints.custom[].customParams.includeReasoningHistory": frozenset({False}),
}

# Once read, no more; they still stand in many examples. Or where they stand now.
GONE: Mapping[str, Mapping[str, str]] = {
    "": {"tts": "speech.tts", "stt": "speech.stt"},
    "endpoints.custom[]": dict.fromkeys(
        ("summarize", "summaryModel", "forcePrompt", "customOrder"), ""
    ),
    "interface": dict.fromkeys(("endpointsMenu", "sidePanel"), ""),
}

# Keys of LibreChat's own endpoints that people expect to work; it reads these from variables.
FROM_VARIABLES: Mapping[str, str] = {
    "endpoints.openAI.apiKey": "OPENAI_API_KEY",
    "endpoints.openAI.models": "OPENAI_MODELS",
    "endpoints.google.apiKey": "GOOGLE_KEY",
    "endpoints.google.models": "GOOGLE_MODELS",
    "endpoints.anthropic.apiKey": "ANTHROPIC_API_KEY",
}

# What is missing here is said where the entry is read.
TOLD_ELSEWHERE = frozenset({"endpoints.custom[].models.default"})

# What only a filon.yaml may have.
FILON_TOP = frozenset({"filon", "include"})

# Where Filon takes any parameter that it knows, and LibreChat only some.
SENDS_PARAMETERS = frozenset({"modelSpecs.list[].preset"})

# Where people write parameters that belong in addParams.
WITH_PARAMETERS = frozenset({"endpoints.custom[]"})

# What is said of an unknown key beside LibreChat's refusal.
MORE: Mapping[str, str] = {"endpoints": " Other providers are entries of endpoints.custom."}

# What stands in the value of the whole file for a required key that it lacks, so that there is one.
STAND_INS: Mapping[str, object] = {"version": ""}

SUCH_AS: Mapping[str, str] = {"version": ', such as version: "1.3.17"'}

# What follows when a value is of the wrong kind, beside LibreChat's refusal.
AFTER: Mapping[str, str] = {"endpoints.custom[].headers.*": " Filon does not send it."}


def _version(node: Node) -> tuple[str, str]:
    if node.kind == "number":
        return "version-type", f'version must be text: write version: "{node.plain()}".'
    return "version-type", f"version must be text, not {WORDS[node.kind]}."


# Codes and sentences for values of the wrong kind, where the general ones would not help.
WRONG: Mapping[str, Callable[[Node], tuple[str, str]]] = {"version": _version}

# Above these stands at least one that is used.
_ABOVE = frozenset(
    pattern[:end] for pattern in USED for end, character in enumerate(pattern) if character in ".["
)


def use_of(pattern: str) -> Use:
    """Whether Filon uses what stands at a pattern: all of it, some of it, or nothing."""
    if pattern in USED:
        return "yes"
    return "in part" if pattern in _ABOVE or pattern.endswith("[]") else "no"


# The keys of paramDefinitions, by the endpoint whose parameters an entry takes.
_GENERAL = "modelLabel maxContextTokens resendFiles fileTokenLimit"
_OPENAI = (
    f"{_GENERAL} promptPrefix max_tokens temperature top_p frequency_penalty presence_penalty stop "
    "imageDetail web_search reasoning_effort useResponsesApi reasoning_summary reasoning_mode "
    "reasoning_context verbosity disableStreaming"
)
_CACHE = "promptCache promptCacheTtl"
_BEDROCK = f"{_GENERAL} temperature topP region"
_BEDROCK_PLAIN = f"{_BEDROCK} promptPrefix {_CACHE}"
_BEDROCK_LIMITED = f"{_BEDROCK} promptPrefix maxTokens"
_BEDROCK_MOONSHOT = f"{_BEDROCK} system maxTokens stop reasoning_effort"
_THOUGHT = "thinking thinkingBudget"

PARAMETERS: Mapping[str, frozenset[str]] = {
    name: frozenset(names.split())
    for name, names in {
        "openAI": _OPENAI,
        "azureOpenAI": _OPENAI,
        "custom": _OPENAI,
        "openrouter": f"{_OPENAI} {_CACHE}",
        "anthropic": (
            f"{_GENERAL} promptPrefix maxOutputTokens temperature topP topK {_CACHE} {_THOUGHT} "
            "effort thinkingDisplay web_search"
        ),
        "google": (
            f"{_GENERAL} promptPrefix maxOutputTokens temperature topP topK {_THOUGHT} "
            "thinkingLevel web_search url_context"
        ),
        "bedrock-anthropic": (
            f"{_BEDROCK} system maxTokens topK stop {_CACHE} {_THOUGHT} effort thinkingDisplay"
        ),
        "bedrock-mistral": _BEDROCK_LIMITED,
        "bedrock-cohere": _BEDROCK_LIMITED,
        "bedrock-meta": _BEDROCK_PLAIN,
        "bedrock-ai21": _BEDROCK_PLAIN,
        "bedrock-amazon": _BEDROCK_PLAIN,
        "bedrock-deepseek": _BEDROCK_PLAIN,
        "bedrock-openai": _BEDROCK_PLAIN,
        "bedrock-moonshot": _BEDROCK_MOONSHOT,
        "bedrock-moonshotai": _BEDROCK_MOONSHOT,
        "bedrock-zai": f"{_BEDROCK} promptPrefix reasoning_effort",
    }.items()
}
