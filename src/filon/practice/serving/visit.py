"""One request at one dialect, from its key to the line in the ledger."""

import asyncio
import gzip
import math
import zlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Self

from msgspec.structs import replace

from filon.kit.redact import mask
from filon.practice import limits
from filon.practice.answers.counts import Counts
from filon.practice.desk import Account, Desk
from filon.practice.dialects.dialect import Dialect
from filon.practice.dialects.refusing import refuse
from filon.practice.faults import switches
from filon.practice.faults.fault import Break, Frames, Refuse, Say, Scene, Switch, Trait
from filon.practice.http import Headers, Request, Response
from filon.practice.limits import Denied, Grant
from filon.practice.model.family import EMBEDDING, Model, find
from filon.practice.model.plan import Plan
from filon.practice.refusal import Kind, Refusal, Refused
from filon.practice.skills.asked import Asked

_METRICS = {
    "requests_per_second": "requests per second (RPS)",
    "requests_per_minute": "requests per minute (RPM)",
    "requests_per_day": "requests per day (RPD)",
    "tokens_per_minute": "tokens per minute (TPM)",
    "tokens_per_day": "tokens per day (TPD)",
    "concurrent": "requests at the same time",
}
# What a local server has before anything was pulled.
_HERE = ("pocket-local", EMBEDDING, "echo")
_SERVED_INSTEAD = ("pocket", "pocket-large")


class Visit:
    """What is known of a request so far, and what has to be given back at its end."""

    def __init__(self, request: Request, dialect: Dialect, desk: Desk) -> None:
        self.request = request
        self.dialect = dialect
        self.desk = desk
        self.account = Account("")
        self.version = ""  # of the API, where the dialect wants to be told it
        self.model: Model | None = None
        self.switches: tuple[Switch, ...] = ()
        self.line = desk.ledger.begin(
            at=desk.clock.now(),
            dialect=dialect.name,
            method=request.method,
            target=request.target,
            headers=request.headers,
            body=request.body,
        )
        self._grant: Grant | None = None
        self._rates: Headers = ()
        self._entered = False
        self._began = desk.clock.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Where it fails for a reason that is nobody's refusal, nothing of it may stay open."""
        if kind is not None:
            self.finish("client left" if kind is asyncio.CancelledError else "failed")

    # Who asks for what. All of these raise Refused.

    def authorise(self) -> None:
        """Checks the key as this dialect does, and the version that it may want to be told."""
        self._check_key()
        self._check_version()

    def _check_key(self) -> None:
        sent, words = _key(self.request), None
        bearer = self.dialect.value("bearer_words", "")
        if bearer is not None:
            # Where both headers come, the API's own counts.
            sent = self.request.header("x-api-key") or sent
            words = bearer if sent == _bearer(self.request) else None
        if self.dialect.key is None:
            self.account = Account(sent[-4:] if sent else "")
            return
        if not sent:
            raise Refused(Refusal(kind="missing_key"))
        if sent == self.dialect.broke:
            self.account = Account("broke", broke=True)
        elif sent == self.dialect.key:
            self.account = Account("valid")
        else:
            raise Refused(Refusal(kind="wrong_key", message=words, values={"key": mask(sent)}))
        self.line.told(key=self.account.name)

    def _check_version(self) -> None:
        wanted = self.dialect.value("version_header", "")
        if wanted is None:
            return
        name, *versions = wanted.split(" ")
        sent = self.request.header(name)
        if sent in versions:
            self.version = sent
            return
        words = "header is required" if sent is None else f'"{sent[:100]}" is not a valid version'
        raise Refused(Refusal(kind="bad_request", message=f"{name}: {words}"))

    def choose(self, name: str) -> Model:
        """The model of this name; what stands behind a colon are switches."""
        plain = name.removeprefix(self.dialect.prefix)
        plain, _, suffix = plain.partition(":")
        if suffix == "latest" and self.dialect.native is not None:
            suffix = ""
        model = find(plain)
        if model is None or not self._has(plain) or not self._prefixed(name):
            raise Refused(Refusal(kind="unknown_model", values={"model": name[:200]}))
        self.answer_as(model, name, suffix)
        return model

    def answer_as(self, model: Model, name: str, suffix: str) -> None:
        """Settles the model, asked for by `name`, and the switches that are on for it."""
        self.model = model
        asked = switches.read(self.request.header(switches.HEADER), suffix, self.desk.chance)
        due = self.desk.rules.due(self.dialect.name, model.name, self.desk.clock.now())
        self.switches = (*asked, *due)
        self.line.told(model=name, switches=tuple(one.fault.name for one in self.switches))

    def _has(self, plain: str) -> bool:
        if self.dialect.native is not None:
            return plain in local_models(self.dialect, self.desk)
        return plain in self.dialect.models

    def _prefixed(self, name: str) -> bool:
        return name.startswith(self.dialect.prefix)

    def refuse_if_wanted(self) -> None:
        """Carries out a switch that refuses, and an empty account."""
        if self.account.broke:
            has_402 = "no_money" in self.dialect.errors.kinds
            raise Refused(Refusal(kind="no_money" if has_402 else "quota_exhausted"))
        for switch in self.switches:
            if isinstance(switch.fault.effect, Refuse):
                wait = switch.argument if switch.fault.argument is not None else None
                raise Refused(self._filled(switch.fault.effect.refusal, wait))

    def _filled(self, refusal: Refusal, wait: float | None) -> Refusal:
        """The refusal with values for all that a dialect may say of it."""
        assert self.model is not None
        context = self.model.context
        values: dict[str, str | int | float] = {
            "key": mask(_key(self.request)) or "none",
            "model": self.model.name,
            "param": "temperature",
            "value": "0.5",
            "message": "This is what the switch asked for.",
            "limit": 20,
            "used": 20,
            "requested": 1,
            "wait": 1 if wait is None else wait,
            "metric": _METRICS["requests_per_minute"],
            "context": context,
            "prompt": context + 1,
            "answer": 16,
            "total": context + 17,
        }
        retry_after = refusal.retry_after if wait is None else wait
        return replace(refusal, values={**values, **refusal.values}, retry_after=retry_after)

    @property
    def request_id(self) -> str | None:
        """The id that this dialect's header gives the request, where it is one that errors repeat
        in their bodies."""
        fact = self.dialect.headers.get("request-id")
        return None if fact is None else str(fact.use).replace("{id}", f"{self.line.id:08x}")

    def take(self, model: Model, tokens: float) -> None:
        """Reserves a request and its tokens, and enters the model."""
        buckets = self.desk.buckets(self.dialect, self.account, model)
        now = self.desk.clock.monotonic()
        taken = buckets.take(now, tokens)
        self._rates = limits.headers(
            self.dialect.wire.rates.use, buckets.snapshot(now), self.desk.clock.now()
        )
        if isinstance(taken, Denied):
            raise Refused(self._denied(taken, model))
        self._grant = taken

    def _denied(self, denied: Denied, model: Model) -> Refusal:
        kind: Kind = "rate_limited"
        if denied.which == "concurrent":
            kind = "too_many_at_once"
        elif denied.never:
            kind = "request_over_limit"
        style = self.dialect.wire.rates.use
        self._rates = (*self._rates, *limits.retry_after(style, denied))
        return Refusal(
            kind=kind,
            values={
                "model": model.name,
                "metric": _METRICS[denied.which],
                "limit": f"{denied.limit:g}",
                # Rounded up, or it would look as if it fitted.
                "used": math.ceil(denied.used),
                "requested": math.ceil(denied.requested),
                "wait": f"{denied.wait or 0:.3f}",
            },
        )

    # What the switches change.

    def trait(self, name: str) -> bool:
        """Whether a switch asks for this trait."""
        effects = (switch.fault.effect for switch in self.switches)
        return any(isinstance(effect, Trait) and effect.name == name for effect in effects)

    def served(self, name: str) -> str:
        """The model's name as the reply gives it."""
        if not self.trait("other_model"):
            return name
        asked = name.split(":")[0].rpartition("/")[2]
        return next(other for other in _SERVED_INSTEAD if other != asked)

    def said(self, plan: Plan, asked: Asked) -> Plan:
        """The plan as the switches want it said."""
        for switch in self.switches:
            if isinstance(switch.fault.effect, Say):
                plan = switch.fault.effect.edit(plan, asked, switch.argument)
        return plan

    def framed(
        self, frames: AsyncGenerator[bytes], *, stream: bool, error: bytes, end: bytes
    ) -> AsyncGenerator[bytes]:
        """The frames as the switches want them sent, each noted in the ledger."""
        for number, switch in enumerate(self.switches):
            if isinstance(switch.fault.effect, Frames):
                scene = Scene(
                    argument=switch.argument,
                    stream=stream,
                    clock=self.desk.clock,
                    error=error,
                    end=end,
                    seed=zlib.crc32(self.request.body) + number,
                )
                frames = switch.fault.effect.edit(frames, scene)
        return self.line.noting(frames, self.desk.clock)

    @property
    def edits_frames(self) -> bool:
        """Whether a switch changes frames, so that even a whole answer goes out as one."""
        return any(isinstance(switch.fault.effect, Frames) for switch in self.switches)

    # The end.

    def respond(self, response: Response) -> Response:
        """The response with this dialect's headers, as the switches want it to end."""
        headers = dict((*response.headers, *self._rates))
        for name, fact in self.dialect.headers.items():
            value = str(fact.use).replace("{id}", f"{self.line.id:08x}")
            headers.setdefault(name, value.replace("{ms}", str(self._milliseconds())))
        if self.trait("wrong_type"):
            headers["content-type"] = "text/html; charset=utf-8"
        body, stream = response.body, response.stream
        if self.trait("gzip"):
            headers["content-encoding"] = "gzip"
            body = gzip.compress(body, mtime=0) if body else body
            stream = _zipped(stream) if stream is not None else None
        response = replace(
            response,
            headers=tuple(headers.items()),
            body=body,
            stream=stream,
            over=partial(self.finish, "client left"),
        )
        self.line.responded(response, self.desk.clock)
        for switch in self.switches:
            if isinstance(switch.fault.effect, Break):
                ending = switch.fault.effect.ending
                over = response.over if ending == "drip" else partial(self.finish, "cut")
                response = replace(response, ending=ending, drip=switch.argument, over=over)
        return response

    def refuse(self, refusal: Refusal) -> Response:
        """The refusal in this dialect's words."""
        extra: Headers = ()
        if any(name.startswith("retry-after") for name, _ in self._rates):
            extra, self._rates = self._rates, ()
        response = refuse(self.dialect, refusal, extra, request=self.request_id)
        self.line.told(note=refusal.kind)
        response = self.respond(response)
        self.finish("refused")
        return response

    def enter(self, model: Model) -> float | None:
        """The model begins to answer; seconds since it was last used."""
        self._entered = True
        return self.desk.enter(model)

    def finish(self, outcome: str, counts: Counts | None = None) -> None:
        """Gives back what was reserved, and closes the line in the ledger."""
        used = 0 if counts is None else counts.prompt + counts.answer
        if self._entered and self.model is not None:
            self._entered = False
            self.desk.leave(self.model)
        if self._grant is not None and self.model is not None:
            buckets = self.desk.buckets(self.dialect, self.account, self.model)
            buckets.settle(self._grant, used, self.desk.clock.monotonic())
            self._grant = None
        self.line.finish(outcome, counts, self.desk.clock)

    def _milliseconds(self) -> int:
        return round((self.desk.clock.monotonic() - self._began) * 1000)


def local_models(dialect: Dialect, desk: Desk) -> Sequence[str]:
    """The models that a local server has: the ones it began with, and what was pulled."""
    return [name for name in dialect.models if name in desk.pulled or name in _HERE]


def _key(request: Request) -> str:
    return _bearer(request) or request.header("x-api-key") or request.header("api-key") or ""


def _bearer(request: Request) -> str:
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _zipped(stream: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    packer = zlib.compressobj(wbits=31)
    async with aclosing(stream):
        async for data in stream:
            packed = packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
            if packed:
                yield packed
    yield packer.flush()
