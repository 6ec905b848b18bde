"""The corpus: Markdown with questions, answers and explanations, read into values.

A line `## question` opens a dialogue. Under it may stand `level: N` (a task in code, and how hard)
and `- ` lines with the question in other words; then a blank line and the answer. After a line
`---` comes an answer that is wrong. What stands before the first question is plain explanation.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from filon.practice.model.knowledge import Dialogue

CORPUS = Path(__file__).resolve().parent / "corpus"
LANGUAGES = ("en", "es")


class Page(Struct, frozen=True):
    """One file of the corpus. `plain` is the explanation before the first question."""

    plain: str
    dialogues: tuple[Dialogue, ...]


def read(corpus: Path = CORPUS) -> tuple[Page, ...]:
    """All pages, in the order of their names."""
    return tuple(parse(text, path.parent.name, path.name) for path, text in _texts(corpus))


def digest(corpus: Path = CORPUS) -> str:
    """SHA-256 over names and texts of the corpus, in hex; kinds of line end do not count."""
    found = hashlib.sha256()
    for path, text in _texts(corpus):
        name = path.relative_to(corpus).as_posix().encode()
        content = text.encode()
        found.update(b"%d %b %d " % (len(name), name, len(content)))
        found.update(content)
    return found.hexdigest()


def parse(text: str, language: str, name: str) -> Page:
    """One page; ValueError says in which file and at which question the form is not kept."""
    plain, *blocks = _parts(text.split("\n"), "## ")
    if plain and plain[0].startswith("# "):
        plain = plain[1:]
    dialogues: list[Dialogue] = []
    for block in blocks:
        try:
            dialogues.append(_dialogue(block, language))
        except ValueError as problem:
            raise ValueError(f"{language}/{name}, {block[0]!r}: {problem}") from problem
    return Page(plain="\n".join(plain).strip(), dialogues=tuple(dialogues))


def _texts(corpus: Path) -> Iterator[tuple[Path, str]]:
    for language in LANGUAGES:
        for path in sorted((corpus / language).glob("*.md"), key=_name):
            yield path, path.read_bytes().decode().replace("\r\n", "\n")


def _name(path: Path) -> str:
    return path.name


def _parts(lines: list[str], opening: str) -> list[list[str]]:
    """The lines cut before each one that begins so, but not inside of fenced code."""
    parts: list[list[str]] = [[]]
    fenced = False
    for line in lines:
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if line.startswith(opening) and not fenced:
            parts.append([])
        parts[-1].append(line)
    if fenced:
        raise ValueError("a code fence is not closed")
    return parts


def _dialogue(block: list[str], language: str) -> Dialogue:
    questions = [block[0].removeprefix("## ").strip()]
    level: float | None = None
    blank = block.index("") if "" in block else len(block)
    for line in block[1:blank]:
        if line.startswith("- "):
            questions.append(line.removeprefix("- ").strip())
        elif line.startswith("level: "):
            level = float(line.removeprefix("level: "))
        else:
            raise ValueError(f"neither a phrasing nor a level: {line!r}")
    answers = ["\n".join(part).removeprefix("---").strip() for part in _parts(block[blank:], "---")]
    if not all(answers) or not all(questions) or len(answers) > 2:
        raise ValueError("there must be one answer, or a right one and a wrong one")
    return Dialogue(
        questions=tuple(dict.fromkeys(questions)),
        answer=answers[0],
        wrong=answers[1] if len(answers) == 2 else None,
        level=level,
        language=language,
    )
