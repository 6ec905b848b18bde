"""Learns the merges of the tokenizer from text. Ties are broken by id, so it always ends alike."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from filon.practice.model.pieces import FIRST_BYTE, FIRST_MERGE, merge, stretches


def learn(texts: Iterable[str], count: int) -> list[tuple[int, int]]:
    """Up to `count` merges, the most frequent pair first; fewer where no pair comes twice."""
    return _Learning(Counter(part for text in texts for part in stretches(text))).merges(count)


class _Learning:
    """Counts of all pairs, kept right while words are merged."""

    def __init__(self, words: Counter[str]) -> None:
        self._words = [[FIRST_BYTE + byte for byte in word.encode()] for word in words]
        self._times = list(words.values())
        self._pairs: Counter[tuple[int, int]] = Counter()
        self._where: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        for index in range(len(self._words)):
            self._add(index, 1)
        self._heap = [(-times, pair) for pair, times in self._pairs.items()]
        heapq.heapify(self._heap)

    def merges(self, count: int) -> list[tuple[int, int]]:
        data = {FIRST_BYTE + byte: bytes((byte,)) for byte in range(256)}
        seen = set(data.values())
        found: list[tuple[int, int]] = []
        while len(found) < count and (pair := self._most_frequent()):
            joined = data[pair[0]] + data[pair[1]]
            # Two ids with the same bytes could not be told apart by who reads them.
            if joined in seen:
                continue
            new = FIRST_MERGE + len(found)
            found.append(pair)
            seen.add(joined)
            data[new] = joined
            self._replace(pair, new)
        return found

    def _most_frequent(self) -> tuple[int, int] | None:
        while self._heap:
            times, pair = heapq.heappop(self._heap)
            now = self._pairs[pair]
            if now == -times:
                return pair if now > 1 else None
            # The entry is older than the last change; it comes back with today's count.
            if now:
                heapq.heappush(self._heap, (-now, pair))
        return None

    def _replace(self, pair: tuple[int, int], new: int) -> None:
        touched: set[tuple[int, int]] = set()
        for index in sorted(self._where.pop(pair)):
            self._add(index, -1)
            self._words[index] = merge(self._words[index], new, {pair: new})
            self._add(index, 1)
            touched.update(each for each in pairwise(self._words[index]) if new in each)
        for each in touched:
            heapq.heappush(self._heap, (-self._pairs[each], each))

    def _add(self, index: int, sign: int) -> None:
        times = sign * self._times[index]
        for pair in pairwise(self._words[index]):
            self._pairs[pair] += times
            if sign > 0:
                self._where[pair].add(index)
