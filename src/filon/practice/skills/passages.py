"""Tells a text that is given from what is asked about it. Pure, and linear in the text's length.

What stands in a passage is data: nothing here or elsewhere reads a passage for what to do.
"""

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

# Below this, a text before a question is the question's own set-up.
_LONG = 200
_LONGEST_QUESTION = 400
_DEEPEST = 8

_NAMES = (
    "context|contexto|documents?|documentos?|docs?|passages?|pasajes?|sources?|fuentes?|texts?|"
    "textos?|articles?|art[ií]culos?|excerpts?|fragmentos?|extractos?|background|information|"
    "informaci[oó]n|references?|referencias?|chunks?|search results|resultados"
)
_TAG = re.compile(
    rf"<(/?)({_NAMES}|document_content|contents?|title|page|file)\b([^<>]{{0,300}})>", re.IGNORECASE
)
_NUMBER = re.compile(r"\b(?:id|index|n|number|num|numero)\s*=\s*[\"']?(\d{1,4})\b", re.IGNORECASE)
_TITLE = re.compile(
    r"\b(?:title|name|titulo|nombre)\s*=\s*[\"']([^\"']{1,200})[\"']", re.IGNORECASE
)
_TRIPLE = re.compile(r'"""(.+?)"""', re.DOTALL)

_BEFORE = r"^[ \t#>*_]{0,8}"
_COLON = r"[*_]{0,3}[ \t]?:[*_]{0,3}[ \t]*"
_TEXT_MARKS = (
    re.compile(
        rf"{_BEFORE}(?:{_NAMES})[ \t]{{0,3}}[\[(#]?(?P<label>\d{{1,4}})?[\])]?[ \t]{{0,3}}"
        rf"(?:[(\-–—][ \t]*(?P<title>[^:\n()]{{1,120}})\)?)?{_COLON}",
        re.MULTILINE | re.IGNORECASE,
    ),
    re.compile(rf"^#{{1,6}}[ \t]*(?:{_NAMES})[ \t]*$", re.MULTILINE | re.IGNORECASE),
    re.compile(
        r"^[ \t]{0,3}\[(?:doc(?:ument)?[ \t]?)?(?P<label>\d{1,4})\][:.]?[ \t]+(?=\S)", re.MULTILINE
    ),
)
_LEAD_IN = re.compile(
    r"^(?=([^\n]{0,300}):[ \t]*$)[^\n]{0,200}?\b"
    r"(?:following|below|this|these|siguientes?|este|estos|esta|estas)\b"
    rf"[^:\n]{{0,40}}\b(?:{_NAMES})\b[^:\n]{{0,80}}:[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_QUESTION_MARKS = (
    re.compile(
        rf"{_BEFORE}(?:(?:user(?:'s)? )?(?:question|query|request)|pregunta|consulta|q|p|task|"
        rf"tarea|instructions?|instrucci[oó]n(?:es)?|user|usuario){_COLON}",
        re.MULTILINE | re.IGNORECASE,
    ),
    re.compile(
        r"^#{1,6}[ \t]*(?:question|pregunta|query|task|tarea)[ \t]*$", re.MULTILINE | re.IGNORECASE
    ),
)
_ANSWER_MARKS = (
    re.compile(
        rf"{_BEFORE}(?:answer|respuesta|assistant|a|r){_COLON}", re.MULTILINE | re.IGNORECASE
    ),
    re.compile(r"^#{1,6}[ \t]*(?:answer|respuesta)[ \t]*$", re.MULTILINE | re.IGNORECASE),
)
_ITEM = re.compile(r"^[ \t]{0,3}(\d{1,3})[.)][ \t]+(?=\S)", re.MULTILINE)
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”»)]{0,2}\s+")
_ASKS = re.compile(
    r"\?|^\W{0,8}(?:what|who|whom|whose|which|how|why|when|where|is|are|was|were|does|do|did|can|"
    r"could|tell|name|list|find|summari[sz]e|explain|quote|tl;?dr|give|describe|"
    r"qu[eé]|qui[eé]n(?:es)?|cu[aá]l(?:es)?|c[oó]mo|cu[aá]ndo|d[oó]nde|cu[aá]nt[oa]s?|por qu[eé]|"
    r"resume|resumir|resúmelo|resúmeme|explica|cita|di|dime|nombra|enumera|describe)\b",
    re.IGNORECASE,
)


class Passage(Struct, frozen=True, kw_only=True):
    """A text that was given. `label` is the number to cite it by, "" where there is none;
    `marked` says that the message itself set it apart."""

    text: str
    label: str = ""
    title: str = ""
    marked: bool = True


class Split(Struct, frozen=True, kw_only=True):
    """A message in its parts.

    `own` is what its author says: all but the marked passages. `question` is what is asked:
    all but every passage.
    """

    passages: tuple[Passage, ...]
    own: str
    question: str


class _Open(Struct, frozen=True):
    name: str
    start: int
    inside: int
    label: str
    title: str
    made: int


class _Mark(Struct, frozen=True):
    start: int
    end: int
    label: str = ""
    title: str = ""


def asks(text: str) -> bool:
    """Whether a text asks something, by a question mark or its first word."""
    return _ASKS.search(text.strip()) is not None


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, without list marks, in order."""
    found: list[str] = []
    for line in text.splitlines():
        for sentence in _SENTENCE_END.split(line):
            clean = sentence.strip(" \t#>*-•|").strip()
            if clean:
                found.append(clean)
    return found


def split(text: str) -> Split:
    """Takes a message apart."""
    passages, own = _tagged(text)
    quoted = [Passage(text=each.strip()) for each in _TRIPLE.findall(own) if each.strip()]
    if quoted:
        own = _TRIPLE.sub("\n\n", own)
    headed, own = _headed(own)
    found = _numbered([*passages, *quoted, *headed])
    if not found:
        given, question = _set_apart(own)
        alone = (Passage(text=given, marked=False),) if given else ()
        return Split(passages=alone, own=own.strip(), question=question.strip())
    return Split(passages=tuple(found), own=own.strip(), question=own.strip())


def marked(text: str) -> tuple[Passage, ...]:
    """The passages that a text marks as such."""
    return tuple(passage for passage in split(text).passages if passage.marked)


def _tagged(text: str) -> tuple[list[Passage], str]:
    """The innermost tagged texts, and what stands outside of all tags."""
    passages: list[Passage] = []
    stack: list[_Open] = []
    outside: list[str] = []
    at = 0
    for match in _TAG.finditer(text):
        name = match[2].lower()
        if not match[1]:
            if len(stack) < _DEEPEST and not match[3].endswith("/"):
                stack.append(_opened(match, name, len(passages)))
            continue
        if all(each.name != name for each in stack):
            continue
        while stack[-1].name != name:
            stack.pop()
        opened = stack.pop()
        content = text[opened.inside : match.start()].strip()
        if stack and _is_title(opened, content):
            stack[-1] = replace(stack[-1], title=content)
        elif len(passages) == opened.made and content:
            around = (opened, *reversed(stack))
            label = next((each.label for each in around if each.label), "")
            title = next((each.title for each in around if each.title), "")
            passages += _items(Passage(text=content, label=label, title=title))
        if not stack:
            outside.append(text[at : opened.start])
            at = match.end()
    return passages, "\n\n".join([*outside, text[at:]])


def _opened(match: re.Match[str], name: str, made: int) -> _Open:
    label = _NUMBER.search(match[3])
    title = _TITLE.search(match[3])
    return _Open(
        name, match.start(), match.end(), label[1] if label else "", title[1] if title else "", made
    )


def _is_title(opened: _Open, content: str) -> bool:
    return opened.name in {"source", "title"} and len(content) <= 200 and not opened.label


def _headed(text: str) -> tuple[list[Passage], str]:
    """The texts under heads such as "Context:" or "[1]", and the rest."""
    texts = _marks(text, _TEXT_MARKS)
    # The line that leads in is the author's own, so the passage begins behind it.
    texts += [_Mark(match.end(), match.end()) for match in _LEAD_IN.finditer(text)]
    texts.sort(key=_start)
    if not texts:
        return [], text
    last = texts[-1].end
    # A "Question:" between two passages belongs to a passage: only the last one of all is asked.
    question = _last_after(_marks(text, _QUESTION_MARKS), last)
    answer = _last_after(_marks(text, _ANSWER_MARKS), question.end if question else last)
    end = answer.start if answer else len(text)
    block_end = question.start if question else end
    asked = text[question.end : end] if question else ""
    before = text[: texts[0].start]
    for pattern in _QUESTION_MARKS:
        before = pattern.sub("", before)
    passages: list[Passage] = []
    borders = [*(mark.start for mark in texts[1:]), block_end]
    for mark, border in zip(texts, borders, strict=True):
        content = text[mark.end : border].strip()
        if content:
            passages += _items(Passage(text=content, label=mark.label, title=mark.title))
    if passages and not asks(before) and not asked.strip():
        given, rest = _set_apart(passages[-1].text, shortest=0)
        if given:
            passages[-1] = replace(passages[-1], text=given)
            asked = rest
        elif asks(rest) and len(passages) == 1:
            # "Text: what is this?" gives nothing: all of it is asked.
            passages, asked = [], rest
    return passages, f"{before}\n\n{asked}"


def _marks(text: str, patterns: Sequence[re.Pattern[str]]) -> list[_Mark]:
    found: list[_Mark] = []
    for pattern in patterns:
        for match in pattern.finditer(text):
            named = match.groupdict()
            found.append(
                _Mark(
                    match.start(), match.end(), named.get("label") or "", named.get("title") or ""
                )
            )
    return found


def _start(mark: _Mark) -> int:
    return mark.start


def _last_after(marks: list[_Mark], place: int) -> _Mark | None:
    return max((mark for mark in marks if mark.start >= place), key=_start, default=None)


def _items(passage: Passage) -> list[Passage]:
    """A passage that is a numbered list, as its items."""
    for pattern in (_TEXT_MARKS[2], _ITEM):
        found = list(pattern.finditer(passage.text))
        if len(found) > 1 or (found and pattern is not _ITEM):
            borders = [*(match.start() for match in found[1:]), len(passage.text)]
            return [
                Passage(text=passage.text[match.end() : border].strip(), label=match[1])
                for match, border in zip(found, borders, strict=True)
                if passage.text[match.end() : border].strip()
            ]
    return [passage]


def _numbered(passages: list[Passage]) -> list[Passage]:
    """Passages with a title but no number get their place as one."""
    return [
        replace(passage, label=str(place)) if passage.title and not passage.label else passage
        for place, passage in enumerate(passages, 1)
    ]


def _set_apart(text: str, shortest: int = _LONG) -> tuple[str, str]:
    """A long text before or behind a question, and the question; nothing and all otherwise."""
    if len(text) < shortest or "```" in text:
        return "", text
    kinds: tuple[tuple[Literal["\n\n", "\n", " "], list[str]], ...] = (
        ("\n\n", [part for part in _PARAGRAPHS.split(text.strip()) if part.strip()]),
        ("\n", [line for line in text.splitlines() if line.strip()]),
        (" ", _SENTENCE_END.split(text.strip())),
    )
    for joint, parts in kinds:
        if len(parts) < 2 or (joint == " " and shortest and len(parts) < 4):
            continue
        for question, rest in ((parts[-1], parts[:-1]), (parts[0], parts[1:])):
            given = joint.join(rest)
            if asks(question) and len(question) <= _LONGEST_QUESTION and len(given) >= shortest:
                return given, question
    return "", text
