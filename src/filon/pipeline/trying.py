"""The attempts at one target: which key each uses, whether it may be made now, and what comes after
it. Keys, breakers and the endpoint's limits meet here; what to do is decided in `retrying`."""

import asyncio
from math import ceil

from msgspec.structs import replace

from filon.conversation import tokens
from filon.conversation.errors import FilonError, Problem, ProviderError
from filon.kit import clock
from filon.pipeline.attempt import Exchanging
from filon.pipeline.breaker import Outcome, Permit, Snapshot, Standing, access_to, outcome_of
from filon.pipeline.patience import Patience, deadline, passed
from filon.pipeline.repairing import Repairing, repair_of, told
from filon.pipeline.retrying import Again, End, GiveUp, Policy, Tried, Verdict, after
from filon.pipeline.services import Progress, Services
from filon.pipeline.slots import Taken, Wish
from filon.pipeline.turn import Answer, Turn, Wire
from filon.providers.endpoint import Endpoint, EndpointLimits, Key
from filon.providers.headers import with_key
from filon.trace.recorder import clean
from filon.trace.records import Routed

_UNBOUNDED = EndpointLimits()
_ANSWERED = Outcome(kind="answered")
_NOTHING = Outcome(kind="nothing")
_OUT_OF_TIME = End(why="The time that the caller allows is over.")


class Resting(ProviderError):
    """An endpoint that has failed too often of late is left alone for a while."""

    status = 503
    code = "endpoint_resting"


class GaveUp(Exception):
    """No more of this target; another may be tried. `error` is what the caller is told if not."""

    def __init__(self, error: FilonError) -> None:
        super().__init__(str(error))
        self.error = error


def has_next(turn: Turn) -> bool:
    """Whether the route has another target that can be used."""
    routed = next(one for one in reversed(turn.records) if isinstance(one, Routed))
    return sum(candidate.kept for candidate in routed.candidates) > 1


class Trying:
    """One target, until it answers or is given up. After each `begin`, whatever comes of it, there
    must be an `end`."""

    def __init__(self, progress: Progress, services: Services) -> None:
        turn = progress.turn
        assert turn.endpoint is not None
        assert turn.wire is not None
        self._attempts = 0
        self._waited = 0.0
        self._key: Key | None = None
        self._exchanging: Exchanging | None = None
        self._permit: Permit | None = None
        self._taken: Taken | None = None
        self._progress = progress
        self._services = services
        self._endpoint = turn.endpoint
        self._model = turn.model or ""
        self._wire = turn.wire
        self._is_bounded = turn.endpoint.limits != _UNBOUNDED
        self._deadline = deadline(turn)
        # Of all that is tried, not of an answer that has begun.
        self._begin_by = turn.begun + services.retries.deadline
        # The keys that have not failed in this turn.
        self._fresh = _usable_keys(turn.endpoint, services)

    async def begin(self) -> Exchanging:
        """The next attempt, with its key, its place at the endpoint and its breaker's leave. Raises
        GaveUp where there is none to be had, and DeadlinePassed."""
        self._key = key = self._choose()
        if self._is_bounded:
            self._taken = await self._take()
        self._attempts += 1
        progress = self._progress
        if self._endpoint.more_keys:
            wire = _keyed(self._wire, self._endpoint, key)
            progress.turn = replace(progress.turn, wire=wire)
        patience = Patience(self._services.limits, self._deadline, self._begin_by)
        self._exchanging = Exchanging(progress, self._services, patience)
        self._exchanging.recording.waited, self._waited = self._waited, 0.0
        return self._exchanging

    def answered(self) -> None:
        """The attempt has begun to answer, or has done so. What follows is no matter of the
        breaker any more."""
        self._count(_ANSWERED)

    async def failed(self, error: FilonError, *, committed: bool) -> Again:
        """The attempt has failed: how to try again. Raises Repairing where the request is to be
        mended first, GaveUp where another target may answer, and the error where none may. What is
        decided stands in the attempt's record."""
        assert self._exchanging is not None
        recording = self._exchanging.recording
        # Some providers say the key that they refuse, and the caller need not own it.
        error.problem = clean(error.problem, self._services.redactor)
        verdict: Verdict = _OUT_OF_TIME
        if isinstance(error, ProviderError):
            repair = None
            if self._services.retries.repair and not committed:
                repair = repair_of(self._progress.turn, recording.findings)
            if repair is not None:
                self._count(outcome_of(error.problem))
                recording.failed(error.problem, told(repair))
                raise Repairing(repair) from error
            verdict = self._verdict(error.problem, committed=committed)
        if isinstance(verdict, GiveUp):
            error.problem = verdict.problem
        recording.failed(error.problem, verdict.why)
        match verdict:
            case Again():
                return verdict
            case GiveUp():
                raise GaveUp(error) from error
            case End():
                raise error

    async def end(self) -> None:
        """Closes the attempt, if it came to one, leaves its record in the turn, and gives back what
        it had taken."""
        if self._permit is not None:
            # Nobody knows how it would have ended if its caller had stayed.
            self._count(_NOTHING)
        exchanging, self._exchanging = self._exchanging, None
        if exchanging is not None:
            if not exchanging.over:
                await exchanging.close()
            exchanging.end(self._progress)
        else:
            self._note_waiting()
        taken, self._taken = self._taken, None
        if taken is not None:
            failed = exchanging is None or exchanging.recording.problem is not None
            used = _used(self._progress.turn.answer, taken, failed=failed)
            await self._services.slots.give_back(taken, used)

    async def wait(self, again: Again) -> None:
        """Until it is time for another attempt."""
        began = clock.monotonic()
        await asyncio.sleep(again.wait)
        self._waited += clock.monotonic() - began

    def _note_waiting(self) -> None:
        """Of a wait that no attempt follows, no attempt's record can tell."""
        turn, waited = self._progress.turn, self._waited
        self._waited = 0.0
        self._progress.turn = replace(turn, waited=turn.waited + waited)

    def _count(self, outcome: Outcome) -> None:
        """Only the first outcome of an attempt counts."""
        permit, self._permit = self._permit, None
        if permit is not None:
            self._services.breakers.end(permit, outcome)

    @property
    def _policy(self) -> Policy:
        return Policy(attempts=self._services.retries.attempts)

    def _verdict(self, problem: Problem, *, committed: bool) -> Verdict:
        key = self._key
        assert key is not None
        self._count(outcome_of(problem))
        self._fresh = [one for one in self._fresh if one.value != key.value]
        state = self._services.breakers.state()
        tried = Tried(
            attempts=self._attempts,
            fresh_keys=sum(self._may_use(self._standing(state, one)) for one in self._fresh),
            committed=committed,
            time_left=min(self._deadline, self._begin_by) - clock.monotonic(),
            has_next=has_next(self._progress.turn),
        )
        verdict = after(problem, tried, self._policy, self._services.random01())
        if not isinstance(verdict, Again):
            return verdict
        if verdict.key == "other":
            self._key = None
            return verdict
        standing = self._standing(state, key, waited=True)
        if self._may_use(standing):
            return verdict
        return GiveUp(problem=problem, why=f"It is left alone for now: {standing.why}.")

    def _standing(self, state: Snapshot, key: Key, *, waited: bool = False) -> Standing:
        return state.standing(access_to(self._endpoint, key), self._model, waited=waited)

    def _may_use(self, standing: Standing) -> bool:
        return standing.usable or not self._is_held_back()

    def _choose(self) -> Key:
        """The key that is used again, or the next that its breaker lets through."""
        waited = self._key is not None
        keys = self._fresh if self._key is None else [self._key]
        resting: list[Standing] = []
        for key in keys:
            access = access_to(self._endpoint, key)
            leave = self._services.breakers.begin(access, self._model, waited=waited)
            if isinstance(leave, Permit):
                self._permit = leave
                return key
            resting.append(leave)
        if not self._is_held_back():
            access = access_to(self._endpoint, keys[0])
            self._permit = self._services.breakers.insist(access, self._model)
            return keys[0]
        raise GaveUp(_resting(self._endpoint, resting))

    def _is_held_back(self) -> bool:
        """Whether a breaker keeps this turn away. A person who tries again knows better than it;
        a program comes back by itself, and another target answers at once."""
        turn = self._progress.turn
        return self._services.retries.breaker and (turn.caller.kind == "gateway" or has_next(turn))

    async def _take(self) -> Taken:
        turn, limits = self._progress.turn, self._endpoint.limits
        time_left = max(0.0, min(self._deadline, self._begin_by) - clock.monotonic())
        if has_next(turn):
            time_left = min(time_left, self._policy.patience_with_next)
        counts = limits.tokens_per_minute is not None
        wish = Wish(
            endpoint=self._endpoint.name,
            label=self._endpoint.label,
            caller=turn.caller.key_id or f"person {turn.caller.owner_id}",
            tokens=tokens.of_request(turn.request) if counts else 0,
            time_left=time_left,
        )
        began = clock.monotonic()
        try:
            taken = await self._services.slots.take(limits, wish)
        except FilonError as error:
            self._waited += clock.monotonic() - began
            if clock.monotonic() >= self._deadline:
                raise passed(turn) from error
            raise GaveUp(error) from error
        self._waited += taken.waited
        return taken


def _usable_keys(endpoint: Endpoint, services: Services) -> list[Key]:
    """The endpoint's keys, each request beginning with the next one."""
    if not endpoint.more_keys:
        return [endpoint.key]
    keys = [endpoint.key, *(key for key in endpoint.more_keys if key.value)]
    if len(keys) == 1:
        return keys
    first = services.next_key(endpoint.name) % len(keys)
    return [*keys[first:], *keys[:first]]


def _keyed(wire: Wire, endpoint: Endpoint, key: Key) -> Wire:
    """The request, which carries the endpoint's own key, with this one of its keys."""
    return replace(wire, headers=with_key(wire.headers, endpoint, key))


def _used(answer: Answer, taken: Taken, *, failed: bool) -> int:
    """The attempt's tokens as the provider counted them. Where it did not, our estimate stands,
    but for an attempt that failed before anything was answered."""
    if answer.usage is not None:
        return answer.tokens
    if failed and answer.message is None:
        return 0
    return taken.tokens + tokens.of_answer(answer.message)


def _resting(endpoint: Endpoint, standings: list[Standing]) -> Resting:
    waits = [one.wait for one in standings if one.wait is not None]
    why = next((one.why for one in standings if one.why), "it has failed too often of late")
    when = f"in {max(1, ceil(min(waits))):,} s" if waits else "in a moment"
    return Resting(
        Problem(
            code=Resting.code,
            message=f"{endpoint.label} is left alone for now: {why}.",
            blame="provider",
            status=Resting.status,
            fix=f"Try again {when}, or choose another model; Endpoints shows how it stands.",
            retry_after=min(waits) if waits else None,
            names={"endpoint": endpoint.label, "reason": why},
        )
    )
