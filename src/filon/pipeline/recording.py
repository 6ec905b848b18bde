"""One attempt while it happens: what was sent, and each piece that came back, with its time."""

from filon.conversation.errors import Problem
from filon.conversation.finding import Finding
from filon.kit import clock
from filon.kit.http import Exchange, Phases
from filon.pipeline.turn import Turn, Wire
from filon.trace.frames import Frames
from filon.trace.masks import masked, masked_again
from filon.trace.records import Attempt, Headers, Timing


def _attempts(turn: Turn) -> list[Attempt]:
    return [record for record in turn.records if type(record) is Attempt]


def waited(turn: Turn) -> float:
    """How many seconds the turn has waited for providers, in attempts that are over and without
    any."""
    return _waited(turn, _attempts(turn))


def _waited(turn: Turn, attempts: list[Attempt]) -> float:
    return turn.waited + sum([one.waited + (one.timing.ended or 0.0) for one in attempts])


class Recording:
    """Gathers an attempt. `kept` bounds the bytes of frames that are kept, in bytes.

    `waited_before` is how many seconds the turn had waited for providers before, `waited` how many
    of its own it waited since: for the endpoint's line, or to try again.
    """

    def __init__(self, turn: Turn, wire: Wire, kept: int) -> None:
        assert turn.endpoint is not None
        self.status: int | None = None
        self.address: str | None = None
        self.reply_headers: Headers = ()
        self.first_output: float | None = None
        self.retry_after: float | None = None
        self.findings: tuple[Finding, ...] = ()
        self.problem: Problem | None = None
        self.waited = 0.0
        self.then: str | None = None
        self._cut = 0
        earlier = _attempts(turn) if Attempt in map(type, turn.records) else []
        self.phases = Phases()
        self.endpoint = turn.endpoint.name
        self.model = turn.model or ""
        self.wire = wire
        self.number = len(earlier) + 1
        self.waited_before = _waited(turn, earlier) if earlier else turn.waited
        self.started = turn.now()
        self._pieces: list[bytes] = []
        self._times: list[float] = []
        # As in `Frames`.
        self._kinds: list[tuple[int, str]] = []
        self._kind: str | None = None
        self._room = kept

    def opened(self, exchange: Exchange) -> None:
        """The head of the reply is here."""
        self.status = exchange.status
        self.address = exchange.address
        self.reply_headers = exchange.headers

    def frame(self, data: bytes, kind: str, shows: bool) -> float:
        """A piece of the body came; returns when (monotonic seconds). Past the cap only its size
        is counted."""
        now = clock.monotonic()
        at = now - self.phases.start
        if shows and self.first_output is None:
            self.first_output = at
        room = self._room - len(data)
        if room < 0:
            self._cut += len(data)
            return now
        self._room = room
        if kind != self._kind:
            self._kind = kind
            self._kinds.append((len(self._times), kind))
        self._pieces.append(data)
        self._times.append(at)
        return now

    def failed(self, problem: Problem, then: str) -> None:
        """It failed, and `then` says what comes after it."""
        self.problem, self.then = problem, then

    def received(self) -> bytes:
        """All bytes kept so far."""
        return b"".join(self._pieces)

    def last_frames(self, size: int) -> tuple[int, int] | None:
        """The numbers, from 1, of the first and the last piece that hold the last `size` bytes that
        came; None where these were not kept."""
        if not size or self._cut:
            return None
        first = last = len(self._pieces)
        for piece in reversed(self._pieces):
            size -= len(piece)
            if size <= 0:
                return first, last
            first -= 1
        return None

    def record(self) -> Attempt:
        """The attempt as far as it has come."""
        phases = self.phases
        lasted = phases.since()
        return Attempt(
            started=self.started,
            ended=self.started + lasted,
            error=self.problem,
            number=self.number,
            endpoint=self.endpoint,
            model=self.model,
            method=self.wire.method,
            url=self.wire.url,
            address=self.address,
            request_headers=masked_again(phases.request_headers or self.wire.headers),
            request_body=self.wire.body,
            status=self.status,
            reply_headers=masked(self.reply_headers),
            frames=Frames(
                data=self.received(),
                sizes=tuple(map(len, self._pieces)),
                times=tuple(self._times),
                kinds=tuple(self._kinds),
            ),
            frames_cut=self._cut,
            timing=Timing(
                dns=phases.dns,
                connect=phases.connect,
                tls=phases.tls,
                sent=phases.sent,
                first_byte=phases.first_byte,
                first_output=self.first_output,
                ended=lasted,
                reused=phases.reused,
                retried_stale=phases.retried_stale,
                proxy=phases.proxy,
            ),
            findings=self.findings,
            retry_after=self.retry_after,
            waited=self.waited,
            then=self.then,
            through=phases.through,
        )
