"""The menu of `filon keys`. What the commands do stands in `keys.py`, imported when they run."""

from typing import Annotated

import typer

keys_app = typer.Typer(help="Keys for programs that use the gateway.", rich_markup_mode=None)

Key = Annotated[str, typer.Argument(help="A key's id, name or prefix.")]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--models",
        metavar="PATTERN",
        help="Models it may use: 'mistral/*', 'preset/*'; may be repeated. [all]",
    ),
]
Endpoints = Annotated[
    list[str] | None,
    typer.Option(
        "--endpoints", metavar="PATTERN", help="Endpoints it may use; may be repeated. [all]"
    ),
]
Expires = Annotated[
    str | None,
    typer.Option("--expires", metavar="WHEN", help="30d, 12h, 2027-01-31 or never. [never]"),
]
Rpm = Annotated[
    int | None, typer.Option("--rpm", min=0, help="Requests per minute; 0 is no limit.")
]
Tpm = Annotated[int | None, typer.Option("--tpm", min=0, help="Tokens per minute; 0 is no limit.")]
Rpd = Annotated[int | None, typer.Option("--rpd", min=0, help="Requests per day; 0 is no limit.")]
Concurrent = Annotated[
    int | None,
    typer.Option("--concurrent", min=0, help="Requests at the same time; 0 is no limit."),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="WORD", help="A word kept in its traces; may be repeated."),
]
Note = Annotated[str | None, typer.Option("--note", help="A note for yourself.")]
Lenient = Annotated[
    bool | None,
    typer.Option(
        "--lenient/--strict",
        help="Drop a parameter that cannot be translated, or refuse it. [strict]",
    ),
]
Explain = Annotated[
    bool | None,
    typer.Option(
        "--explain-errors/--plain-errors", help="Put error.filon into error bodies. [plain]"
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="All of it, as JSON.")]


@keys_app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    models: Models = None,
    endpoints: Endpoints = None,
    expires: Expires = None,
    rpm: Rpm = None,
    tpm: Tpm = None,
    rpd: Rpd = None,
    concurrent: Concurrent = None,
    tag: Tags = None,
    lenient: Lenient = None,
    explain: Explain = None,
    note: Note = None,
) -> None:
    """Make a key. It stands alone on the last line, and is shown this once."""
    from filon.cli import keys as command

    given = command.Given(
        models=models,
        endpoints=endpoints,
        expires=expires,
        rpm=rpm,
        tpm=tpm,
        rpd=rpd,
        concurrent=concurrent,
        tags=tag,
        lenient=lenient,
        explain=explain,
        note=note,
    )
    raise typer.Exit(command.run_create(name, given))


@keys_app.command("list")
def list_(
    revoked: Annotated[bool, typer.Option("--revoked", help="Those that are revoked too.")] = False,
    as_json: AsJson = False,
) -> None:
    """The keys that are in use, with what was done with each today and in all."""
    from filon.cli import keys as command

    raise typer.Exit(command.run_list(revoked=revoked, as_json=as_json))


@keys_app.command("show")
def show(key: Key, as_json: AsJson = False) -> None:
    """One key: its scope, limits and flags, and what was done with it day by day."""
    from filon.cli import keys as command

    raise typer.Exit(command.run_show(key, as_json=as_json))


@keys_app.command("edit")
def edit(
    key: Key,
    name: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    models: Models = None,
    endpoints: Endpoints = None,
    expires: Expires = None,
    rpm: Rpm = None,
    tpm: Tpm = None,
    rpd: Rpd = None,
    concurrent: Concurrent = None,
    tag: Tags = None,
    lenient: Lenient = None,
    explain: Explain = None,
    note: Note = None,
) -> None:
    """Change what is given of a key; its secret stays.

    --models '*', --endpoints '*' and --tag '' take all away again.
    """
    from filon.cli import keys as command

    given = command.Given(
        name=name,
        models=models,
        endpoints=endpoints,
        expires=expires,
        rpm=rpm,
        tpm=tpm,
        rpd=rpd,
        concurrent=concurrent,
        tags=tag,
        lenient=lenient,
        explain=explain,
        note=note,
    )
    raise typer.Exit(command.run_edit(key, given))


@keys_app.command("revoke")
def revoke(key: Key) -> None:
    """Make a key worthless, at once."""
    from filon.cli import keys as command

    raise typer.Exit(command.run_revoke(key))
