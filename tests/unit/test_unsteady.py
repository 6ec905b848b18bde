"""The second look that scripts/test takes at what failed: alone, and told aloud."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRIED = """
import pathlib
import pytest

def test_steady(): pass

@pytest.mark.parametrize("name", ["a b"])
def test_unsteady(name):
    seen = pathlib.Path("seen")
    before = seen.exists()
    seen.touch()
    assert before

def test_broken(): assert pathlib.Path("mended").exists()

def test_skipped(): pytest.skip("why")
"""


def run(folder: Path, *words: str) -> tuple[int, list[str]]:
    """Pytest's exit code and lines."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.unsteady", "-p", "no:cacheprovider", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "FILON_FAILED": "failed"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def test_what_passes_alone_is_told_and_what_does_not_fails(tmp_path: Path) -> None:
    (tmp_path / "test_tried.py").write_text(TRIED, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    code, lines = run(tmp_path, "-ra")
    assert (code, lines[-1].strip("= ").partition(" in ")[0]) == (
        1,
        "2 failed, 1 passed, 1 skipped",
    )
    code, lines = run(tmp_path, "-ra", "-n", "0", "@failed.args")
    assert code == 1
    assert "unsteady: test_tried.py::test_unsteady[a b]" in lines
    assert lines[-1].strip("= ").startswith("1 failed, 1 passed, 1 skipped, 1 unsteady in ")
    unsteady = tmp_path / "test-results" / "unsteady.txt"
    assert unsteady.read_text(encoding="utf-8") == "test_tried.py::test_unsteady[a b]\n"
    (tmp_path / "mended").touch()
    code, lines = run(tmp_path, "-n", "0", "@failed.args")
    assert code == 0
    assert lines[-1].strip("= ").startswith("1 passed, 1 skipped, 2 unsteady in ")


def test_a_run_that_passes_leaves_nothing_to_try_again(tmp_path: Path) -> None:
    (tmp_path / "test_tried.py").write_text("def test_it(): pass\n", encoding="utf-8")
    unsteady = tmp_path / "test-results" / "unsteady.txt"
    unsteady.parent.mkdir()
    unsteady.touch()
    assert run(tmp_path)[0] == 0
    assert not (tmp_path / "failed").exists()
    assert not unsteady.exists()
