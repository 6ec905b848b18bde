"""Making secrets and the hashes by which they are stored.

Our secrets are 192 bits of chance and more, which nobody can guess; so a plain SHA-256 is enough,
and a look-up by it leaks nothing by its timing. Passwords need more: see `passwords.py`.
"""

import secrets
from hashlib import sha256

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def digest(secret: str) -> str:
    """SHA-256 in hex. Takes any text, since callers send any text."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def url_secret() -> str:
    """256 bits of chance, as letters that may stand in an address or a cookie."""
    return secrets.token_urlsafe(32)


def base62(bits: int) -> str:
    """So many bits of chance in letters and digits, always of the same length."""
    number = secrets.randbits(bits)
    letters: list[str] = []
    # 62 letters carry 5.954 bits each.
    for _ in range(-(-bits * 1000 // 5954)):
        number, at = divmod(number, 62)
        letters.append(_BASE62[at])
    return "".join(letters)
