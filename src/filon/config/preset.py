"""Presets as values: a named model with its parameters and its system prompt. Made of `modelSpecs`
by `filon.config.presets`."""

from typing import Literal

from msgspec import Struct

from filon.providers.endpoint import ParameterRule
from filon.trace.records import Because


class Instruction(Struct, frozen=True, kw_only=True):
    """A system prompt as it is written, its variables not filled in, and its line."""

    text: str
    because: Because


class Preset(Struct, frozen=True, kw_only=True):
    """One entry of `modelSpecs.list`.

    `name` is how programs and conversations refer to it, `label` what a person reads, `sender` the
    name above its answers. `group` is a heading, or the endpoint it is listed under when it has
    that endpoint's name. `icon` is as written: a provider's name or an address. `endpoint` and
    `model` are where it leads; `endpoint` is empty where it leads nowhere. `parameters` each have
    their own line. `state` "broken" comes with the reason in one sentence.
    """

    name: str
    label: str
    because: Because
    endpoint: str = ""
    model: str = ""
    description: str | None = None
    group: str | None = None
    group_icon: str | None = None
    order: float | None = None
    icon: str | None = None
    sender: str | None = None
    is_default: bool = False
    is_soft_default: bool = False
    system: Instruction | None = None
    greeting: str | None = None
    starters: tuple[str, ...] = ()
    parameters: tuple[ParameterRule, ...] = ()
    state: Literal["ready", "broken"] = "ready"
    reason: str | None = None
    in_menu: bool = True
    icon_in_menu: bool = True
    icon_in_header: bool = True
    on_landing: bool = True

    @property
    def target(self) -> str:
        """Where it leads, as `endpoint/model`."""
        return f"{self.endpoint}/{self.model}"


class Presets(Struct, frozen=True, kw_only=True):
    """All presets in the order in which they are shown.

    `enforce`: the chat takes nothing else. `prioritize`: they stand before the models.
    `added_endpoints` are the only ones whose models are listed beside them; empty means all.
    """

    listed: tuple[Preset, ...] = ()
    enforce: bool = False
    prioritize: bool = True
    added_endpoints: tuple[str, ...] = ()

    def named(self, name: str) -> Preset | None:
        """The preset of exactly this name."""
        return next((preset for preset in self.listed if preset.name == name), None)
