"""Tokens and money as a provider reports them. Unknown is None, never zero."""

from msgspec import Struct


class Usage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Token counts of one reply. All counts are tokens.

    `input_tokens` includes `cached_tokens`, which were read from a cache, and `written_tokens`,
    which were put into one; `output_tokens` includes `reasoning_tokens`;
    a provider that counts otherwise is normalised by its protocol or a quirk.
    `cost_usd` is the provider's own figure in USD where it sends one.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None
    written_tokens: int | None = None
