"""Sizes as people write them."""

import re

# Decimal and binary units: 10 GB is 10,000,000,000 bytes, 10 GiB 10 times 1,024 to the third.
_UNITS = {
    unit: factor**power
    for power, (decimal, binary) in enumerate(
        (("kb", "kib"), ("mb", "mib"), ("gb", "gib"), ("tb", "tib")), start=1
    )
    for unit, factor in ((decimal, 1000), (binary, 1024))
}
_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([kmgt]i?b)", re.ASCII | re.IGNORECASE)


def bytes_of(text: str) -> int | None:
    """The bytes of a size such as 10 GB or 512 MiB; None where it is none, or nothing."""
    found = _SIZE.fullmatch(text.strip())
    return (int(float(found[1]) * _UNITS[found[2].lower()]) or None) if found else None
