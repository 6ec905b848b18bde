"""`endpoints.custom`: any server that speaks OpenAI's protocol, or Anthropic's."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from msgspec import Meta, field

from filon.config.shape import rules
from filon.config.shape.own_endpoints import WithAddress
from filon.config.shape.rules import Json
from filon.config.shape.section import Natural, NotNegative, Section, Texts, rule


class NamedModel(Section, frozen=True, kw_only=True):
    """A model with a word about it."""

    name: str
    description: str | None = None


class ModelList(Section, frozen=True, kw_only=True):
    """Which models there are."""

    default: Annotated[tuple[str | NamedModel, ...], Meta(min_length=1)]
    fetch: bool | None = None
    user_id_query: bool | None = None


class ParameterRange(Section, frozen=True, kw_only=True):
    """From where to where it goes."""

    min: float
    max: float
    step: float | None = None
    positive_min: float | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        if self.positive_min is not None and self.positive_min > self.max:
            yield "positiveMin", f"positiveMin is above max, which is {self.max:g}."


class ParameterDefinition(Section, frozen=True, kw_only=True):
    """One parameter on the page."""

    key: str
    description: str | None = None
    type: Literal["number", "boolean", "string", "enum", "array"] | None = None
    default: float | bool | str | Texts | None = None
    show_label: bool | None = None
    show_default: bool | None = None
    options: Texts | None = None
    range: ParameterRange | None = None
    enum_mappings: Mapping[str, float | bool | str] | None = None
    component: (
        Literal["input", "textarea", "slider", "checkbox", "switch", "dropdown", "combobox", "tags"]
        | None
    ) = None
    option_type: Literal["conversation", "model", "custom"] | None = None
    column_span: Natural | None = None
    columns: Annotated[int, Meta(ge=1, le=4)] | None = None
    label: str | None = None
    placeholder: str | None = None
    label_code: bool | None = None
    placeholder_code: bool | None = None
    description_code: bool | None = None
    min_text: float | None = None
    max_text: float | None = None
    min_tags: NotNegative | None = None
    max_tags: NotNegative | None = None
    include_input: bool | None = None
    description_side: Literal["top", "right", "bottom", "left"] | None = None
    search_placeholder: str | None = None
    select_placeholder: str | None = None
    search_placeholder_code: bool | None = None
    select_placeholder_code: bool | None = None


class CustomParams(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which parameters people find, and how reasoning is asked for."""

    default_params_endpoint: str = "custom"
    reasoning_format: Literal["disabled", "reasoning_effort", "reasoning_object"] | None = None
    reasoning_key: Literal["reasoning", "reasoning_content"] | None = None
    include_reasoning_content: bool | None = None
    include_reasoning_history: bool | None = None
    param_definitions: tuple[ParameterDefinition, ...] | None = None


class TokenRate(Section, frozen=True, kw_only=True):
    """Prices in dollars per million tokens, and the context in tokens."""

    prompt: float
    completion: float
    context: float
    cache_read: float | None = None
    cache_write: float | None = None


class CustomEndpoint(WithAddress, frozen=True, kw_only=True):
    """One endpoint. LibreChat drops it in silence where a key of the first four is missing."""

    name: str | None = None
    api_key: str | None = None
    api_key_preview: str | None = None
    models: ModelList | None = None
    icon_url: str | None = field(default=None, name="iconURL")
    model_display_label: str | None = None
    provider: Literal["anthropic"] | None = None
    add_params: Annotated[Mapping[str, Json], rule(rules.boolean_web_search)] | None = None
    drop_params: Texts | None = None
    custom_params: CustomParams | None = None
    direct_endpoint: bool | None = None
    title_message_role: Literal["system", "user", "assistant"] | None = None
    token_config: Mapping[str, TokenRate] | None = None
