"""`endpoints.azureOpenAI`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, field

from filon.config.shape import rules
from filon.config.shape.rules import Json
from filon.config.shape.section import Natural, NotNegative, Positive, Section, Texts, rule


class AzureModel(Section, frozen=True, kw_only=True):
    """A model's deployment where it is not the group's."""

    deployment_name: str | None = None
    version: str | None = None
    assistants: bool | None = None


class AzureGroup(Section, frozen=True, kw_only=True):
    """Deployments with one key and one instance."""

    group: str
    models: Mapping[str, AzureModel | bool]
    api_key: str
    serverless: bool | None = None
    instance_name: str | None = None
    deployment_name: str | None = None
    assistants: bool | None = None
    add_params: Annotated[Mapping[str, Json], rule(rules.boolean_web_search)] | None = None
    drop_params: Texts | None = None
    version: str | None = None
    base_url: str | None = field(default=None, name="baseURL")
    additional_headers: Mapping[str, str] | None = None


class AzureOpenAi(Section, frozen=True, kw_only=True):
    """Deployments at Azure, in groups."""

    groups: Annotated[tuple[AzureGroup, ...], Meta(min_length=1)]
    assistants: bool | None = None
    stream_rate: NotNegative | None = None
    title_convo: bool | None = None
    title_method: Literal["completion", "functions", "structured"] | None = None
    title_model: str | None = None
    title_prompt: str | None = None
    title_timing: Literal["immediate", "final"] | None = None
    title_prompt_template: str | None = None
    activity_label: bool | None = None
    activity_model: str | None = None
    activity_endpoint: str | None = None
    activity_prompt: str | None = None
    activity_max_per_run: Positive | None = None
    activity_char_limit: Positive | None = None
    activity_phase_label: bool | None = None
    activity_phase_model: str | None = None
    activity_phase_endpoint: str | None = None
    activity_phase_prompt: str | None = None
    activity_phase_max_per_run: Positive | None = None
    reasoning_label: bool | None = None
    reasoning_label_model: str | None = None
    reasoning_label_endpoint: str | None = None
    reasoning_label_prompt: str | None = None
    reasoning_label_min_chars: Positive | None = None
    reasoning_label_update_chars: Positive | None = None
    reasoning_label_update_interval_ms: Natural | None = None
    reasoning_label_max_per_run: Positive | None = None
