"""One exchange with a provider while it lasts: what goes out, what comes back, how it fails."""

from collections.abc import Awaitable, Sequence
from typing import get_args

from msgspec.structs import replace

from filon.conversation import tokens
from filon.conversation.errors import BrokenReply, FilonError, Problem, ProviderError
from filon.conversation.events import Broken, ReasoningDelta, StreamEvent, TextDelta, shows
from filon.conversation.finding import Finding
from filon.conversation.reply import Reply, ReplyFold
from filon.diagnosis.facts import Known
from filon.diagnosis.forgotten import forgotten
from filon.kit import clock
from filon.kit.http import Exchange, HttpFailure, Outgoing
from filon.pipeline.failures import Seen, broken, refused, silent, unreachable
from filon.pipeline.patience import Patience, passed
from filon.pipeline.recording import Recording
from filon.pipeline.services import Progress, Services
from filon.pipeline.turn import Answer, Chunk, Nobody, Opened, Taker
from filon.protocols.pieces import Piece, Refrain
from filon.protocols.registry import named
from filon.providers.endpoint import Endpoint
from filon.providers.local import servers
from filon.trace.records import Attempt, Translated

# An error's body is read for its words; a page of a proxy can be long.
_ERROR_BODY = 256 * 1024


class Exchanging:
    """One attempt. `end` must follow, whatever happens, and `close` before it unless it is over."""

    def __init__(self, progress: Progress, services: Services, patience: Patience) -> None:
        turn = progress.turn
        assert turn.endpoint is not None
        assert turn.wire is not None
        # Whether the whole reply was read, and is a good one to its end.
        self.over = False
        self._exchange: Exchange | None = None
        # What broke the reply stands behind what was still good of the same bytes.
        self._problem: Problem | None = None
        self._broken_by = 0
        self._taker: Taker = Nobody()
        self._waiting: Awaitable[None] | None = None
        self.turn = turn
        self.endpoint = turn.endpoint
        self.wire = turn.wire
        self.patience = patience
        self._services = services
        self._protocol = named(turn.wire.protocol)
        self._reader = self._protocol.open_reader()
        self.recording = Recording(turn, turn.wire, services.limits.frames_kept)
        self._fold = ReplyFold()
        # The refrain that is being read, and what it has said since it began.
        self._sung: Refrain | None = None
        self._texts: list[str] = []
        progress.recording = self.recording

    async def open(self) -> Opened:
        """Sends the request; returns when the reply's head is here and a good one."""
        request = Outgoing(
            method=self.wire.method,
            url=self.wire.url,
            headers=self.wire.headers,
            body=self.wire.body.data,
            connect_timeout=self._services.limits.connect,
        )
        phases = self.recording.phases
        try:
            exchange = await self._services.upstream.open(request, phases, self.patience.until())
        except HttpFailure as failure:
            raise self._unreachable(failure) from failure
        except TimeoutError:
            raise self.out_of_time() from None
        self._exchange = exchange
        self.recording.opened(exchange)
        if self._services.log.tells("debug"):
            self._log_answer(exchange)
        if not 200 <= exchange.status < 300:
            raise await self._refusal(exchange)
        return Opened(
            status=exchange.status,
            headers=exchange.headers,
            only_we_asked_usage=self.wire.only_we_asked_usage,
            turn=self.turn,
            number=self.recording.number,
            at=clock.monotonic(),
            waited=self.recording.waited_before + self.recording.waited + phases.since(),
        )

    def _log_answer(self, exchange: Exchange) -> None:
        self._services.log.event(
            "answered",
            level="debug",
            trace=self.turn.id,
            endpoint=self.endpoint.name,
            url=self.wire.url,
            status=exchange.status,
            seconds=self.recording.phases.first_byte,
        )

    async def read(self, until: float) -> Chunk | None:
        """The next part of the reply, None at its end. Raises ProviderError where it breaks, and
        TimeoutError at `until` (monotonic seconds), after which it can be read on."""
        exchange = self._exchange
        assert exchange is not None
        while self._problem is None and not self.over:
            try:
                data = await exchange.read(until)
            except HttpFailure as failure:
                raise self._unreachable(failure) from failure
            pieces, events = (), ()
            if data is not None:
                pieces = self._reader.read(data)
                events = self._heard(data, pieces)
            if data is None or exchange.over:
                last = self._reader.end()
                pieces, events = (*pieces, *last), (*events, *self._folded(last))
                self.over = True
            if pieces:
                chunk = self._good(pieces, events)
                if chunk.pieces:
                    return chunk
        if self._problem is not None:
            raise self._broken(self._problem)
        return None

    async def pour(self, taker: Taker) -> Awaitable[None] | None:
        """Hands the rest of the reply to the taker as it comes, with no task's waking in between,
        until the reply is over or the taker has to be waited for: then returns what for. Raises as
        `read` does."""
        exchange = self._exchange
        assert exchange is not None
        self._taker = taker
        if self._problem is None:
            try:
                await exchange.pour(self._taken, self.patience.until)
            except HttpFailure as failure:
                raise self._unreachable(failure) from failure
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            return waiting
        if self._problem is not None:
            raise self._broken(self._problem)
        return self._last()

    def _taken(self, data: bytes) -> bool:
        """Whether the taker, which has these bytes now, takes more at once."""
        refrain = self._reader.refrain
        text = None if refrain is None else refrain.said(data)
        if refrain is None or text is None:
            return self._read_on(data)
        # What `_heard` and `_good` would make of it. A refrain is nothing that is heard first.
        if refrain is not self._sung:
            self._fold_texts()
            self._sung = refrain
        self._texts.append(text)
        kind = _TEXT if refrain.thought is None else _THOUGHT
        self.patience.heard_at = self.recording.frame(data, kind, True)
        waiting = self._waiting = self._taker.said(data, refrain)
        return waiting is None

    def _fold_texts(self) -> None:
        """Adds what the refrain has said to what was said before it."""
        if self._sung is not None:
            self._fold.say("".join(self._texts), self._sung.choice, self._sung.thought)
            self._sung = None
            self._texts.clear()

    def _read_on(self, data: bytes) -> bool:
        pieces = self._reader.read(data)
        chunk = self._good(pieces, self._heard(data, pieces))
        if chunk.pieces:
            self._waiting = self._taker.chunk(chunk)
        return self._waiting is None and self._problem is None

    def _last(self) -> Awaitable[None] | None:
        """What is left when all bytes were read."""
        last = self._reader.end()
        self.over = True
        if not last:
            return None
        return self._taker.chunk(self._good(last, self._folded(last)))

    def out_of_time(self) -> FilonError:
        """What ended the wait: the provider's silence, or the time that the caller allows."""
        if clock.monotonic() >= self.patience.deadline:
            return passed(self.turn)
        return self._silent()

    def _heard(self, data: bytes, pieces: Sequence[Piece]) -> tuple[StreamEvent, ...]:
        """The events of the pieces that these bytes completed."""
        events = self._folded(pieces)
        if not events:
            self.recording.frame(data, "", False)
            return events
        if len(events) == 1:
            kind = _KINDS[type(events[0])]
        else:
            kind = " ".join(dict.fromkeys([_KINDS[type(event)] for event in events]))
        first = self.recording.first_output is None and shows(events)
        self.patience.heard(self.recording.frame(data, kind, first))
        return events

    def _good(self, pieces: Sequence[Piece], events: tuple[StreamEvent, ...]) -> Chunk:
        """The pieces before the first that reports an error, which is kept for later. After it
        come no more events."""
        if not events or type(events[-1]) is not Broken:
            return Chunk(pieces=tuple(pieces), events=events, whole=self._reader.whole)
        self.over = False
        for number, piece in enumerate(pieces):
            for event in piece.events:
                if isinstance(event, Broken):
                    self._problem = event.problem
                    self._broken_by = len(piece.raw)
                    good = tuple(pieces[:number])
                    before = tuple(event for piece in good for event in piece.events)
                    return Chunk(pieces=good, events=before, whole=self._reader.whole)
        raise AssertionError("the error is in none of the pieces")

    def _folded(self, pieces: Sequence[Piece]) -> tuple[StreamEvent, ...]:
        self._fold_texts()
        if len(pieces) == 1:
            events = pieces[0].events
        else:
            events = tuple([event for piece in pieces for event in piece.events])
        if self._reader.reply is None:
            add = self._fold.add
            for event in events:
                add(event)
        return events

    async def _refusal(self, exchange: Exchange) -> ProviderError:
        size = 0
        try:
            while size <= _ERROR_BODY:
                data = await exchange.read(self.patience.until())
                if data is None:
                    break
                self.recording.frame(data, "error", False)
                size += len(data)
        except (HttpFailure, TimeoutError):
            # The status tells enough where its body does not come.
            pass
        # Masked before it is shortened: of a key that is cut off, nobody would know the rest.
        body = self._services.redactor.data(self.recording.received())
        told = self._protocol.parse_error(exchange.status, exchange.headers, body, now=clock.now())
        # A redirect is no error to the protocol, and yet its status is what there is to tell.
        return self._told(replace(told, provider_status=told.provider_status or exchange.status))

    def _broken(self, problem: Problem) -> ProviderError:
        if problem.provider_status is None and problem.code == BrokenReply.code:
            return self._found(broken(problem, *self._asked, self._seen()))
        return self._told(problem)

    def _told(self, told: Problem) -> ProviderError:
        self.recording.retry_after = told.retry_after
        return self._found(refused(told, *self._asked, self._seen()))

    def _silent(self) -> ProviderError:
        began = self.recording.first_output is not None
        return self._found(silent(*self._asked, self.patience.allowed, began=began))

    def _unreachable(self, failure: HttpFailure) -> ProviderError:
        return self._found(unreachable(failure, *self._asked, self._seen()))

    def _seen(self) -> Seen:
        """What a diagnosis may look at beside the failure's own words."""
        translated = (one for one in reversed(self.turn.records) if isinstance(one, Translated))
        decisions = next((one.decisions for one in translated), ())
        known = Known(
            endpoint=self.endpoint,
            models=self._services.directory.models(self.endpoint),
            parameters={one.sent_as: one.sent for one in decisions if one.sent_as is not None},
            headers=self.wire.headers,
            container=self._services.container,
        )
        return Seen(
            headers=self.recording.reply_headers,
            frames=self.recording.last_frames(self._broken_by),
            now=clock.now(),
            known=known,
        )

    @property
    def _asked(self) -> tuple[Endpoint, str, str]:
        return self.endpoint, self.turn.model or "", self.wire.url

    def _found(self, failed: tuple[ProviderError, tuple[Finding, ...]]) -> ProviderError:
        error, self.recording.findings = failed
        return error

    async def close(self) -> None:
        """Closes the connection, which stops the provider."""
        if self._exchange is not None:
            await self._exchange.close()

    def end(self, progress: Progress) -> None:
        """Leaves what came in the turn, as answer and as record."""
        progress.recording = None
        self._fold_texts()
        reply = self._reader.reply or self._fold.reply()
        if self.recording.problem is None:
            self.recording.findings += self._forgotten(reply)
        record = self.recording.record()
        turn = progress.turn
        progress.turn = replace(
            turn, answer=self._answer(record, reply), records=(*turn.records, record)
        )

    def _forgotten(self, reply: Reply) -> tuple[Finding, ...]:
        # Only servers on one's own machine cut a prompt in silence; counting takes its time.
        if servers.of(self.endpoint.provider) is None:
            return ()
        sent = tokens.of_request(self.turn.request)
        return forgotten(self.endpoint, self.turn.model or "", reply.usage, sent)

    def _answer(self, record: Attempt, reply: Reply) -> Answer:
        offset = record.started - self.turn.started
        timing, choice = record.timing, reply.first
        return Answer(
            message=choice.message if choice.parts else None,
            finish_reason=choice.finish_reason,
            usage=reply.usage,
            began=None if timing.first_output is None else timing.first_output + offset,
            ended=None if timing.ended is None else timing.ended + offset,
            thought_field=choice.thought_field,
            model=reply.model,
        )


# Asked of every event of every stream.
_KINDS: dict[type[StreamEvent], str] = {
    kind: str(kind.__struct_config__.tag) for kind in get_args(StreamEvent)
}
_TEXT, _THOUGHT = _KINDS[TextDelta], _KINDS[ReasoningDelta]
