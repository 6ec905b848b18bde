"""What the block `filon` adds to endpoints, as values. Made by `filon.config.additions`."""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from filon.providers.endpoint import Endpoint, EndpointLimits, Key


class Addition(Struct, frozen=True, kw_only=True):
    """What one endpoint gets beside its own entry. A key without a value names what is missing."""

    keys: tuple[Key, ...] = ()
    limits: EndpointLimits = EndpointLimits()


# By the exact names of endpoints.
Additions = Mapping[str, Addition]

_NOTHING = Addition()


def with_additions(endpoints: Iterable[Endpoint], additions: Additions) -> tuple[Endpoint, ...]:
    """The endpoints with exactly what these add to them."""
    pairs = ((one, additions.get(one.name, _NOTHING)) for one in endpoints)
    return tuple(replace(one, more_keys=added.keys, limits=added.limits) for one, added in pairs)


def secrets_of(additions: Additions) -> tuple[str, ...]:
    """The values of all keys that are added."""
    return tuple(key.value for one in additions.values() for key in one.keys if key.value)
