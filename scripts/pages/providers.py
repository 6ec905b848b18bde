"""Makes docs/providers: a page for each manifest, and the list of them.

All that stands there comes from the manifests, from practice's dialects and from the catalogue of
failures, through the functions that the program itself uses; a test holds the pages to them.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from filon.practice.dialects.dialect import Dialect, dialects
from filon.protocols.names import CLIENT_PATHS
from filon.providers import catalog
from filon.providers.manifest import Manifest
from filon.providers.quirks import Quirk
from scripts.pages import provider_errors
from scripts.pages.markdown import code, codes, plain, sentence, table

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "providers"

_DONE = {
    "drop": "left out",
    "rename": "renamed",
    "clamp": "kept in bounds",
    "add": "added",
    "ignored": "sent, though without effect",
}
_REASON = re.compile(r"(.*) \(((?:confirmed|secondary|unconfirmed), seen .*)\)")
_ABOUT = {
    "address": "The address",
    "key": "The key",
    "models": "Models",
    "stream": "Replies and streams",
}


def pages() -> dict[Path, str]:
    """Every page by its path."""
    listed = [manifest for manifest in catalog.manifests() if manifest.kind != "practice"]
    made = {FOLDER / f"{manifest.name}.md": page(manifest) for manifest in listed}
    return {FOLDER / "README.md": index(listed), **made}


def index(listed: Iterable[Manifest]) -> str:
    """The list of all providers, and what Filon says of failures anywhere."""
    ordered = sorted(listed, key=lambda manifest: manifest.label.lower())
    rows = [
        (
            f"[{one.label}]({one.name}.md)",
            code(one.base_url),
            codes(one.variables) or "none needed",
            _how_found(one),
            str(one.checked_on),
        )
        for one in ordered
    ]
    parts = [
        "# Providers",
        f"Filon knows {len(rows)} providers: where they are, how their keys begin, and in what "
        "their wire differs. What it knows of one is a file of 10 to 60 lines, "
        "[and yours may be next](adding.md). A provider that is not here works too, as an entry "
        "of `endpoints.custom`; only nothing is known of its oddities.",
        table(("provider", "address", "key", "found without a file", "facts checked"), rows),
        "An address with `${…}` in it is yours to complete. A variable that several programs set "
        "for their own ends never makes an endpoint by itself; each page says which those are. "
        "*Confirmed* means read in a primary source, *secondary* in another's, *unconfirmed* that "
        "nobody vouches for it. Pages that tell a provider's state were not opened from here.",
        "## What Filon says of a failure",
        f"{provider_errors.everywhere()} Where a provider says it in words of its own, its page "
        "shows them.",
        _made(),
    ]
    return _joined(parts)


def page(manifest: Manifest) -> str:
    """One provider's page."""
    dialect = _dialect(manifest)
    title, head = f"# How to debug {manifest.label}", table(("", ""), _head(manifest))
    if manifest.closed:
        told = f"**Closed.** {manifest.closed} `filon check` warns of an entry that leads there."
        return _joined([title, told, head, _made(manifest)])
    parts = [
        title,
        head,
        *_entry(manifest),
        *_edits(manifest),
        *provider_errors.section(manifest, dialect),
        *_limits(manifest, dialect),
        *_good_to_know(manifest),
        *_practise(manifest, dialect),
        _made(manifest, dialect),
    ]
    return _joined(parts)


# What an entry of a file speaks unless it says otherwise.
_USUAL = "openai_chat"


def snippet(manifest: Manifest) -> str:
    """A whole librechat.yaml with this provider; nobody's key is in it."""
    known = manifest.models or manifest.examples
    fetched = manifest.models_path is not None
    key = f"${{{manifest.variables[0]}}}" if manifest.variables else "not-needed"
    appended = CLIENT_PATHS.get(manifest.protocol, "")
    shown = ", ".join(f'"{model}"' for model in known[: 1 if fetched else 3])
    lines = [
        'version: "1.3.13"',
        "endpoints:",
        "  custom:",
        f'    - name: "{manifest.label.partition(" (")[0]}"',
        f'      apiKey: "{key}"',
        f'      baseURL: "{manifest.base_url.removesuffix(appended)}"',
        *([f"      provider: {manifest.name}"] if manifest.protocol != _USUAL else []),
        *(["      headers:"] if manifest.headers else []),
        *(f'        {name}: "{value}"' for name, value in manifest.headers.items()),
        "      models:",
        f"        default: [{shown}]",
        f"        fetch: {'true' if fetched else 'false'}",
    ]
    chat = [quirk for quirk in manifest.quirks if quirk.wants == "answer"]
    dropped = sorted({q.name for q in chat if q.use == "drop" and not q.models})
    if dropped:
        lines.append("      # Filon knows this by itself; LibreChat needs the line:")
        lines.append(f"      # dropParams: [{', '.join(dropped)}]")
    return "\n".join(lines)


def _head(manifest: Manifest) -> list[tuple[str, str]]:
    rows = [("address", code(manifest.base_url) + (", yours" if manifest.own_address else ""))]
    if manifest.hosts:
        rows.append(("known by its host", codes(manifest.hosts)))
    rows.append(("protocol", code(manifest.protocol)))
    rows.append(("key", _key(manifest)))
    rows.append(("found without a file", _how_found(manifest)))
    asked = f"{code('GET ' + manifest.models_path)}" if manifest.models_path else "no list is known"
    known = f"; known without asking: {codes(manifest.models)}" if manifest.models else ""
    rows.append(("models", asked + known))
    rows.append(("prices", _prices(manifest)))
    links = {"documentation": manifest.docs, "its state": manifest.status}
    rows += [(name, f"<{link}>") for name, link in links.items() if link]
    rows.append(
        ("facts", f"checked on {manifest.checked_on}, {manifest.sure}: {plain(manifest.source)}")
    )
    return rows


def _key(manifest: Manifest) -> str:
    if not manifest.variables:
        return "none needed"
    told = codes(manifest.variables)
    if manifest.kind == "local":
        told += ", only if your server asks for one"
    if manifest.prefixes:
        told += f"; begins with {codes(manifest.prefixes)}"
    return f"{told}; made at <{manifest.key_page}>" if manifest.key_page else told


def _how_found(manifest: Manifest) -> str:
    if manifest.undetected:
        return f"no. {manifest.undetected}"
    if manifest.kind == "local":
        return "yes, if it runs"
    also = f". {codes(manifest.also, 'or')} alone does not do it" if manifest.also else ""
    return f"if {codes(manifest.variables, 'or')} is set{also}"


def _prices(manifest: Manifest) -> str:
    if manifest.kind == "local":
        return "none: it runs on your own machine"
    if manifest.prices is None:
        return "unknown; give them in `tokenConfig`"
    return f"the list of genai-prices, under {code(manifest.prices)}"


def _entry(manifest: Manifest) -> list[str]:
    told = "`filon check` warns of nothing but that the variable is not set yet."
    if not manifest.variables and "${" not in manifest.base_url:
        told = "`filon check` finds no fault in it."
    return ["## In librechat.yaml", told, f"```yaml\n{snippet(manifest)}\n```"]


def _edits(manifest: Manifest) -> list[str]:
    told = ["## What Filon changes in a request"]
    if manifest.no_embeddings:
        told.append(f"Embeddings are refused: {plain(manifest.no_embeddings)}")
    if not manifest.quirks:
        return [*told, "Nothing that is known: a request goes out as it is asked for."]
    several = len({manifest.protocol, *(quirk.protocol for quirk in manifest.quirks)}) > 1
    groups: dict[tuple[str | int | None, ...], list[Quirk]] = {}
    for quirk in manifest.quirks:
        groups.setdefault((quirk.because.line, quirk.use), []).append(quirk)
    rows = [
        (
            codes(quirk.name for quirk in group),
            _done(group[0]) + (f"; in {code(group[0].protocol)}" if several else ""),
            *_why(group[0]),
        )
        for group in groups.values()
    ]
    told.append(table(("parameter", "is", "because", "how sure"), rows))
    told.append(
        "The inspector shows each of these beside the parameter. A line in your own file "
        "(`addParams`, `dropParams`) comes before them."
    )
    return told


def _done(quirk: Quirk) -> str:
    told = _DONE[quirk.use]
    if quirk.to:
        told += f" {code(quirk.to)}"
    if quirk.use == "clamp":
        bounds = [f"{one:g}" for one in (quirk.low, quirk.high) if one is not None]
        word = "from" if quirk.low is not None else "up to"
        told += f", {word} {' to '.join(bounds)}"
    if quirk.wants == "vectors":
        told += "; in requests for embeddings"
    if quirk.models:
        told += f"; models {codes(quirk.models)}"
    if quirk.unless:
        lifted = [f"{name}: {json.dumps(value)}" for name, value in quirk.unless.items()]
        told += f"; not with {codes(lifted)}"
    return told


def _why(quirk: Quirk) -> tuple[str, str]:
    """The reason, and how sure it is, which stands in brackets behind it."""
    found = _REASON.fullmatch(quirk.because.why or "")
    return (plain(found[1]), plain(found[2])) if found else ("", "")


def _limits(manifest: Manifest, dialect: Dialect | None) -> list[str]:
    told = [sentence(fact) for fact in manifest.facts if fact.about == "limits"]
    if dialect is not None:
        told += provider_errors.limits(dialect)
    if not told:
        told = ["Nothing is known of its headers. Filon reads `retry-after` wherever it comes."]
    return ["## Limits", "\n".join(f"- {line}" for line in told)]


def _good_to_know(manifest: Manifest) -> list[str]:
    lines = [
        f"- {_ABOUT[fact.about]}: {sentence(fact)}"
        for about in _ABOUT
        for fact in manifest.facts
        if fact.about == about
    ]
    return ["## Good to know", "\n".join(lines)] if lines else []


def _practise(manifest: Manifest, dialect: Dialect | None) -> list[str]:
    told = ["## Without a key"]
    if dialect is None:
        return [
            *told,
            f"Practice has no dialect of {manifest.label}. What a failure looks like can be met "
            "with the switches of [practice](../practice.md#faults), in OpenAI's shape: "
            "`practice/pocket:rate-limited`, `practice/pocket:overloaded` and so on.",
        ]
    name = f"practice-{dialect.name}"
    model = dialect.prefix + dialect.models[0]
    return [
        *told,
        f"Practice speaks as {manifest.label} does: its errors, limits, headers and peculiar "
        f"fields, and Filon's edits above meet it. Choose the model `{name}/{model}`, or point a "
        "client at it:",
        "\n".join(
            (
                "```sh",
                f"curl http://127.0.0.1:8422{dialect.roots[0]}/chat/completions \\",
                *(
                    [f"  -H 'authorization: Bearer {dialect.key}' \\"]
                    if dialect.key is not None
                    else []
                ),
                "  -H 'content-type: application/json' \\",
                f'  -d \'{{"model": "{model}", "messages": '
                '[{"role": "user", "content": "What is 12 * 7?"}]}\'',
                "```",
            )
        ),
        f"`{name}/{model}:rate-limited` meets its limit, `:overloaded` and "
        "[others](../practice.md#faults) its other errors; "
        f"`filon practice dialects {dialect.name}` lists all that practice knows of it.",
    ]


def _dialect(manifest: Manifest) -> Dialect | None:
    return next((one for one in dialects() if one.provider == manifest.name), None)


def _made(manifest: Manifest | None = None, dialect: Dialect | None = None) -> str:
    sources = "the manifests"
    if manifest is not None:
        sources = code(f"src/filon/providers/manifests/{manifest.name}.toml")
    if dialect is not None:
        sources += f" and {code(f'src/filon/practice/dialects/data/{dialect.name}.toml')}"
    return f"*Made by `make docs` from {sources}; a change belongs there.*"


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Writes the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path not in made and path.name != "adding.md":
            path.unlink()
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
