"""The summary kernels against their slow twin, over partitions, groups and threads."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import customerintel as ci
from customerintel._kernels import threads
from customerintel.tables import grouping, spreading
from customerintel.tables.codes import codes_of
from tests import oracle

HOUR = 10  # a period of ten ticks is enough to see everything happen

lines = st.builds(
    oracle.Line,
    key=st.sampled_from([-(2**63), -5, 0, 1, 2, 3, 7, 2**40, 2**62, 2**63 - 1]),
    seen_at=st.integers(0, 99),
    when=st.integers(0, 99),
    amount=st.integers(-20, 20).map(float),
)


def _as_seen(found: list[oracle.Line], *, same: bool) -> list[oracle.Line]:
    """Let negative amounts be returns and, if asked, lines be seen when they happen."""
    return [
        oracle.Line(
            x.key, x.when if same else max(x.seen_at, x.when), x.when, x.amount, x.amount < 0
        )
        for x in found
    ]


def _rows(found: list[oracle.Line], *, ordered: bool, marks: bool) -> grouping.Rows:
    when = np.array([x.when for x in found], np.int64)
    seen_at = np.array([x.seen_at for x in found], np.int64)
    if (seen_at == when).all():
        seen_at = when
    flags = np.array([x.is_return + 2 * x.further for x in found], np.uint8)
    return grouping.Rows(
        np.array([x.key for x in found], np.int64),
        seen_at,
        when,
        np.array([x.amount for x in found], np.float64),
        flags if marks else flags[:0],
        ordered=ordered,
        may_return=any(x.is_return for x in found),
    )


def _check(folded: grouping.Folded, expected: dict[int, oracle.Customer]) -> None:
    buyers = {key: customer for key, customer in expected.items() if customer.spend}
    assert folded.keys.tolist() == sorted(buyers)
    assert folded.n_returns_only == len(expected) - len(buyers)
    for i, key in enumerate(sorted(buyers)):
        customer = buyers[key]
        assert folded.first[i] == min(customer.moments)
        assert folded.last[i] == max(customer.moments)
        assert folded.periods[i] == len(customer.spend)
        assert folded.transactions[i] == customer.transactions
        assert folded.returns[i] == customer.returns
        # whole numbers: sums are exact in any order
        assert folded.total[i] == customer.total
        assert folded.first_spend[i] == customer.spend[min(customer.spend)]
        assert folded.unassigned[i] == customer.unassigned


@pytest.fixture
def small_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make partitions and groups small enough that a few rows fill many."""
    monkeypatch.setattr(spreading, "PARTITION_ROWS", 4)
    monkeypatch.setattr(threads, "ROWS_PER_THREAD", 4)
    monkeypatch.setattr(spreading, "SCRATCH_ROWS", 8)


EDGES = np.arange(0, 111, HOUR, dtype=np.int64)


@pytest.mark.usefixtures("small_partitions")
@pytest.mark.parametrize("threads", [1, 3])
@settings(deadline=None)
@given(found=st.lists(lines, max_size=60), data=st.data())
def test_matches_the_twin(threads: int, found: list[oracle.Line], data: st.DataObject) -> None:
    same = data.draw(st.booleans(), label="seen when it happens")
    in_order = data.draw(st.booleans(), label="in order")
    marks = data.draw(st.booleans(), label="marks")
    after = data.draw(st.none() | st.integers(-1, 100), label="after")
    until = data.draw(st.none() | st.integers(-1, 100), label="until")
    seen = _as_seen(found, same=same)
    if in_order:
        seen.sort(key=lambda line: line.when)
    bounds = {}
    if after is not None:
        bounds["after"] = after
    if until is not None:
        bounds["until"] = until
    ci.set_threads(threads)
    try:
        folded = grouping.fold(_rows(seen, ordered=in_order, marks=marks), EDGES, **bounds)
    finally:
        ci.set_threads(None)
    _check(folded, oracle.fold(seen, lambda when: when // HOUR, after=after, until=until))


@pytest.mark.usefixtures("small_partitions")
@settings(deadline=None)
@given(found=st.lists(lines, min_size=1, max_size=40), data=st.data())
def test_further_lines_of_an_order_do_not_count(
    found: list[oracle.Line], data: st.DataObject
) -> None:
    seen = [
        oracle.Line(x.key, x.when, x.when, abs(x.amount), False, data.draw(st.booleans()))
        for x in found
    ]
    folded = grouping.fold(_rows(seen, ordered=False, marks=True), EDGES)
    _check(folded, oracle.fold(seen, lambda when: when // HOUR))


def _large(n: int, seed: int) -> grouping.Rows:
    rng = np.random.default_rng(seed)
    keys = rng.integers(-(2**62), 2**62, 5_000)[rng.integers(0, 5_000, n)]
    when = np.sort(rng.integers(0, 10**6, n))
    amounts = rng.normal(20.0, 15.0, n).round(2)
    return grouping.Rows(
        keys, when, when, amounts, np.empty(0, np.uint8), ordered=True, may_return=True
    )


def test_same_bits_whatever_the_threads_and_the_partitions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = _large(60_000, seed=3)
    edges = np.arange(0, 10**6 + 2000, 1000, dtype=np.int64)
    results = []
    for n_threads, partition in itertools.product([1, 2, 5], [700, 10_000, 10**9]):
        monkeypatch.setattr(spreading, "PARTITION_ROWS", partition)
        monkeypatch.setattr(threads, "ROWS_PER_THREAD", partition)
        monkeypatch.setattr(spreading, "SCRATCH_ROWS", 2 * partition)
        ci.set_threads(n_threads)
        results.append(grouping.fold(source, edges))
    ci.set_threads(None)
    for result in results[1:]:
        for name in ("keys", "first", "last", "total", "first_spend", "unassigned", "periods"):
            assert getattr(result, name).tobytes() == getattr(results[0], name).tobytes()


@pytest.mark.parametrize("turn", ["reversed", "shuffled"])
def test_rows_may_come_in_any_order(turn: str) -> None:
    source = _large(30_000, seed=4)
    edges = np.arange(0, 10**6 + 2000, 1000, dtype=np.int64)
    order = np.arange(30_000)[::-1]
    if turn == "shuffled":
        order = np.random.default_rng(0).permutation(30_000)
    when = np.ascontiguousarray(source.when[order])
    turned = grouping.Rows(
        np.ascontiguousarray(source.keys[order]),
        when,
        when,
        np.ascontiguousarray(source.amounts[order]),
        source.marks,
        ordered=False,
        may_return=True,
    )
    one, other = grouping.fold(source, edges), grouping.fold(turned, edges)
    for name in ("keys", "first", "last", "periods", "transactions", "returns"):
        assert (getattr(one, name) == getattr(other, name)).all()
    for name in ("total", "first_spend", "unassigned"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=0, atol=1e-9)


@pytest.mark.slow
def test_one_customer_may_have_all_rows() -> None:
    n = 400_000  # several partitions' worth
    when = np.arange(n, dtype=np.int64)
    source = grouping.Rows(
        np.full(n, 7, np.int64), when, when, np.ones(n), np.empty(0, np.uint8),
        ordered=True, may_return=False,
    )  # fmt: skip
    folded = grouping.fold(source, np.array([0, n], np.int64))
    assert folded.keys.tolist() == [7]
    assert folded.total.tolist() == [float(n)]
    assert folded.transactions.tolist() == [n]


@settings(deadline=None)
@given(hashes=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50))
def test_codes_number_distinct_values(hashes: list[int]) -> None:
    codes, first = codes_of(np.array(hashes, np.int64))
    assert [hashes[first[c]] for c in codes] == hashes
    assert len(first) == len(set(hashes))
    assert all(hashes.index(hashes[i]) == i for i in first)


def test_a_key_far_from_the_others_stays_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A distance of 63 bits or more from the least key once became negative."""
    monkeypatch.setattr(spreading, "PARTITION_ROWS", 1000)
    monkeypatch.setattr(threads, "ROWS_PER_THREAD", 1000)
    monkeypatch.setattr(spreading, "SCRATCH_ROWS", 2000)
    n = 20_000
    keys = np.arange(n, dtype=np.int64) % 500
    keys[0] = -1
    keys[[1001, n - 4]] = 2**63 - 1
    when = np.arange(n, dtype=np.int64)
    source = grouping.Rows(
        keys, when, when, np.ones(n), np.empty(0, np.uint8), ordered=True, may_return=False
    )
    folded = grouping.fold(source, np.array([0, n], np.int64))
    values, counts = np.unique(keys, return_counts=True)
    assert folded.keys.tolist() == values.tolist()
    assert folded.transactions.tolist() == counts.tolist()


def test_repeat_spend_does_not_drown_in_the_first() -> None:
    keys = np.ones(3, np.int64)
    when = np.array([0, 10, 20], np.int64)
    amounts = np.array([1e16, 1.0, 0.5])
    source = grouping.Rows(
        keys, when, when, amounts, np.empty(0, np.uint8), ordered=True, may_return=False
    )
    assert grouping.fold(source, EDGES).repeat_spend.tolist() == [1.5]


def test_ties_are_added_in_the_order_of_the_rows_on_both_ways() -> None:
    amounts = np.array([0.1, -0.3, 0.2])
    keys, when = np.ones(3, np.int64), np.zeros(3, np.int64)
    totals = []
    for ordered in (True, False):
        source = grouping.Rows(
            keys, when, when, amounts, np.empty(0, np.uint8), ordered=ordered, may_return=True
        )
        totals.append(grouping.fold(source, EDGES).total.tobytes())
    assert totals[0] == totals[1]
