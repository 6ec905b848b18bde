"""`filon trace list|show`."""

import json
import sys
from typing import cast, get_args

from filon.cli.console import finish, plain, settings_of
from filon.conversation.errors import InvalidRequest, NotFound
from filon.kit import clock
from filon.server import told
from filon.store.store import Store
from filon.store.trace_filter import parse
from filon.store.trace_pages import Sort
from filon.store.traces import Trace, TraceSummary
from filon.trace.records import Admitted, AnyRecord, Attempt, Decision, Settled, Translated


def run_list(q: str, *, limit: int, sort: str, rising: bool, as_json: bool) -> int:
    """Prints the traces of a filter, one a line."""
    return finish(_list(q, limit, sort, rising, as_json))


def run_show(trace_id: str, *, as_json: bool) -> int:
    """Prints one trace for a reader, or all its records as JSON."""
    return finish(_show(trace_id, as_json))


async def _list(q: str, limit: int, sort: str, rising: bool, as_json: bool) -> int:
    chosen = parse(q, clock.now())
    if sort not in get_args(Sort):
        known = ", ".join(get_args(Sort))
        raise InvalidRequest(f"There is no order by {sort}.", fix=f"There is {known}.")
    store = await Store.open(settings_of().database_url)
    try:
        person = await store.people.first_person(clock.now())
        page = await store.traces.page(
            person.id,
            chosen,
            sort=cast("Sort", sort),
            order="asc" if rising else "desc",
            limit=limit,
        )
    finally:
        await store.close()
    if as_json:
        for row in page.traces:
            sys.stdout.write(told.trace(row).model_dump_json() + "\n")
        return 0
    if not page.traces:
        sys.stdout.write(
            "No trace fits.\n"
            if chosen.terms
            else "No traces yet. filon ask practice/echo hello makes one.\n"
        )
    for row in page.traces:
        sys.stdout.write(plain(_row(row)) + "\n")
    if page.next is not None:
        more = " or more" if page.at_least else ""
        sys.stderr.write(f"{len(page.traces)} of {page.total:,}{more}\n")
    return 0


def _row(row: TraceSummary) -> str:
    stamp = clock.local(row.started_at).strftime("%m-%d %H:%M:%S")
    cost = row.cost_kind if row.cost_usd is None else f"${row.cost_usd:.6f}"
    tokens = f"{_or(row.input_tokens)}→{_or(row.output_tokens)}"
    total = "" if row.total is None else f"{row.total:.2f} s"
    return (
        f"{row.id}  {stamp}  {row.caller:<7}  {row.model:<36}  {_or(row.status):<4}"
        f"{row.outcome:<9} {tokens:<13} {cost:<11} {total:<8} {row.mark or ''}"
    ).rstrip()


def _or(value: int | None) -> str:
    return "?" if value is None else str(value)


async def stored(trace_id: str) -> Trace:
    """A trace by its id, or the latest by the word `last`. Raises NotFound."""
    store = await Store.open(settings_of().database_url)
    try:
        person = await store.people.first_person(clock.now())
        if trace_id == "last":
            page = await store.traces.page(person.id, limit=1)
            if not page.traces:
                raise NotFound("There is no trace yet.", fix="filon ask practice/echo hello")
            trace_id = page.traces[0].id
        return await store.traces.get(person.id, trace_id)
    finally:
        await store.close()


async def _show(trace_id: str, as_json: bool) -> int:
    trace = await stored(trace_id)
    if as_json:
        records = [told.record(record) for record in trace.records]
        sys.stdout.write(json.dumps(records, ensure_ascii=False, indent=2, default=str) + "\n")
        return 0
    sys.stdout.write(plain(_row(trace.summary)) + "\n")
    for record in trace.records:
        for line in _lines(record):
            sys.stdout.write(plain(line) + "\n")
    return 0


def _lines(record: AnyRecord) -> list[str]:
    kind = type(record).__struct_config__.tag
    milliseconds = (record.ended - record.started) * 1000
    lines = [f"\n{kind}  {milliseconds:.1f} ms"]
    match record:
        case Admitted():
            lines += _admitted(record)
        case Translated():
            lines += [f"  {_decision(decision)}" for decision in record.decisions]
        case Attempt():
            lines += _attempt(record)
        case Settled():
            lines += _settled(record)
        case _:
            pass
    if record.error is not None:
        lines.append(f"  ✗ {record.error.message}")
        if record.error.fix:
            lines.append(f"    {record.error.fix}")
    return lines


def _admitted(record: Admitted) -> list[str]:
    lines = [f"  by {record.by}" + (f", through {record.through}" if record.through else "")]
    lines += [
        f"  {limit.name.replace('_', ' ')}: {limit.left:,} of {limit.limit:,} left"
        for limit in record.limits
    ]
    if record.tags:
        lines.append(f"  tags: {', '.join(record.tags)}")
    return lines


def _decision(decision: Decision) -> str:
    because = decision.because
    place = because.source if because.line is None else f"{because.source}:{because.line}"
    sent = "not sent" if decision.sent_as is None else f"{decision.sent_as} = {decision.sent!r}"
    return f"{decision.name:<22} {decision.decision:<10} {sent:<36} {place}"


def _attempt(record: Attempt) -> list[str]:
    lines = [f"  {record.method} {record.url} → {record.status}"]
    lines += [f"  > {name}: {value}" for name, value in record.request_headers]
    lines.append(f"  > {record.request_body.data.decode('utf-8', 'replace')}")
    lines += [f"  < {name}: {value}" for name, value in record.reply_headers]
    size = len(record.frames.data)
    lines.append(f"  < {len(record.frames)} frames, {size} bytes; --json has them all")
    for finding in record.findings:
        lines += [f"  ! {finding.code}: {finding.title}", f"    {finding.fix}"]
    return lines


def _settled(record: Settled) -> list[str]:
    cost = record.cost
    lines = [f"  {record.outcome}, finish_reason {record.finish_reason}"]
    lines.append(f"  cost: {cost.arithmetic or cost.why or cost.source or cost.kind}")
    if record.message is not None:
        lines.append(f"  {record.message.text}")
    return lines
