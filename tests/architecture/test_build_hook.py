"""When the front end is built anew, and with which Node. No npm runs here."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

import pytest


class BuildHook(Protocol):
    BuildFailed: type[Exception]
    build: Callable[[Path], None]
    why_stale: Callable[[Path], str]
    fingerprint: Callable[[Path], str]
    is_good_node: Callable[[str], bool]
    stamp: Callable[[Path], Path]
    static: Callable[[Path], Path]


def load_hook() -> BuildHook:
    path = Path(__file__).resolve().parents[2] / "hatch_build.py"
    spec = importlib.util.spec_from_file_location("hatch_build", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast(BuildHook, module)


hook = load_hook()


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A project whose page is up to date."""
    frontend = tmp_path / "frontend"
    (frontend / "src" / "rooms").mkdir(parents=True)
    (frontend / "package.json").write_text("{}")
    (frontend / "src" / "rooms" / "chat.tsx").write_text("one")
    hook.static(tmp_path).mkdir(parents=True)
    (hook.static(tmp_path) / "index.html").write_text("<p>")
    hook.stamp(tmp_path).write_text(hook.fingerprint(tmp_path) + "\n")
    return tmp_path


def test_an_unchanged_page_is_not_built(built: Path) -> None:
    assert hook.why_stale(built) == ""
    hook.build(built)


@pytest.mark.parametrize("name", ["src/rooms/chat.tsx", "src/new.css", "vite.config.ts"])
def test_a_changed_or_new_source_is_seen(built: Path, name: str) -> None:
    (built / "frontend" / name).write_text("two")
    assert "has changed" in hook.why_stale(built)


def test_a_renamed_source_is_seen(built: Path) -> None:
    source = built / "frontend" / "src" / "rooms" / "chat.tsx"
    source.rename(source.with_name("talk.tsx"))
    assert "has changed" in hook.why_stale(built)


def test_what_npm_installs_is_no_source(built: Path) -> None:
    (built / "frontend" / "node_modules").mkdir()
    (built / "frontend" / "node_modules" / "x.ts").write_text("x")
    assert hook.why_stale(built) == ""


def test_a_lost_page_or_stamp_is_seen(built: Path) -> None:
    hook.stamp(built).unlink()
    assert "has changed" in hook.why_stale(built)
    (hook.static(built) / "index.html").unlink()
    assert "not been built" in hook.why_stale(built)


def test_a_built_page_without_its_sources_is_taken_as_it_is(built: Path) -> None:
    (built / "frontend" / "package.json").unlink()
    assert hook.why_stale(built) == ""


def test_without_sources_and_page_one_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(hook.BuildFailed, match=r"neither frontend/package\.json nor a built page"):
        hook.build(tmp_path)


@pytest.mark.parametrize(
    ("version", "good"),
    [
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("", False),
    ],
)
def test_node_is_good_from_the_floor_of_vite_on(version: str, *, good: bool) -> None:
    assert hook.is_good_node(version + "\n") is good
