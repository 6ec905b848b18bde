"""`endpoints.assistants` and `endpoints.azureAssistants`."""

from typing import Annotated, Literal

from msgspec import Meta

from filon.config.shape.custom import ModelList
from filon.config.shape.own_endpoints import WithAddress
from filon.config.shape.section import Texts

Ability = Literal["code_interpreter", "image_vision", "retrieval", "actions", "tools"]


class Assistants(WithAddress, frozen=True, kw_only=True):
    """Assistants at OpenAI or at Azure. Times are milliseconds.

    `version` is the protocol's: 2 at OpenAI and 1 at Azure, unless it is said.
    """

    disable_builder: bool | None = None
    poll_interval_ms: float | None = None
    timeout_ms: float | None = None
    version: str | float | None = None
    supported_ids: Annotated[Texts, Meta(min_length=1)] | None = None
    excluded_ids: Annotated[Texts, Meta(min_length=1)] | None = None
    private_assistants: bool | None = None
    retrieval_models: Annotated[Texts, Meta(min_length=1)] | None = None
    capabilities: tuple[Ability, ...] | None = None
    api_key: str | None = None
    api_key_preview: str | None = None
    models: ModelList | None = None
