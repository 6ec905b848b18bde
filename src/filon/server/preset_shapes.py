"""The bodies of `/api/presets`."""

from typing import Any, Literal

from filon.server.shapes import Shape, WhereShape


class PresetParameterShape(Shape):
    """One parameter of a preset with its line. `name` is as it is sent."""

    name: str
    value: Any
    because: WhereShape


class PresetShape(Shape):
    """A preset. `target` is `endpoint/model`, None where it leads nowhere; a "broken" one comes
    with the reason. `icon` is a known provider's name, or None: the page then shows a letter. The
    flags say where it is shown. `system` is the prompt as it is written."""

    name: str
    label: str
    description: str | None
    icon: str | None
    target: str | None
    endpoint_label: str | None
    state: Literal["ready", "broken"]
    reason: str | None
    greeting: str | None
    starters: list[str]
    system: str | None
    system_because: WhereShape | None
    parameters: list[PresetParameterShape]
    because: WhereShape
    is_default: bool
    is_soft_default: bool
    in_menu: bool
    icon_in_menu: bool
    icon_in_header: bool
    on_landing: bool


class PresetGroupShape(Shape):
    """Presets under one heading. `endpoint` is the endpoint they are listed under, if `label` is
    one's; both None for those that stand by themselves."""

    label: str | None
    endpoint: str | None
    presets: list[PresetShape]


class PresetList(Shape):
    """All presets by group. With `enforce` the chat takes nothing else; with `prioritize` they
    stand before the models. `added_endpoints` are the only ones whose models are listed unasked;
    empty means all."""

    enforce: bool
    prioritize: bool
    added_endpoints: list[str]
    groups: list[PresetGroupShape]
