"""The command line's menu. Commands are imported when they run, so that `--help` is quick."""

import gc
from pathlib import Path
from typing import Annotated, Literal

import typer

from filon import __version__
from filon.cli.keys_menu import keys_app

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
practice_app = typer.Typer(help="What the built-in provider can do.", rich_markup_mode=None)
models_app = typer.Typer(
    help="Which models there are; pulling and deleting those of Ollama.", rich_markup_mode=None
)
app.add_typer(models_app, name="models")
app.add_typer(practice_app, name="practice")
app.add_typer(trace_app, name="trace")
app.add_typer(keys_app, name="keys")

Config = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration file (filon.yaml or librechat.yaml)."),
]
Host = Annotated[str | None, typer.Option("--host", help="Address to listen on. [127.0.0.1]")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port. [8421]")]
# `ExportForm` of the server; written out, since importing it takes its time.
Form = Literal[
    "curl",
    "powershell",
    "python-openai",
    "python-anthropic",
    "python",
    "javascript",
    "har",
    "postman",
    "json",
]
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
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            help="Files, folders, addresses, or - for standard input. "
            "[the file that filon serve would read]",
        ),
    ] = None,
    form: Annotated[
        Literal["text", "json", "github"], typer.Option("--format", help="For whom to print.")
    ] = "text",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    code: Annotated[
        str | None, typer.Option("--explain", metavar="CODE", help="Explain a code, such as F102.")
    ] = None,
) -> None:
    """Say of each line of a configuration file what it does.

    The exit status is 1 if there are errors, 2 if a file cannot be read.
    """
    from filon.cli import check as command

    if code is not None:
        raise typer.Exit(command.run_explain(code))
    raise typer.Exit(command.run(files or (), form, quiet=quiet, strict=strict))


@app.command()
def explain(
    model: Annotated[
        str | None, typer.Argument(help="endpoint/model, or an endpoint for its first model.")
    ] = None,
    parameter: Annotated[
        str | None, typer.Argument(help="One parameter: each step on its way to the wire.")
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="A parameter to ask for, as NAME=VALUE; may be repeated."),
    ] = None,
    prompt: Annotated[str, typer.Option("--prompt", help="The message.")] = "Hello",
    stream: Annotated[
        bool, typer.Option("--stream/--no-stream", help="As a chat asks, or in one piece.")
    ] = True,
    settings: Annotated[
        bool, typer.Option("--settings", help="Where each setting comes from instead.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
    config: Config = None,
) -> None:
    """Show what would be sent, and which line of the configuration decides each parameter."""
    from filon.cli import explain as command

    if settings:
        raise typer.Exit(command.run_settings(config, as_json=as_json))
    if model is None:
        raise typer.BadParameter("Name an endpoint or endpoint/model, or give --settings.")
    raise typer.Exit(
        command.run(
            model,
            parameter,
            given or [],
            prompt=prompt,
            stream=stream,
            config=config,
            as_json=as_json,
        )
    )


@app.command()
def doctor(
    endpoint: Annotated[
        str | None, typer.Argument(help="An endpoint, or endpoint/model. Without: all of them.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="The model to ask; else the first.")
    ] = None,
    no_chat: Annotated[
        bool, typer.Option("--no-chat", help="Stop after the model list; nothing is charged.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
    config: Config = None,
) -> None:
    """Try each step from the key to a streamed token, and say where it ends, why, what to do.

    It sends one chat of one token to each endpoint, which may cost a fraction of a cent; with
    --no-chat it sends none. Exit code 1 when something failed."""
    from filon.cli import doctor as command

    raise typer.Exit(command.run(endpoint, config, model=model, chat=not no_chat, as_json=as_json))


@app.command()
def password(
    remove: Annotated[bool, typer.Option("--remove", help="Remove the password.")] = False,
) -> None:
    """Set the password that is needed to listen beyond this machine. Reads standard input."""
    from filon.cli import password as command

    raise typer.Exit(command.run(remove=remove))


@practice_app.command("faults")
def practice_faults(
    name: Annotated[str | None, typer.Argument(help="One fault, by its name or number.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
) -> None:
    """Everything that can go wrong on purpose, its switch, and what it teaches."""
    from filon.cli import practice as command

    raise typer.Exit(command.run_faults(name, as_json=as_json))


@practice_app.command("dialects")
def practice_dialects(
    name: Annotated[str | None, typer.Argument(help="One dialect, with all its facts.")] = None,
) -> None:
    """The providers that practice imitates, and how sure each fact is."""
    from filon.cli import practice as command

    raise typer.Exit(command.run_dialects(name))


@models_app.command("list")
def models_list(
    endpoint: Annotated[str | None, typer.Argument(help="One endpoint; all without it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
    config: Config = None,
) -> None:
    """The models of each endpoint: context, price, abilities; of local ones what is loaded."""
    from filon.cli import models as command

    raise typer.Exit(command.run_list(endpoint, config, as_json=as_json))


@models_app.command("show")
def models_show(
    model: Annotated[str, typer.Argument(help="endpoint/model, such as ollama/mistral:7b.")],
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
    config: Config = None,
) -> None:
    """All that is known of one model, each fact with its source."""
    from filon.cli import models as command

    raise typer.Exit(command.run_show(model, config, as_json=as_json))


@models_app.command("pull")
def models_pull(
    model: Annotated[str, typer.Argument(help="Such as ollama/mistral:7b.")],
    config: Config = None,
) -> None:
    """Have Ollama pull a model. Ctrl-C stops it; the same command goes on."""
    from filon.cli import models as command

    raise typer.Exit(command.run_pull(model, config))


@models_app.command("rm")
def models_rm(
    model: Annotated[str, typer.Argument(help="Such as ollama/mistral:7b.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: Config = None,
) -> None:
    """Have Ollama delete a model from its disk."""
    from filon.cli import models as command

    raise typer.Exit(command.run_rm(model, config, yes=yes))


@trace_app.command("list")
def trace_list(
    terms: Annotated[
        list[str] | None,
        typer.Argument(
            help="What to look for: words, and terms such as model:groq/* status:>=400 since:2h.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 20,
    sort: Annotated[
        str,
        typer.Option(help="By started, cost, tokens, latency, ttft, rate, status or model."),
    ] = "started",
    rising: Annotated[bool, typer.Option("--rising", help="The least or oldest first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each.")] = False,
) -> None:
    """The latest traces, newest first, or those that fit what is looked for."""
    from filon.cli import trace as command

    raise typer.Exit(
        command.run_list(
            " ".join(terms or ()), limit=limit, sort=sort, rising=rising, as_json=as_json
        )
    )


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
    """The request as a curl command; the key is the shell variable of its endpoint, or API_KEY."""
    from filon.cli import export as command

    raise typer.Exit(command.run(trace_id, "curl", None, None))


@trace_app.command("export")
def trace_export(
    trace_id: Annotated[str, typer.Argument(help="A trace's id, or `last`.")],
    form: Annotated[Form, typer.Option("--as", help="As what.")] = "curl",
    attempt: Annotated[
        int | None, typer.Option(min=1, help="Which attempt; har and json hold all. [the last]")
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file or folder. [standard output]")
    ] = None,
) -> None:
    """The request as something that other programs run or read. Keys are named, never shown."""
    from filon.cli import export as command

    raise typer.Exit(command.run(trace_id, form, attempt, into))


@trace_app.command("replay")
def trace_replay(
    trace_id: Annotated[str, typer.Argument(help="A trace's id, or `last`.")],
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="A parameter as NAME=VALUE; may be repeated."),
    ] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option("--unset", metavar="NAME", help="A parameter to leave out; may be repeated."),
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="Another model.")] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", help="Another endpoint, with its own key.")
    ] = None,
    body: Annotated[
        Path | None, typer.Option("--body", help="A file with another body; - is standard input.")
    ] = None,
    manner: Annotated[
        Literal["asked", "wire"],
        typer.Option("--as", help="Through all rules again, or as it stood on the wire."),
    ] = "asked",
    as_json: Annotated[bool, typer.Option("--json", help="The comparison, as JSON.")] = False,
    config: Config = None,
) -> None:
    """Send a request again, as it was or changed: its answer, and both beside each other."""
    from filon.cli import replay as command

    wanted = command.Wanted(
        manner=manner,
        endpoint=endpoint,
        model=model,
        given=given or (),
        unset=unset or (),
        body=body,
        as_json=as_json,
    )
    raise typer.Exit(command.run(trace_id, wanted, config))


def main() -> None:
    """The entry point of the `filon` command."""
    # What a command loads stays to its end: to look for cycles in it takes a sixth of the time.
    gc.set_threshold(100_000)
    app()
