"""How endpoints stand now, as the page shows it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from math import ceil

from filon.pipeline.breaker import Access, Circuit, Snapshot, access_to, standing_of
from filon.pipeline.slots import Load
from filon.providers.endpoint import Endpoint, EndpointLimits, Key
from filon.server import told
from filon.server.standing_shapes import BoundShape, BusyShape, KeyStandingShape, StandingShape

_IDLE = Load(taken=0, waiting=0, requests=0.0, tokens=0.0)


def standings(
    endpoints: Iterable[Endpoint],
    snapshot: Snapshot,
    loads: Mapping[str, Load],
    running: Mapping[str, int],
    now: float,
) -> list[StandingShape]:
    """Every endpoint's standing; `running` counts turns by endpoint, `now` is Unix time."""
    return [
        _standing(endpoint, snapshot, loads.get(endpoint.name, _IDLE), running, now)
        for endpoint in endpoints
    ]


def _standing(
    endpoint: Endpoint,
    snapshot: Snapshot,
    load: Load,
    running: Mapping[str, int],
    now: float,
) -> StandingShape:
    # A breaker that no key leads to is of a key or an address from before.
    keys = dict(_keys(endpoint))
    return StandingShape(
        name=endpoint.name,
        keys=[
            _key(key, snapshot.circuits.get(access, Circuit()), snapshot.at, now)
            for access, key in keys.items()
        ],
        busy=[
            BusyShape(model=model, key=told.key_state(keys[access]), until=now + rest)
            for (access, model), until in snapshot.busy.items()
            if access in keys and (rest := until - snapshot.at) > 0
        ],
        running=running.get(endpoint.name, 0),
        waiting=load.waiting,
        limits=list(_limits(endpoint.limits, load)),
    )


def _keys(endpoint: Endpoint) -> Iterator[tuple[Access, Key]]:
    """Every access that there is to the endpoint, where its models have several too."""
    for place in (endpoint, *(endpoint.at(model) for model in endpoint.targets)):
        for key in (place.key, *(one for one in place.more_keys if one.value)):
            yield access_to(place, key), key


def _key(key: Key, circuit: Circuit, at: float, now: float) -> KeyStandingShape:
    standing = standing_of(circuit, at)
    return KeyStandingShape(
        key=told.key_state(key),
        state="closed" if standing.state == "busy" else standing.state,
        why=circuit.why if circuit.opened else None,
        until=now + circuit.until - at if standing.state == "open" else None,
    )


def _limits(limits: EndpointLimits, load: Load) -> Iterator[BoundShape]:
    if limits.concurrent is not None:
        yield BoundShape(name="concurrent", limit=limits.concurrent, used=load.taken)
    if limits.requests_per_minute is not None:
        used = ceil(load.requests)
        yield BoundShape(name="requests_per_minute", limit=limits.requests_per_minute, used=used)
    if limits.tokens_per_minute is not None:
        used = ceil(load.tokens)
        yield BoundShape(name="tokens_per_minute", limit=limits.tokens_per_minute, used=used)
