"""Which keys LibreChat's file has, where, and of what kind: facts of version 0.8.7 and its docs.

Data only; `check` walks a file along these tables.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

KeyKind = Literal["string", "bool", "number", "map", "list", "strings", "models", "any"]


class Key(Struct, frozen=True):
    """What a key must hold. `choices` are the only texts that are allowed, if there are any."""

    kind: KeyKind
    choices: tuple[str, ...] = ()


_STRING, _BOOL, _NUMBER = Key("string"), Key("bool"), Key("number")
_MAP, _LIST, _STRINGS, _ANY = Key("map"), Key("list"), Key("strings"), Key("any")
_STORAGE = Key("string", ("local", "firebase", "s3", "azure_blob", "cloudfront"))

TOP: Mapping[str, Key] = {
    "version": _STRING,
    "cache": _BOOL,
    "endpoints": _MAP,
    "modelSpecs": _MAP,
    "interface": _MAP,
    "fileConfig": _MAP,
    "fileStrategy": _STORAGE,
    "fileStrategies": _MAP,
    "cloudfront": _MAP,
    "secureImageLinks": _BOOL,
    "imageOutputType": Key("string", ("png", "webp", "jpeg")),
    "includedTools": _STRINGS,
    "filteredTools": _STRINGS,
    "rateLimits": _MAP,
    "registration": _MAP,
    "balance": _MAP,
    "transactions": _MAP,
    "speech": _MAP,
    "webSearch": _MAP,
    "ocr": _MAP,
    "memory": _MAP,
    "summarization": _MAP,
    "actions": _MAP,
    "mcpSettings": _MAP,
    "mcpServers": _MAP,
    "turnstile": _MAP,
    # Since config version 1.3.14; what they must hold is not known well enough to judge.
    "skillSync": _ANY,
    "messageFilter": _ANY,
    "langfuse": _ANY,
    "filters": _ANY,
}

ENDPOINTS: Mapping[str, Key] = {
    "all": _MAP,
    "openAI": _MAP,
    "google": _MAP,
    "anthropic": _MAP,
    "azureOpenAI": _MAP,
    "assistants": _MAP,
    "azureAssistants": _MAP,
    "agents": _MAP,
    "bedrock": _MAP,
    "custom": _LIST,
    "allowedAddresses": _STRINGS,
}

# What every endpoint may have, LibreChat's own and custom ones.
SHARED: Mapping[str, Key] = {
    "streamRate": _NUMBER,
    "baseURL": _STRING,
    "headers": _MAP,
    "titleConvo": _BOOL,
    "titleModel": _STRING,
    "titleMethod": Key("string", ("completion", "structured", "functions")),
    "titlePrompt": _STRING,
    "titlePromptTemplate": _STRING,
    "titleEndpoint": _STRING,
    "titleTiming": Key("string", ("immediate", "final")),
    "maxToolResultChars": _NUMBER,
    **dict.fromkeys(
        [
            "activityLabel",
            "activityModel",
            "activityEndpoint",
            "activityPrompt",
            "activityMaxPerRun",
            "activityCharLimit",
            "activityPhaseLabel",
            "activityPhaseModel",
            "activityPhaseEndpoint",
            "activityPhasePrompt",
            "activityPhaseMaxPerRun",
            "reasoningLabel",
            "reasoningLabelModel",
            "reasoningLabelEndpoint",
            "reasoningLabelPrompt",
            "reasoningLabelMinChars",
            "reasoningLabelUpdateChars",
            "reasoningLabelUpdateIntervalMs",
            "reasoningLabelMaxPerRun",
        ],
        _ANY,
    ),
}

CUSTOM: Mapping[str, Key] = {
    **SHARED,
    "name": _STRING,
    "apiKey": _STRING,
    "apiKeyPreview": _STRING,
    "models": _MAP,
    "iconURL": _STRING,
    "modelDisplayLabel": _STRING,
    "provider": Key("string", ("anthropic",)),
    "addParams": _MAP,
    "dropParams": _STRINGS,
    "customParams": _MAP,
    "tokenConfig": _MAP,
    "titleMessageRole": Key("string", ("system", "user", "assistant")),
    "directEndpoint": _BOOL,
}

MODELS: Mapping[str, Key] = {"default": Key("models"), "fetch": _BOOL, "userIdQuery": _BOOL}

CUSTOM_PARAMS: Mapping[str, Key] = {
    "defaultParamsEndpoint": _STRING,
    "paramDefinitions": _LIST,
    "reasoningFormat": Key("string", ("reasoning_effort", "reasoning_object", "disabled")),
    "reasoningKey": Key("string", ("reasoning", "reasoning_content")),
    "includeReasoningContent": _BOOL,
    "includeReasoningHistory": _BOOL,
}

TOKEN_CONFIG: Mapping[str, Key] = {
    "prompt": _NUMBER,
    "completion": _NUMBER,
    "context": _NUMBER,
    "cacheRead": _NUMBER,
    "cacheWrite": _NUMBER,
}

# LibreChat's own endpoints: what they have beside SHARED. None: not judged yet.
BUILT_IN: Mapping[str, Mapping[str, Key] | None] = {
    "openAI": {},
    "google": {},
    "anthropic": {"vertex": _MAP, "models": _STRINGS},
    "bedrock": {
        "availableRegions": _STRINGS,
        "models": _STRINGS,
        "guardrailConfig": _MAP,
        "inferenceProfiles": _MAP,
    },
    "all": {},
    "azureOpenAI": None,
    "assistants": None,
    "azureAssistants": None,
    "agents": None,
}

# Keys of LibreChat's own endpoints that people expect to work; it reads these from variables.
FROM_VARIABLES: Mapping[str, Mapping[str, str]] = {
    "openAI": {"apiKey": "OPENAI_API_KEY", "models": "OPENAI_MODELS"},
    "google": {"apiKey": "GOOGLE_KEY", "models": "GOOGLE_MODELS"},
    "anthropic": {"apiKey": "ANTHROPIC_API_KEY"},
}

# Once read, no more; they still stand in many examples.
GONE_FROM_CUSTOM = frozenset({"summarize", "summaryModel", "forcePrompt", "customOrder"})
GONE_FROM_INTERFACE = frozenset({"endpointsMenu", "sidePanel"})
GONE_FROM_TOP: Mapping[str, str] = {"tts": "speech.tts", "stt": "speech.stt"}

# Where a key belongs that stands at the wrong place of a custom entry.
PLACES_OF_CUSTOM: Mapping[str, str] = {
    "fetch": "models.fetch",
    "default": "models.default",
    "userIdQuery": "models.userIdQuery",
    "paramDefinitions": "customParams.paramDefinitions",
    "defaultParamsEndpoint": "customParams.defaultParamsEndpoint",
    "reasoningFormat": "customParams.reasoningFormat",
    "reasoningKey": "customParams.reasoningKey",
}

# Sections and keys that Filon reads already.
USED_TOP = frozenset({"version", "endpoints", "cache"})
USED_ENDPOINTS = frozenset({"all", "custom"})
USED_CUSTOM = frozenset(
    {
        "name",
        "apiKey",
        "baseURL",
        "models",
        "headers",
        "addParams",
        "dropParams",
        "customParams",
        "tokenConfig",
        "iconURL",
        "modelDisplayLabel",
        "provider",
        "directEndpoint",
        "titleConvo",
        "titleModel",
    }
)

# What only a filon.yaml may have.
FILON_TOP: Mapping[str, Key] = {"filon": _MAP, "include": _STRING}

# The keys of paramDefinitions where the entry takes OpenAI's parameters, as it does by default.
OPENAI_PARAMETERS = frozenset(
    {
        "disableStreaming",
        "fileTokenLimit",
        "frequency_penalty",
        "imageDetail",
        "maxContextTokens",
        "max_tokens",
        "modelLabel",
        "presence_penalty",
        "promptPrefix",
        "reasoning_effort",
        "reasoning_summary",
        "resendFiles",
        "stop",
        "temperature",
        "top_p",
        "useResponsesApi",
        "verbosity",
        "web_search",
    }
)
