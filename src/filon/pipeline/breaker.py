"""Breakers: whether an endpoint is asked at all with one of its keys, by how it has answered.

What becomes of a breaker is a pure function over one frozen state for each endpoint and key.
Where the states lie is behind `Breakers`: in this process, until several share them.

    closed      asked; failures are counted
    open        not asked until a time has passed: too many failed, or the key was refused
    half_open   that time has passed; one request is let through, and its outcome closes or opens

A person may ask all the same while it is open or half open. An answer closes it, since it proves
more than a time that has passed; a failure changes nothing, so that nobody's impatience makes
programs wait longer.
"""

import random
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from math import floor
from typing import Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import Problem
from filon.kit import clock
from filon.pipeline.kinds import kind_of
from filon.providers.endpoint import Endpoint, Key

# It opens when so many attempts failed within the window, and no fewer than this share of all.
FEWEST_FAILED = 5
SHARE_FAILED = 0.5
# The window in seconds, counted in slices, so that a busy endpoint costs no more than an idle one.
WINDOW = 30.0
_SLICES = 10
_SLICE = WINDOW / _SLICES
# Seconds that it stays open: for the first time, for the first time by a refused key, and at most.
# Each time in a row doubles them, and up to a fifth is taken off by chance, so that several
# processes do not probe together.
OPEN_FOR = 15.0
REFUSED_FOR = 60.0
OPEN_AT_MOST = 300.0
_SPREAD = 0.2
# A provider may ask for hours; that it still means them is looked at sooner.
BUSY_AT_MOST = 300.0
# Seconds after which a probe is taken for lost, longer than any silence that is allowed: else one
# that was never ended would keep the endpoint closed to all for ever.
_PROBE_LOST = 600.0


class Access(Struct, frozen=True):
    """An endpoint with one of its keys. `key` is a fingerprint of key and address, so that a
    corrected key or address begins with a breaker of its own."""

    endpoint: str
    key: str


def access_to(endpoint: Endpoint, key: Key) -> Access:
    """The access to an endpoint, as a model is reached (`Endpoint.at`), with this key."""
    return _access(endpoint.name, endpoint.url or endpoint.base_url, key.value or "")


@lru_cache(256)
def _access(endpoint: str, address: str, key: str) -> Access:
    return Access(endpoint, sha256(f"{address}\n{key}".encode()).hexdigest()[:12])


class Outcome(Struct, frozen=True, kw_only=True):
    """How an attempt ended, as far as a breaker cares. `retry_after` is in seconds, as the
    provider asked; `why` is told of a refused key."""

    kind: Literal["answered", "failed", "refused", "pace", "nothing"]
    retry_after: float | None = None
    why: str = ""


def outcome_of(problem: Problem | None) -> Outcome:
    """The outcome of an attempt that ended so; None is one that answered.

    What concerns one request alone counts as nothing: a wrong request, an unknown model, a caller
    that left. A 403 does too, because providers give it to one model or one text; opening on it,
    one caller could close the endpoint to all others.
    """
    if problem is None:
        return Outcome(kind="answered")
    match kind_of(problem):
        case "key":
            return Outcome(kind="refused", why="its key was refused")
        case "credit":
            return Outcome(kind="refused", why="the account of its key has no credit")
        case "pace":
            return Outcome(kind="pace", retry_after=problem.retry_after)
        case "silence" | "passing" | "lasting" if problem.blame in ("provider", "network"):
            return Outcome(kind="failed")
        case _:
            return Outcome(kind="nothing")


class _Slice(Struct, frozen=True):
    number: int
    answered: int
    failed: int


class Circuit(Struct, frozen=True, kw_only=True):
    """One breaker. `opened` is how often in a row, 0 while closed; `until` the monotonic time at
    which it may be probed, `probe` when the running probe began. `era` grows when it opens or
    closes and with each probe, so that an attempt from before counts no more; `rest` is the era in
    which it opened last."""

    slices: tuple[_Slice, ...] = ()
    opened: int = 0
    until: float = 0.0
    probe: float | None = None
    era: int = 0
    rest: int = 0
    why: str = ""


_NEW = Circuit()


class Permit(Struct, frozen=True, kw_only=True):
    """One attempt that may be made, to be ended once with its outcome. `insists`: it is made
    whatever the breaker says."""

    access: Access
    model: str
    era: int
    probe: bool
    insists: bool = False


class Standing(Struct, frozen=True, kw_only=True):
    """Whether a request may go there now, and if not, why not, as the end of a sentence.

    `wait` is in how many seconds it can be tried again: 0 when it can be now, None when that
    depends on how a probe ends.
    """

    state: Literal["closed", "open", "half_open", "busy"] = "closed"
    usable: bool = True
    wait: float | None = 0.0
    why: str | None = None


_CLOSED = Standing()


class Snapshot(Struct, frozen=True, kw_only=True):
    """All breakers at the monotonic time `at`, for `route` and for people. `busy` says until
    when a model is not to be asked for with an access."""

    at: float
    circuits: Mapping[Access, Circuit]
    busy: Mapping[tuple[Access, str], float]

    def standing(self, access: Access, model: str, *, waited: bool = False) -> Standing:
        """Whether this model may be asked for. What was never asked may be. `waited` says that the
        turn has waited as long as it was asked to, so that for it nothing is busy."""
        standing = standing_of(self.circuits.get(access, _NEW), self.at)
        rest = self.busy.get((access, model), 0.0) - self.at if self.busy else 0.0
        if not standing.usable or waited or rest <= 0:
            return standing
        return Standing(
            state="busy", usable=False, wait=rest, why=f"it asked to wait {rest:,.0f} s more"
        )


class Breakers(Protocol):
    """What knows how endpoints have answered."""

    def begin(self, access: Access, model: str, *, waited: bool = False) -> Permit | Standing:
        """Lets one attempt through, or says why not. A permit must be ended. `waited` is as for
        `Snapshot.standing`."""
        ...

    def insist(self, access: Access, model: str) -> Permit:
        """Lets an attempt through that `begin` has refused. The permit must be ended."""
        ...

    def end(self, permit: Permit, outcome: Outcome) -> None:
        """The attempt is over, or its output has begun. Once for each permit."""
        ...

    def state(self) -> Snapshot:
        """How all breakers stand."""
        ...


class MemoryBreakers:
    """Breakers in this process. The clock and the chance are for tests."""

    def __init__(
        self,
        monotonic: Callable[[], float] = clock.monotonic,
        random01: Callable[[], float] = random.random,
    ) -> None:
        self._monotonic = monotonic
        self._random01 = random01
        # Grows with the configuration alone: endpoints and keys that were ever asked.
        self._circuits: dict[Access, Circuit] = {}
        self._busy: dict[tuple[Access, str], float] = {}

    def begin(self, access: Access, model: str, *, waited: bool = False) -> Permit | Standing:
        """Lets one attempt through, or says why not."""
        circuit = self._circuits.setdefault(access, _NEW)
        if not circuit.opened and not self._busy:
            return Permit(access=access, model=model, era=circuit.era, probe=False)
        now = self._monotonic()
        standing = self._snapshot(now).standing(access, model, waited=waited)
        if not standing.usable:
            return standing
        probe = standing.state == "half_open"
        if probe:
            # A new era: the probe that was lost may yet come back.
            circuit = replace(circuit, probe=now, era=circuit.era + 1)
            self._circuits[access] = circuit
        return Permit(access=access, model=model, era=circuit.era, probe=probe)

    def insist(self, access: Access, model: str) -> Permit:
        """Lets an attempt through that `begin` has refused."""
        circuit = self._circuits.setdefault(access, _NEW)
        return Permit(access=access, model=model, era=circuit.era, probe=False, insists=True)

    def end(self, permit: Permit, outcome: Outcome) -> None:
        """Counts the outcome."""
        now = self._monotonic()
        self._circuits[permit.access] = ended(
            self._circuits[permit.access], permit, outcome, now, self._random01()
        )
        if outcome.kind == "pace" and outcome.retry_after is not None:
            rest = min(outcome.retry_after, BUSY_AT_MOST)
            self._busy = {place: until for place, until in self._busy.items() if until > now}
            self._busy[permit.access, permit.model] = now + rest

    def state(self) -> Snapshot:
        """How all breakers stand."""
        snapshot = self._snapshot(self._monotonic())
        return replace(snapshot, circuits=dict(snapshot.circuits), busy=dict(snapshot.busy))

    def _snapshot(self, now: float) -> Snapshot:
        return Snapshot(at=now, circuits=self._circuits, busy=self._busy)


def standing_of(circuit: Circuit, now: float) -> Standing:
    """How a breaker stands, whichever model is asked for."""
    if not circuit.opened:
        return _CLOSED
    rest = circuit.until - now
    if rest > 0:
        why = f"{circuit.why}; it is tried again in {rest:,.0f} s"
        return Standing(state="open", usable=False, wait=rest, why=why)
    if circuit.probe is None or now - circuit.probe >= _PROBE_LOST:
        return Standing(state="half_open", why=f"{circuit.why}; this request tries it again")
    why = f"{circuit.why}; another request is trying it again"
    return Standing(state="half_open", usable=False, wait=None, why=why)


def ended(
    circuit: Circuit, permit: Permit, outcome: Outcome, now: float, random01: float
) -> Circuit:
    """The breaker after an attempt ended. `random01` is from 0 to below 1."""
    if permit.insists and circuit.opened:
        return _closed(circuit) if _proves_life(permit, outcome, circuit) else circuit
    if permit.era != circuit.era:
        return circuit
    match outcome.kind:
        case "answered" if not permit.probe:
            return _counted(circuit, now, answered=1)
        case "refused":
            return _opened(circuit, REFUSED_FOR, outcome.why, now, random01)
        case "failed" if permit.probe:
            return _opened(circuit, OPEN_FOR, "it failed when it was tried again", now, random01)
        case "failed":
            circuit = _counted(circuit, now, failed=1)
            why = _too_many(circuit)
            return _opened(circuit, OPEN_FOR, why, now, random01) if why else circuit
        # Whoever asks to slow down is there, and knows the key.
        case "answered" | "pace" if permit.probe:
            return _closed(circuit)
        case _:
            return replace(circuit, probe=None)


def _proves_life(permit: Permit, outcome: Outcome, circuit: Circuit) -> bool:
    """Whether this ends the rest: it began while the endpoint rested as it does now, with or
    without a probe under way, and was answered."""
    return outcome.kind in ("answered", "pace") and permit.era >= circuit.rest


def _closed(circuit: Circuit) -> Circuit:
    return Circuit(era=circuit.era + 1)


def _opened(circuit: Circuit, first: float, why: str, now: float, random01: float) -> Circuit:
    # Doubled beyond this it is past the bound, and in the end past what a float can hold.
    seconds = min(OPEN_AT_MOST, first * 2.0 ** min(circuit.opened, 60))
    return Circuit(
        opened=circuit.opened + 1,
        until=now + seconds * (1 - _SPREAD * random01),
        era=circuit.era + 1,
        rest=circuit.era + 1,
        why=why,
    )


def _counted(circuit: Circuit, now: float, *, answered: int = 0, failed: int = 0) -> Circuit:
    number = floor(now / _SLICE)
    kept = circuit.slices
    last = kept[-1] if kept else None
    if last is not None and last.number == number:
        counted = _Slice(number, last.answered + answered, last.failed + failed)
        return replace(circuit, slices=(*kept[:-1], counted))
    young = [each for each in kept if each.number > number - _SLICES]
    return replace(circuit, slices=(*young, _Slice(number, answered, failed)))


def _too_many(circuit: Circuit) -> str | None:
    """Why it must open; None when it need not."""
    failed = sum(each.failed for each in circuit.slices)
    total = failed + sum(each.answered for each in circuit.slices)
    if failed < FEWEST_FAILED or failed < SHARE_FAILED * total:
        return None
    return f"{failed} of {total} requests in {WINDOW:.0f} s have failed"
