"""Facts of a model, each with its source, and the price of a turn with its arithmetic."""

from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.usage import Usage
from filon.providers import abilities, catalog
from filon.providers.endpoint import Endpoint
from filon.providers.rates import NoRates, Rates, find, warm
from filon.trace.records import Cost

__all__ = ["Fact", "ModelFacts", "facts", "is_listed", "price", "warm"]

_MILLION = Decimal(1_000_000)


class Fact(Struct, frozen=True, kw_only=True):
    """One fact with where it comes from. `value` None means unknown; `source` may then say why."""

    value: Any = None
    source: str | None = None


class ModelFacts(Struct, frozen=True, kw_only=True):
    """What is known of a model at an endpoint. Prices are USD per million tokens."""

    context: Fact
    input_usd_per_mtok: Fact
    cached_usd_per_mtok: Fact
    output_usd_per_mtok: Fact
    abilities: Fact


def facts(endpoint: Endpoint, model: str, when: float) -> ModelFacts:
    """What is known of a model. `when` is Unix time in seconds: prices change, some by the hour."""
    known = abilities.of(model)
    ability = Fact(value=list(known[0]), source=known[1]) if known else Fact()
    word = _without_price(endpoint)
    seen = _seen_context(endpoint, model)
    if word is not None:
        zero = Fact(value=0.0, source=word)
        return ModelFacts(
            context=seen or _configured_context(endpoint, model),
            input_usd_per_mtok=zero,
            cached_usd_per_mtok=zero,
            output_usd_per_mtok=zero,
            abilities=ability,
        )
    rates = find(endpoint, model, when)
    if isinstance(rates, NoRates):
        rates = Rates(source=rates.why)
    source = f"{rates.source}. {rates.note}" if rates.note else rates.source
    return ModelFacts(
        context=seen or Fact(value=rates.context, source=rates.source if rates.context else None),
        input_usd_per_mtok=_price_fact(rates.input_usd, source),
        cached_usd_per_mtok=_price_fact(rates.cached_usd, source),
        output_usd_per_mtok=_price_fact(rates.output_usd, source),
        abilities=ability,
    )


def price(endpoint: Endpoint, model: str, usage: Usage, when: float) -> Cost:
    """What these tokens cost in a request that began at `when` (Unix seconds)."""
    word = _without_price(endpoint)
    if word is not None:
        kind = "free" if endpoint.kind == "practice" else "local"
        return Cost(kind=kind, source=word)
    rates = find(endpoint, model, when, usage.input_tokens or 0)
    if usage.cost_usd is not None:
        return _reported(rates, usage, usage.cost_usd)
    if isinstance(rates, NoRates):
        return Cost(kind="unknown", why=rates.why)
    return _cost(rates, usage)


def is_listed(endpoint: Endpoint) -> bool:
    """Whether the price list is looked at for what an endpoint answers."""
    manifest = catalog.by_name(endpoint.provider)
    return bool(manifest and manifest.prices) and _without_price(endpoint) is None


def _reported(rates: Rates | NoRates, usage: Usage, usd: float) -> Cost:
    """The provider's own figure, and what a list says beside it, where there is one."""
    told = "reported by the provider"
    listed = None if isinstance(rates, NoRates) else _cost(rates, usage)
    if listed is None or listed.usd is None:
        return Cost(kind="reported", usd=usd, source=told)
    return replace(
        listed,
        kind="reported",
        usd=usd,
        source=told,
        reckoned_usd=listed.usd,
        reckoned_source=listed.source,
    )


def _without_price(endpoint: Endpoint) -> str | None:
    """The words for an endpoint that nobody is paid for."""
    if endpoint.kind == "practice":
        return "practice costs nothing"
    if endpoint.rates:
        return None
    manifest = catalog.by_name(endpoint.provider)
    local = endpoint.kind == "local" or (manifest is not None and manifest.kind == "local")
    return "runs on your own machine" if local else None


def _seen_context(endpoint: Endpoint, model: str) -> Fact | None:
    """The context that a local server really uses, or why nobody knows it; None where it was not
    looked at."""
    window = endpoint.windows.get(model)
    if window is None:
        return None
    possible = f", of {window.limit:,} that are possible" if window.limit else ""
    return Fact(value=window.used, source=f"{window.used_source}{possible}")


def _configured_context(endpoint: Endpoint, model: str) -> Fact:
    """The context that the endpoint itself says a model has."""
    for rate in endpoint.rates:
        if rate.model == model and rate.context is not None:
            return Fact(value=rate.context, source=rate.because.source)
    return Fact()


def _price_fact(value: Decimal | None, source: str) -> Fact:
    return Fact(value=None if value is None else float(value), source=source)


def _cost(rates: Rates, usage: Usage) -> Cost:
    figures = Cost(
        kind="unknown",
        input_usd_per_mtok=_float(rates.input_usd),
        cached_usd_per_mtok=_float(rates.cached_usd),
        output_usd_per_mtok=_float(rates.output_usd),
        written_usd_per_mtok=_float(rates.written_usd),
        source=rates.source,
    )
    if usage.input_tokens is None or usage.output_tokens is None:
        return replace(figures, why="The provider did not report how many tokens it counted.")
    if rates.input_usd is None or (rates.output_usd is None and usage.output_tokens):
        return replace(figures, why=f"{rates.source} has only a part of the price.")
    cached = min(usage.cached_tokens or 0, usage.input_tokens)
    written = min(usage.written_tokens or 0, usage.input_tokens - cached)
    if rates.written_usd is None:
        # Who has no price of its own for it takes the usual one.
        written = 0
    parts = [(usage.input_tokens - cached - written, rates.input_usd)]
    if cached:
        parts.append((cached, rates.input_usd if rates.cached_usd is None else rates.cached_usd))
    if written and rates.written_usd is not None:
        parts.append((written, rates.written_usd))
    if usage.output_tokens or rates.output_usd:
        parts.append((usage.output_tokens, rates.output_usd or Decimal(0)))
    total = sum((count * usd / _MILLION for count, usd in parts), rates.request_usd or Decimal(0))
    terms = [f"{count:,} × ${_money(usd)}/M" for count, usd in parts]
    if rates.request_usd:
        terms.append(f"${_money(rates.request_usd)} for the request")
    return replace(
        figures,
        kind="priced",
        usd=float(total),
        arithmetic=f"{' + '.join(terms)} = ${_sum(total)}",
        why=_remark(rates, cached),
    )


def _remark(rates: Rates, cached: int) -> str | None:
    """What must be said beside the sum: when the price holds, or that it is an upper bound."""
    remarks = [rates.note] if rates.note else []
    if cached and rates.cached_usd is None:
        remarks.append("No price for cached tokens is known, so they are reckoned at the full one.")
    return " ".join(remarks) or None


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _money(value: Decimal) -> str:
    """A price with at least two decimals and no needless zeros: 0.27, 1.10, 0.003625."""
    text = f"{value:f}"
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


def _sum(value: Decimal) -> str:
    """A sum to four decimals, a small one to its first two figures that are not zero."""
    if value >= Decimal("0.01") or not value:
        return f"{value:.4f}"
    return f"{value:.{1 - value.adjusted()}f}"
