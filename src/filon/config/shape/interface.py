"""`interface`: what people see and may do in LibreChat's page."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from filon.config.shape.section import TRIMMED, AboveZero, Natural, Section, Texts


class PrivacyPolicy(Section, frozen=True, kw_only=True):
    """A link to the privacy policy."""

    external_url: str | None = None
    open_new_tab: bool | None = None


class TermsOfService(Section, frozen=True, kw_only=True):
    """The terms, and whether they must be accepted."""

    external_url: str | None = None
    open_new_tab: bool | None = None
    modal_acceptance: bool | None = None
    modal_title: str | None = None
    modal_content: str | Texts | None = None


class TrustCheckbox(Section, frozen=True, kw_only=True):
    """What stands beside the box that must be ticked; by language, or once for all."""

    label: str | Mapping[str, str] | None = None
    sub_label: str | Mapping[str, str] | None = None


class McpPermissions(Section, frozen=True, kw_only=True):
    """Who may use and make MCP servers."""

    tools_refresh_interval: Annotated[int, Meta(ge=0, le=2_147_483_647)] | None = None
    status_refresh_interval: Annotated[int, Meta(ge=0, le=2_147_483_647)] | None = None
    placeholder: str | None = None
    use: bool | None = None
    create: bool | None = None
    share: bool | None = None
    public: bool | None = None
    configure_obo: bool | None = None
    trust_checkbox: TrustCheckbox | None = None


class Sharing(Section, frozen=True, kw_only=True):
    """Who may use, make and share a kind of thing."""

    use: bool | None = None
    create: bool | None = None
    share: bool | None = None
    public: bool | None = None


class Currency(Section, frozen=True, kw_only=True):
    """In which currency costs are shown; `rate` is one dollar in it."""

    code: str
    rate: AboveZero


class PeoplePicker(Section, frozen=True, kw_only=True):
    """Whom one finds when sharing."""

    users: bool | None = None
    groups: bool | None = None
    roles: bool | None = None


class Marketplace(Section, frozen=True, kw_only=True):
    """The page of shared agents."""

    use: bool | None = None


class TraceViewer(Section, frozen=True, kw_only=True):
    """What a trace shows."""

    enabled: bool | None = None
    show_input_output: bool | None = None
    show_tool_names: bool | None = None
    max_records: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    max_content_length: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    requests_per_minute: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    request_timeout_ms: Annotated[int, Meta(ge=1_000, le=300_000)] | None = None


class SkillSharing(Section, frozen=True, kw_only=True):
    """The same for skills."""

    use: bool | None = None
    create: bool | None = None
    share: bool | None = None
    public: bool | None = None
    default_active_on_share: bool | None = None


class LinkSharing(Section, frozen=True, kw_only=True):
    """Who may share a conversation by a link."""

    create: bool | None = None
    share: bool | None = None
    public: bool | None = None
    snapshot_files: bool | None = None


class Schedules(Section, frozen=True, kw_only=True):
    """Runs by the clock."""

    use: bool | None = None
    create: bool | None = None
    max_per_user: Natural | None = None
    min_interval_minutes: Annotated[int, Meta(ge=1)] | None = None
    auto_disable_after_failures: Annotated[int, Meta(ge=1)] | None = None
    admission_concurrency: Annotated[int, Meta(ge=1, le=100)] | None = None
    fire_concurrency: Annotated[int, Meta(ge=1)] | None = None
    mcp_preflight_concurrency: Annotated[int, Meta(ge=1, le=10)] | None = None
    mcp_preflight_timeout_ms: Annotated[int, Meta(ge=1_000, le=600_000)] | None = None
    require_project: bool | None = None
    project_id: Annotated[str, Meta(min_length=1), TRIMMED] | None = None


class Interface(Section, frozen=True, kw_only=True):
    """Switches of the page; most of them also seed permissions."""

    privacy_policy: PrivacyPolicy | None = None
    terms_of_service: TermsOfService | None = None
    custom_welcome: str | None = None
    mcp_servers: McpPermissions | None = None
    model_select: bool | None = None
    code_highlight_throttle_ms: Annotated[int, Meta(ge=0, le=60_000)] = 300
    parameters: bool | None = None
    multi_convo: bool | None = None
    bookmarks: bool | None = None
    memories: bool | None = None
    presets: bool | None = None
    prompts: bool | Sharing | None = None
    agents: bool | Sharing | None = None
    temporary_chat: bool | None = None
    temporary_chat_retention: Annotated[float, Meta(ge=1, le=8_760)] | None = None
    general_chat_retention: Annotated[float, Meta(ge=1, le=8_760)] | None = None
    auto_submit_from_url: bool | None = None
    retention_mode: Literal["all", "temporary"] = "temporary"
    retain_agent_files: bool | None = None
    run_code: bool | None = None
    web_search: bool | None = None
    context_usage: bool | None = None
    context_cost: bool | None = None
    feedback: bool | None = None
    currency: Currency | None = None
    people_picker: PeoplePicker | None = None
    marketplace: Marketplace | None = None
    file_search: bool | None = None
    file_citations: bool | None = None
    trace_viewer: TraceViewer | None = None
    default_pinned_tools: Texts | None = None
    build_info: bool | None = None
    remote_agents: Sharing | None = None
    skills: bool | SkillSharing | None = None
    shared_links: bool | LinkSharing | None = None
    schedules: bool | Schedules | None = None
