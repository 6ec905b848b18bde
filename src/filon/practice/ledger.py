"""What practice received and what it answered, line by line: the second witness beside a trace.

Secrets are masked before a line is kept, and it is bounded in memory and on disk. A killed process
loses the lines that were open and the latest of the closed ones; journal.py says how many.
"""

import asyncio
import codecs
import hashlib
import re
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import TypedDict, Unpack
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from filon.kit.redact import SECRET_HEADERS, Redactor, mask_header
from filon.practice.answers.counts import Counts
from filon.practice.clock import Clock
from filon.practice.http import Cut, Headers, Response
from filon.practice.journal import Journal

_MB = 1024 * 1024
_LONGEST_TEXT = 64 * 1024
# Read beyond what is kept, so that a secret at the cut is still known as one.
_MARGIN = 1_024
_LONGEST_NAME = 500
_MOST_FRAMES = 256
_SECRET_QUERY = re.compile(r"[?&](?:key|api[_-]?key|(?:access_)?token)=([^&#]+)", re.IGNORECASE)


class Body(Struct, frozen=True, kw_only=True):
    """A body as it is kept: the text of its first 64 KB. `size` (bytes) and `sha256` are of all."""

    text: str
    size: int
    sha256: str


class Entry(Struct, frozen=True, kw_only=True):
    """One request and its answer.

    `at` is Unix time, `first_byte` and `ended` are seconds after it. `frames` are the first pieces
    of a stream, each with its seconds and its bytes; `chunks` counts all of them. `key` is the
    key's name here, never its value. `outcome` is open, complete, refused, cut (by a switch),
    "client left", or failed (by a fault of practice's own).
    """

    id: int
    at: float
    dialect: str
    method: str
    target: str
    request_headers: Headers
    request: Body
    model: str = ""
    served: str = ""
    stream: bool = False
    key: str = ""
    switches: tuple[str, ...] = ()
    skill: str = ""
    status: int | None = None
    response_headers: Headers = ()
    response: Body
    chunks: int = 0
    frames: tuple[tuple[float, int], ...] = ()
    first_byte: float | None = None
    ended: float | None = None
    counts: Counts | None = None
    outcome: str = "open"
    note: str = ""


class Known(TypedDict, total=False):
    """What becomes known of a request while it is answered."""

    model: str
    served: str
    stream: bool
    key: str
    switches: tuple[str, ...]
    skill: str
    note: str


class Filter(Struct, frozen=True, kw_only=True):
    """Which entries are wanted; None is any.

    `since` is an id, and wants those above it. `model` is the one asked for or the one served,
    `path` the target without its query, `contains` a text in either body, `header` a name in any
    case and its exact value.
    """

    since: int = 0
    dialect: str | None = None
    model: str | None = None
    status: int | None = None
    path: str | None = None
    contains: str | None = None
    header: tuple[str, str] | None = None

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is wanted."""
        return (
            entry.id > self.since
            and self.dialect in (None, entry.dialect)
            and self.model in (None, entry.model, entry.served)
            and self.status in (None, entry.status)
            and self.path in (None, entry.target.partition("?")[0])
            and (
                self.contains is None
                or self.contains in entry.request.text
                or self.contains in entry.response.text
            )
            and (self.header is None or _has(entry.request_headers, *self.header))
        )


class _Growing:
    """A body while it comes: its beginning, and the hash of all."""

    __slots__ = ("_hash", "_kept", "_size")

    def __init__(self, data: bytes = b"") -> None:
        self._hash = hashlib.sha256()
        self._kept = bytearray()
        self._size = 0
        self.add(data)

    def add(self, data: bytes) -> None:
        self._hash.update(data)
        self._size += len(data)
        self._kept += data[: max(0, _LONGEST_TEXT + _MARGIN - len(self._kept))]

    def body(self, redactor: Redactor) -> Body:
        kept = redactor.data(bytes(self._kept))[:_LONGEST_TEXT]
        # Where it was cut in the middle of a letter, the letter is left out.
        reader = codecs.getincrementaldecoder("utf-8")("replace")
        text = reader.decode(kept, final=self._size <= _LONGEST_TEXT)
        return Body(text=text, size=self._size, sha256=self._hash.hexdigest())


class Line:
    """An entry while its request is answered. It is kept when it was answered and finished."""

    def __init__(self, entry: Entry, body: bytes, keep: Callable[[Entry, float], None]) -> None:
        self.id = entry.id
        self._redactor = Redactor(_secrets(entry.request_headers, entry.target))
        self._entry = msgspec.structs.replace(
            entry,
            target=self._redactor.text(entry.target),
            request_headers=self._masked(entry.request_headers),
            request=_Growing(body).body(self._redactor),
        )
        self._keep = keep
        self._response = _Growing()
        self._frames: list[tuple[float, int]] = []
        self._sending = False
        self._closed = False

    def told(self, **known: Unpack[Known]) -> None:
        """Notes what has become known; nothing once the line is closed."""
        self._set(**{name: self._clean(value) for name, value in known.items()})

    def responded(self, response: Response, clock: Clock) -> None:
        """Notes the head of the response, and its body unless it is a stream."""
        headers = self._masked(response.headers)
        self._set(status=response.status, response_headers=headers)
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        if kind.startswith(("text/event-stream", "application/x-ndjson")):
            self._set(stream=True)
        if response.stream is None:
            self._response.add(response.body)
            self._set(first_byte=self._since(clock))
        self._close_if_done(clock)

    async def noting(self, frames: AsyncGenerator[bytes], clock: Clock) -> AsyncGenerator[bytes]:
        """The same frames, each noted as it is handed on, and how their sending ended."""
        self._sending = True
        try:
            async with aclosing(frames):
                async for data in frames:
                    self._note(data, clock)
                    yield data
        except Cut:
            self._set(outcome="cut")
            raise
        except (GeneratorExit, asyncio.CancelledError):
            self._set(outcome="client left")
            raise
        finally:
            self._sending = False
            self._close_if_done(clock)

    def finish(self, outcome: str, counts: Counts | None, clock: Clock) -> None:
        """Notes how it ended; of two calls the first counts."""
        if self._entry.outcome == "open":
            self._set(outcome=outcome)
        if self._entry.counts is None:
            self._set(counts=counts)
        self._close_if_done(clock)

    def entry(self) -> Entry:
        """The entry as it stands."""
        return msgspec.structs.replace(
            self._entry, response=self._response.body(self._redactor), frames=tuple(self._frames)
        )

    def abandon(self, now: float) -> None:
        """Keeps the entry as it stands, since nothing more will come. `now` is Unix time."""
        if not self._closed:
            self._closed = True
            self._keep(self.entry(), now)

    def _note(self, data: bytes, clock: Clock) -> None:
        moment = self._since(clock)
        if self._entry.first_byte is None:
            self._set(first_byte=moment)
        self._response.add(data)
        self._set(chunks=self._entry.chunks + 1)
        if len(self._frames) < _MOST_FRAMES:
            self._frames.append((moment, len(data)))

    def _close_if_done(self, clock: Clock) -> None:
        entry = self._entry
        # Whoever finishes a good answer goes on to send it; a client that left gets none.
        awaited = entry.status is None and entry.outcome in ("complete", "refused")
        if self._sending or self._closed or awaited or entry.outcome == "open":
            return
        self._set(ended=self._since(clock))
        self.abandon(clock.now())

    def _since(self, clock: Clock) -> float:
        return round(max(0.0, clock.now() - self._entry.at), 6)

    def _set(self, **fields: object) -> None:
        self._entry = msgspec.structs.replace(self._entry, **fields)

    def _clean(self, value: object) -> object:
        if not isinstance(value, str):
            return value
        # What is no character, such as half of a pair, could not be written as JSON.
        text = value[:_LONGEST_NAME].encode("utf-8", "replace").decode()
        return self._redactor.text(text)

    def _masked(self, headers: Headers) -> Headers:
        return tuple(
            (name, self._redactor.text(mask_header(name, value))) for name, value in headers
        )


class Ledger:
    """The lines: the latest in memory, and in `folder` beyond a restart, None for memory alone.

    At most `entries` lines and `memory` bytes are kept, and `disk` bytes in two files. Raises
    nothing when the disk fails; `trouble` then says what happened.
    """

    def __init__(
        self,
        *,
        entries: int = 1_000,
        memory: int = 16 * _MB,
        folder: Path | None = None,
        disk: int = 16 * _MB,
    ) -> None:
        self._most = entries
        self._memory = memory
        self._size = 0
        self._rows: dict[int, bytes] = {}
        self._open: dict[int, Line] = {}
        self._last = 0
        self._disk = Journal(folder, disk) if folder is not None else None
        if self._disk is not None:
            self._load(self._disk)

    @property
    def trouble(self) -> str | None:
        """Why the lines do not get to the disk, if they do not."""
        return None if self._disk is None else self._disk.trouble

    @property
    def size(self) -> int:
        """The bytes that closed lines take in memory."""
        return self._size

    def __len__(self) -> int:
        """How many closed lines are in memory."""
        return len(self._rows)

    def begin(
        self, *, at: float, dialect: str, method: str, target: str, headers: Headers, body: bytes
    ) -> Line:
        """Opens the line of a request that has arrived. `at` is Unix time."""
        self._last += 1
        entry = Entry(
            id=self._last,
            at=at,
            dialect=dialect,
            method=method,
            target=target,
            request_headers=headers,
            request=_NOTHING,
            response=_NOTHING,
        )
        if self._open and len(self._open) >= self._most:
            # A line that nobody closes must not be kept open for ever.
            next(iter(self._open.values())).abandon(at)
        line = Line(entry, body, self._keep)
        self._open[line.id] = line
        return line

    def entries(self, wanted: Filter | None = None, limit: int = 100) -> list[Entry]:
        """The latest entries that are wanted, the newest first, open ones too."""
        wanted = wanted or Filter()
        found: list[Entry] = []
        for id in sorted((*self._rows, *self._open), reverse=True):
            if len(found) >= limit or id <= wanted.since:
                break
            entry = self.get(id)
            if entry is not None and wanted.takes(entry):
                found.append(entry)
        return found

    def get(self, id: int) -> Entry | None:
        """The entry with this id."""
        row = self._rows.get(id)
        if row is not None:
            return _DECODER.decode(row)
        line = self._open.get(id)
        return line.entry() if line is not None else None

    def clear(self) -> None:
        """Forgets all closed lines, on disk too. Ids go on from where they were."""
        self._rows.clear()
        self._size = 0
        if self._disk is not None:
            self._disk.clear()

    def flush(self) -> None:
        """Writes what is not on disk yet."""
        if self._disk is not None:
            self._disk.flush()

    def close(self) -> None:
        """Keeps the open lines as they stand, and writes everything."""
        for line in tuple(self._open.values()):
            line.abandon(0.0)
        self.flush()

    def _keep(self, entry: Entry, now: float) -> None:
        self._open.pop(entry.id, None)
        row = msgspec.json.encode(entry)
        self._put(entry.id, row)
        if self._disk is not None:
            self._disk.add(row, now)

    def _put(self, id: int, row: bytes) -> None:
        self._size += len(row) - len(self._rows.pop(id, b""))
        self._rows[id] = row
        while self._rows and (len(self._rows) > self._most or self._size > self._memory):
            self._size -= len(self._rows.pop(next(iter(self._rows))))

    def _load(self, disk: Journal) -> None:
        for row in disk.read(max(1, self._most)):
            try:
                entry = _DECODER.decode(row)
            except msgspec.DecodeError:
                continue
            self._last = max(self._last, entry.id)
            self._put(entry.id, row)


_NOTHING = Body(text="", size=0, sha256=hashlib.sha256().hexdigest())
_DECODER = msgspec.json.Decoder(Entry)


def _secrets(headers: Headers, target: str) -> Iterator[str]:
    """The values by which the caller shows who it is: it may have sent them elsewhere as well."""
    for name, value in headers:
        if name.lower() not in SECRET_HEADERS:
            continue
        if name.lower() in ("cookie", "set-cookie"):
            yield from (part.partition("=")[2].strip() for part in value.split(";"))
        else:
            yield value.partition(" ")[2].strip() or value
    for raw in _SECRET_QUERY.findall(target):
        yield raw
        yield unquote(raw)


def _has(headers: Headers, name: str, value: str) -> bool:
    return any(one.lower() == name.lower() and other == value for one, other in headers)
