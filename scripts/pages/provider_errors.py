"""What a provider's errors look like, and what Filon says of each: asked of the program itself."""

from collections.abc import Mapping
from typing import Any

import msgspec

from filon.diagnosis.catalogue import SYMPTOMS
from filon.diagnosis.diagnose import Failure, diagnose
from filon.practice.dialects.dialect import Dialect, Rule
from filon.practice.dialects.refusing import refuse
from filon.practice.limits import rates
from filon.practice.refusal import Kind, Refusal
from filon.protocols.registry import PROTOCOLS
from filon.providers.manifest import Manifest
from scripts.pages.markdown import code, codes, plain, sentence, table

# What fills the words of an error: the figures of a small example.
_VALUES: Mapping[str, str | int] = {
    "model": "the-model",
    "key": "sk-…abcd",
    "param": "the_parameter",
    "message": "what is wrong",
    "metric": "tokens per minute (TPM)",
    "limit": 6000,
    "used": 4200,
    "requested": 2400,
    "wait": 6,
    "context": 8192,
    "total": 9000,
    "prompt": 8000,
    "answer": 1000,
}
_RATES = {
    "openai": "Answers carry `x-ratelimit-limit-*`, `-remaining-*` and `-reset-*` for requests "
    "and tokens.",
    "groq": "Answers carry `x-ratelimit-*` for requests (a day) and tokens (a minute).",
    "mistral": "Answers carry headers on requests and tokens left, in Mistral's own names.",
    "anthropic": "Answers carry `anthropic-ratelimit-*-limit`, `-remaining` and `-reset` (a time "
    "of RFC 3339) for requests and tokens.",
    "retry_after": "An answer that refuses carries `retry-after`; no other header tells.",
    "none": "No header tells how much is left.",
}
_UNKNOWN = {
    "accept": "taken without a word",
    "ignore": "taken without a word, and without effect",
    "reject": "refused",
}


def everywhere() -> str:
    """How many things are told apart, and where they are listed."""
    return (
        f"Filon tells {len(SYMPTOMS)} things apart, whichever provider says them: "
        "[the list](../findings/README.md) has each with its causes, its signs and what to do."
    )


def section(manifest: Manifest, dialect: Dialect | None) -> list[str]:
    """What errors look like there."""
    told = ["## What its errors look like"]
    if dialect is not None:
        told += [_example(dialect), _errors(manifest, dialect)]
    facts = [sentence(fact) for fact in manifest.facts if fact.about == "errors"]
    if facts:
        told.append("\n".join(f"- {line}" for line in facts))
    if len(told) == 1:
        told.append("Nothing is known but what holds everywhere.")
    told.append(
        "What Filon says of any status is "
        "[in the list of all](README.md#what-filon-says-of-a-failure). `filon doctor NAME`, with "
        "the name of your endpoint, tries address, key and models one after the other and says "
        "where it ends."
    )
    return [*told, *(_parameters(dialect) if dialect is not None else [])]


def limits(dialect: Dialect) -> list[str]:
    """How much may be asked, and what tells it."""
    fact = dialect.wire.rates
    told = [f"{_RATES[str(fact.use)]} *({fact.sure}: {plain(fact.source)})*"]
    shown = [
        f"{rate.amount:,.0f} {name.replace('_', ' ')}"
        for name, rate in rates(dialect.limits).items()
    ]
    if dialect.limits.concurrent is not None:
        shown.append(f"{dialect.limits.concurrent:,.0f} at the same time")
    if shown:
        told.append(f"Practice holds its dialect to {', '.join(shown)}.")
    return told


def _example(dialect: Dialect) -> str:
    """The body of one error, as practice sends it."""
    kind: Kind = "wrong_key" if dialect.key is not None else "unknown_model"
    response = refuse(dialect, Refusal(kind=kind, values=_VALUES))
    body: Any = msgspec.json.decode(response.body)
    if isinstance(body, dict) and "request_id" in body:
        body["request_id"] = "req_…"
    shown = msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
    named = "A wrong key" if kind == "wrong_key" else "An unknown model"
    return f"{named} is answered with {response.status}:\n\n```json\n{shown}\n```"


def _errors(manifest: Manifest, dialect: Dialect) -> str:
    rows: list[tuple[str, str, str, str, str]] = []
    for kind, own in dialect.errors.kinds.items():
        response = refuse(dialect, Refusal(kind=kind, values=_VALUES))
        finding = next(
            iter(
                diagnose(
                    Failure(
                        endpoint=manifest.label,
                        model="the-model",
                        url=manifest.base_url,
                        variable=manifest.variables[0] if manifest.variables else None,
                        status=response.status,
                        body=bytes(response.body).decode(),
                    )
                )
            ),
            None,
        )
        read = PROTOCOLS[dialect.protocol].parse_error(
            response.status, response.headers, bytes(response.body), now=0.0
        )
        rows.append(
            (
                str(response.status),
                plain(read.message),
                plain(finding.title) if finding else "",
                plain(finding.fix) if finding else "",
                own.sure,
            )
        )
    head = ("status", "it says", "Filon says", "what to do", "how sure")
    return table(head, sorted(dict.fromkeys(rows)))


def _parameters(dialect: Dialect) -> list[str]:
    """What becomes of parameters there, where nothing is edited."""
    rows = [
        (codes(rule.names), _fate(rule), plain(f"{rule.sure}: {rule.source}"))
        for rule in dialect.parameters
        if rule.does != "accept" or rule.low is not None or rule.means
    ]
    unknown = dialect.unknown
    sure = plain(f"{unknown.sure}: {unknown.source}")
    rows.append(("any other", _UNKNOWN[str(unknown.use)], sure))
    return [
        "## What it does with parameters",
        table(("parameter", "is there", "how sure"), rows),
    ]


def _fate(rule: Rule) -> str:
    told = {
        "accept": "taken",
        "ignore": "taken without effect",
        "reject": "refused",
        "clamp": "brought into bounds",
    }[rule.does]
    if rule.means:
        told += f", its name for {code(rule.means)}"
    if rule.low is not None:
        told += f", from {rule.low:g}" + ("" if rule.high is not None else " on")
    if rule.high is not None:
        told += f" to {rule.high:g}" if rule.low is not None else f", up to {rule.high:g}"
    if rule.unless:
        told += f", unless it is {codes(map(_json, rule.unless))}"
    if rule.but:
        lifted = [f"{name}: {_json(one)}" for name, values in rule.but.items() for one in values]
        told += f", not with {codes(lifted)}"
    if rule.only:
        told += ", by models that reason" if rule.only == "reasoning" else ", by plain models"
    return told


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
