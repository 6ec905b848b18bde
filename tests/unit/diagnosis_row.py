"""One row of the table of failures, and the form in which most of them are told."""

from typing import NamedTuple

PAGE = "<html><head><title>Welcome</title></head><body><h1>Sign in</h1></body></html>"


def said(message: str, **more: object) -> str:
    """An error as OpenAI's family has it."""
    fields = "".join(f',"{name}":"{value}"' for name, value in more.items())
    text = message.replace("\\", "\\\\").replace('"', '\\"')
    return f'{{"error":{{"message":"{text}"{fields}}}}}'


class Row(NamedTuple):
    """One sign at work. `at` is a status, or a kind where no reply came."""

    code: str
    at: int | str
    body: str
    near_at: int | str
    near: str
