"""Hypothesis strategies for rules of every shape."""

from __future__ import annotations

from hypothesis import strategies as st

from customerintel.live import (
    Absence,
    Action,
    Count,
    Drop,
    Entered,
    Exited,
    Frequency,
    Holdout,
    Limits,
    Monetary,
    On,
    P,
    ProbabilityAlive,
    Relationship,
    Rise,
    Rule,
    Score,
    Segment,
    Sequence,
    Sum,
    TimeSinceLast,
)

NAMES = st.sampled_from(["Visit", "Product Added", "order_completed", "E-Mail geöffnet", "a'b\"c"])
KEYS = st.sampled_from(["total", "cart.total", "plan", "größe"])
LENGTHS = st.sampled_from(["30s", "30m", "12h", "7d", "2w", "250ms"])
NUMBERS = st.one_of(
    st.integers(-1000, 1000), st.floats(allow_nan=False, allow_infinity=False, width=32)
)
TEXTS = st.text(max_size=8)
LABELS = st.lists(st.sampled_from(["At Risk", "Champions", "x"]), min_size=1, max_size=3)


@st.composite
def comparisons(draw, term):
    op = draw(st.sampled_from(["__gt__", "__ge__", "__lt__", "__le__", "__eq__", "__ne__"]))
    return getattr(draw(term), op)(draw(NUMBERS))


def _text_comparison(name, text, same):
    return P(name) == text if same else P(name) != text


READS_EVENT = st.one_of(
    comparisons(KEYS.map(P)), st.builds(_text_comparison, KEYS, TEXTS, st.booleans())
)


def composed(leaves):
    """Join some of the leaves by and, or and not."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda a, b: a & b, inner, inner),
            st.builds(lambda a, b: a | b, inner, inner),
            st.builds(lambda a: ~a, inner),
        ),
        max_leaves=5,
    )


WHERE_OF_ON = st.none() | composed(READS_EVENT)
FILTERS = st.one_of(
    st.builds(On, NAMES, where=WHERE_OF_ON),
    st.builds(On.kind, st.sampled_from(["visit", "purchase", "other"]), where=WHERE_OF_ON),
)
WINDOWS = st.sampled_from(
    [(None, None), ("7d", None), ("7d", "hour"), ("90m", None), ("1d", "minute"), ("24h", "day")]
)


@st.composite
def counters(draw, windows=WINDOWS):
    window, grain = draw(windows)
    if draw(st.booleans()):
        return Count(draw(FILTERS), window=window, grain=grain)
    return Sum(draw(FILTERS), draw(KEYS), window=window, grain=grain)


LIVE = st.sampled_from([TimeSinceLast(), Frequency(), Monetary(), ProbabilityAlive()])
SCORES = st.sampled_from(
    [Score("churn", "recency", horizon="90d"), Score("value"), Score("p", "bgnbd")]
)
TRENDS = st.builds(
    lambda made, measure, window, by, least: made(measure, window, by=by, at_least=least),
    st.sampled_from([Drop, Rise]),
    counters(st.just((None, None))),
    st.sampled_from(["7d", "14d", "48h"]),
    st.floats(0.0625, 1, width=32),
    st.integers(1, 9),
)
LEVELS = st.one_of(
    comparisons(counters()),
    comparisons(LIVE),
    comparisons(SCORES),
    TRENDS,
    LABELS.map(lambda names: Segment(*names)),
    LABELS.map(lambda names: Relationship(*names)),
)
MOMENTS = st.one_of(
    FILTERS,
    st.builds(Absence, FILTERS, FILTERS, LENGTHS),
    st.builds(
        lambda steps, within: Sequence(*steps, within=within),
        st.lists(FILTERS, min_size=2, max_size=3),
        LENGTHS,
    ),
)
WHEN = st.one_of(
    composed(st.one_of(MOMENTS, LEVELS)),
    LABELS.map(lambda names: Entered(*names)),
    LABELS.map(lambda names: Exited(*names)),
)
WHERE = composed(st.one_of(LEVELS, READS_EVENT))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
ACTIONS = st.builds(
    lambda channel, values: Action(channel, **values),
    st.sampled_from(["email", "push"]),
    st.dictionaries(st.sampled_from(["template", "offer"]), JSON, max_size=2),
)
LIMITS = st.builds(
    Limits,
    once_per=st.none() | LENGTHS,
    quiet_hours=st.none() | st.just(("21:00", "08:00")),
    expires=st.none() | LENGTHS,
    max_attempts=st.integers(1, 9),
)
RULES = st.builds(
    Rule,
    id=st.sampled_from(["a", "b", "c-1", "ü"]),
    version=st.integers(1, 3),
    when=WHEN,
    where=st.none() | WHERE,
    do=st.lists(ACTIONS, min_size=1, max_size=2),
    limits=LIMITS,
    holdout=st.none() | st.builds(Holdout, st.floats(0, 0.9), st.just("salt")),
    requires_consent=st.none() | st.sampled_from(["marketing", "profiling"]),
    unless=st.none() | FILTERS,
)
