"""`modelSpecs`: the presets that the operator offers."""

from collections.abc import Iterator
from typing import Literal

from msgspec import field

from filon.config.shape.preset import Preset
from filon.config.shape.section import Section, Texts

_MOST_SUBAGENTS = 10


class Subagents(Section, frozen=True, kw_only=True):
    """Which agents it may start."""

    enabled: bool | None = None
    allow_self: bool | None = None
    share_files: bool | None = None
    agent_ids: Texts | None = field(default=None, name="agent_ids")

    def faults(self) -> Iterator[tuple[str, str]]:
        if len(self.agent_ids or ()) > _MOST_SUBAGENTS:
            yield "agent_ids", f"agent_ids may list {_MOST_SUBAGENTS} agents."


class ModelSpec(Section, frozen=True, kw_only=True):
    """One preset with its place and looks in the menu."""

    name: str
    label: str
    preset: Preset
    order: float | None = None
    default: bool | None = None
    soft_default: bool | None = None
    description: str | None = None
    group: str | None = None
    group_icon: str | None = None
    show_icon_in_menu: bool | None = None
    show_icon_in_header: bool | None = None
    show_on_landing: bool | None = None
    conversation_starters: Texts | None = field(default=None, name="conversation_starters")
    show_in_menu: bool | None = None
    icon_url: str | None = field(default=None, name="iconURL")
    auth_type: Literal["override_auth", "user_provided", "system_defined"] | None = None
    hide_badge_row: bool | None = None
    web_search: bool | None = None
    file_search: bool | None = None
    execute_code: bool | None = None
    memory: bool | None = None
    ask_user_question: bool | None = None
    run_in_background: bool | Texts | None = None
    describe_intent: bool | Texts | None = None
    artifacts: str | bool | None = None
    mcp_servers: Texts | None = None
    skills: bool | Texts | None = None
    subagents: Subagents | None = None


class ModelSpecs(Section, frozen=True, kw_only=True):
    """The list, and whether people may leave it."""

    enforce: bool = False
    prioritize: bool = True
    list: tuple[ModelSpec, ...] = ()
    added_endpoints: tuple[str, ...] | None = None
