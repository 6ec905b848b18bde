"""The whole file: every section of the top level."""

from collections.abc import Mapping
from typing import Literal

from filon.config.shape.endpoints import Endpoints
from filon.config.shape.files import CloudFront, FileConfig, FileStrategies
from filon.config.shape.filon import FilonSection
from filon.config.shape.filters import Filters, OlderMessageFilter
from filon.config.shape.interface import Interface
from filon.config.shape.mcp import AnyMcpServer
from filon.config.shape.memory import Memory, Summarization
from filon.config.shape.model_specs import ModelSpecs
from filon.config.shape.people import Balance, RateLimits, Registration, Transactions, Turnstile
from filon.config.shape.section import Section, Storage, Texts
from filon.config.shape.services import (
    Actions,
    Langfuse,
    McpSettings,
    Ocr,
    OpenApi,
    PermissionWrites,
)
from filon.config.shape.skills import SkillSync
from filon.config.shape.speech import Speech
from filon.config.shape.web_search import WebSearch


class LibreChatFile(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A librechat.yaml. LibreChat refuses a file with any other key here."""

    version: str
    permissions: PermissionWrites | None = None
    cache: bool = True
    ocr: Ocr | None = None
    web_search: WebSearch | None = None
    langfuse: Langfuse | None = None
    memory: Memory | None = None
    summarization: Summarization | None = None
    skill_sync: SkillSync | None = None
    secure_image_links: bool | None = None
    image_output_type: Literal["png", "webp", "jpeg"] = "png"
    included_tools: Texts | None = None
    filtered_tools: Texts | None = None
    mcp_servers: Mapping[str, AnyMcpServer] | None = None
    mcp_settings: McpSettings | None = None
    interface: Interface | None = None
    turnstile: Turnstile | None = None
    file_strategy: Storage = "local"
    file_strategies: FileStrategies | None = None
    cloudfront: CloudFront | None = None
    actions: Actions | None = None
    registration: Registration | None = None
    balance: Balance | None = None
    transactions: Transactions | None = None
    speech: Speech | None = None
    rate_limits: RateLimits | None = None
    file_config: FileConfig | None = None
    model_specs: ModelSpecs | None = None
    filters: Filters | None = None
    message_filter: OlderMessageFilter | None = None
    endpoints: Endpoints | None = None
    openapi: OpenApi | None = None


class FilonFile(LibreChatFile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A filon.yaml, which may have more."""

    version: str = ""
    filon: FilonSection | None = None
    include: str | None = None
