"""Which beginnings of prompts were seen lately, for the cached tokens that a usage reports."""

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b


class PromptCache:
    """Remembers prompts in blocks of tokens, each under the hash of all that comes before it.

    Only whole blocks count, and none where fewer than `minimum` tokens are cached together. A
    block is forgotten `lasts` seconds after it was last used, or when `most` newer ones are
    kept. What one key sent is never found under another.
    """

    def __init__(
        self, *, block: int = 128, minimum: int = 1_024, most: int = 16_384, lasts: float = 600.0
    ) -> None:
        if block < 1 or most < 1:
            raise ValueError("A block holds at least one token, and a cache one block.")
        self._block = block
        self._minimum = minimum
        self._most = most
        self._lasts = lasts
        # From a block's hash to when it was last used; the least recently used first.
        self._used: OrderedDict[bytes, float] = OrderedDict()

    def __len__(self) -> int:
        """How many blocks are kept."""
        return len(self._used)

    def seen(self, key: str, tokens: Sequence[int], now: float) -> int:
        """How many of these tokens, from the first on, are cached; they all are from now on.

        `now` is seconds of any clock that goes forward.
        """
        chain = self._chain(key, tokens)
        found = 0
        for digest in chain:
            used = self._used.get(digest)
            if used is None or now - used > self._lasts:
                break
            found += 1
        # The last block first, so that of a prompt its end is forgotten before its beginning:
        # a block whose predecessor is lost can never be found again.
        for digest in reversed(chain):
            self._used[digest] = now
            self._used.move_to_end(digest)
        self._forget(now)
        cached = found * self._block
        return cached if cached >= self._minimum else 0

    def kept(self, tokens: Sequence[int]) -> int:
        """How many of a prompt's tokens, from the first on, are kept once it was seen."""
        whole = min(len(tokens) // self._block, self._most) * self._block
        return whole if whole >= self._minimum else 0

    def clear(self) -> None:
        """Forgets everything."""
        self._used.clear()

    def _chain(self, key: str, tokens: Sequence[int]) -> list[bytes]:
        digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        chain: list[bytes] = []
        # What could not be kept anyway need not be reckoned.
        whole = min(len(tokens) // self._block, self._most)
        for start in range(0, whole * self._block, self._block):
            block = array("q", tokens[start : start + self._block]).tobytes()
            digest = blake2b(digest + block, digest_size=16).digest()
            chain.append(digest)
        return chain

    def _forget(self, now: float) -> None:
        while len(self._used) > self._most:
            self._used.popitem(last=False)
        while self._used:
            oldest = next(iter(self._used))
            if now - self._used[oldest] <= self._lasts:
                break
            del self._used[oldest]
