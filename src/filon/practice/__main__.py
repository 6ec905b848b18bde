"""`python -m filon.practice`: the practice provider alone, for any program that wants one."""

import asyncio
from typing import Annotated

import typer

from filon.practice.service import Practice


def main(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0: any free one.")] = 8080,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Serves the practice provider until it is interrupted."""
    try:
        asyncio.run(_serve(host, port))
    except KeyboardInterrupt:
        typer.echo("Stopped.")
    except OSError as error:
        typer.echo(f"Cannot listen on {host}:{port}: {error.strerror or error}.", err=True)
        raise typer.Exit(1) from error


async def _serve(host: str, port: int) -> None:
    practice = Practice()
    taken = await practice.start(host, port)
    typer.echo(f"The practice provider is at http://{host}:{taken}/v1 (model: echo). Ctrl+C ends.")
    try:
        await asyncio.Event().wait()
    finally:
        await practice.stop()


if __name__ == "__main__":
    typer.run(main)
