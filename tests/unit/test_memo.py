"""Results that are remembered by the identity of what they were made of."""

from filon.kit.memo import Memo


def test_the_same_values_have_the_same_result() -> None:
    memo: Memo[str] = Memo()
    one, other = (1, 2), (1, 2, 3)
    assert memo.get("key", one, other) is None
    assert memo.keep("made", "key", one, other) == "made"
    assert memo.get("key", one, other) == "made"


def test_equal_values_are_others() -> None:
    memo: Memo[str] = Memo()
    one = [1]
    memo.keep("made", None, one)
    assert memo.get(None, [1]) is None
    assert memo.get("key", one) is None
    assert memo.get(None, one, one) is None


def test_no_other_value_gets_the_identity_of_one_that_is_remembered() -> None:
    memo: Memo[int] = Memo()
    for number in range(100):
        # Each would lie where the one before it lay, had that been let go.
        assert memo.get(None, made := [number]) is None
        memo.keep(number, None, made)


def test_it_forgets_everything_when_it_is_full() -> None:
    memo: Memo[int] = Memo(most=2)
    values = [[0], [1], [2]]
    for number, value in enumerate(values):
        memo.keep(number, None, value)
    assert [memo.get(None, value) for value in values] == [None, None, 2]
