"""Embeddings from hashed words and letters: texts that share words, or parts of words, are near.

They know spelling and nothing of meaning: `car` is near `cars` and far from `automobile`, and a
text is not near its translation.
"""

import math
import re
import unicodedata
import zlib
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Vector: TypeAlias = npt.NDArray[np.float32]
Vectors: TypeAlias = npt.NDArray[np.float32]

DIMENSIONS = 256

_WORD = re.compile(r"[^\W_]+")
_SIGN = re.compile(r"\S")

# What a word, a pair of neighbours and a run of letters weigh.
_WORDS, _PAIRS, _LETTERS = 1.0, 0.6, 0.35
_RUNS = (3, 4, 5)

# Words that say little of what a text is about, in English and Spanish, accents folded.
_LITTLE = 0.15
_LITTLE_WORDS = frozenset(
    _WORD.findall("""
    a an and are as at be been but by can could did do does for from had has have he her his how i
    if in is it its me my no not of on or our she so than that the their them then there these they
    this to was we were what when where which who why will with would you your
    al como con cual cuando de del donde el ella ellos en era eres es esa ese eso esta este esto
    estan fue ha han hay la las le les lo los mas mi mis muy nos o para pero por porque que quien
    se si sin sobre son su sus te tu tus un una uno unos y ya yo
    """)
)


def embed(text: str, dimensions: int = DIMENSIONS) -> Vector:
    """The text as a vector of length 1, always the same for the same text.

    Case and accents do not count. A text of nothing but white space has a fixed vector too:
    whether to refuse it is for the dialect to say. Raises ValueError below one dimension.
    """
    if dimensions < 1:
        raise ValueError("A vector has at least one dimension.")
    weights = _weigh(_fold(text))
    hashes = np.fromiter(map(_hash, weights), np.uint64, len(weights))
    # CRC is linear, so alike words would fall alike; the product spreads them.
    spread = (hashes + np.uint64(1)) * np.uint64(0x9E37_79B9_7F4A_7C15)
    places = (spread >> np.uint64(33)) % np.uint64(dimensions)
    signs = np.where(spread & np.uint64(1 << 32), 1.0, -1.0)
    amounts = np.fromiter(weights.values(), np.float64, len(weights))
    vector = np.bincount(places.astype(np.intp), signs * amounts, minlength=dimensions)
    length = float(np.sqrt(vector @ vector))
    if length < 1e-9:
        # No words, or of few dimensions all cancel out.
        vector[0] = length = 1.0
    return (vector / length).astype(np.float32)


def embed_all(texts: Sequence[str], dimensions: int = DIMENSIONS) -> Vectors:
    """One row for each text."""
    rows = np.empty((len(texts), dimensions), np.float32)
    for number, text in enumerate(texts):
        rows[number] = embed(text, dimensions)
    return rows


def base64(vector: Vector) -> str:
    """The floats in 4 bytes each, little-endian, as `encoding_format: base64` asks for."""
    return b64encode(vector.astype("<f4").tobytes()).decode("ascii")


def _fold(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _weigh(text: str) -> dict[str, float]:
    """The features of a text with their weights, which grow slower than their number."""
    words = _WORD.findall(text) or _SIGN.findall(text)
    alone = Counter[str](words)
    pairs = Counter(pairwise(words))
    letters: dict[str, float] = {}
    found: dict[str, float] = {}
    for word, number in alone.items():
        worth = _LITTLE if word in _LITTLE_WORDS else 1.0
        found[f"w {word}"] = _WORDS * worth * _slowed(number)
        for run in _runs(f"<{word}>"):
            letters[run] = letters.get(run, 0.0) + worth * number
    for (word, after), number in pairs.items():
        both_little = word in _LITTLE_WORDS and after in _LITTLE_WORDS
        found[f"p {word} {after}"] = _PAIRS * (_LITTLE if both_little else 1.0) * _slowed(number)
    for run, number in letters.items():
        found[f"l {run}"] = _LETTERS * _slowed(number)
    return found


def _runs(word: str) -> list[str]:
    return [word[start : start + size] for size in _RUNS for start in range(len(word) - size + 1)]


def _slowed(number: float) -> float:
    return math.log1p(number)


def _hash(feature: str) -> int:
    return zlib.crc32(feature.encode("utf-8", "surrogatepass"))
