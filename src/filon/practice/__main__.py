"""`python -m filon.practice`: the practice provider alone, for any program that wants one."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from filon.practice.clock import RealClock, VirtualClock
from filon.practice.dialects.dialect import dialects
from filon.practice.service import Practice


def main(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0: any free one.")] = 8080,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    speed: Annotated[
        float, typer.Option(min=0, help="2 is twice as quick, 0 waits for nothing.")
    ] = 1.0,
    ledger: Annotated[
        Path | None, typer.Option(help="A folder in which the ledger outlives the program.")
    ] = None,
    virtual_clock: Annotated[
        bool,
        typer.Option(
            "--virtual-clock", help="Waiting costs no time; POST /practice/clock moves it on."
        ),
    ] = False,
) -> None:
    """Serves the practice provider until it is interrupted."""
    practice = Practice(clock=VirtualClock() if virtual_clock else RealClock(), folder=ledger)
    practice.desk.speed = speed
    try:
        asyncio.run(_serve(practice, host, port))
    except KeyboardInterrupt:
        typer.echo("Stopped.")
    except OSError as error:
        typer.echo(f"Cannot listen on {host}:{port}: {error.strerror or error}.", err=True)
        raise typer.Exit(1) from error


async def _serve(practice: Practice, host: str, port: int) -> None:
    taken = await practice.start(host, port)
    address = f"http://{host}:{taken}"
    typer.echo(f"The practice provider is at {address}/v1 and needs no key. Ctrl+C ends.")
    for dialect in dialects():
        if dialect.key is not None:
            typer.echo(f"  {dialect.label:<12} {address}{dialect.roots[0]}  key {dialect.key}")
    typer.echo(f"What it received: GET {address}/practice/ledger")
    try:
        await asyncio.Event().wait()
    finally:
        await practice.stop()


if __name__ == "__main__":
    typer.run(main)
