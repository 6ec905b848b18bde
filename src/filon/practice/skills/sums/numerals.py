"""Writes the number words of a text as digits, and its spoken sums as signs. Pure."""

import re

from msgspec import Struct

from filon.practice.skills.asked import Language
from filon.practice.skills.matching import fold

_ENGLISH_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_SPANISH_NUMBERS = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro "
    "veinticinco veintiseis veintisiete veintiocho veintinueve"
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SPANISH_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"


class _Words(Struct, frozen=True):
    single: dict[str, int]
    word: re.Pattern[str]
    pair: re.Pattern[str]


def _number_words(ones: str, tens: str, first: int, joint: str) -> _Words:
    units = {word: value for value, word in enumerate(ones.split())}
    rounds = {word: 10 * value for value, word in enumerate(tens.split(), first)}
    digits = "|".join(list(units)[1:10])
    return _Words(
        units | rounds,
        re.compile(rf"\b(?:{'|'.join(units | rounds)})\b"),
        re.compile(rf"\b({'|'.join(rounds)}){joint}({digits})\b"),
    )


_NUMBER_WORDS: dict[Language, _Words] = {
    "en": _number_words(_ENGLISH_NUMBERS, _ENGLISH_TENS, 2, "[- ]"),
    "es": _number_words(_SPANISH_NUMBERS, _SPANISH_TENS, 3, " y "),
}
_ROUND = re.compile(
    r"\b(?:(\d{1,3}) |an? )?(hundred|thousand|cien|mil)\b(?:(?: and)? (\d{1,2})\b(?! ?\d))?"
)
_ROUNDS = {"hundred": 100, "cien": 100, "thousand": 1000, "mil": 1000}

_N = r"(-?\d[\d.,]*\d|-?\d)"
_REWRITES = (
    (rf"\b(?:sum of|suma de|add|suma|sumar) {_N} (?:and|to|y|mas) {_N}", r"\1 + \2"),
    (rf"\b(?:product of|producto de) {_N} (?:and|y|por) {_N}", r"\1 * \2"),
    (rf"\b(?:multiply|multiplica|multiplicar) {_N} (?:by|and|por|y) {_N}", r"\1 * \2"),
    (rf"\b(?:divide|dividir) {_N} (?:by|entre|por) {_N}", r"\1 / \2"),
    (rf"\b(?:difference between|diferencia entre) {_N} (?:and|y) {_N}", r"\1 - \2"),
    (rf"\b(?:subtract|resta|restar) {_N} (?:from|de|a) {_N}", r"\2 - \1"),
    (rf"\b(?:half of|(?:la )?mitad de) {_N}", r"\1 / 2"),
    (rf"\b(?:double|twice|(?:el )?doble de) {_N}", r"2 * \1"),
    (rf"\b(?:triple|thrice|(?:el )?triple de) {_N}", r"3 * \1"),
)
_COMPILED_REWRITES = tuple((re.compile(pattern), to) for pattern, to in _REWRITES)


def in_digits(text: str, language: Language) -> str:
    """The folded text with its number words as digits and its spoken sums as signs."""
    names = _NUMBER_WORDS[language]
    text = fold(text)
    text = names.pair.sub(lambda m: str(names.single[m[1]] + names.single[m[2]]), text)
    text = names.word.sub(lambda m: str(names.single[m[0]]), text)
    text = _ROUND.sub(lambda m: str(int(m[1] or 1) * _ROUNDS[m[2]] + int(m[3] or 0)), text)
    for pattern, to in _COMPILED_REWRITES:
        text = pattern.sub(to, text)
    return text
