"""The seven nevers of the house as rules on the source tree, each tried on a bad example too.

Import directions are not here: import-linter holds them (see pyproject.toml).
"""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "filon"
FRONTEND = ROOT / "frontend" / "src"

LONGEST_FILE = 400
READS_ENVIRONMENT = "config/load.py"
READS_CLOCK = "kit/clock.py"
CLOCKS = ("time", "monotonic", "perf_counter", "process_time")
BROAD_EXCEPTS = {"pipeline/run.py": 1, "server/errors.py": 1}
# The command line imports late to answer --help fast; practice is a program of its own as well.
# The others load what takes long, and is not asked for everywhere, when it is first asked for.
LATE_IMPORTS = (
    "cli/",
    "practice/__main__.py",
    "practice/service.py",
    "server/app.py",
    "server/house.py",
)
VALUES = ("conversation/", "trace/", "pipeline/")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

# In pieces, so that this file is not the one that names them.
REGISTRY_HOSTS = [
    f"{name}.{ending}"
    for ending, names in {
        "org": ["pypi", "pythonhosted", "npmjs", "debian", "proxy.golang"],
        "com": ["npmjs"],
        "io": ["crates"],
    }.items()
    for name in names
]
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:work|root)/")

Rule = Callable[[str, ast.Module], list[str]]


def environment_reads(place: str, tree: ast.Module) -> list[str]:
    names = {f"os.{name}" for name in ("environ", "environb", "getenv", "getenvb")}
    return uses(names, place, tree, only=READS_ENVIRONMENT)


def clock_reads(place: str, tree: ast.Module) -> list[str]:
    """A test can then set the time in one place."""
    names = {f"time.{name}{ending}" for name in CLOCKS for ending in ("", "_ns")}
    names |= {f"{kind}.{name}" for kind in ("datetime", "date") for name in ("now", "today")}
    return uses(names | {"datetime.utcnow"}, place, tree, only=READS_CLOCK)


def uses(names: set[str], place: str, tree: ast.Module, *, only: str) -> list[str]:
    if place == only:
        return []
    found: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=owner, attr=attribute):
                # `datetime.datetime.now` is the same reading as `datetime.now`.
                used = [f"{ast.unparse(owner).rpartition('.')[2]}.{attribute}"]
            case ast.ImportFrom(module=str(module), names=imported):
                used = [f"{module}.{alias.name}" for alias in imported]
            case _:
                continue
        found += [
            f"{place}:{node.lineno} uses {name}; only {only} may" for name in used if name in names
        ]
    return found


def broad_excepts(place: str, tree: ast.Module) -> list[str]:
    lines = [node.lineno for node in ast.walk(tree) if catches_everything(node)]
    allowed = BROAD_EXCEPTS.get(place, 0)
    if len(lines) <= allowed:
        return []
    return [f"{place}:{line} catches everything ({allowed} allowed here)" for line in lines]


def catches_everything(node: ast.AST) -> TypeGuard[ast.ExceptHandler | ast.Call]:
    match node:
        case ast.ExceptHandler(type=None):
            return True
        case ast.ExceptHandler(type=ast.Tuple(elts=caught)):
            return any(is_broad(each) for each in caught)
        case ast.ExceptHandler(type=caught):
            return is_broad(caught)
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=caught):
            return any(is_broad(each) for each in caught)
        case _:
            return False


def is_broad(caught: ast.AST | None) -> bool:
    return isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"}


def late_imports(place: str, tree: ast.Module) -> list[str]:
    if place.startswith(LATE_IMPORTS):
        return []
    return [
        f"{place}:{node.lineno} imports {name} inside a function"
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        for name in imported_names(node)
        if name.split(".")[0] == "filon" and isinstance(node, ast.Import | ast.ImportFrom)
    ]


def imported_names(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module)):
            return [module]
        case _:
            return []


def shared_by_closure(place: str, tree: ast.Module) -> list[str]:
    return [
        f"{place}:{node.lineno} shares {', '.join(node.names)} by nonlocal; pass or return it"
        for node in ast.walk(tree)
        if isinstance(node, ast.Nonlocal)
    ]


def provider_comparisons(place: str, tree: ast.Module) -> list[str]:
    """A manifest field or a quirk is missing where a provider is told apart by its name."""
    if place.startswith("providers/"):
        return []
    return [
        f"{place}:{constant.lineno} compares with the provider name {constant.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare | ast.MatchValue)
        for constant in compared_texts(node)
        if constant.value in provider_names()
    ]


def compared_texts(node: ast.Compare | ast.MatchValue) -> Iterator[ast.Constant]:
    sides = [node.value] if isinstance(node, ast.MatchValue) else [node.left, *node.comparators]
    for side in sides:
        elements = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
        for element in elements:
            if isinstance(element, ast.Constant) and isinstance(element.value, str):
                yield element


def provider_names() -> set[str]:
    names = {path.stem for path in (PACKAGE / "providers" / "manifests").glob("*.toml")}
    # Practice is a kind of endpoint too, and code may ask for that.
    return names - {"practice"}


def changeable_values(place: str, tree: ast.Module) -> list[str]:
    if not place.startswith(VALUES):
        return []
    return [
        f"{place}:{node.lineno} {node.name} is a Struct without frozen=True"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base) in {"Struct", "msgspec.Struct"} for base in node.bases)
        and not any(ast.unparse(each) == "frozen=True" for each in node.keywords)
    ]


RULES = [
    environment_reads,
    clock_reads,
    broad_excepts,
    late_imports,
    shared_by_closure,
    provider_comparisons,
    changeable_values,
]


@pytest.mark.parametrize("rule", RULES)
def test_source_keeps_the_rule(rule: Rule) -> None:
    found = [
        problem
        for path in python_files()
        for problem in rule(path.relative_to(PACKAGE).as_posix(), tree_of(path))
    ]
    assert not found, "\n".join(found)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("rule", "place", "source"),
    [
        (environment_reads, "kit/x.py", "import os\nhome = os.environ['HOME']"),
        (environment_reads, "kit/x.py", "import os\ndef f(): return os.getenv('HOME')"),
        (environment_reads, "kit/x.py", "from os import environ"),
        (clock_reads, "kit/x.py", "import time\nstarted = time.monotonic()"),
        (clock_reads, "kit/x.py", "from time import perf_counter_ns"),
        (clock_reads, "kit/x.py", "import datetime\ndatetime.datetime.now(datetime.UTC)"),
        (broad_excepts, "kit/x.py", "try: f()\nexcept: pass"),
        (broad_excepts, "kit/x.py", "try: f()\nexcept (ValueError, Exception): pass"),
        (broad_excepts, "kit/x.py", "with contextlib.suppress(Exception): f()"),
        (
            broad_excepts,
            "pipeline/run.py",
            "try: f()\nexcept Exception: pass\ntry: f()\nexcept BaseException: pass",
        ),
        (late_imports, "kit/x.py", "def f():\n    from filon.store import database"),
        (late_imports, "kit/x.py", "async def f():\n    if x:\n        import filon.store"),
        (shared_by_closure, "kit/x.py", "def f():\n n = 0\n def g():\n  nonlocal n\n  n = 1"),
        (provider_comparisons, "pipeline/x.py", "if endpoint.name == 'groq': f()"),
        (provider_comparisons, "pipeline/x.py", "if name in ('a', 'groq'): f()"),
        (provider_comparisons, "pipeline/x.py", "match name:\n case 'groq': f()"),
        (changeable_values, "trace/x.py", "class A(msgspec.Struct): pass"),
        (changeable_values, "trace/x.py", "class A(Struct, frozen=False, kw_only=True): pass"),
    ],
)
def test_rule_finds_a_bad_example(rule: Rule, place: str, source: str) -> None:
    assert rule(place, ast.parse(source))


@pytest.mark.parametrize(
    ("rule", "place", "source"),
    [
        (environment_reads, "config/load.py", "import os\nhome = os.environ['HOME']"),
        (clock_reads, "kit/clock.py", "import time\nstarted = time.time()"),
        (clock_reads, "kit/x.py", "from filon.kit import clock\nstarted = clock.now()"),
        (broad_excepts, "pipeline/run.py", "try: f()\nexcept Exception: pass"),
        (broad_excepts, "kit/x.py", "try: f()\nexcept ValueError: pass"),
        (late_imports, "cli/x.py", "def f():\n    from filon.store import database"),
        (late_imports, "kit/x.py", "def f():\n    import json"),
        (provider_comparisons, "providers/x.py", "if name == 'groq': f()"),
        (changeable_values, "trace/x.py", "class A(Struct, frozen=True, tag=True): pass"),
    ],
)
def test_rule_passes_a_good_example(rule: Rule, place: str, source: str) -> None:
    assert rule(place, ast.parse(source)) == []


def test_no_file_is_too_long() -> None:
    found = [problem for path in source_files() for problem in too_long(path)]
    assert not found, "\n".join(found)


def test_a_long_file_is_found(tmp_path: Path) -> None:
    for name, lines, is_found in [
        ("a.py", 401, True),
        ("b.py", 400, False),
        ("c.gen.ts", 900, False),
    ]:
        (tmp_path / name).write_text("x\n" * lines)
        assert bool(too_long(tmp_path / name)) is is_found


def too_long(path: Path) -> list[str]:
    if path.name.endswith(".gen.ts") or "migrations" in path.parts:
        return []
    lines = len(path.read_text(encoding="utf-8").splitlines())
    return [f"{path}: {lines} lines, {LONGEST_FILE} at most"] if lines > LONGEST_FILE else []


def test_names_say_what_a_module_is_for() -> None:
    assert vague([path.relative_to(PACKAGE) for path in python_files()]) == []
    assert vague([Path("kit/utils.py"), Path("helpers/sse.py")]) != []


def vague(paths: list[Path]) -> list[Path]:
    return [path for path in paths if VAGUE_NAMES & {*path.parts[:-1], path.stem}]


def test_the_version_is_the_newest_in_the_changelog() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/filon/__init__.py"
    declared = re.search(r'^__version__ = "(.+)"$', text("src/filon/__init__.py"), re.MULTILINE)
    newest = re.search(r"^## \[?([0-9][^\s\]]*)", text("CHANGELOG.md"), re.MULTILINE)
    assert declared
    assert newest
    assert declared[1] == newest[1]


def test_the_readme_says_how_to_run_the_tests() -> None:
    assert "make test" in text("README.md")


@pytest.mark.skipif(
    not ((ROOT / ".git").exists() and shutil.which("git")), reason="the list of files is git's"
)
def test_no_file_names_a_registry_or_this_machine() -> None:
    found = [
        problem
        for path in files_of_the_project()
        for problem in foreign_words(path.relative_to(ROOT).as_posix(), path.read_bytes())
    ]
    assert not found, "\n".join(found)


def test_a_registry_or_a_machine_path_is_found() -> None:
    assert foreign_words("a", f"see https://{REGISTRY_HOSTS[0]}/x".encode())
    assert foreign_words("a", b'home = "/' + b'work/main"')
    assert not foreign_words("a", b"src/w" + b"ork/list.ts ./" + b"root/ are ours")


def foreign_words(name: str, content: bytes) -> list[str]:
    found: list[str] = []
    for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
        words = [host for host in REGISTRY_HOSTS if host in line]
        words += MACHINE_PATH.findall(line)
        found += [f"{name}:{number} names {word}" for word in words]
    return found


def files_of_the_project() -> Iterator[Path]:
    """All that git tracks or would track, so that a new file is seen before it is committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in sorted(set(listed.decode().split("\0")) - {""}):
        path = ROOT / name
        if path.is_file() and b"\0" not in path.read_bytes()[:8192]:
            yield path


def python_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def source_files() -> Iterator[Path]:
    yield from python_files()
    for kind in ("*.ts", "*.tsx", "*.css"):
        yield from sorted(FRONTEND.rglob(kind))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
