"""Which value of a text goes to which field: the surest pair first, and no value twice. Pure."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from filon.practice.model.subschema import Schema, Subschema
from filon.practice.skills.extraction import phrases
from filon.practice.skills.extraction.amounts import Amount, Match, as_json, fits, matches
from filon.practice.skills.extraction.candidates import LIKELY, Candidate, candidates
from filon.practice.skills.extraction.mentions import Mentions
from filon.practice.skills.extraction.roles import Field, Role

# Of these, one that was told earlier is not told again.
_OF_THE_MOMENT = frozenset[Role](("query", "body", "subject", "answer", "sum", "sql"))
_SAID_FREELY = frozenset[Role](("query", "body", "subject", "answer", "other"))


class Filled(Struct, frozen=True):
    """A value, and how much of what the text says speaks for it; 0 where it is a guess."""

    value: Any
    score: float


class Telling(Struct, frozen=True, kw_only=True):
    """What values are taken from: what was said, the newest first, and an answer or "".

    `rest` is what a part of a list has besides numbers: of "3 apples" the apples.
    """

    sources: tuple[Mentions, ...]
    answer: str = ""
    rest: str = ""

    @property
    def gist(self) -> str:
        """The newest text in one line."""
        return phrases.gist(self.sources[0].text)


class Leaf(Struct, frozen=True):
    """A property that is one text or one number, or null where `nullable`."""

    kind: Literal["string", "number"]
    schema: Subschema
    field: Field
    nullable: bool


class Assigner:
    """Gives the values of what was said to fields. `used` are the places already given away."""

    def __init__(self, schema: Schema, telling: Telling) -> None:
        self._schema = schema
        self._telling = telling
        self.used: set[tuple[int, int]] = set()

    def texts(self, leaves: Mapping[str, Leaf], wanted: frozenset[str]) -> dict[str, Filled]:
        """Values for fields of text, the surest pair of field and value first."""
        chosen: dict[str, Filled] = {}
        for place, source in enumerate(self._telling.sources):
            pairs: list[tuple[float, int, int, str, Candidate]] = []
            for order, (name, leaf) in enumerate(leaves.items()):
                if name in chosen or (place and leaf.field.role in _OF_THE_MOMENT):
                    continue
                pairs += [
                    (-offer.score, order, offer.start, name, offer)
                    for offer in candidates(leaf.field, source)
                    if name in wanted or (place == 0 and offer.score >= LIKELY)
                ]
            for _, _, start, name, offer in sorted(pairs, key=_pair_rank):
                if name in chosen or (start >= 0 and (place, start) in self.used):
                    continue
                value = self.fitted(offer.text, leaves[name].schema)
                if value is not None:
                    chosen[name] = Filled(value, offer.score)
                    self.used.add((place, start))
        return chosen

    def amounts(self, amounts: Mapping[str, Amount], wanted: frozenset[str]) -> dict[str, Filled]:
        """Values for fields of numbers; what nothing speaks for goes to what is still wanted, in
        the order of the text."""
        chosen: dict[str, Filled] = {}
        for place, source in enumerate(self._telling.sources):
            open_ones = {
                name: amount
                for name, amount in amounts.items()
                if name not in chosen and (place == 0 or name in wanted)
            }
            pairs = matches(open_ones, source)
            for match in pairs:
                if (
                    match.score > 0.5
                    and match.name not in chosen
                    and (place, match.start) not in self.used
                ):
                    chosen[match.name] = Filled(
                        as_json(match.value, amounts[match.name]), match.score
                    )
                    self.used.add((place, match.start))
            for name in open_ones:
                rest = sorted(
                    (match for match in pairs if match.name == name and match.score > -1.0),
                    key=_by_start,
                )
                free = [match for match in rest if (place, match.start) not in self.used]
                if name in wanted and name not in chosen and free:
                    chosen[name] = Filled(as_json(free[0].value, amounts[name]), 0.5)
                    self.used.add((place, free[0].start))
        return chosen

    def amount(self, schema: Subschema, field: Field, path: str) -> Amount:
        whole = "number" not in self._schema.types(schema, path)
        step = 1 if whole else 1e-6
        lows = [self._schema.number(schema, "minimum", path)]
        highs = [self._schema.number(schema, "maximum", path)]
        for word, bounds, sign in (("exclusiveMinimum", lows, 1), ("exclusiveMaximum", highs, -1)):
            if isinstance(schema.get(word), int | float) and not isinstance(schema[word], bool):
                bounds.append(schema[word] + sign * step)
        return Amount(
            field=field,
            whole=whole,
            low=max((bound for bound in lows if bound is not None), default=None),
            high=min((bound for bound in highs if bound is not None), default=None),
        )

    def fitted(self, text: str, schema: Subschema) -> str | None:
        """The text as far as the length that is asked for; None where it is too short."""
        high = self._schema.count(schema, "maxLength", "")
        low = self._schema.count(schema, "minLength", "") or 0
        text = text if high is None else text[:high]
        return text if len(text) >= low else None

    def fallback(self, schema: Subschema, field: Field) -> str:
        told = schema.get("default")
        if isinstance(told, str) and self.fitted(told, schema) is not None:
            return told
        newest = self._telling.sources[0]
        said = self._telling.rest
        if said:
            pass
        elif field.role == "answer":
            said = self._telling.answer or self._telling.gist
        elif field.role == "subject" and (written := phrases.body(newest)):
            said = phrases.gist(written, 40)
        elif field.role in _SAID_FREELY:
            said = newest.quoted[0].text if newest.quoted else self._telling.gist
        elif field.role in ("day", "moment", "time"):
            # The end of a span of which one day is told is that day.
            offers = candidates(field, newest)
            said = offers[0].text if offers else ""
        said = said or ("desconocido" if newest.language == "es" else "unknown")
        fitted = self.fitted(said, schema)
        low = self._schema.count(schema, "minLength", "") or 0
        return said.ljust(low, ".") if fitted is None else fitted


def usual_number(amount: Amount, schema: Subschema) -> Any:
    default = schema.get("default")
    if isinstance(default, int | float) and not isinstance(default, bool) and fits(default, amount):
        return as_json(default, amount)
    value = 0.0
    if {"confidence", "confianza", "probability", "probabilidad"} & set(amount.field.key):
        value = 90.0 if amount.high == 100 else 0.9
    if amount.low is not None and value < amount.low:
        value = amount.low
    if amount.high is not None and value > amount.high:
        value = amount.high
    return as_json(round(value) if amount.whole else value, amount)


def _pair_rank(pair: tuple[float, int, int, str, Candidate]) -> tuple[float, int, int]:
    return pair[:3]


def _by_start(match: Match) -> int:
    return match.start
