"""The figures of this process in Prometheus' text format, as docs/gateway.md lists them.

The format is that of prometheus.io/docs/instrumenting/exposition_formats (version 0.0.4). It is
written by hand: the official client takes several locks and look-ups for each turn that it counts,
and all that it would do here is this page of text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from filon import __version__
from filon.pipeline.breaker import Snapshot, standing_of
from filon.pipeline.counts import Counts, Histogram
from filon.pipeline.services import Services
from filon.pipeline.slots import Load
from filon.store.writer import Backlog

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str]
Samples = Iterable[tuple[Labels, float]]

_STATES = ("closed", "open", "half_open")


async def exposition(services: Services) -> str:
    """All figures as they are now."""
    snapshot = services.breakers.state()
    loads = await services.slots.loads()
    families = (
        *_of_turns(services.counts),
        *_of_attempts(services.counts),
        *_of_now(len(services.running), loads, snapshot),
        *_of_store(services.store.backlog),
        _family("info", "gauge", "Which version runs.", [({"version": __version__}, 1)]),
    )
    return "".join(families)


def _of_turns(counts: Counts) -> Iterator[str]:
    models = [
        ({"endpoint": endpoint, "model": model}, sums)
        for (endpoint, model), sums in sorted(counts.models.items())
    ]
    yield _family(
        "turns_total",
        "counter",
        "Turns that are over, whoever asked.",
        (
            ({**place, "outcome": outcome, "caller": caller}, number)
            for place, sums in models
            for (outcome, caller), number in sorted(sums.turns.items())
        ),
    )
    yield _family(
        "errors_total",
        "counter",
        "Turns that ended with an error, by its code, a finding's where there was one.",
        (({"code": code}, number) for code, number in sorted(counts.errors.items())),
    )
    yield _family(
        "tokens_total",
        "counter",
        "Tokens as the provider counted them, or as Filon did where it did not.",
        (
            ({**place, "direction": direction}, number)
            for place, sums in models
            for direction, number in (("in", sums.input_tokens), ("out", sums.output_tokens))
        ),
    )
    yield _family(
        "cost_usd_total",
        "counter",
        "What turns cost in USD, as far as it is known.",
        ((place, sums.usd) for place, sums in models),
    )
    yield _family(
        "unpriced_turns_total",
        "counter",
        "Turns that used tokens at a price that nobody knows.",
        ((place, sums.unpriced) for place, sums in models),
    )
    yield _histograms(
        "ttft_seconds",
        "From the beginning of a turn to its first output.",
        ((place, sums.ttft) for place, sums in models),
    )
    yield _histograms(
        "own_seconds",
        "Filon's own time before a turn's last attempt, without waiting for providers.",
        [({}, counts.own)],
    )


def _of_attempts(counts: Counts) -> Iterator[str]:
    yield _family(
        "attempts_total",
        "counter",
        "Exchanges with providers.",
        (
            ({"endpoint": endpoint, "result": "failed" if failed else "answered"}, number)
            for (endpoint, failed), number in sorted(counts.attempts.items())
        ),
    )
    yield _family(
        "retries_total",
        "counter",
        "Attempts that were followed by another at the same model.",
        (({"endpoint": name}, number) for name, number in sorted(counts.retries.items())),
    )
    yield _family(
        "fallbacks_total",
        "counter",
        "Attempts that were followed by one at another model.",
        (({"endpoint": name}, number) for name, number in sorted(counts.fallbacks.items())),
    )


def _of_now(running: int, loads: Mapping[str, Load], snapshot: Snapshot) -> Iterator[str]:
    yield _family("running_turns", "gauge", "Turns that are not over.", [({}, running)])
    yield _family(
        "waiting_attempts",
        "gauge",
        "Attempts in the line of an endpoint that has limits.",
        (({"endpoint": name}, load.waiting) for name, load in sorted(loads.items())),
    )
    yield _family(
        "taken_places",
        "gauge",
        "Attempts that run at an endpoint that has limits.",
        (({"endpoint": name}, load.taken) for name, load in sorted(loads.items())),
    )
    states = Counter(
        (access.endpoint, standing_of(circuit, snapshot.at).state)
        for access, circuit in snapshot.circuits.items()
    )
    yield _family(
        "breakers",
        "gauge",
        "Keys of an endpoint by the state of their breakers.",
        (
            ({"endpoint": name, "state": state}, states[name, state])
            for name in sorted({name for name, _ in states})
            for state in _STATES
        ),
    )


def _of_store(backlog: Backlog) -> Iterator[str]:
    yield _family(
        "store_waiting", "gauge", "Operations that wait to be stored.", [({}, backlog.waiting)]
    )
    yield _family("store_waiting_bytes", "gauge", "Bytes of their rows.", [({}, backlog.bytes)])
    yield _family("traces_stored_total", "counter", "Traces stored.", [({}, backlog.stored)])
    yield _family(
        "traces_lost_total",
        "counter",
        "Traces that could not be stored; the log says why.",
        [({}, backlog.lost)],
    )


def _family(name: str, kind: str, told: str, samples: Samples) -> str:
    lines = [_line(f"filon_{name}", labels, value) for labels, value in samples]
    return _head(name, kind, told) + "".join(lines)


def _histograms(name: str, told: str, samples: Iterable[tuple[Labels, Histogram]]) -> str:
    lines = [line for labels, one in samples for line in _buckets(f"filon_{name}", labels, one)]
    return _head(name, "histogram", told) + "".join(lines)


def _buckets(name: str, labels: Labels, one: Histogram) -> Iterator[str]:
    bounds = (*(f"{bound:g}" for bound in one.bounds), "+Inf")
    below = list(accumulate(one.counts))
    for bound, number in zip(bounds, below, strict=True):
        yield _line(f"{name}_bucket", {**labels, "le": bound}, number)
    yield _line(f"{name}_sum", labels, one.sum)
    yield _line(f"{name}_count", labels, below[-1])


def _head(name: str, kind: str, told: str) -> str:
    return f"# HELP filon_{name} {told}\n# TYPE filon_{name} {kind}\n"


def _line(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{label}="{escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {value!r}\n" if inside else f"{name} {value!r}\n"


def escaped(text: str) -> str:
    """A label's value as the format has it."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
