"""Small pieces of Markdown."""

import re
from collections.abc import Iterable, Sequence

from filon.providers.manifest import Fact


def code(text: str) -> str:
    """Text as it is typed."""
    return f"`{text}`"


def codes(texts: Iterable[str], last: str = "") -> str:
    """Several of them, `last` being the word before the last one."""
    told = [code(text) for text in texts]
    if not last or len(told) < 2:
        return ", ".join(told)
    return f"{', '.join(told[:-1])} {last} {told[-1]}"


def plain(text: str) -> str:
    """Text that stands as it is: nothing in it is markup. What is in backticks stays so."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(
        piece if piece.startswith("`") else re.sub(r"([*<\\[\]])", r"\\\1", piece)
        for piece in pieces
    )


def cell(text: str) -> str:
    """Text that stays within its cell."""
    return " ".join(text.replace("|", "\\|").split())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, every row as long as its head."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell(text) for text in line)} |" for line in lines)


def sentence(fact: Fact) -> str:
    """A fact with how sure it is."""
    return f"{plain(fact.says)} *({fact.sure}: {plain(fact.source)})*"
