"""`endpoints.agents`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from filon.config.shape import addresses
from filon.config.shape.agents_access import ManagementApi, RemoteApi
from filon.config.shape.agents_code import CodeSessions
from filon.config.shape.own_endpoints import TitlesAndLabels
from filon.config.shape.section import (
    Named,
    Natural,
    Positive,
    Section,
    Share,
    Texts,
    rule,
)


class RepositoryInstructions(Section, frozen=True, kw_only=True):
    """How long instructions in a repository are waited for."""

    timeout_ms: Annotated[int, Meta(ge=100, le=30_000)] = 2_000


class FileSharing(Section, frozen=True, kw_only=True):
    """Which files agents hand to each other."""

    enabled: bool = False
    allow_sibling_sharing: bool = False
    max_files: Annotated[int, Meta(ge=1, le=1_000)] = 100
    max_private_bytes: Annotated[int, Meta(ge=1, le=10_737_418_240)] = 268_435_456
    ttl_ms: Annotated[int, Meta(ge=1, le=86_400_000)] = 3_600_000


class EventDriven(Section, frozen=True, kw_only=True):
    """The address at which LibreChat reaches itself."""

    self_url: Annotated[str, rule(addresses.url)] | None = None


class BackgroundTasks(Section, frozen=True, kw_only=True):
    """Tools that go on while the agent speaks."""

    completion_wakeups: bool = True
    completion_result_max_chars: Annotated[int, Meta(ge=1, le=65_536)] = 24_576
    completion_result_batch_size: Annotated[int, Meta(ge=1, le=16)] = 8
    ordinary_tool_cancellation: bool = False


class AgentSkills(Section, frozen=True, kw_only=True):
    """How many skills an agent is told of."""

    max_catalog_skills: Annotated[int, Meta(ge=1, le=100)] | None = None


class ApprovalHook(Section, frozen=True, kw_only=True):
    """A module that decides."""

    module: Named
    matcher: str | None = None
    options: Mapping[str, Any] | None = None


class ToolApproval(Section, frozen=True, kw_only=True):
    """Which tools run unasked."""

    enabled: bool | None = None
    mode: Literal["default", "dontAsk", "bypass"] | None = None
    allow: Texts | None = None
    deny: Texts | None = None
    ask: Texts | None = None
    reason: str | None = None
    hooks: tuple[ApprovalHook, ...] | None = None


class RetainedAnswers(Section, frozen=True, kw_only=True):
    """How much of them."""

    enabled: bool | None = None
    max_tokens: Positive | None = None


class AskUserQuestion(Section, frozen=True, kw_only=True):
    """What is kept of answers."""

    retained_answers: RetainedAnswers | None = None


class Checkpointer(Section, frozen=True, kw_only=True):
    """Where a waiting run is kept."""

    type: Literal["mongo", "memory"] | None = None
    ttl: Positive | None = None
    checkpoint_collection_name: str | None = None
    checkpoint_writes_collection_name: str | None = None


class Agents(TitlesAndLabels, frozen=True, kw_only=True):
    """Limits and abilities of agents. Times are milliseconds."""

    max_provider_error_chars: Annotated[int, Meta(ge=0, le=1_000_000)] = 2_000
    model_response_body_timeout_ms: Annotated[int, Meta(ge=0, le=86_400_000)] = 900_000
    model_response_headers_timeout_ms: Annotated[int, Meta(ge=0, le=86_400_000)] = 300_000
    recursion_limit: float | None = None
    disable_builder: bool = False
    repository_instructions: RepositoryInstructions | None = None
    max_recursion_limit: float | None = None
    max_tool_call_arg_bytes: float | None = None
    max_delta_events_per_turn: float | None = None
    max_tool_call_arg_bytes_by_tool: Mapping[str, float] | None = None
    max_retained_tool_count_chars: Natural = 8_388_608
    max_citations: Annotated[float, Meta(ge=1, le=50)] = 30
    max_citations_per_file: Annotated[float, Meta(ge=1, le=10)] = 7
    min_relevance_score: Share = 0.45
    max_subagents: Annotated[int, Meta(ge=1, le=50)] = 10
    file_sharing: FileSharing | None = None
    code_api_upload_concurrency: Annotated[int, Meta(ge=1, le=100)] = 3
    code_api_max_retry_wait_ms: Annotated[int, Meta(ge=0, le=300_000)] = 20_000
    allowed_providers: tuple[str, ...] | None = None
    capabilities: tuple[
        Literal[
            "hide_sequential_outputs",
            "programmatic_tools",
            "end_after_tools",
            "deferred_tools",
            "execute_code",
            "stateful_code_sessions",
            "file_search",
            "web_search",
            "artifacts",
            "subagents",
            "actions",
            "context",
            "skills",
            "memory",
            "ask_user_question",
            "tools",
            "chain",
            "ocr",
            "run_in_background",
            "tool_intents",
        ],
        ...,
    ] = (
        "deferred_tools",
        "execute_code",
        "file_search",
        "web_search",
        "artifacts",
        "subagents",
        "actions",
        "context",
        "skills",
        "memory",
        "ask_user_question",
        "tools",
        "chain",
        "ocr",
    )
    stateful_code_sessions: CodeSessions | None = None
    event_driven: EventDriven | None = None
    background_tasks: BackgroundTasks | None = None
    skills: AgentSkills | None = None
    management_api: ManagementApi | None = None
    remote_api: RemoteApi | None = None
    tool_approval: ToolApproval | None = None
    ask_user_question: AskUserQuestion | None = None
    checkpointer: Checkpointer | None = None
