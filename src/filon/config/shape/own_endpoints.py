"""What LibreChat's own endpoints share, and those that are short."""

from collections.abc import Mapping
from typing import Literal

from msgspec import field

from filon.config.shape.section import AboveZero, Natural, NotNegative, Positive, Section, Texts


class TitlesAndLabels(Section, frozen=True, kw_only=True):
    """What every endpoint may have: titles, and short labels of what goes on."""

    stream_rate: NotNegative | None = None
    headers: Mapping[str, str] | None = None
    title_prompt: str | None = None
    title_model: str | None = None
    title_convo: bool | None = None
    title_method: Literal["completion", "functions", "structured"] | None = None
    title_endpoint: str | None = None
    title_prompt_template: str | None = None
    title_timing: Literal["immediate", "final"] | None = None
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
    max_tool_result_chars: AboveZero | None = None


class WithAddress(TitlesAndLabels, frozen=True, kw_only=True):
    """The same for an endpoint with an address."""

    base_url: str | None = field(default=None, name="baseURL")


class VertexModel(Section, frozen=True, kw_only=True):
    """A model under another name."""

    deployment_name: str | None = None


class Vertex(Section, frozen=True, kw_only=True):
    """Anthropic's models at Google Cloud."""

    enabled: bool | None = None
    project_id: str | None = None
    region: str = "us-east5"
    service_key_file: str | None = None
    deployment_name: str | None = None
    models: Texts | Mapping[str, VertexModel | bool] | None = None


class Anthropic(WithAddress, frozen=True, kw_only=True):
    """Anthropic, or its models at Google."""

    vertex: Vertex | None = None
    models: Texts | None = None


class Guardrail(Section, frozen=True, kw_only=True):
    """A guardrail of Amazon's."""

    guardrail_identifier: str
    guardrail_version: str
    trace: Literal["enabled", "disabled", "enabled_full"] | None = None
    stream_processing_mode: Literal["sync", "async"] | None = None


class Bedrock(WithAddress, frozen=True, kw_only=True):
    """Models at Amazon."""

    available_regions: Texts | None = None
    models: Texts | None = None
    guardrail_config: Guardrail | None = None
    inference_profiles: Mapping[str, str] | None = None
