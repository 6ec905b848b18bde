"""`modelSpecs.list[].preset`: an endpoint, a model and its parameters."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import field

from filon.config.shape import rules
from filon.config.shape.rules import Json
from filon.config.shape.section import NULL, BuiltIn, Named, Positive, Section, Texts, rule


class CodeWorkspace(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place where code runs."""

    environment_id: Annotated[str, rule(rules.machine_identifier)]
    workspace_id: Annotated[str, rule(rules.machine_identifier)]


class ToolField(Section, frozen=True, kw_only=True):
    """A credential that a tool wants."""

    auth_field: str
    label: str
    description: str
    optional: bool | None = None
    sensitive: bool | None = None


class PresetTool(Section, frozen=True, kw_only=True):
    """A tool, as LibreChat keeps it."""

    name: str
    plugin_key: str
    description: str | None = None
    icon: str | None = None
    auth_config: tuple[ToolField, ...] | None = None
    authenticated: bool | None = None
    chat_menu: bool | None = None
    is_button: bool | None = None
    toolkit: bool | None = None
    server_tool_name: str | None = None


class ExampleText(Section, frozen=True, kw_only=True):
    """The text of either."""

    content: str


class Example(Section, frozen=True, kw_only=True):
    """A question and how it is to be answered."""

    input: ExampleText
    output: ExampleText


class SubagentThread(Section, frozen=True, kw_only=True):
    """Where a subagent came from."""

    root_conversation_id: Named
    parent_conversation_id: Named
    parent_message_id: Named
    parent_tool_call_id: Named
    parent_agent_id: Named | None = None
    subagent_type: Named
    subagent_kind: Literal["agent", "graph"]
    depth: Positive


class Preset(Section, frozen=True, kw_only=True):
    """The parameters have the names of the endpoint they are for: `max_tokens` is OpenAI's, the
    others are `maxOutputTokens` and `maxTokens`, which is `camel_max_tokens` here."""

    endpoint: Annotated[str | None, NULL] = None
    endpoint_type: Annotated[BuiltIn | None, NULL] = None
    archived_at: Annotated[str | None, NULL] = None
    pinned: bool | None = None
    is_shared: bool | None = None
    code_approval_mode: Literal["ask", "acceptEdits", "fullAccess"] | None = None
    code_environment_mode: Literal["attached", "without_attached"] | None = None
    code_workspaces: tuple[CodeWorkspace, ...] | None = None
    tools: tuple[PresetTool | str, ...] | None = None
    model_label: Annotated[str | None, NULL] = None
    user_label: str | None = None
    model: Annotated[str | None, NULL] = None
    prompt_prefix: Annotated[str | None, NULL] = None
    temperature: Annotated[float | None, NULL] = None
    camel_top_p: float | None = field(default=None, name="topP")
    top_k: float | None = None
    top_p: float | None = field(default=None, name="top_p")
    frequency_penalty: float | None = field(default=None, name="frequency_penalty")
    presence_penalty: float | None = field(default=None, name="presence_penalty")
    max_output_tokens: Annotated[float | str | None, NULL] = None
    max_context_tokens: float | str | None = None
    max_tokens: float | str | None = field(default=None, name="max_tokens")
    prompt_cache: bool | None = None
    prompt_cache_ttl: Literal["5m", "1h"] | None = None
    system: str | None = None
    thinking: bool | None = None
    thinking_budget: float | str | None = None
    thinking_level: Literal["", "minimal", "low", "medium", "high"] | None = None
    stream: bool | None = None
    artifacts: str | None = None
    context: Annotated[str | None, NULL] = None
    examples: tuple[Example, ...] | None = None
    resend_files: bool | None = None
    image_detail: Literal["low", "auto", "high"] | None = None
    reasoning_effort: Annotated[
        Literal["", "none", "minimal", "low", "medium", "high", "xhigh", "max"] | None, NULL
    ] = field(default=None, name="reasoning_effort")
    reasoning_summary: Annotated[Literal["", "auto", "concise", "detailed"] | None, NULL] = field(
        default=None, name="reasoning_summary"
    )
    reasoning_mode: Annotated[Literal["", "standard", "pro"] | None, NULL] = field(
        default=None, name="reasoning_mode"
    )
    reasoning_context: Annotated[Literal["", "auto", "current_turn", "all_turns"] | None, NULL] = (
        field(default=None, name="reasoning_context")
    )
    verbosity: Annotated[Literal["", "low", "medium", "high"] | None, NULL] = None
    use_responses_api: bool | None = None
    effort: Annotated[Literal["", "low", "medium", "high", "xhigh", "max"] | None, NULL] = None
    thinking_display: Annotated[Literal["auto", "summarized", "omitted"] | None, NULL] = None
    web_search: bool | None = field(default=None, name="web_search")
    url_context: bool | None = field(default=None, name="url_context")
    disable_streaming: bool | None = None
    assistant_id: str | None = field(default=None, name="assistant_id")
    agent_id: str | None = field(default=None, name="agent_id")
    subagent_thread: SubagentThread | None = None
    region: str | None = None
    camel_max_tokens: float | str | None = field(default=None, name="maxTokens")
    additional_model_request_fields: Json | None = None
    instructions: str | None = None
    additional_instructions: str | None = field(default=None, name="additional_instructions")
    append_current_datetime: bool | None = field(default=None, name="append_current_datetime")
    stop: Texts | None = None
    greeting: str | None = None
    icon_url: Annotated[str | None, NULL] = field(default=None, name="iconURL")
    is_temporary: bool | None = None
    file_token_limit: float | str | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        if len({isinstance(tool, str) for tool in self.tools or ()}) > 1:
            yield "tools", "tools lists names or maps, not both."
