"""What a model costs: the configuration's own figures, else genai-prices' bundled list.

Nothing is fetched, and nothing is guessed: a model that no list names has no rates.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from filon.providers import catalog
from filon.providers.endpoint import Endpoint, TokenRate

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider


class Rates(Struct, frozen=True, kw_only=True):
    """Prices in USD per million tokens, and the context in tokens; None where unknown.

    `source` names the list, or the file and line. `note` says what else is true of the figures,
    such as the hours for which they hold. `cached_usd` is for tokens read from a cache,
    `written_usd` for those put into one. `request_usd` is charged for each request.
    """

    source: str
    input_usd: Decimal | None = None
    cached_usd: Decimal | None = None
    written_usd: Decimal | None = None
    output_usd: Decimal | None = None
    request_usd: Decimal | None = None
    context: int | None = None
    note: str | None = None


class NoRates(Struct, frozen=True):
    """There are none, and why."""

    why: str


def find(endpoint: Endpoint, model: str, when: float, input_tokens: int = 0) -> Rates | NoRates:
    """The rates that hold for a request sent at `when` (Unix seconds) with so many tokens."""
    for rate in endpoint.rates:
        if rate.model == model:
            return _configured(rate)
    manifest = catalog.by_name(endpoint.provider)
    if manifest is None:
        return _unknown(endpoint.base_url, endpoint.name)
    if manifest.prices is None:
        return NoRates(f"There is no price list for {manifest.label}.")
    found = _listed(manifest.prices, model)
    if found is None:
        return NoRates(f"{_list_name()} has no price for {model} at {manifest.label}.")
    return _rates(found, manifest.prices, when, input_tokens)


@lru_cache(maxsize=256)
def _unknown(base_url: str, name: str) -> NoRates:
    host = catalog.host_of(base_url) or name
    return NoRates(
        f"No price list knows {host}. Give prices in tokenConfig of this endpoint's entry."
    )


def warm() -> None:
    """Loads the price list now. It takes a quarter of a second, so do it off the event loop."""
    _providers()


def _configured(rate: TokenRate) -> Rates:
    return Rates(
        source=f"{rate.because.source}:{rate.because.line}",
        input_usd=_decimal(rate.input_usd),
        cached_usd=None if rate.cached_usd is None else _decimal(rate.cached_usd),
        written_usd=None if rate.written_usd is None else _decimal(rate.written_usd),
        output_usd=_decimal(rate.output_usd),
        context=rate.context,
    )


def _decimal(value: float) -> Decimal:
    """The decimal that was written, not the binary fraction that stands for it."""
    return Decimal(str(value))


@cache
def _providers() -> Sequence["Provider"]:
    # Importing genai-prices takes 0.2 s (it brings an HTTP client that is never used here).
    from genai_prices.data_snapshot import get_snapshot

    return get_snapshot().providers


@cache
def _list_name() -> str:
    return f"genai-prices {version('genai-prices')}"


@cache
def _listed(provider_id: str, model: str) -> "ModelInfo | None":
    """The list's entry. Its provider must have it itself: another's price would be a guess."""
    provider = next((one for one in _providers() if one.id == provider_id), None)
    return provider.find_model(model) if provider else None


def _rates(model: "ModelInfo", provider_id: str, when: float, input_tokens: int) -> Rates:
    moment = datetime.fromtimestamp(when, UTC)
    prices = model.get_prices(moment)
    notes = [_hours(model, prices, moment), _tiers(prices)]
    request = _figure(prices, "requests_kcount", input_tokens)
    return Rates(
        source=f"{_list_name()}, {provider_id}/{model.id}",
        input_usd=_figure(prices, "input_mtok", input_tokens),
        cached_usd=_figure(prices, "cache_read_mtok", input_tokens),
        written_usd=_figure(prices, "cache_write_mtok", input_tokens),
        output_usd=_figure(prices, "output_mtok", input_tokens),
        request_usd=None if request is None else request / 1000,
        context=model.context_window,
        note=" ".join(note for note in notes if note) or None,
    )


def _figure(prices: "ModelPrice", name: str, input_tokens: int) -> Decimal | None:
    """One price; of a tiered one, the tier for this many input tokens."""
    price: Any = getattr(prices, name)
    if price is None or isinstance(price, Decimal):
        return price
    reached = [tier.price for tier in price.tiers if input_tokens > tier.start]
    return reached[-1] if reached else price.base


def _tiers(prices: "ModelPrice") -> str | None:
    price: Any = prices.input_mtok
    if price is None or isinstance(price, Decimal):
        return None
    starts = " and ".join(f"{tier.start:,}" for tier in price.tiers)
    return f"Another price holds above {starts} input tokens."


def _hours(model: "ModelInfo", prices: "ModelPrice", moment: datetime) -> str | None:
    """The hours or the day from which these prices hold, where the list has several."""
    if not isinstance(model.prices, list):
        return None
    for condition in model.prices:
        if condition.prices is not prices or condition.constraint is None:
            continue
        constraint: Any = condition.constraint
        if not constraint.active(moment):
            continue
        if hasattr(constraint, "start_date"):
            return f"The price since {constraint.start_date}."
        start, end = (f"{time:%H:%M}" for time in (constraint.start_time, constraint.end_time))
        return f"The price from {start} to {end} UTC."
    return None
