"""The days and times that a text names, as ISO 8601 where it says enough. Pure: it asks no clock.

What today is comes from the conversation, which often tells it to the model.
"""

import re
from datetime import date, timedelta

from msgspec import Struct

from filon.practice.skills.asked import Language
from filon.practice.skills.extraction.lexicon import aligned
from filon.practice.skills.matching import fold


class When(Struct, frozen=True, kw_only=True):
    """A day or a time of day, where it stands, and as ISO 8601 or in the text's own words."""

    value: str
    start: int
    end: int
    is_iso: bool


_MONTHS = (
    "january february march april may june july august september october november december",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
_WHOLE = {name: number for names in _MONTHS for number, name in enumerate(names.split(), 1)}
_CUT = {name[:3]: number for name, number in _WHOLE.items()}
_MONTH_OF = {**_WHOLE, **_CUT, "sept": 9}
_MONTH = "|".join(sorted(_MONTH_OF, key=len, reverse=True))

_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "lunes martes miercoles jueves viernes sabado domingo",
)
_WEEKDAY_OF = {name: number for names in _WEEKDAYS for number, name in enumerate(names.split())}
_WEEKDAY = "|".join(_WEEKDAY_OF)

_NEAR = {
    "day after tomorrow": 2,
    "pasado manana": 2,
    "tomorrow": 1,
    "today": 0,
    "tonight": 0,
    "yesterday": -1,
    "hoy": 0,
    "esta noche": 0,
    "ayer": -1,
}

_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_SLASHES = re.compile(r"(?<![\d/])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/])")
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (\d{{4}}))?")
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of| de)? ({_MONTH})\b\.?(?:,? (?:de |del )?(\d{{4}}))?"
)
# "3 al 5 de mayo", "May 3-5": the month stands with one of the two days.
_FIRST_OF_TWO_ES = re.compile(
    rf"\b(\d{{1,2}}) (?:al?|y|hasta el) (?=\d{{1,2}} de ({_MONTH})\b(?: de (\d{{4}}))?)"
)
_TWO_EN = re.compile(
    rf"\b({_MONTH})\.? (?P<first>\d{{1,2}})(?:st|nd|rd|th)?"
    r"(?: ?[-–] ?| to | through | until | and )"
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?![:.%]|\s?[ap]m)(?:,? (?P<year>\d{4}))?"
)
_NEARLY = re.compile(rf"\b(?:{'|'.join(_NEAR)})\b")
_TOMORROW_ES = re.compile(r"(?<!la )(?<!esta )(?<!pasado )(?<!por la )\bmanana\b")
_DAY_OF_WEEK = re.compile(
    rf"\b(?:(?:next|this|on|proximo|el proximo|este|el) )?({_WEEKDAY})s?\b"
    r"(?: (?:que viene|proximo))?"
)
_SPAN = re.compile(
    r"\b(?:next|this) (?:week|month|weekend|year)\b|\b(?:la proxima|esta|proxima) semana\b|"
    r"\b(?:el )?(?:proximo|este) (?:mes|ano|fin de semana)\b|"
    r"\b(?:in|en|dentro de) (\d{1,3}) (days?|weeks?|dias?|semanas?)\b"
)

_CLOCK = re.compile(r"\b([01]?\d|2[0-3])[:.h]([0-5]\d)(?::[0-5]\d)?\s?([ap]\.?m\b\.?)?(?!\d)")
_HALF = re.compile(r"\b(1[0-2]|0?[1-9])\s?([ap])\.?m\b\.?")
_AT = re.compile(
    r"\b(?:at|a las?) (\d{1,2})(?! ?[:.%\d])(?! (?:dollars|euros|dolares))\b"
    r"(?: en punto| o'?clock)?(?P<half> y media| y cuarto)?"
    r"(?P<part> de la (?:tarde|noche|manana)| in the (?:afternoon|evening|morning))?"
)
_NAMED = {"noon": "12:00", "mediodia": "12:00", "midnight": "00:00", "medianoche": "00:00"}
_NAMED_TIME = re.compile(rf"\b(?:{'|'.join(_NAMED)})\b")
_TODAY = re.compile(
    r"(?:today|current date|date|hoy|fecha(?: actual)?)\b[^.\n\d]{0,40}(?=\d{4}-\d\d-\d\d)"
)


def today_of(texts: list[str]) -> date | None:
    """The day that a text of the conversation says is today, as YYYY-MM-DD."""
    for text in texts:
        told = _TODAY.search(fold(text))
        found = told and _ISO.match(fold(text), told.end())
        if found:
            return _day(int(found[1]), int(found[2]), int(found[3]))
    return None


def days(text: str, language: Language, today: date | None) -> list[When]:
    """The days that a text names, in order, none within another."""
    plain = aligned(text)
    found: list[When] = []
    for match in _ISO.finditer(plain):
        _add(found, match, text, _day(int(match[1]), int(match[2]), int(match[3])))
    for match in _SLASHES.finditer(plain):
        _add(found, match, text, _slashed(match, language))
    found += _of_two(plain, text, today)
    for match in _MONTH_FIRST.finditer(plain):
        _add(found, match, text, _dated(match[3], _MONTH_OF[match[1]], int(match[2]), today))
    for match in _DAY_FIRST.finditer(plain):
        _add(found, match, text, _dated(match[3], _MONTH_OF[match[2]], int(match[1]), today))
    for match in [*_NEARLY.finditer(plain), *_TOMORROW_ES.finditer(plain)]:
        _add(found, match, text, _ahead(today, _NEAR.get(match[0], 1)))
    for match in _SPAN.finditer(plain):
        weeks = 7 if match[2] and match[2].startswith(("week", "semana")) else 1
        _add(found, match, text, _ahead(today, int(match[1]) * weeks) if match[1] else None)
    for match in _DAY_OF_WEEK.finditer(plain):
        _add(found, match, text, _weekday(today, _WEEKDAY_OF[match[1]]))
    return sorted(found, key=_start)


def _of_two(plain: str, text: str, today: date | None) -> list[When]:
    """The days of spans that name their month once."""
    found: list[When] = []
    for match in _FIRST_OF_TWO_ES.finditer(plain):
        day = _dated(match[3], _MONTH_OF[match[2]], int(match[1]), today)
        found.append(_when(text, match.span(1), day))
    for match in _TWO_EN.finditer(plain):
        for name, start in (("first", match.start()), ("day", match.start("day"))):
            day = _dated(match["year"], _MONTH_OF[match[1]], int(match[name]), today)
            found.append(_when(text, (start, match.end(name)), day))
    return found


def _when(text: str, place: tuple[int, int], day: date | None) -> When:
    start, end = place
    value = day.isoformat() if day else text[start:end]
    return When(value=value, start=start, end=end, is_iso=day is not None)


def times(text: str) -> list[When]:
    """The times of day that a text names, as HH:MM."""
    plain = aligned(text)
    found: list[When] = []
    for match in _CLOCK.finditer(plain):
        _add_time(found, match, _hour(int(match[1]), match[3] or ""), int(match[2]))
    for match in _HALF.finditer(plain):
        _add_time(found, match, _hour(int(match[1]), match[2]), 0)
    for match in _AT.finditer(plain):
        hour = int(match[1])
        part = match["part"] or ""
        if part.endswith(("tarde", "noche", "afternoon", "evening")) and hour < 12:
            hour += 12
        minute = {" y media": 30, " y cuarto": 15}.get(match["half"] or "", 0)
        _add_time(found, match, hour, minute)
    for match in _NAMED_TIME.finditer(plain):
        hour, minute = _NAMED[match[0]].split(":")
        _add_time(found, match, int(hour), int(minute))
    return sorted(found, key=_start)


def _add(found: list[When], match: re.Match[str], text: str, day: date | None) -> None:
    start, end = match.span()
    if not any(start < other.end and other.start < end for other in found):
        found.append(_when(text, (start, end), day))


def _add_time(found: list[When], match: re.Match[str], hour: int, minute: int) -> None:
    start, end = match.span()
    if hour < 24 and not any(start < other.end and other.start < end for other in found):
        value = f"{hour:02}:{minute:02}"
        found.append(When(value=value, start=start, end=end, is_iso=True))


def _hour(hour: int, half: str) -> int:
    if half.startswith("p") and hour < 12:
        return hour + 12
    return 0 if half.startswith("a") and hour == 12 else hour


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _slashed(match: re.Match[str], language: Language) -> date | None:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    year = year + 2_000 if year < 100 else year
    day_first = language == "es" or first > 12 or match[2] == "."
    return _day(year, second, first) if day_first else _day(year, first, second)


def _dated(year: str | None, month: int, day: int, today: date | None) -> date | None:
    if year:
        return _day(int(year), month, day)
    if today is None:
        return None
    this_year = _day(today.year, month, day)
    if this_year and this_year < today:
        return _day(today.year + 1, month, day)
    return this_year


def _ahead(today: date | None, days_ahead: int) -> date | None:
    return today + timedelta(days=days_ahead) if today else None


def _weekday(today: date | None, weekday: int) -> date | None:
    if today is None:
        return None
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _start(when: When) -> int:
    return when.start
