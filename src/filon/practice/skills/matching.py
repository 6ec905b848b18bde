"""How alike two texts are: folded words, cut to their stems, rare ones counting more. Pure.

Tokens of scripts without spaces are single characters.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log, sqrt

from msgspec import Struct

_MOST_WORDS = 400
_EAST = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_EAST}]|[^\W_{_EAST}]+")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_ENDINGS = (
    "amente",
    "mente",
    "ciones",
    "tions",
    "cion",
    "tion",
    "ings",
    "ing",
    "edly",
    "ed",
    "es",
    "ly",
    "s",
)
_SHORTEST_STEM = 3
# A word that only joins others still tells "what is X" from "why X", but little.
_FUNCTION_WORD = 0.3

_FUNCTION_WORDS = (
    "a an the is are was were be been being am do does did done has have had of and or not no to "
    "in on at with from for by as if so that this these those it its i you your yours me my mine "
    "we our us they them their he she his her what which who whom whose how why when where can "
    "could would should will shall may might must please tell give say know there here than then "
    "about into any some all just only also very s t m re ve ll d much many "
    "explain describe mean means get got want need "
    "el la los las un una unos unas de del al y e o u en con para por que como cual cuales quien "
    "quienes cuando donde cuanto cuanta cuantos cuantas es esta estan ser son soy eres fue era "
    "hay han ha he esto este estos estas ese esa eso esos su sus mi mis tu tus se lo le les "
    "yo ella nos ellos mas pero si porque sobre sin segun muy tambien puedes puede dime dame di "
    "favor te sabes explica explicame "
    "describe significa quiero necesito"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())


class Index(Struct, frozen=True, kw_only=True):
    """Texts made ready to be searched."""

    postings: Mapping[str, tuple[tuple[int, float], ...]]
    lengths: tuple[float, ...]
    found_in: Mapping[str, int]


class Match(Struct, frozen=True):
    """A text by its number in the index, and how like the query it is, 0 to 1."""

    number: int
    score: float


def fold(text: str) -> str:
    """The text in lower case, without accents. It may have another length."""
    if text.isascii():
        return text.lower()
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold()))
    return unicodedata.normalize("NFC", plain)


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """A folded word without its ending, so that "models", "modelos" and "model" are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word.removesuffix(ending)
            break
    if len(word) > _SHORTEST_STEM and word[-1] in "aeioy":
        word = word[:-1]
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2]:
        word = word[:-1]
    return word


def content(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [stem(word) for word in words(text) if word not in FUNCTION_WORDS]


def rarity(texts: int, found_in: float) -> float:
    """The weight of a word that `found_in` of so many `texts` hold."""
    return log(1 + texts / (0.5 + found_in))


def build(texts: Sequence[str]) -> Index:
    """An index over texts."""
    bags = [_bag(text) for text in texts]
    found_in: Counter[str] = Counter()
    for bag in bags:
        found_in.update(bag.keys())
    postings: dict[str, list[tuple[int, float]]] = {}
    lengths: list[float] = []
    for number, bag in enumerate(bags):
        total = 0.0
        for word, factor in bag.items():
            weight = factor * rarity(len(bags), found_in[word])
            total += weight * weight
            postings.setdefault(word, []).append((number, weight))
        lengths.append(sqrt(total))
    return Index(
        postings={word: tuple(places) for word, places in postings.items()},
        lengths=tuple(lengths),
        found_in=dict(found_in),
    )


def search(index: Index, query: str, most: int = 5) -> tuple[Match, ...]:
    """The texts most like the query, best first: the cosine of their weighted words."""
    scores: dict[int, float] = {}
    length = 0.0
    for word, factor in _bag(query).items():
        weight = factor * rarity(len(index.lengths), index.found_in.get(word, 0))
        length += weight * weight
        for number, other in index.postings.get(word, ()):
            scores[number] = scores.get(number, 0.0) + weight * other
    if not scores:
        return ()
    root = sqrt(length)
    ranked = sorted(
        ((score / (root * index.lengths[number]), number) for number, score in scores.items()),
        key=_best_first,
    )
    return tuple(Match(number, min(score, 1.0)) for score, number in ranked[:most])


def coverage(
    wanted: Iterable[str],
    there: Iterable[str],
    weights: Mapping[str, float],
    unknown: float = 1.0,
) -> float:
    """How much of the wanted stems, by weight, is there, 0 to 1; `unknown` weighs the others."""
    present = frozenset(there)
    total = found = 0.0
    for word in dict.fromkeys(wanted):
        weight = weights.get(word, unknown)
        total += weight
        found += weight if word in present else 0.0
    return found / total if total else 0.0


def _best_first(ranked: tuple[float, int]) -> tuple[float, int]:
    return -ranked[0], ranked[1]


def _bag(text: str) -> dict[str, float]:
    """The stems of a text's first and last words, each with what its kind of word counts."""
    # No word is longer than this on average, so a text of megabytes costs no more.
    if len(text) > 40 * _MOST_WORDS:
        text = text[: 20 * _MOST_WORDS] + " " + text[-20 * _MOST_WORDS :]
    found = words(text)
    if len(found) > _MOST_WORDS:
        found = found[: _MOST_WORDS // 2] + found[-_MOST_WORDS // 2 :]
    return {stem(word): _FUNCTION_WORD if word in FUNCTION_WORDS else 1.0 for word in found}
