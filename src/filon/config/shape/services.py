"""Sections about what LibreChat reaches beside models: OCR, actions, MCP as a whole, tracing."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, field

from filon.config.shape import addresses
from filon.config.shape.section import Section, Texts, rule


class PermissionWrites(Section, frozen=True, kw_only=True):
    """How often LibreChat tries to write permissions."""

    max_write_attempts: Annotated[int, Meta(ge=1, le=100)] = 3


class Ocr(Section, frozen=True, kw_only=True):
    """Text recognition in pictures and documents."""

    allowed_addresses: tuple[Annotated[str, rule(addresses.allowed_address)], ...] | None = None
    mistral_model: str | None = None
    api_key: str = "${OCR_API_KEY}"
    api_key_preview: str | None = None
    base_url: str = field(default="${OCR_BASEURL}", name="baseURL")
    strategy: Literal[
        "mistral_ocr", "custom_ocr", "azure_mistral_ocr", "vertexai_mistral_ocr", "document_parser"
    ] = "mistral_ocr"


class LangfuseTrace(Section, frozen=True, kw_only=True):
    """What a trace says of the person and the conversation."""

    user_id_field: (
        Literal[
            "id",
            "email",
            "username",
            "name",
            "openidId",
            "samlId",
            "ldapId",
            "googleId",
            "githubId",
            "discordId",
            "appleId",
            "facebookId",
        ]
        | None
    ) = None
    user_metadata_fields: (
        tuple[
            Literal[
                "id",
                "email",
                "username",
                "name",
                "openidId",
                "samlId",
                "ldapId",
                "googleId",
                "githubId",
                "discordId",
                "appleId",
                "facebookId",
                "role",
                "provider",
            ],
            ...,
        ]
        | None
    ) = None
    conversation_metadata_fields: (
        tuple[
            Literal[
                "conversationId",
                "endpoint",
                "endpointType",
                "provider",
                "model",
                "modelLabel",
                "spec",
            ],
            ...,
        ]
        | None
    ) = None


class Langfuse(Section, frozen=True, kw_only=True):
    """Where traces of conversations go."""

    enabled: bool | None = None
    public_key: str | None = None
    secret_key: str | None = None
    project_id: str | None = None
    secret_key_preview: str | None = None
    destination: str | None = None
    headers: Mapping[str, str] | None = None
    trace: LangfuseTrace | None = None


class CatalogRecovery(Section, frozen=True, kw_only=True):
    """How often and how long a lost MCP server is looked for."""

    discovery_backoff_ms: Annotated[
        tuple[Annotated[int, Meta(gt=0, le=86_400_000)], ...], Meta(min_length=1, max_length=8)
    ] = (300000, 600000, 1200000, 1800000)
    discovery_timeout_ms: Annotated[int, Meta(gt=0, le=300_000)] = 3_000
    discovery_settle_grace_ms: Annotated[int, Meta(ge=0, le=300_000)] = 10_000
    reauth_retry_ms: Annotated[int, Meta(gt=0, le=86_400_000)] = 1_800_000
    max_state_entries: Annotated[int, Meta(gt=0, le=1_000_000)] = 10_000
    max_detached_discoveries: Annotated[int, Meta(gt=0, le=1_000)] = 3
    generation_read_timeout_ms: Annotated[int, Meta(gt=0, le=10_000)] = 500
    authorization_fence_retry_ms: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=60_000)], ...], Meta(min_length=1, max_length=8)
    ] = (0, 50, 200)
    authorization_fence_timeout_ms: Annotated[int, Meta(gt=0, le=30_000)] = 1_000
    authorization_fence_retry_interval_ms: Annotated[int, Meta(gt=0, le=3_600_000)] = 30_000
    authorization_fence_retry_batch_size: Annotated[int, Meta(gt=0, le=10_000)] = 100


class McpSettings(Section, frozen=True, kw_only=True):
    """Where MCP servers may be, and how a lost one is looked for."""

    allowed_domains: Texts | None = None
    allowed_addresses: tuple[Annotated[str, rule(addresses.allowed_address)], ...] | None = None
    catalog_recovery: CatalogRecovery | None = None


class Actions(Section, frozen=True, kw_only=True):
    """Where the tools that people make of OpenAPI documents may lead."""

    allowed_domains: Texts | None = None
    allowed_addresses: tuple[Annotated[str, rule(addresses.allowed_address)], ...] | None = None


class OpenApi(Section, frozen=True, kw_only=True):
    """Whether LibreChat serves a description of its own API."""

    enabled: bool | None = None
