"""Practice seen and changed from outside: the ledger, the faults, the limits, the time.

JSON under /practice/. Where practice runs inside Filon it asks for a token, since the ledger holds
what people wrote; alone, as a test server, it does not.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from filon.conversation.errors import Forbidden, InvalidRequest, NotFound
from filon.practice.clock import VirtualClock
from filon.practice.desk import Desk
from filon.practice.dialects.dialect import by_name, dialects
from filon.practice.faults.catalogue import FAULTS, told
from filon.practice.faults.rules import Rule
from filon.practice.guarded import TOKEN_HEADER
from filon.practice.http import Request, Response
from filon.practice.ledger import Filter
from filon.practice.limits import Limits
from filon.practice.model.family import MODELS
from filon.practice.model.generate import pocket

_JSON = ("content-type", "application/json")
_MOST_LINES = 200


class Control:
    """Answers what lies under /practice/ and belongs to no dialect."""

    def __init__(self, desk: Desk, token: str | None) -> None:
        self._desk = desk
        self._token = token

    def methods(self, path: str) -> Mapping[str, Callable[[Request], Response]]:
        """What may be done at a path, by HTTP method."""
        if path == "/practice/ledger":
            return {"GET": self._lines, "DELETE": self._clear}
        if path.startswith("/practice/ledger/"):
            return {"GET": self._line}
        if path.startswith("/practice/rules/"):
            return {"DELETE": self._remove_rule}
        if path.startswith("/practice/limits/"):
            return {"GET": self._limits, "PUT": self._set_limits}
        return {
            "/practice/faults": {"GET": self._faults},
            "/practice/rules": {"GET": self._rules, "POST": self._add_rule},
            "/practice/speed": {"GET": self._speed, "PUT": self._set_speed},
            "/practice/clock": {"GET": self._clock, "POST": self._advance},
            "/practice/dialects": {"GET": self._dialects},
            "/practice/models": {"GET": self._models},
            "/practice/tokenize": {"POST": self._tokenize},
        }.get(path, {})

    def _check(self, request: Request) -> None:
        sent = request.header(TOKEN_HEADER) or ""
        # As bytes, since it compares no text beyond ASCII.
        if self._token is not None and not hmac.compare_digest(
            sent.encode("latin-1"), self._token.encode()
        ):
            raise Forbidden(
                "The ledger and the controls of this practice belong to the Filon that runs it.",
                fix="Use the page Endpoints > Practice, or ask Filon's own address with one of "
                "its keys.",
            )

    # The ledger.

    def _lines(self, request: Request) -> Response:
        self._check(request)
        query = parse_qs(urlsplit(request.target).query)
        limit = _integer(query, "limit", 50)
        wanted = Filter(
            since=_integer(query, "since", 0),
            dialect=_first(query, "dialect"),
            model=_first(query, "model"),
            status=_integer(query, "status", 0) or None,
            path=_first(query, "path"),
            contains=_first(query, "contains"),
        )
        lines = self._desk.ledger.entries(wanted, limit=max(1, min(limit, _MOST_LINES)))
        return _json({"entries": lines})

    def _line(self, request: Request) -> Response:
        self._check(request)
        number = request.path.rpartition("/")[2]
        entry = self._desk.ledger.get(int(number)) if _is_number(number) else None
        if entry is None:
            raise NotFound(f"The ledger has no line {number[:40]!r}; it keeps the latest ones.")
        return _json(entry)

    def _clear(self, request: Request) -> Response:
        self._check(request)
        self._desk.ledger.clear()
        return Response(status=204)

    # Faults.

    def _faults(self, _request: Request) -> Response:
        return _json({"faults": [told(fault) for fault in FAULTS]})

    def _rules(self, request: Request) -> Response:
        self._check(request)
        now = self._desk.clock.now()
        return _json({"rules": self._desk.rules.list(now), "now": now})

    def _add_rule(self, request: Request) -> Response:
        self._check(request)
        return _json(self._desk.rules.add(_body(request, Rule)), 201)

    def _remove_rule(self, request: Request) -> Response:
        self._check(request)
        self._desk.rules.remove(request.path.rpartition("/")[2])
        return Response(status=204)

    # Limits, pace, time.

    def _limits(self, request: Request) -> Response:
        dialect = by_name(request.path.rpartition("/")[2])
        if dialect is None:
            raise NotFound("There is no such dialect.", fix=f"There are {_names()}.")
        return _json(self._desk.limits(dialect))

    def _set_limits(self, request: Request) -> Response:
        self._check(request)
        dialect = by_name(request.path.rpartition("/")[2])
        if dialect is None:
            raise NotFound("There is no such dialect.", fix=f"There are {_names()}.")
        self._desk.change_limits(dialect.name, _body(request, Limits))
        return _json(self._desk.limits(dialect))

    def _speed(self, _request: Request) -> Response:
        return _json({"speed": self._desk.speed})

    def _set_speed(self, request: Request) -> Response:
        self._check(request)
        self._desk.speed = _body(request, Speed).speed
        return _json({"speed": self._desk.speed})

    def _clock(self, _request: Request) -> Response:
        clock = self._desk.clock
        return _json({"now": clock.now(), "virtual": isinstance(clock, VirtualClock)})

    def _advance(self, request: Request) -> Response:
        self._check(request)
        clock = self._desk.clock
        if not isinstance(clock, VirtualClock):
            raise InvalidRequest(
                "The time of this practice is the machine's and cannot be moved.",
                fix="Start it with `python -m filon.practice --virtual-clock`.",
            )
        clock.advance(_body(request, Advance).advance)
        return self._clock(request)

    # What there is.

    def _dialects(self, _request: Request) -> Response:
        return _json({"dialects": dialects()})

    def _models(self, _request: Request) -> Response:
        return _json({"models": MODELS})

    def _tokenize(self, request: Request) -> Response:
        pieces = pocket().pieces
        ids = pieces.encode(_body(request, Text).text)
        tokens = [{"id": one, "text": pieces.name(one)} for one in ids]
        return _json({"count": len(ids), "tokens": tokens})


class Speed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How quick practice is; 1 is as its models are, 0 waits for nothing."""

    speed: float

    def __post_init__(self) -> None:
        if not (self.speed == 0 or 0.01 <= self.speed <= 10_000):
            raise ValueError("`speed` must be 0, or from 0.01 to 10000")


class Advance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds by which a virtual clock is moved on."""

    advance: float

    def __post_init__(self) -> None:
        if not 0 <= self.advance <= 10_000_000:
            raise ValueError("`advance` must be from 0 to 10000000 seconds")


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text to cut into tokens."""

    text: str


def _body(request: Request, kind: Any) -> Any:
    try:
        return msgspec.json.decode(request.body or b"{}", type=kind)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise InvalidRequest(f"The body cannot be used: {error}.") from error


def _first(query: Mapping[str, list[str]], name: str) -> str | None:
    return query[name][0] if name in query else None


def _integer(query: Mapping[str, list[str]], name: str, usual: int) -> int:
    text = _first(query, name)
    if text is None:
        return usual
    if not _is_number(text):
        raise InvalidRequest(f"`{name}` must be a whole number.", param=name)
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _names() -> str:
    return ", ".join(one.name for one in dialects())


def _json(value: Any, status: int = 200) -> Response:
    return Response(status=status, headers=(_JSON,), body=msgspec.json.encode(value))
