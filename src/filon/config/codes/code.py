"""What one code of `filon check` is, and the small file that its examples begin with."""

from msgspec import Struct


class Code(Struct, frozen=True, kw_only=True):
    """One thing that `check` can say of a place in a file.

    `name` is what a verdict carries; `number` is for looking it up. `why` says in one sentence
    why it matters, `fix` what to do. `example` gives exactly this code, and underlines `at` in
    the line that holds `line` (empty: the first line that holds `at`; both empty: line 1).
    `better` is the same, corrected. An example that no text can show, such as a file that is
    missing, is None. `file` is the name under which the example is read, `variables` are those
    that are set then, as NAME=value. `spares` says that an error costs one entry, and that the
    rest of the file counts all the same.
    """

    number: str
    name: str
    title: str
    why: str
    fix: str
    example: str | None
    better: str | None
    at: str = ""
    line: str = ""
    file: str = "librechat.yaml"
    variables: tuple[str, ...] = ()
    spares: bool = False

    @property
    def page(self) -> str:
        """Its page, as a path in the project."""
        return f"docs/check/{self.name}.md"


HEAD = 'version: "1.3.13"\n'


def custom(
    *more: str,
    name: str = "Local",
    key: str = "ollama",
    url: str = "http://localhost:11434/v1",
    models: str = "[qwen3]",
    fetch: str = "",
) -> str:
    """A librechat.yaml with one entry of endpoints.custom, and `more` lines in it."""
    lines = [
        f"- name: {name}",
        f"  apiKey: {key}",
        f"  baseURL: {url}",
        "  models:",
        f"    default: {models}",
        *([f"    fetch: {fetch}"] if fetch else []),
        *(f"  {line}" for line in more),
    ]
    return HEAD + "endpoints:\n  custom:\n" + "".join(f"    {line}\n" for line in lines)
