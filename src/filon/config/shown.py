"""The text of a configuration as it may be shown: every literal secret masked, in place.

A mask is as long as what it hides, so that lines and columns stay true. It must work on a file that
cannot be read as YAML too, so it goes by the text, and by the values where there are any.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from filon.config.yaml import Entry, Node

# Names of what is secret, as whole words of a key: api_key, apiKey and x-api-key, not maxTokens.
_WORDS = (
    "apikey token secret password passwd passphrase passwort authorization auth credential "
    "credentials cookie bearer jwt signature keys"
)
_KINDS_OF_KEY = (
    "api access secret private auth subscription license signing master encryption account "
    "service portkey"
)
# Headers that say who asks or in which form, and are worth reading.
_PLAIN = (
    "accept accept-encoding accept-language anthropic-beta anthropic-version cache-control "
    "content-type helicone-cache-enabled helicone-target-url http-referer openai-organization "
    "openai-project origin referer user-agent x-portkey-provider x-practice-speed x-title"
)
# What stands for a key and is none.
_STAND_INS = (
    "user_provided none null true false empty dummy unused no-key not-needed ollama lm-studio "
    "bearer basic"
)
_SECRET_WORDS = frozenset(_WORDS.split())
_BEFORE_KEY = frozenset(_KINDS_OF_KEY.split())
_PLAIN_HEADERS = frozenset(_PLAIN.split())
_HEADER_MAPS = frozenset({"headers", "additionalheaders", "oauth_headers"})
_PLACEHOLDERS = frozenset(_STAND_INS.split())

# Keys that give themselves away, wherever they stand, comments included.
_SHAPES = re.compile(
    r"(?<![\w-])(?:sk-[\w-]{8,}|(?:gsk|xai|hf|fw|pplx|csk|nvapi|r8|ghp|gho|lsv2|tvly|jina)[_-]"
    r"[\w-]{12,}|AIza[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?|AKIA[A-Z0-9]{12,})"
)
_IN_ADDRESS = re.compile(r"(?<=://)[^\s/@'\"]+(?=@)")
_IN_QUERY = re.compile(
    r"(?<=[?&])((?:[\w-]*?(?:key|token|secret|password|sig|auth)[\w-]*)=)([^&\s'\"#]+)", re.I
)
# A key with what follows it in the line; a comment may hold one that was switched off.
_PAIR = re.compile(
    r"""(?P<lead>(?:^|[\s{,\[#-])["']?)(?P<key>[A-Za-z_][\w.-]*)["']?[ \t]*:(?P<gap>[ \t]+|$)""",
    re.MULTILINE,
)
_ALIAS = re.compile(r"\*([\w-]+)[ \t]*(?=[\n,}#]|$)")
_KEPT = re.compile(r"\$+\{[^{}]*\}|\{\{[^{}]*\}\}")
# A value in braces ends at what divides them, but not at the brace of a variable.
_FLOW_VALUE = re.compile(r"(?:\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\}|(?!\s#)[^,}\n])*")
_PIECE = re.compile(r"[^\s'\",{}\[\]]+")
# Signs of YAML: an anchor, an alias, the beginning of a text of several lines.
_MARK = re.compile(r"[&*][\w-]+|[|>][+-]?\d?[+-]?|#|!!?\w*|-")


_RUN = re.compile(b"\x01+")


def masked(text: str, root: Node | None) -> str:
    """The text without its secrets. `root` is what was read of it, if it could be read."""
    hidden = bytearray(len(text))
    for start, end in _joined((*_by_key(text), *_by_shape(text))):
        _hide(text, hidden, start, end)
    for secret in _by_value(root) if root else ():
        for match in re.finditer(re.escape(secret), text):
            _hide(text, hidden, *match.span())
    pieces: list[str] = []
    end = 0
    for run in _RUN.finditer(hidden):
        pieces += [text[end : run.start()], "*" * len(run[0])]
        end = run.end()
    return "".join((*pieces, text[end:]))


@lru_cache(4096)
def is_secret_key(name: str) -> bool:
    """Whether what stands under this key is to be hidden."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    words = [word for word in re.split(r"[\s_.-]+", spaced.lower()) if word]
    if _SECRET_WORDS & set(words):
        return True
    return any(
        word == "key" and before in _BEFORE_KEY
        for before, word in zip(words, words[1:], strict=False)
    )


def _hide(text: str, hidden: bytearray, start: int, end: int) -> None:
    """Hides the words between two places, but not variables nor what only stands for a key."""
    kept = [match.span() for match in _KEPT.finditer(text, start, end)]
    edges = [start, *(place for span in kept for place in span), end]
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        for match in _PIECE.finditer(text, first, last):
            if match[0].lower() not in _PLACEHOLDERS and not _MARK.fullmatch(match[0]):
                hidden[match.start() : match.end()] = b"\x01" * len(match[0])


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _by_key(text: str) -> Iterator[tuple[int, int]]:
    """What follows a secret's key in its line, and the lines that belong to it."""
    for start, end in _by_pair(text):
        yield start, end
        alias = _ALIAS.match(text, start, end)
        # What the alias stands for is written where its anchor is.
        anchor = re.search(rf"&{re.escape(alias[1])}[ \t]+", text) if alias else None
        if anchor:
            yield anchor.end(), _line_end(text, anchor.end())


def _by_pair(text: str) -> Iterator[tuple[int, int]]:
    pairs = list(_PAIR.finditer(text))
    headers = _joined(_span(text, pair) for pair in pairs if pair["key"].lower() in _HEADER_MAPS)
    for pair in pairs:
        name = pair["key"].lower()
        within = any(start <= pair.start("key") < end for start, end in headers)
        told = name in _PLAIN_HEADERS or name in _HEADER_MAPS
        secret = is_secret_key(pair["key"]) and not _holds_pairs(text, pair)
        if secret or (within and not told):
            yield _span(text, pair)


def _holds_pairs(text: str, pair: re.Match[str]) -> bool:
    """Whether below the key stands a map, such as below `auth:`, whose own keys are judged."""
    start, end = _span(text, pair)
    inner = text[start:end].lstrip()
    return inner.startswith("{") or ("\n" in text[start:end] and bool(_PAIR.search(inner)))


def _span(text: str, pair: re.Match[str]) -> tuple[int, int]:
    """From behind the key to the end of its value: in braces to the next comma or brace, else to
    the end of the line and of the lines below it that are indented further."""
    start = pair.end()
    line_start = text.rfind("\n", 0, pair.start("key")) + 1
    line_end = _line_end(text, start)
    if text[start : start + 1] in ("{", "["):
        return start, _closing(text, start)
    if text.count("{", line_start, start) > text.count("}", line_start, start):
        return start, _flow_end(text, start, line_end)
    if text[start : start + 1] in ("'", '"'):
        return start, max(_quote_end(text, start), start + 1)
    comment = re.search(r"[ \t]#", text[start:line_end])
    if comment:
        return start, start + comment.start()
    return start, _block_end(text, pair.start("key") - line_start, line_end)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _closing(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in "{[") - (text[at] in "}]")
        if depth == 0:
            return at + 1
    return len(text)


def _flow_end(text: str, start: int, line_end: int) -> int:
    if text[start : start + 1] in ("'", '"'):
        return _quote_end(text, start)
    value = _FLOW_VALUE.match(text, start, line_end)
    return value.end() if value else line_end


def _quote_end(text: str, start: int) -> int:
    """Behind the closing quote; the end of the line where none comes soon."""
    quote, at = text[start], start + 1
    while at < len(text):
        if text[at] == "\\" and quote == '"':
            at += 2
            continue
        if text[at] == quote:
            return at + 1
        at += 1
    return _line_end(text, start)


def _block_end(text: str, indent: int, line_end: int) -> int:
    """The end of the last line below that is indented further than the key."""
    end = line_end
    while end < len(text):
        following = _line_end(text, end + 1)
        line = text[end + 1 : following]
        width = len(line) - len(line.lstrip())
        if line.strip() and width <= indent:
            return end
        end = following
    return end


def _by_shape(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_SHAPES, _IN_ADDRESS):
        for match in pattern.finditer(text):
            yield match.span()
    for match in _IN_QUERY.finditer(text):
        yield match.span(2)


def _by_value(root: Node) -> set[str]:
    """The literal secrets among the values, through aliases and merges too, in pieces as they
    stand in one line each."""
    found: set[str] = set()
    for entry, within_headers in _entries(root, within_headers=False):
        plain = entry.key.lower() in _PLAIN_HEADERS
        if (within_headers and not plain) or is_secret_key(entry.key):
            for node in (entry.node, *entry.node.items):
                if node.kind in ("string", "number"):
                    found |= set(_PIECE.findall(_KEPT.sub(" ", str(node.value))))
    return {piece for piece in found if len(piece) >= 6 and piece.lower() not in _PLACEHOLDERS}


def _entries(node: Node, *, within_headers: bool) -> Iterator[tuple[Entry, bool]]:
    for item in node.items:
        yield from _entries(item, within_headers=within_headers)
    for entry in node.entries:
        yield entry, within_headers
        yield from _entries(
            entry.node, within_headers=within_headers or entry.key.lower() in _HEADER_MAPS
        )
