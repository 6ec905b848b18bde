"""`filon keys create|list|show|edit|revoke`."""

import json
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import asdict, replace

from filon.accounts.expiry import shown
from filon.accounts.keys import KeyChanges, Keys
from filon.accounts.scopes import told
from filon.cli.console import finish, one_line, plain, settings_of
from filon.conversation.errors import NotFound
from filon.conversation.rights import KeyRules
from filon.kit import clock
from filon.store.keys import KeyDay, KeyRow, KeyUse, KeyUses
from filon.store.store import Store

_LIMITS = {
    "requests_per_minute": "requests per minute",
    "tokens_per_minute": "tokens per minute",
    "requests_per_day": "requests per day",
    "concurrent": "at the same time",
}
_NOTHING = KeyUses()


class Given(Struct, frozen=True, kw_only=True):
    """What the command line says of a key; None where it says nothing."""

    name: str | None = None
    models: Sequence[str] | None = None
    endpoints: Sequence[str] | None = None
    expires: str | None = None
    rpm: int | None = None
    tpm: int | None = None
    rpd: int | None = None
    concurrent: int | None = None
    tags: Sequence[str] | None = None
    lenient: bool | None = None
    explain: bool | None = None
    note: str | None = None


class _Open(Struct, frozen=True):
    """The keys of the person at this machine."""

    keys: Keys
    owner_id: int


def run_create(name: str, given: Given) -> int:
    """Makes a key and prints it on the last line."""
    return finish(_create(name, given))


def run_list(*, revoked: bool = False, as_json: bool = False) -> int:
    """Prints the keys in use, or all that ever were."""
    return finish(_list(revoked=revoked, as_json=as_json))


def run_show(key: str, *, as_json: bool = False) -> int:
    """Prints all of the key of this id, name or prefix."""
    return finish(_show(key, as_json=as_json))


def run_edit(key: str, given: Given) -> int:
    """Changes the key of this id, name or prefix."""
    return finish(_edit(key, given))


def run_revoke(key: str) -> int:
    """Revokes the key of this id, name or prefix."""
    return finish(_revoke(key))


@asynccontextmanager
async def _opened() -> AsyncGenerator[_Open]:
    store = await Store.open(settings_of().database_url)
    try:
        person = await store.people.first_person(clock.now())
        yield _Open(Keys(store), person.id)
    finally:
        await store.close()


async def _create(name: str, given: Given) -> int:
    settings = settings_of()
    async with _opened() as open_:
        made = await open_.keys.make(
            open_.owner_id,
            name,
            _rules(KeyRules(), given),
            note=given.note,
            expires=given.expires,
        )
    for line in _about(made.key):
        sys.stderr.write(plain(line) + "\n")
    sys.stderr.write("This key is shown once. It is for programs that ask the gateway at\n")
    sys.stderr.write(f"http://{settings.host}:{settings.port}/v1\n")
    sys.stdout.write(made.secret + "\n")
    return 0


async def _list(*, revoked: bool, as_json: bool) -> int:
    async with _opened() as open_:
        rows = await (open_.keys.ever if revoked else open_.keys.all)(open_.owner_id)
        uses = await open_.keys.uses(open_.owner_id)
    if as_json:
        return _print_json([_as_json(row, uses.get(row.id, _NOTHING)) for row in rows])
    if not rows:
        sys.stdout.write("No keys. filon keys create NAME makes one.\n")
        return 0
    heads = ("key", "name", "state", "last used", "today", "spent", "in all", "spent")
    table = [heads, *(_line(row, uses.get(row.id, _NOTHING)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = [
            cell.rjust(width) if number >= len(heads) - 4 else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
    return 0


def _line(row: KeyRow, uses: KeyUses) -> tuple[str, ...]:
    return (
        f"{row.prefix}…",
        one_line(row.name),
        _state(row),
        shown(row.last_used_at) if row.last_used_at else "never used",
        f"{uses.today.requests:,}",
        _spent(uses.today),
        f"{uses.total.requests:,}",
        _spent(uses.total),
    )


async def _show(key: str, *, as_json: bool) -> int:
    async with _opened() as open_:
        row = _named(key, await open_.keys.ever(open_.owner_id))
        uses = (await open_.keys.uses(open_.owner_id)).get(row.id, _NOTHING)
        days = await open_.keys.days(open_.owner_id, row.id)
    if as_json:
        return _print_json({**_as_json(row, uses), "days": [_day_as_json(day) for day in days]})
    used = shown(row.last_used_at) if row.last_used_at else "never"
    lines = [
        f"{row.name}  {row.prefix}…  {row.id}",
        f"  state       {_state(row)}",
        f"  made        {shown(row.created_at)}",
        f"  last used   {used}",
        *(f"  {line}" for line in _about(row)),
        f"  today       {_figures(uses.today)}",
        f"  in all      {_figures(uses.total)}",
        *(f"  {day.day}  {_figures(day.use)}" for day in days),
    ]
    for line in lines:
        sys.stdout.write(plain(line) + "\n")
    return 0


async def _edit(key: str, given: Given) -> int:
    async with _opened() as open_:
        row = _named(key, await open_.keys.all(open_.owner_id))
        rules = _rules(row.rules, given)
        changes = KeyChanges(
            name=UNSET if given.name is None else given.name,
            note=UNSET if given.note is None else given.note,
            expires=UNSET if given.expires is None else given.expires,
            rules=UNSET if rules == row.rules else rules,
        )
        changed = await open_.keys.change(open_.owner_id, row.id, changes)
    sys.stdout.write(plain(f"{changed.name}  {changed.prefix}…") + "\n")
    for line in _about(changed):
        sys.stdout.write(plain(f"  {line}") + "\n")
    return 0


async def _revoke(key: str) -> int:
    async with _opened() as open_:
        row = _named(key, await open_.keys.all(open_.owner_id))
        await open_.keys.revoke(open_.owner_id, row.id)
    sys.stdout.write(plain(f"Revoked {row.prefix}… ({row.name}).") + "\n")
    return 0


def _named(key: str, rows: Sequence[KeyRow]) -> KeyRow:
    """The one key that is meant. Raises NotFound."""
    found = [
        row for row in rows if key in (row.id, row.name, row.prefix) or key.startswith(row.prefix)
    ]
    if len(found) != 1:
        count = "No key" if not found else f"{len(found)} keys"
        raise NotFound(f"{count} of that id, name or prefix.", fix="See filon keys list.")
    return found[0]


def _rules(before: KeyRules, given: Given) -> KeyRules:
    """The rules with what the command line says; 0 takes a limit away, `*` and nothing a list."""
    limits = {
        "requests_per_minute": given.rpm,
        "tokens_per_minute": given.tpm,
        "requests_per_day": given.rpd,
        "concurrent": given.concurrent,
    }
    lists = {"models": given.models, "endpoints": given.endpoints, "tags": given.tags}
    flags = {"lenient": given.lenient, "explain_errors": given.explain}
    changes: dict[str, Any] = {
        **{name: limit or None for name, limit in limits.items() if limit is not None},
        **{name: _words(words) for name, words in lists.items() if words is not None},
        **{name: flag for name, flag in flags.items() if flag is not None},
    }
    return replace(before, **changes)


def _words(given: Sequence[str]) -> tuple[str, ...]:
    """What stands in repeated options, each of which may hold several between commas."""
    words = tuple(word.strip() for each in given for word in each.split(",") if word.strip())
    return () if words == ("*",) else words


def _about(row: KeyRow) -> list[str]:
    """The rules of a key that differ from none, one per line."""
    rules = row.rules
    limits = [f"{limit:,} {_LIMITS[name]}" for name, limit in rules.limits.items() if limit]
    lines = [
        ("may use", told(rules)),
        ("limits", ", ".join(limits)),
        ("expires", shown(row.expires_at) if row.expires_at else ""),
        ("tags", ", ".join(rules.tags)),
        ("lenient", "what cannot be translated is dropped" if rules.lenient else ""),
        ("errors", "with error.filon" if rules.explain_errors else ""),
        ("note", one_line(row.note or "")),
    ]
    return [f"{name:<11} {text}" for name, text in lines if text]


def _state(row: KeyRow) -> str:
    if row.revoked_at is not None:
        return f"revoked {shown(row.revoked_at)}"
    if row.expires_at is None:
        return "in use"
    return f"{'expired' if row.expires_at <= clock.now() else 'until'} {shown(row.expires_at)}"


def _spent(use: KeyUse) -> str:
    """The cost, with a plus where some of it is unknown."""
    return f"${use.cost_usd:,.4f}{'+?' if use.unpriced else ''}"


def _figures(use: KeyUse) -> str:
    others = [
        f"{count:,} {word}"
        for word, count in (("refused", use.refused), ("failed", use.failed))
        if count
    ]
    if use.unpriced:
        others.append(f"{use.unpriced:,} of unknown cost")
    told_ = ", ".join([f"{use.requests:,} requests", *others])
    return f"{told_}; {use.input_tokens:,} → {use.output_tokens:,} tok; ${use.cost_usd:,.6f}"


def _as_json(row: KeyRow, uses: KeyUses) -> Mapping[str, Any]:
    fields = asdict(row)
    for name in ("hash", "owner_id"):
        del fields[name]
    return {
        **fields,
        "rules": asdict(row.rules),
        "today": asdict(uses.today),
        "total": asdict(uses.total),
    }


def _day_as_json(day: KeyDay) -> Mapping[str, Any]:
    return {"day": day.day, **asdict(day.use)}


def _print_json(value: Any) -> int:
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2)
    sys.stdout.write(text + "\n")
    return 0
