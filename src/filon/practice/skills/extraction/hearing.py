"""A conversation as what values are taken from: the last message first, then what came before."""

from filon.practice.skills.asked import Asked
from filon.practice.skills.extraction.assigning import Telling
from filon.practice.skills.extraction.dates import today_of
from filon.practice.skills.extraction.mentions import mentions
from filon.practice.skills.reading import last_text, recent, spoken

_READ_BEFORE = 4_000


def heard(asked: Asked, text: str | None = None, answer: str = "") -> Telling:
    """What was said, of the last message only `text` where that is given."""
    last = last_text(asked) if text is None else text
    said = recent(asked.messages)
    language = spoken(asked, last)
    today = today_of([one.text for one in reversed(said) if one.role != "tool"])
    places = [place for place, one in enumerate(said) if one.role == "user"]
    before = said[: places[-1]] if places else ()
    after = said[places[-1] + 1 :] if places else ()
    earlier = [*reversed(after), *reversed(before)]
    rest = "\n".join(one.text for one in earlier if one.role in ("user", "tool"))[:_READ_BEFORE]
    sources = [mentions(last, language, today)]
    if rest.strip():
        sources.append(mentions(rest, language, today))
    return Telling(sources=tuple(sources), answer=answer)
