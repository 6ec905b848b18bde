"""What Anthropic's messages demands of a history: answers to its calls, seals on its thoughts.

Places are told by the wire's own numbers. Words of refusals as people quoted them: 2026-11-27.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, cast

import msgspec
from msgspec import Struct

from filon.practice.refusal import Refusal, Refused

# Since this version of the API, some blocks stand only where they have a meaning:
# platform.claude.com/docs/en/api/versioning, seen 2026-11-27.
STRICT = "2026-10-21"

_KEY = b"filon-practice"
_BEGINNING = "practice-"


class _Turn(Struct, frozen=True):
    """One message as it came: its number, and its content where that is a list of blocks."""

    number: int
    role: str
    blocks: tuple[dict[str, Any], ...]


def seal(thought: str) -> str:
    """Practice's signature of a thought, which it wants to see again behind the same thought."""
    return _BEGINNING + blake2b(thought.encode("utf-8", "replace"), key=_KEY).hexdigest()


def check_turns(items: Sequence[bytes], *, thinks: bool, strict: bool) -> None:
    """Refuses a history that Anthropic would refuse. `thinks` is whether the answer shall begin
    with a thought, `strict` whether the rules since STRICT hold. Raises Refused."""
    turns = list(_turns(items))
    if strict:
        _check_blocks(turns)
    _check_calls(turns)
    _check_seals(turns)
    if thinks:
        _check_last(turns)


def bad(message: str, param: str) -> Refused:
    """The refusal of a request that is wrong at `param`, in these words."""
    return Refused(
        Refusal(kind="bad_request", message=message, param=param, values={"message": message})
    )


def _turns(items: Sequence[bytes]) -> Iterator[_Turn]:
    for number, item in enumerate(items):
        told: dict[str, Any] = msgspec.json.decode(item)
        content = told.get("content")
        rows = cast("list[dict[str, Any]]", content) if isinstance(content, list) else []
        yield _Turn(number, str(told.get("role")), tuple(rows))


def _check_blocks(turns: Sequence[_Turn]) -> None:
    for turn in turns:
        for place, block in enumerate(turn.blocks):
            where = f"messages.{turn.number}.content.{place}"
            if turn.role == "assistant" and block.get("type") == "document":
                raise bad(
                    f"{where}: `document` blocks are not permitted in assistant messages", where
                )
            if turn.role == "user" and block.get("type") == "text" and block.get("citations"):
                raise bad(f"{where}.citations: not permitted in user messages", where)


def _check_calls(turns: Sequence[_Turn]) -> None:
    """Messages of one role in a row count as one."""
    asked: dict[str, None] = {}
    answered: set[str] = set()
    at = 0
    before = ""
    for turn in turns:
        if turn.role == "assistant":
            if before != "assistant":
                _check_answered(asked, answered, at)
                asked.clear()
                answered.clear()
            asked.update(dict.fromkeys(_ids(turn, "tool_use", "id")))
            at = turn.number
        else:
            for place, block in enumerate(turn.blocks):
                if block.get("type") == "tool_result" and block.get("tool_use_id") not in asked:
                    where = f"messages.{turn.number}.content.{place}"
                    raise bad(
                        f"{where}: unexpected `tool_use_id` found in `tool_result` blocks: "
                        f"{block.get('tool_use_id')}. Each `tool_result` block must have a "
                        "corresponding `tool_use` block in the previous message.",
                        where,
                    )
            answered.update(_ids(turn, "tool_result", "tool_use_id"))
        before = turn.role
    _check_answered(asked, answered, at)


def _check_answered(asked: dict[str, None], answered: set[str], at: int) -> None:
    left = [one for one in asked if one not in answered]
    if left:
        raise bad(
            f"messages.{at}: `tool_use` ids were found without `tool_result` blocks immediately "
            f"after: {', '.join(left)}. Each `tool_use` block must have a corresponding "
            "`tool_result` block in the next message.",
            f"messages.{at}",
        )


def _ids(turn: _Turn, kind: str, name: str) -> list[str]:
    return [str(block.get(name)) for block in turn.blocks if block.get("type") == kind]


def _check_seals(turns: Sequence[_Turn]) -> None:
    for turn in turns:
        for place, block in enumerate(turn.blocks):
            if block.get("type") != "thinking":
                continue
            where = f"messages.{turn.number}.content.{place}"
            if block.get("signature") is None:
                raise bad(f"{where}.thinking.signature: Field required", where)
            if block["signature"] != seal(str(block.get("thinking"))):
                raise bad(f"{where}: Invalid `signature` in `thinking` block", where)


def _check_last(turns: Sequence[_Turn]) -> None:
    """Between a call and what is made of its answer, the thought before the call must be there."""
    last = next((turn for turn in reversed(turns) if turn.role == "assistant"), None)
    if last is None or not last.blocks or not _ids(last, "tool_use", "id"):
        return
    if any(turn.number > last.number and not _is_answer(turn) for turn in turns):
        return
    kind = last.blocks[0].get("type")
    if kind not in ("thinking", "redacted_thinking"):
        where = f"messages.{last.number}.content.0.type"
        raise bad(
            f"{where}: Expected `thinking` or `redacted_thinking`, but found `{kind}`. When "
            "`thinking` is enabled, a final `assistant` message must start with a thinking block. "
            "To avoid this requirement, disable `thinking`.",
            where,
        )


def _is_answer(turn: _Turn) -> bool:
    return bool(_ids(turn, "tool_result", "tool_use_id"))
