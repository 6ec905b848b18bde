"""A million traces as a busy year would leave them, written by the program's own tables."""

import random
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from filon.conversation.message import say
from filon.conversation.usage import Usage
from filon.store.connection import AsyncConnection
from filon.store.inserts import joined
from filon.store.store import Store
from filon.store.trace_blob import Bare, bare
from filon.store.trace_rows import TraceSummary
from filon.store.trace_writing import inserts
from filon.trace.facts import FALLBACK, IMAGES, REASONING, RETRY, TOOLS, Facts
from filon.trace.frames import Frame, frames_of
from filon.trace.masks import masked
from filon.trace.records import (
    AnyRecord,
    Attempt,
    Body,
    Cost,
    Received,
    Settled,
    Timing,
    Translated,
)

OWNER = 1
YEAR = 365 * 86_400.0
_AT_ONCE = 5_000

# Models by how often they are asked for: a few often, many hardly ever.
MODELS = [
    f"{endpoint}/{name}-{size}"
    for endpoint in ("openai", "anthropic", "groq", "deepseek", "mistral", "openrouter")
    for name in ("large", "medium", "small", "coder", "reasoner")
    for size in ("4", "5")
]
_SHARES = [1.0 / (place + 1) ** 1.2 for place in range(len(MODELS))]
KEYS = [f"key_{number:02}" for number in range(20)]
_FINDINGS = ["rate_limited", "quota_exhausted", "overloaded", "context_exceeded", "key_refused"]
_DROPPED = ["top_k", "logit_bias", "seed", "frequency_penalty"]


class Maker:
    """Makes traces in the order of time, the same at every run."""

    def __init__(self, count: int, now: float) -> None:
        self._rng = random.Random(20270131)
        self._count = count
        self._now = now
        self._records = [_records(self._rng) for _ in range(64)]
        self._bare = [bare(records) for records in self._records]

    def summaries(self) -> Iterator[TraceSummary]:
        """All of them."""
        step = YEAR / self._count
        for number in range(self._count):
            yield self._one(number, self._now - YEAR + number * step)

    def more(self, last: list[int], count: int) -> Iterator[TraceSummary]:
        """Further ones behind the last number in the list, with a tag of their own."""
        for _ in range(count):
            last[0] += 1
            one = self._one(last[0], self._now + last[0] % 10**9 / 1000)
            known = replace(one.facts or Facts(), tags=("written",))
            yield replace(one, facts=known, conversation_id=None)

    def records(self) -> Sequence[AnyRecord]:
        """The records of a request of a usual size."""
        return self._rng.choice(self._records)

    def bare(self) -> Bare:
        """Records of a usual size, ready to be stored."""
        return self._rng.choice(self._bare)

    def _one(self, number: int, at: float) -> TraceSummary:
        rng = self._rng
        model = rng.choices(MODELS, _SHARES)[0]
        failed = rng.random() < 0.03
        partial = rng.random() < 0.01
        is_chat = rng.random() < 0.1
        given = int(rng.lognormvariate(6, 1.3)) + 8
        answer = int(rng.lognormvariate(5, 1.2)) + 1
        ttft = rng.lognormvariate(-0.7, 0.7)
        rate = rng.lognormvariate(4, 0.5)
        unpriced = rng.random() < 0.04
        priced = not (failed or unpriced)
        return TraceSummary(
            id=f"t_{number:018x}",
            started_at=at + rng.random(),
            caller="chat" if is_chat else "gateway",
            model=model,
            endpoint=model.partition("/")[0],
            status=rng.choice([400, 401, 429, 429, 500, 503]) if failed else 200,
            outcome="failed" if failed else "partial" if partial else "complete",
            attempts=2 if rng.random() < 0.05 else 1,
            input_tokens=None if failed else given,
            output_tokens=None if failed else answer,
            estimated=rng.random() < 0.1,
            cost_kind="priced" if priced else "unknown",
            cost_usd=(given * 0.5 + answer * 1.5) / 1e6 if priced else None,
            ttft=None if failed else ttft,
            total=0.3 if failed else ttft + answer / rate,
            mark="provider_refused" if failed else None,
            conversation_id=f"c_{number // 100:08}" if is_chat else None,
            timing=Timing(connect=0.02, sent=0.021, first_byte=ttft, first_output=ttft, ended=2.0),
            key_id=None if is_chat else rng.choice(KEYS),
            facts=self._facts(model, failed=failed, rate=rate),
        )

    def _facts(self, model: str, *, failed: bool, rate: float) -> Facts:
        rng = self._rng
        chance = rng.random()
        return Facts(
            findings=(rng.choice(_FINDINGS),) if failed else (),
            dropped=(rng.choice(_DROPPED),) if rng.random() < 0.03 else (),
            changed=("max_tokens",) if rng.random() < 0.2 else (),
            tags=(rng.choice(["prod", "staging", "nightly"]),) if rng.random() < 0.1 else (),
            model_answered=model.partition("/")[2],
            reasoning_tokens=200 if "reasoner" in model else None,
            rate=None if failed else rate,
            flags=(TOOLS if chance < 0.1 else 0)
            | (IMAGES if chance > 0.98 else 0)
            | (RETRY if 0.3 < chance < 0.33 else 0)
            | (FALLBACK if 0.4 < chance < 0.41 else 0)
            | (REASONING if "reasoner" in model else 0),
        )


async def fill(store: Store, maker: Maker) -> None:
    """Writes all traces, as the writer would, in large steps."""
    some: list[TraceSummary] = []
    for one in maker.summaries():
        some.append(one)
        if len(some) == _AT_ONCE:
            await store.write(_Step(some, maker))
            some = []
    if some:
        await store.write(_Step(some, maker))


class _Step:
    """One transaction of the writer."""

    def __init__(self, some: Sequence[TraceSummary], maker: Maker) -> None:
        self._some = list(some)
        self._maker = maker

    async def __call__(self, connection: AsyncConnection) -> None:
        new = [inserts(OWNER, one, self._maker.bare()) for one in self._some]
        whole = joined(new)
        assert whole is not None
        await whole(connection)


def _records(rng: random.Random) -> Sequence[AnyRecord]:
    """Records of a request with two to forty pieces in its reply."""
    words = " ".join(rng.choices(["ore", "vein", "seam", "shaft", "core", "assay"], k=60))
    body = Body(f'{{"model":"m","messages":[{{"role":"user","content":"{words}"}}]}}'.encode())
    headers = masked(tuple((f"x-header-{number}", f"value {rng.random()}") for number in range(12)))
    frames = frames_of(
        Frame(number * 0.02, b'data: {"choices":[{"delta":{"content":" vein"}}]}\n\n', "text")
        for number in range(rng.randrange(2, 40))
    )
    return (
        Received(protocol="openai_chat", path="/v1/chat/completions", headers=headers, body=body),
        Translated(
            protocol="openai_chat",
            decisions=(),
            method="POST",
            url="https://x/v1",
            headers=headers,
            body=body,
        ),
        Attempt(
            number=1,
            endpoint="x",
            model="m",
            method="POST",
            url="https://x/v1",
            address=None,
            request_headers=headers,
            request_body=body,
            status=200,
            reply_headers=headers,
            frames=frames,
        ),
        Settled(
            outcome="complete",
            usage=Usage(input_tokens=9, output_tokens=9),
            estimated=None,
            cost=Cost(kind="unknown"),
            finish_reason="stop",
            ttft=0.1,
            rate=20.0,
            message=replace(say("assistant", words)),
        ),
    )
