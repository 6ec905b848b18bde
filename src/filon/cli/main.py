"""The command line's menu. Commands are imported when they run, so that `--help` is quick."""

from pathlib import Path
from typing import Annotated

import typer

from filon import __version__

app = typer.Typer(
    name="filon",
    help="A chat and an LLM gateway with glass walls. Without a command: filon serve.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
trace_app = typer.Typer(help="Look at what requests did.", rich_markup_mode=None)
keys_app = typer.Typer(help="Keys for programs that use the gateway.", rich_markup_mode=None)
app.add_typer(trace_app, name="trace")
app.add_typer(keys_app, name="keys")

Config = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration file (filon.yaml or librechat.yaml)."),
]
Host = Annotated[str | None, typer.Option("--host", help="Address to listen on. [127.0.0.1]")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port. [8421]")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"filon {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A chat and an LLM gateway with glass walls. Without a command: filon serve."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve(
    host: Host = None, port: Port = None, config: Config = None, no_browser: NoBrowser = False
) -> None:
    """Start the server, print a sign-in link, and open the browser where there is one."""
    from filon.cli import serve as command

    raise typer.Exit(command.run(host, port, config, open_browser=not no_browser))


@app.command()
def ask(
    model: Annotated[str, typer.Argument(help="endpoint/model, such as practice/echo.")],
    prompt: Annotated[str, typer.Argument(help="What to ask; - reads it from standard input.")],
    config: Config = None,
) -> None:
    """Ask a model once and print its answer as it comes."""
    from filon.cli import ask as command

    raise typer.Exit(command.run(model, prompt, config))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A filon.yaml or librechat.yaml.")],
) -> None:
    """Say of each line of a configuration file what it does. Exit code 1 on errors."""
    from filon.cli import check as command

    raise typer.Exit(command.run(file))


@app.command()
def password(
    remove: Annotated[bool, typer.Option("--remove", help="Remove the password.")] = False,
) -> None:
    """Set the password that is needed to listen beyond this machine. Reads standard input."""
    from filon.cli import password as command

    raise typer.Exit(command.run(remove=remove))


@trace_app.command("list")
def trace_list(
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 20,
) -> None:
    """The latest traces, newest first."""
    from filon.cli import trace as command

    raise typer.Exit(command.run_list(limit))


@trace_app.command("show")
def trace_show(
    trace_id: Annotated[str, typer.Argument(help="A trace's id, or `last`.")],
    as_json: Annotated[bool, typer.Option("--json", help="All records, as JSON.")] = False,
) -> None:
    """One trace: its stages, what was decided, what was sent, what came back."""
    from filon.cli import trace as command

    raise typer.Exit(command.run_show(trace_id, as_json=as_json))


@trace_app.command("curl")
def trace_curl(
    trace_id: Annotated[str, typer.Argument(help="A trace's id, or `last`.")],
) -> None:
    """The request as a curl command; the key is the shell variable API_KEY."""
    from filon.cli import trace as command

    raise typer.Exit(command.run_curl(trace_id))


@keys_app.command("create")
def keys_create(name: Annotated[str, typer.Argument(help="What the key is for.")]) -> None:
    """Make a key. It stands alone on the last line, and is shown this once."""
    from filon.cli import keys as command

    raise typer.Exit(command.run_create(name))


@keys_app.command("list")
def keys_list() -> None:
    """The keys that are in use."""
    from filon.cli import keys as command

    raise typer.Exit(command.run_list())


@keys_app.command("revoke")
def keys_revoke(
    key: Annotated[str, typer.Argument(help="A key's id, name or prefix.")],
) -> None:
    """Make a key worthless, at once."""
    from filon.cli import keys as command

    raise typer.Exit(command.run_revoke(key))


def main() -> None:
    """The entry point of the `filon` command."""
    app()
