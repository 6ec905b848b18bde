"""Reads short word problems of one or two steps; passes on all that it does not read fully. Pure.

What it takes: gains and losses of one thing, so many of so many each, and a sharing out. A problem
that compares, mixes or leaves a number unread is refused, so that no answer is a guess.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from filon.practice.skills.asked import Language
from filon.practice.skills.sums.expressions import Token, scan, trimmed

_LONGEST = 600
_MOST_NUMBERS = 4

_HOW_MANY = re.compile(
    r"\b(?:how (?:many|much)|cuant[oa]s?)\b(?: (?!does?\b|do\b|did\b)([a-z]{3,20}))?"
)
_REFUSED = re.compile(
    r"\b(?:than|twice|double|triple|half|halves|third|quarter|percent|per|times|average|ratio|"
    r"fewer|less|another|dozen|rest|both|ago|older|younger|km|miles?|hours?|minutes?|speed|"
    r"doble|mitad|tercio|cuarto|ciento|media|promedio|docena|resto|ambos|otra|otro|mayor|menor|"
    r"horas?|minutos?|velocidad|edad|age|years?|anos?)\b|%"
)
_PRICES = re.compile(r"\b(?:costs?|prices?|pays?|paid|cuestan?|precios?|pag[ao]n?)\b")
_EACH = re.compile(r"\b(?:each|every|apiece|cada)\b")
_SHARES = re.compile(
    r"\b(?:shares?|shared|splits?|divides?|divided|distributes?|distributed|repart\w+|dividen?|"
    r"distribuyen?|comparten?)\b"
)
_TOGETHER = re.compile(r"\b(?:total|altogether|together|in all|all|junt[oa]s|en total|todo)\b")

_HOLDS = re.compile(
    r"\b(?:have|has|had|there (?:are|were|is|was)|own|owns|owned|holds?|starts? with|started with|"
    r"tengo|tiene|tienes|tenemos|tienen|tenia|teniamos|tenian|tuve|tuvo|hay|habia)\b"
)
_GAINS = re.compile(
    r"\b(?:buys?|bought|gets?|got|finds?|found|receives?|received|picks?|picked|adds?|added|"
    r"collects?|collected|wins?|won|earns?|earned|gains?|gained|bakes?|baked|makes?|made|arrives?|"
    r"arrived|joins?|joined|more|gives? me|gave me|gives? us|gave us|compr\w+|recib\w+|encontr\w+|"
    r"encuentr\w+|gano|gana|ganamos|consigo|consigue|recojo|recoge|llegan|llegaron|"
    r"me (?:dan?|dio|dieron|regalan?|regalo|regalaron)|nos (?:dan?|dio|dieron|regalan?))\b"
)
_LOSSES = re.compile(
    r"\b(?:gives? (?!me\b|us\b)|gave (?!me\b|us\b)|los[et]s?|eats?|ate|sells?|sold|spends?|spent|"
    r"uses?|used|breaks?|broke|throws?|threw|leaves?|left|removes?|removed|donates?|donated|"
    r"drops?|dropped|fly away|flew away|doy|di\b|regal[oa]\b|regalamos|perd\w+|pierd\w+|come|comi|"
    r"comio|comen|me como|vend\w+|gast\w+|us[oa]\b|rompo|rompe|tir[oa]\b|quit[oa]\b|se van|"
    r"se fueron|dono|dona)"
)
# Whether he gains or loses turns on who "he" is.
_UNCLEAR = re.compile(
    r"\b(?:gives?|gave) (?:him|her|them)\b|\b(?:le|les) (?:dan?|dio|dieron|regal\w+)\b"
)
_CLAUSES = re.compile(
    r"[.;!\n]|, (?:and |then |y |luego |but |pero )?|\b(?:and|then|y|luego|but|pero)\b"
)
_SENTENCES = re.compile(r"[.!?\n]\s*")


class Problem(Struct, frozen=True):
    """A word problem as an expression, and what is counted ("" where that is not plain)."""

    tokens: tuple[Token, ...]
    noun: str


def problem(text: str, language: Language) -> Problem | None:
    """The problem in a text that `in_digits` gave, if it is one and is read to the last number."""
    text = text.replace("each one", "each").replace("cada uno", "cada").replace("cada 1", "cada")
    text = text.replace("each 1", "each")
    asked = _HOW_MANY.search(text)
    if asked is None or len(text) > _LONGEST or _REFUSED.search(text):
        return None
    runs = scan(text, language)
    # A word such as "entre" or "más" beside a number is no sign here, so the ends are cut off.
    found = [tokens for tokens in (trimmed(run, text) for run in runs) if tokens]
    if not 2 <= len(found) <= _MOST_NUMBERS or any(not _is_count(tokens) for tokens in found):
        return None
    noun = asked[1] or ""
    question, story = _question(text, asked.start())
    values = [tokens[0].value for tokens in found]
    tokens = _shared(text, question, values) or _groups(text, question, values)
    if tokens is None and not _EACH.search(text) and not _PRICES.search(text):
        tokens = _changes(story, question, language, len(values))
    return Problem(tuple(tokens), noun) if tokens else None


def _is_count(tokens: Sequence[Token]) -> bool:
    return len(tokens) == 1 and tokens[0].sign == "n" and tokens[0].value.denominator == 1


def _question(text: str, at: int) -> tuple[str, str]:
    """The sentence that asks, and all the others."""
    start = max((match.end() for match in _SENTENCES.finditer(text, 0, at)), default=0)
    ends = _SENTENCES.search(text, at)
    end = ends.end() if ends else len(text)
    return text[start:end], f"{text[:start]} . {text[end:]}"


def _shared(text: str, question: str, values: Sequence[Fraction]) -> list[Token] | None:
    if len(values) != 2 or not (_SHARES.search(text) and _EACH.search(question)):
        return None
    total, parts = max(values), min(values)
    if parts == 0 or total % parts:
        return None
    return [Token("n", total), Token("/"), Token("n", parts)]


def _groups(text: str, question: str, values: Sequence[Fraction]) -> list[Token] | None:
    if len(values) != 2 or not _EACH.search(text) or _SHARES.search(text):
        return None
    # "How many does each have?" asks for a part, unless the numbers stand in the question too.
    if _EACH.search(question) and not re.search(r"\d", question):
        return None
    return [Token("n", values[0]), Token("*"), Token("n", values[1])]


def _changes(story: str, question: str, language: Language, numbers: int) -> list[Token] | None:
    """Gains and losses in their order; None where a clause is not understood."""
    if _UNCLEAR.search(story) or re.search(r"\d", question):
        return None
    if _asks_for_a_part(question):
        return None
    tokens: list[Token] = []
    balance = Fraction(0)
    before = ""
    for clause in _CLAUSES.split(story):
        runs = scan(clause, language)
        found = [token.value for run in runs for token in run.tokens if token.sign == "n"]
        if len(found) > 1:
            return None
        sign = _sign(clause, before)
        if not found:
            # A loss without a number, as in "eats an apple", would be left out of the sum.
            if sign in {"+", "-"} and sign != before:
                return None
            continue
        held_again = sign == "=" and tokens
        if not sign or (held_again and not _TOGETHER.search(question)):
            return None
        tokens += [Token("-" if sign == "-" else "+")] if tokens or sign == "-" else []
        tokens.append(Token("n", found[0]))
        balance += -found[0] if sign == "-" else found[0]
        before = sign
        if balance < 0:
            return None
    counted = sum(token.sign == "n" for token in tokens)
    return tokens if counted == numbers and counted > 1 else None


def _asks_for_a_part(question: str) -> bool:
    """Whether it asks what was gained or lost, and not what there is in the end."""
    rest = re.sub(r"\b(?:left|leaves?|more)\b", "", question)
    return bool(_LOSSES.search(rest) or _GAINS.search(rest))


def _sign(clause: str, before: str) -> str:
    if not clause.strip():
        return ""
    if _GAINS.search(clause):
        return "" if _LOSSES.search(clause) else "+"
    if _LOSSES.search(clause):
        return "-"
    if _HOLDS.search(clause):
        return "="
    return before
