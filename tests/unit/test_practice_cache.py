"""The prompt cache against a list of whole prompts, and what it forgets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.practice.cache import PromptCache

HOUR = 3_600.0


def small(**settings: float) -> PromptCache:
    whole = {name: int(value) for name, value in settings.items() if name != "lasts"}
    return PromptCache(**{"block": 4, "minimum": 0, **whole}, lasts=settings.get("lasts", 600.0))


# Two tokens only, so that beginnings are often the same.
PROMPTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.lists(st.integers(0, 1), max_size=24),
        st.sampled_from([0, 1, 300, 600, 601]),
    ),
    max_size=25,
)


@given(PROMPTS, st.sampled_from([1, 3, 4]), st.sampled_from([0, 8]))
def test_what_is_found_is_the_longest_known_beginning(
    prompts: list[tuple[str, list[int], float]], block: int, minimum: int
) -> None:
    cache = small(block=block, minimum=minimum)
    used: dict[tuple[str, tuple[int, ...]], float] = {}
    now = 0.0
    for key, tokens, wait in prompts:
        now += wait
        beginnings = [(key, tuple(tokens[:end])) for end in range(block, len(tokens) + 1, block)]
        found = 0
        for beginning in beginnings:
            if now - used.get(beginning, -HOUR) > 600:
                break
            found += block
        assert cache.seen(key, tokens, now) == (found if found >= minimum else 0)
        used.update(dict.fromkeys(beginnings, now))


@given(PROMPTS, st.integers(1, 6))
def test_no_more_blocks_are_kept_than_allowed(
    prompts: list[tuple[str, list[int], float]], most: int
) -> None:
    cache = small(most=most)
    now = 0.0
    for key, tokens, wait in prompts:
        now += wait
        cache.seen(key, tokens, now)
        assert len(cache) <= most
        # Whatever was pushed out, the prompt that came last has its beginning.
        assert cache.seen(key, tokens, now) == min(most, len(tokens) // 4) * 4


def test_openais_sizes_are_the_usual_ones() -> None:
    cache = PromptCache()
    tokens = list(range(2_000))
    assert cache.seen("key", tokens, 0) == 0
    assert cache.seen("key", tokens, 1) == 1_920
    assert cache.seen("key", [*tokens[:1_500], 7, 7, 7], 2) == 1_408
    assert cache.seen("key", tokens[:1_024], 3) == 1_024
    assert cache.seen("key", tokens[:1_023], 4) == 0
    assert cache.seen("key", [*tokens[:1_023], 9, 9], 5) == 0


def test_a_key_does_not_see_what_another_sent() -> None:
    cache = small()
    cache.seen("mine", [1] * 8, 0)
    assert cache.seen("yours", [1] * 8, 0) == 0
    assert cache.seen("mine", [1] * 8, 0) == 8


def test_a_block_counts_only_after_the_same_beginning() -> None:
    cache = small()
    cache.seen("key", [1, 1, 1, 1, 2, 2, 2, 2], 0)
    assert cache.seen("key", [3, 1, 1, 1, 2, 2, 2, 2], 0) == 0
    assert cache.seen("key", [2, 2, 2, 2, 1, 1, 1, 1], 0) == 0


def test_ten_minutes_after_the_last_use_it_is_gone() -> None:
    cache = small()
    cache.seen("key", [1] * 12, 0)
    assert cache.seen("key", [1] * 8, 600) == 8
    assert cache.seen("key", [1] * 12, 1_200) == 8
    assert cache.seen("key", [1] * 12, 1_801) == 0
    cache.seen("key", [5] * 4, HOUR)
    assert len(cache) == 1


def test_of_an_old_prompt_the_end_is_forgotten_first() -> None:
    cache = small(most=4)
    cache.seen("key", [1] * 12, 0)
    cache.seen("key", [2] * 8, 0)
    assert cache.seen("key", [1] * 12, 0) == 8


def test_all_can_be_forgotten() -> None:
    cache = small()
    cache.seen("key", [1] * 8, 0)
    cache.clear()
    assert cache.seen("key", [1] * 8, 0) == 0


def test_sizes_that_make_no_sense_are_refused() -> None:
    for settings in ({"block": 0}, {"most": 0}):
        with pytest.raises(ValueError, match="at least one"):
            small(**settings)
