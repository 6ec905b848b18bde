"""`memory` and `summarization`: what is kept of long conversations."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from msgspec import Meta

from filon.config.shape.section import (
    AboveZero,
    AsWritten,
    NotNegative,
    Positive,
    Section,
    Share,
    Texts,
)


class MemoryAgent(AsWritten, frozen=True, kw_only=True):
    """Who writes the memories: an agent by id, or a provider and model."""

    enabled: bool | None = None
    id: str | None = None
    provider: str | None = None
    model: str | None = None
    instructions: str | None = None
    model_parameters: Mapping[str, str | float | bool] | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        if self.id is None and (self.provider is None or self.model is None):
            yield "", "The agent needs an id, or a provider and a model."


class Memory(Section, frozen=True, kw_only=True):
    """Facts about a person that outlive a conversation."""

    disabled: bool | None = None
    valid_keys: Texts | None = None
    token_limit: float | None = None
    char_limit: float = 10_000
    max_input_tokens: Positive = 12_000
    personalize: bool = True
    message_window_size: float = 5
    agent: MemoryAgent | None = None


class TokenRatio(Section, frozen=True, kw_only=True, tag_field="type", tag="token_ratio"):
    """Begins when this share of the context is full."""

    value: Share


class RemainingTokens(Section, frozen=True, kw_only=True, tag_field="type", tag="remaining_tokens"):
    """Begins when so few tokens are left."""

    value: Positive


class MessagesToRefine(
    Section, frozen=True, kw_only=True, tag_field="type", tag="messages_to_refine"
):
    """Begins when so many messages wait."""

    value: Positive


class ContextPruning(Section, frozen=True, kw_only=True):
    """How old tool results are cut first."""

    enabled: bool | None = None
    keep_last_assistants: Annotated[float, Meta(ge=0, le=10)] | None = None
    soft_trim_ratio: Share | None = None
    hard_clear_ratio: Share | None = None
    min_prunable_tool_chars: NotNegative | None = None


class RetainRecent(Section, frozen=True, kw_only=True):
    """What always stays as it was."""

    turns: Annotated[float, Meta(ge=0, le=20)] | None = None
    tokens: AboveZero | None = None


class Summarization(Section, frozen=True, kw_only=True):
    """How a conversation that grows too long is shortened."""

    enabled: bool | None = None
    provider: str | None = None
    model: str | None = None
    parameters: Mapping[str, str | float | bool | None] | None = None
    trigger: TokenRatio | RemainingTokens | MessagesToRefine | None = None
    prompt: str | None = None
    update_prompt: str | None = None
    reserve_ratio: Share | None = None
    max_summary_tokens: AboveZero | None = None
    context_pruning: ContextPruning | None = None
    retain_recent: RetainRecent | None = None
