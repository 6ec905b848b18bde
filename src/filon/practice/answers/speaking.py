"""All choices of one answer, said at their pace."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from filon.practice.answers.counts import Counts
from filon.practice.answers.voice import Delta, Over, Spoken, Voice
from filon.practice.answers.wish import Wish
from filon.practice.clock import Clock
from filon.practice.model.generate import Pocket, generate
from filon.practice.model.plan import Plan
from filon.practice.pace import Timing

# An answer that nobody waits for would keep the event loop; others get a turn this often.
_TOKENS_PER_TURN = 8
# While a model is silent, a stream may say so this often, in seconds.
_SILENCE = 2.0


class Speaking:
    """One answer while it is said, a plan for each choice. `counts` is right at any time."""

    def __init__(
        self, pocket: Pocket, wish: Wish, tokens: Sequence[int], plans: Sequence[Plan], room: int
    ) -> None:
        self._wish = wish
        self._prompt = len(tokens)
        self._voices = [
            Voice(
                number,
                generate(pocket, tokens, plan, wish.asked.model, wish.sampling, number),
                limit=room,
                stop=wish.stop,
                finish=plan.finish,
            )
            for number, plan in enumerate(plans)
        ]
        self._timing: Timing | None = None
        self._cached = 0

    def counts(self) -> Counts:
        """What was counted so far."""
        timing = self._timing
        return Counts(
            prompt=self._prompt,
            answer=sum(voice.tokens for voice in self._voices),
            cached=self._cached,
            thought=sum(voice.thought_tokens for voice in self._voices),
            load_time=timing.loading if timing else 0.0,
            queue_time=timing.queue if timing else 0.0,
            prompt_time=timing.prefill if timing else 0.0,
            answer_time=timing.decode if timing else 0.0,
        )

    async def run(
        self, timing: Timing, cached: int, load: Callable[[], int], clock: Clock
    ) -> AsyncGenerator[list[Spoken]]:
        """What is said, in groups that are due at the same moment. A group is empty while the
        model is silent."""
        self._timing, self._cached = timing, cached
        wait = timing.first(self._prompt, cached, load())
        while wait > 0:
            yield []
            step = min(wait, _SILENCE)
            await clock.sleep(step)
            wait -= step
        raw = _Raw() if self._wish.thoughts == "raw" else None
        ticks = 0
        while not all(voice.over for voice in self._voices):
            spoken = [one for voice in self._voices if not voice.over for one in voice.step()]
            if raw is not None:
                spoken = [again for one in spoken for again in raw.put(one)]
            if spoken:
                yield spoken
            ticks += 1
            wait = timing.next(load())
            if wait > 0:
                await clock.sleep(wait)
            elif ticks % _TOKENS_PER_TURN == 0:
                await asyncio.sleep(0)


class _Raw:
    """Puts thoughts into the text, between tags."""

    def __init__(self) -> None:
        self._thinking: set[int] = set()

    def put(self, spoken: Spoken) -> list[Spoken]:
        """The same with its thought as text."""
        number = spoken.choice
        if isinstance(spoken, Delta) and spoken.kind == "reasoning":
            opened = "" if number in self._thinking else "<think>\n"
            self._thinking.add(number)
            return [Delta(choice=number, kind="text", text=opened + spoken.text, said=spoken.said)]
        if number not in self._thinking:
            return [spoken]
        self._thinking.discard(number)
        end = "\n</think>\n" if isinstance(spoken, Over) else "\n</think>\n\n"
        return [Delta(choice=number, kind="text", text=end), spoken]
