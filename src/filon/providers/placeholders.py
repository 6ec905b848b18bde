"""LibreChat's placeholders in headers, `{{LIBRECHAT_…}}`: which there are, and their values.

They stand in an endpoint's headers until a request is made, since each request has another
conversation, and a person of its own.
"""

import difflib
import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")

_USER_FIELDS = (
    "ID NAME USERNAME EMAIL PROVIDER ROLE GOOGLEID FACEBOOKID OPENIDID SAMLID LDAPID GITHUBID "
    "DISCORDID APPLEID EMAILVERIFIED TWOFACTORENABLED TERMSACCEPTED TERMSACCEPTEDAT"
)
_BODY_FIELDS = "CONVERSATIONID PARENTMESSAGEID MESSAGEID"
_OPENID_FIELDS = "TOKEN ACCESS_TOKEN ID_TOKEN USER_ID USER_EMAIL USER_NAME EXPIRES_AT"

# Every placeholder of LibreChat 0.8.7, without the braces.
KNOWN = frozenset(
    f"LIBRECHAT_{group}_{field}"
    for group, fields in (
        ("USER", _USER_FIELDS),
        ("BODY", _BODY_FIELDS),
        ("OPENID", _OPENID_FIELDS),
    )
    for field in fields.split()
)

# Until there are accounts, nothing more is known of a person; a conversation has all its fields.
FILLED = frozenset(
    {
        "LIBRECHAT_USER_ID",
        "LIBRECHAT_USER_NAME",
        *(f"LIBRECHAT_BODY_{field}" for field in _BODY_FIELDS.split()),
    }
)


def values(
    owner_id: int,
    *,
    conversation: str | None = None,
    parent: str | None = None,
    message: str | None = None,
) -> Mapping[str, str]:
    """The values for one request. Outside of a conversation its fields are empty, as in LibreChat.
    `message` is the answer that is being written, `parent` the message that it answers."""
    return {
        "LIBRECHAT_USER_ID": str(owner_id),
        "LIBRECHAT_USER_NAME": "you",
        "LIBRECHAT_BODY_CONVERSATIONID": conversation or "",
        "LIBRECHAT_BODY_PARENTMESSAGEID": parent or "",
        "LIBRECHAT_BODY_MESSAGEID": message or "",
    }


def named(text: str) -> tuple[str, ...]:
    """The placeholders in a text, known or not, without their braces."""
    return tuple(dict.fromkeys(match[1] for match in _PLACEHOLDER.finditer(text)))


def put(text: str, given: Mapping[str, str]) -> str | None:
    """The text with the values in; None if one is not given, for no literal may be sent. What a
    value holds is not looked at again."""
    if any(name not in given for name in named(text)):
        return None
    return _PLACEHOLDER.sub(lambda match: given[match[1]], text)


def nearest(name: str) -> str | None:
    """The known placeholder that is meant by a misspelt one."""
    near = difflib.get_close_matches(name.upper(), KNOWN, n=1, cutoff=0.8)
    return near[0] if near else None
