"""Which paths of practice ask for the token of whoever runs it, and in which header it comes."""

TOKEN_HEADER = "x-practice-token"  # noqa: S105 - the name of a header
# Where the token is asked for.
GUARDED = (
    "/practice/ledger",
    "/practice/rules",
    "/practice/limits",
    "/practice/speed",
    "/practice/clock",
)
