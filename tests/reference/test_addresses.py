"""What is an address to us is one to `new URL()`."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from filon.config.shape.addresses import parts
from tests.reference.reader import Reader

KNOWN = [
    *(
        "http://a",
        "https://a.b/c?d#e",
        "http:a",
        "http:/a",
        "http:///a",
        "http:\\\\a\\b",
        "//a",
        "a",
    ),
    *("localhost:80", "mailto:a", "http://", "http://:80", "http://a:", "http://a:65535", "ftp://"),
    *("http://a:65536", "http://a:b", "http://u:p@h", "http://u@", "http://[::1]:80", "ws://a"),
    *("http://[::1", "http://[x]", "http://1.2.3.4", "http://1.2.3.400", "http://0x7f.1", "a:b"),
    *("http://1.2.3.4.5", "http://1.2.3.4.", "http://a.1b", "http://${A}", "http://{a}:1", "x://"),
    *("http://a b", "http://a|b", "http://a%41b", "http://a%zz", "http://a%00", "http://ñ.es", ""),
    *(
        " http://a ",
        "ht\ntp://a",
        "http://a\tb",
        "HTTP://A",
        "1a://b",
        "a+b.c-d:e",
        "x://a b",
        "x:",
    ),
    *(
        "x://a:1",
        "x://a:b",
        "file:",
        "file:///a",
        "file://h/a",
        "wss://a/b",
        "http://a#",
        "http://?",
    ),
]
PIECES = st.sampled_from(
    ["http:", "https:", "ws:", "x:", "//", "/", ":", "@", "a", "b.c", "1", "80", "?", "#", "[", "]"]
    + ["::1", "%41", "%", "${A}", " ", "\t", "|", "\\", "0x1", ".", "-", "_", "256", "99999"]
)
BATCH = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.large_base_example,
    ],
)


def differ(texts: list[str], reader: Reader) -> list[tuple[str, bool]]:
    answers = zip(texts, reader.are_addresses(texts), strict=True)
    return [(text, theirs) for text, theirs in answers if (parts(text) is not None) != theirs]


def test_known_ones(reader: Reader) -> None:
    assert differ(KNOWN, reader) == []


@BATCH
@given(st.lists(st.lists(PIECES, max_size=7).map("".join), min_size=50, max_size=60))
def test_made_up_ones(reader: Reader, texts: list[str]) -> None:
    assert differ(texts, reader) == []
