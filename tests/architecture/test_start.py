"""What a start does not load, since most who start a gateway never ask for it."""

import subprocess
import sys

import pytest

# Each with who asks for it first.
LATE = {
    "fastapi": "the page",
    "pydantic": "the page",
    "numpy": "practice",
    "sqlalchemy.orm": "nobody",
    "sqlalchemy.dialects.postgresql": "nobody",
    "alembic": "an old database",
    "genai_prices": "the first answer",
}


@pytest.mark.parametrize("name", LATE)
def test_a_start_does_without(name: str) -> None:
    assert name not in loaded_by("import filon.cli.main, filon.cli.serve")


def test_what_the_page_needs_is_found() -> None:
    assert {"fastapi", "pydantic"} <= loaded_by("import filon.server.browser")


def loaded_by(program: str) -> set[str]:
    """The modules that a new Python has loaded after this."""
    told = subprocess.run(
        (sys.executable, "-c", f"{program}; import sys; print(*sys.modules)"),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())
