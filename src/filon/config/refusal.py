"""Which verdicts cost the whole file, as LibreChat would have it, and not one entry alone."""

from filon.config.codes.catalogue import CODES
from filon.config.settings import ConfigFile, Verdict

_ONE_ENTRY = frozenset(code.name for code in CODES if code.spares)
_OWN_BLOCK = ("filon.", "filon[")


def refusals(file: ConfigFile) -> tuple[Verdict, ...]:
    """The errors for which LibreChat would not start with this file. Those of the file that it
    includes are not among them."""
    return tuple(
        verdict
        for verdict in file.verdicts
        if verdict.level == "error"
        and verdict.code not in _ONE_ENTRY
        and not _is_ours(verdict.path or "")
    )


def first_refusal(file: ConfigFile) -> tuple[ConfigFile, Verdict] | None:
    """The first of them with its file, the included one last; None where there is none."""
    for one in (file, file.included):
        found = refusals(one) if one is not None else ()
        if one is not None and found:
            return one, found[0]
    return None


def _is_ours(path: str) -> bool:
    """Whether a place lies in the block `filon`, of which each part stands for itself."""
    return path == "filon" or path.startswith(_OWN_BLOCK)
