"""`endpoints`: LibreChat's own, `all`, and the list of custom ones."""

from typing import Annotated

from msgspec import field

from filon.config.shape import addresses
from filon.config.shape.agents import Agents
from filon.config.shape.assistants import Assistants
from filon.config.shape.azure import AzureOpenAi
from filon.config.shape.custom import CustomEndpoint
from filon.config.shape.own_endpoints import Anthropic, Bedrock, TitlesAndLabels, WithAddress
from filon.config.shape.section import Section, rule


class Endpoints(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """LibreChat refuses a file with any other key here."""

    allowed_addresses: tuple[Annotated[str, rule(addresses.allowed_address)], ...] | None = None
    all: TitlesAndLabels | None = None
    openai: WithAddress | None = field(default=None, name="openAI")
    google: WithAddress | None = None
    anthropic: Anthropic | None = None
    azure_openai: AzureOpenAi | None = field(default=None, name="azureOpenAI")
    azure_assistants: Assistants | None = None
    assistants: Assistants | None = None
    agents: Agents | None = None
    custom: tuple[CustomEndpoint, ...] | None = None
    bedrock: Bedrock | None = None
