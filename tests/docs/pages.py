"""The project's pages as what tests look at: their headings, code blocks, links and names."""

import re
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "filon"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


class Block(Struct, frozen=True):
    """A fenced block: the language after its fence, and its text."""

    language: str
    text: str


class Page(Struct, frozen=True):
    """One Markdown file. `prose` is its text without the fenced blocks."""

    path: Path
    text: str

    @property
    def prose(self) -> str:
        return _FENCE.sub("", self.text)

    @property
    def blocks(self) -> list[Block]:
        return [Block(match[1], match[2]) for match in _FENCE.finditer(self.text)]

    @property
    def headings(self) -> list[tuple[int, str]]:
        """Level and words of each heading."""
        return [(len(match[1]), match[2]) for match in _HEADING.finditer(self.prose)]

    @property
    def links(self) -> list[str]:
        return _LINK.findall(_CODE.sub("", self.prose))

    @property
    def code(self) -> set[str]:
        """Everything that stands between backticks in a line."""
        return set(_CODE.findall(self.prose))

    def blocks_in(self, *languages: str) -> list[Block]:
        """The blocks of these languages, in order."""
        return [block for block in self.blocks if block.language in languages]


def page(name: str) -> Page:
    """A page by its path in the project."""
    path = ROOT / name
    return Page(path, path.read_text(encoding="utf-8"))


def decisions() -> list[Page]:
    """The pages of docs/decisions, in their order."""
    return [page(f"docs/decisions/{path.name}") for path in _sorted("docs/decisions")]


def all_pages() -> list[Page]:
    """Every page that people read first, and all of docs."""
    names = ("README.md", "README.es.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
    folders = ("docs", "docs/providers")
    guides = [page(f"{folder}/{path.name}") for folder in folders for path in _sorted(folder)]
    return [*map(page, names), *guides, *decisions()]


def _sorted(folder: str) -> list[Path]:
    return sorted((ROOT / folder).glob("*.md"))
