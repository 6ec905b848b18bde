"""The language in which traces are looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.store.trace_filter import (
    KEYS,
    BadFilter,
    Counted,
    Filter,
    Marked,
    Named,
    Word,
    parse,
    pieces,
    quoted_term,
)
from filon.store.trace_values import COUNTED, HAS, IS, NAMED, Pattern, Span, moment

NOW = 1_800_000_000.0


def one(q: str) -> object:
    (term,) = parse(q, NOW).terms
    return term


@pytest.mark.parametrize(
    ("q", "term"),
    [
        ("groq", Word(text="groq")),
        ('"two words"', Word(text="two words")),
        ('"a \\"b\\" \\\\ c"', Word(text='a "b" \\ c')),
        ("-groq", Word(text="groq", negated=True)),
        ("-", Word(text="-")),
        ("http://host:1/x", Word(text="http://host:1/x")),
        ("llama3:8b", Word(text="llama3:8b")),
        ("a,b", Word(text="a,b")),
        ("model:a/b", Named(field="model", patterns=(Pattern("a/b"),))),
        ("MODEL:x", Named(field="model", patterns=(Pattern("x"),))),
        ("model:a,*b", Named(field="model", patterns=(Pattern("a"), Pattern("*b", wild=True)))),
        ('tag:"a,b *",c', Named(field="tag", patterns=(Pattern("a,b *"), Pattern("c")))),
        ("-caller:chat", Named(field="caller", patterns=(Pattern("chat"),), negated=True)),
        ("status:>=400", Counted(field="status", spans=(Span(low=400),))),
        ("status:5xx", Counted(field="status", spans=(Span(low=500, high=600, high_open=True),))),
        ("cost:>$0.01", Counted(field="cost", spans=(Span(low=0.01, low_open=True),))),
        ("cost:unknown", Counted(field="cost", spans=(Span(unknown=True),))),
        ("tokens:1.5k", Counted(field="tokens", spans=(Span(low=1500, high=1500),))),
        ("latency:300ms..2s", Counted(field="latency", spans=(Span(low=0.3, high=2.0),))),
        ("ttft:<1m", Counted(field="ttft", spans=(Span(high=60.0, high_open=True),))),
        ("rate:..20", Counted(field="rate", spans=(Span(high=20.0),))),
        ("attempts:2..", Counted(field="attempts", spans=(Span(low=2.0),))),
        ("since:2h", Counted(field="started", spans=(Span(low=NOW - 7200),))),
        ("until:1800000000", Counted(field="started", spans=(Span(high=NOW, high_open=True),))),
        ("has:tools,replay", Marked(field="has", names=("tools", "replay"))),
        ("is:Failed", Marked(field="is", names=("failed",))),
    ],
)
def test_terms(q: str, term: object) -> None:
    assert one(q) == term


@pytest.mark.parametrize(
    ("q", "code", "place", "near"),
    [
        ("x modle:a", "filter_key", "modle:", "model:"),
        ("-fining:a", "filter_key", "fining:", "finding:"),
        ("qwen:7b", "filter_key", "qwen:", None),
        ("a model:", "filter_empty", "model:", None),
        ("model:a,,b", "filter_empty", "model:a,,b", None),
        ("cost:abc", "filter_number", "abc", None),
        ("cost:>0.1,x", "filter_number", "x", None),
        ("tokens:$4", "filter_number", "$4", None),
        ("latency:2k", "filter_number", "2k", None),
        ("cost:2..1", "filter_number", "2..1", None),
        ("cost:..", "filter_number", "..", None),
        ("since:soon", "filter_time", "soon", None),
        ("until:2027-13-01", "filter_time", "2027-13-01", None),
        ("is:faild", "filter_value", "faild", "is:failed"),
        ("outcome:complet", "filter_value", "complet", "outcome:complete"),
        ("has:qqqqq", "filter_value", "qqqqq", None),
        ('b "open', "filter_quote", '"open', None),
        ('tag:"open', "filter_quote", '"open', None),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    q: str, code: str, place: str, near: str | None
) -> None:
    with pytest.raises(BadFilter) as caught:
        parse(q, NOW)
    problem = caught.value.problem
    at, length = int(problem.names["at"]), int(problem.names["length"])
    assert (problem.code, problem.param, problem.status) == (code, "q", 400)
    assert q[at : at + length] == place
    assert problem.names.get("near") == near
    assert problem.fix is not None or code == "filter_empty"


def test_a_filter_without_end_is_refused() -> None:
    for q in ("a " * 70, "a" * 5_000):
        with pytest.raises(BadFilter):
            parse(q, NOW)


def test_times() -> None:
    assert moment("90m", NOW) == NOW - 5_400
    assert moment("2027-01-15T08:00:00+00:00", NOW) == NOW
    assert moment("2027-01-15t08:00:00+00:00", NOW) == NOW
    assert moment("now", NOW) == NOW
    assert moment("today", NOW) - moment("yesterday", NOW) == pytest.approx(86_400, abs=3_601)


@given(st.text(alphabet=st.sampled_from('ab:,-"\\ *.<>=12ksm$modelatuscost'), max_size=40))
def test_any_text_is_a_filter_or_is_told_where_it_is_none(q: str) -> None:
    try:
        parse(q, NOW)
    except BadFilter as error:
        names = error.problem.names
        assert 0 <= int(names["at"]) <= int(names["at"]) + int(names["length"]) <= len(q)


@given(st.text(max_size=60))
def test_terms_stand_behind_one_another_and_nothing_is_between_them(q: str) -> None:
    at = 0
    for piece in pieces(q):
        assert not q[at : piece.at].strip()
        assert piece.length > 0
        at = piece.at + piece.length
    assert not q[at:].strip()


_TEXTS = st.text(min_size=1, max_size=12)


@given(_TEXTS, st.sampled_from([key for key in NAMED if not NAMED[key]]))
def test_a_quoted_term_is_for_exactly_this_value(value: str, key: str) -> None:
    assert one(quoted_term(key, value)) == Named(field=key, patterns=(Pattern(value),))


@given(
    st.floats(0, 1e9).map(lambda value: round(value, 4)),
    st.floats(0, 1e9).map(lambda value: round(value, 4)),
    st.floats(0, 1e9),
    st.sampled_from(sorted(set(COUNTED) - {"status"})),
)
def test_spans_hold_what_lies_between(first: float, last: float, value: float, key: str) -> None:
    low, high = sorted((first, last))
    for q, expected in (
        (f"{key}:{low:.4f}..{high:.4f}", low <= value <= high),
        (f"{key}:>{low:.4f}", value > low),
        (f"{key}:>={value:.12f}", None),
        (f"{key}:<{high:.4f}", value < high),
        (f"{key}:<={high:.4f}", value <= high),
    ):
        term = one(q)
        assert isinstance(term, Counted)
        if expected is not None:
            assert term.spans[0].holds(value) is expected
        assert not term.spans[0].holds(None)


@given(st.lists(st.sampled_from("ab*"), min_size=1, max_size=6).map("".join), st.text("abc"))
def test_a_star_stands_for_anything(text: str, name: str) -> None:
    assert Pattern(text, wild=True).fits(name) is _fits(text, name)
    assert Pattern(text.replace("*", "")).fits(text.replace("*", "").upper())


def _fits(text: str, name: str) -> bool:
    if not text:
        return not name
    if text[0] == "*":
        return any(_fits(text[1:], name[at:]) for at in range(len(name) + 1))
    return name[:1] == text[0] and _fits(text[1:], name[1:])


def test_every_key_is_known() -> None:
    assert len(set(KEYS)) == len(KEYS)
    assert set(HAS) & set(IS) == set()
    assert parse("", NOW) == Filter()
