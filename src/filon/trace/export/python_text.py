"""JSON values as Python writes them, in lines that a person can read."""

from typing import Any, cast

_WIDTH = 88


def literal(value: Any, indent: int = 0) -> str:
    """A JSON value as Python, from this column on. What cannot be seen in a text, or would be seen
    in the wrong order, is written by its number."""
    flat = _flat(value)
    if len(flat) + indent <= _WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    inner = indent + 4
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        items = [f"{string(name)}: {literal(item, inner)}" for name, item in pairs]
        opening, closing = "{", "}"
    else:
        items = [literal(item, inner) for item in cast("list[Any]", value)]
        opening, closing = "[", "]"
    blank = " " * inner
    joined = "".join(f"{blank}{item},\n" for item in items)
    return f"{opening}\n{joined}{' ' * indent}{closing}"


def _flat(value: Any) -> str:
    match value:
        case str():
            return string(value)
        case dict():
            pairs = cast("dict[str, Any]", value).items()
            return "{" + ", ".join(f"{string(name)}: {_flat(item)}" for name, item in pairs) + "}"
        case list():
            return "[" + ", ".join(map(_flat, cast("list[Any]", value))) + "]"
        case _:
            return repr(value)


def string(text: str) -> str:
    """A text in double quotes, as Python's formatters have it."""
    quoted = repr(text)
    if quoted[0] == "'" and '"' not in quoted:
        return f'"{quoted[1:-1]}"'
    return quoted


def env(variable: str) -> str:
    """The key, from the environment."""
    return f'os.environ["{variable}"]'


def keyed(before: str, variable: str) -> str:
    """A header's value that ends with the key."""
    return f"{string(before)} + {env(variable)}" if before else env(variable)
