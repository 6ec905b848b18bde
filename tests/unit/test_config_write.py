"""A line put into a configuration file: it stands where it belongs, and nothing else changes."""

import os
from pathlib import Path

import pytest

from filon.config.write import CannotWrite, add_drop, write

HEAD = 'version: "1.3.13"\n# ours\nendpoints:\n  custom:\n'

# Each: the entry before, and after `seed` was added to what is not sent.
ENTRIES = {
    "no list yet": (
        "    - name: A\n      apiKey: x\n      models:\n        default: [m]  # one\n\n"
        "    # the next\n    - name: B\n      apiKey: y\n",
        "    - name: A\n      apiKey: x\n      models:\n        default: [m]  # one\n"
        '      dropParams: ["seed"]\n\n    # the next\n    - name: B\n      apiKey: y\n',
    ),
    "a list in brackets": (
        "    - name: A\n      dropParams: [user, n]   # why\n      apiKey: x\n",
        '    - name: A\n      dropParams: [user, n, "seed"]   # why\n      apiKey: x\n',
    ),
    "brackets over lines": (
        "    - name: A\n      dropParams: [\n        user,  # theirs\n        n\n      ]\n",
        '    - name: A\n      dropParams: [\n        user,  # theirs\n        n, "seed"\n      ]\n',
    ),
    "brackets with a comma at the end": (
        "    - name: A\n      dropParams: [\n        user,\n      ]\n",
        '    - name: A\n      dropParams: [\n        user, "seed"\n      ]\n',
    ),
    "an empty list": (
        "    - name: A\n      dropParams: []\n",
        '    - name: A\n      dropParams: ["seed"]\n',
    ),
    "a key without a value": (
        "    - name: A\n      dropParams:\n      apiKey: x\n",
        '    - name: A\n      dropParams: ["seed"]\n      apiKey: x\n',
    ),
    "a list of lines": (
        "    - name: A\n      dropParams:\n        - user # theirs\n"
        "        # and\n\n      apiKey: x\n",
        "    - name: A\n      dropParams:\n        - user # theirs\n"
        '        - "seed"\n        # and\n\n      apiKey: x\n',
    ),
    "a list of lines, not indented": (
        "    - name: A\n      dropParams:\n      - user\n",
        '    - name: A\n      dropParams:\n      - user\n      - "seed"\n',
    ),
    "an entry in braces": (
        "    - {name: A, apiKey: x}\n",
        '    - {name: A, apiKey: x, dropParams: ["seed"]}\n',
    ),
    "an anchor": (
        "    - &base\n      name: A\n      apiKey: &key x\n    - <<: *base\n      name: B\n",
        "    - &base\n      name: A\n      apiKey: &key x\n"
        '      dropParams: ["seed"]\n    - <<: *base\n      name: B\n',
    ),
    "an alias as the last value": (
        "    - name: B\n      apiKey: &key x\n    - name: A\n      apiKey: *key\n",
        "    - name: B\n      apiKey: &key x\n    - name: A\n      apiKey: *key\n"
        '      dropParams: ["seed"]\n',
    ),
    "a block of text at the end": (
        "    - name: A\n      titlePrompt: |\n        One\n        two\n\n    - name: B\n",
        "    - name: A\n      titlePrompt: |\n        One\n        two\n\n"
        '      dropParams: ["seed"]\n    - name: B\n',
    ),
    "a list from a merge": (
        "    - &base\n      name: B\n      dropParams: [user]\n    - <<: *base\n      name: A\n",
        "    - &base\n      name: B\n      dropParams: [user]\n    - <<: *base\n      name: A\n"
        '      dropParams: ["user", "seed"]\n',
    ),
    "it is there already, by another name": (
        "    - name: A\n      dropParams: [randomSeed]\n".replace("randomSeed", "random_seed"),
        "    - name: A\n      dropParams: [random_seed]\n",
    ),
}


def file(tmp_path: Path, text: str, *, newline: str = "\n") -> Path:
    path = tmp_path / "librechat.yaml"
    path.write_bytes(text.replace("\n", newline).encode())
    return path


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("name", ENTRIES)
def test_it_is_written_in_its_place(tmp_path: Path, name: str, newline: str) -> None:
    before, after = ENTRIES[name]
    path = file(tmp_path, HEAD + before, newline=newline)
    change = add_drop(path, "A", "seed")
    assert path.read_bytes() == (HEAD + before).replace("\n", newline).encode()
    added = [one for one in change.diff.splitlines() if one[:1] == "+" and one[:3] != "+++"]
    assert len(added) == (0 if before == after else 1)
    write(change)
    assert path.read_bytes() == (HEAD + after).replace("\n", newline).encode()


def test_the_end_of_a_file_without_a_last_line_break(tmp_path: Path) -> None:
    path = file(tmp_path, "\ufeff" + HEAD + "    - name: A\n      apiKey: x")
    write(add_drop(path, "A", "seed"))
    text = path.read_bytes().decode()
    assert text == "\ufeff" + HEAD + '    - name: A\n      apiKey: x\n      dropParams: ["seed"]\n'


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("    - name: B\n", "no entry A"),
        ("    - name: [A\n", "no valid YAML"),
        ("    - name: A\n      dropParams: seed\n", "is no list"),
        (
            "    - name: B\n      dropParams: &d [user]\n    - name: A\n      dropParams: *d\n",
            "alias",
        ),
    ],
)
def test_what_cannot_be_extended_is_left_alone(tmp_path: Path, entry: str, words: str) -> None:
    path = file(tmp_path, HEAD + entry)
    with pytest.raises(CannotWrite) as caught:
        add_drop(path, "A", "temperature")
    assert words in caught.value.problem.message
    assert path.read_text() == HEAD + entry


@pytest.mark.parametrize("parameter", ["a: b", "", "x]\n  y", "ключ"])
def test_only_a_name_is_written(tmp_path: Path, parameter: str) -> None:
    with pytest.raises(CannotWrite):
        add_drop(file(tmp_path, HEAD + "    - name: A\n"), "A", parameter)


def test_a_file_that_changed_meanwhile_stays(tmp_path: Path) -> None:
    path = file(tmp_path, HEAD + "    - name: A\n")
    change = add_drop(path, "A", "seed")
    path.write_text(HEAD + "    - name: A\n      apiKey: z\n")
    with pytest.raises(CannotWrite, match="has changed"):
        write(change)
    assert "seed" not in path.read_text()


def test_a_link_stays_a_link_and_the_mode_is_kept(tmp_path: Path) -> None:
    place = file(tmp_path, HEAD + "    - name: A\n")
    place.chmod(0o640)
    link = tmp_path / "linked.yaml"
    link.symlink_to(place)
    write(add_drop(link, "A", "seed"))
    assert link.is_symlink()
    assert "seed" in place.read_text()
    assert place.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["librechat.yaml", "linked.yaml"]


def test_a_file_that_may_not_be_written_is_said_so(tmp_path: Path) -> None:
    path = file(tmp_path, HEAD + "    - name: A\n")
    change = add_drop(path, "A", "seed")
    path.chmod(0o444)
    if os.access(path, os.W_OK):
        # For root every file is writable; one that is gone is not.
        path.unlink()
    with pytest.raises(CannotWrite, match="librechat.yaml cannot be"):
        write(change)
